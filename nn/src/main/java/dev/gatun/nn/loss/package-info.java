/**
 * How far outputs are from targets. Each loss comes as a function of {@link
 * dev.gatun.nn.loss.Losses} and as an immutable object with its settings, a {@link
 * dev.gatun.nn.loss.Loss}.
 */
@NullMarked
package dev.gatun.nn.loss;

import org.jspecify.annotations.NullMarked;
