/** Recorded steps made into programs that run again without taking memory. */
@NullMarked
package dev.gatun.kernels.replay;

import org.jspecify.annotations.NullMarked;
