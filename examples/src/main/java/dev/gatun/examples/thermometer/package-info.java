/** A straight line fitted by gradients: the smallest whole training run. */
@NullMarked
package dev.gatun.examples.thermometer;

import org.jspecify.annotations.NullMarked;
