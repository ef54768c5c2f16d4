/** Folds and scans along axes: sums, extrema, softmax, running sums. */
@NullMarked
package dev.gatun.kernels.reduce;

import org.jspecify.annotations.NullMarked;
