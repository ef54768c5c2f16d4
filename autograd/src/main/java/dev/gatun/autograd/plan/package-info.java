/**
 * Plans: a step of computation captured once, and replayed without taking memory.
 *
 * <p>A plan is made of the kernel calls that a step makes, whatever operations make them: forward,
 * backward, and the optimizer's updates.
 */
@NullMarked
package dev.gatun.autograd.plan;

import org.jspecify.annotations.NullMarked;
