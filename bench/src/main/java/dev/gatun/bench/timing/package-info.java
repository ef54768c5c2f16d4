/** Timing that holds up on a machine that is not quiet: short slices, quartiles, medians. */
@NullMarked
package dev.gatun.bench.timing;

import org.jspecify.annotations.NullMarked;
