/**
 * Folds and scans along axes: sums, extrema, softmax, running sums.
 *
 * <p>{@link dev.gatun.kernels.reduce.ReductionKernels} is the contract. Behind it, the walk over
 * the operands' layouts is separate from the inner loops: the walk sorts and merges axes, cuts the
 * work into blocks whose boundaries depend on the shapes alone, and combines what the blocks give
 * in a fixed order; an inner loop sees a run of elements. Inner loops are plain Java for every
 * element type, and vector code for float32 and float64, one copy for each operation and width of
 * vectors ({@link dev.gatun.kernels.specialize.Specialization}).
 */
@NullMarked
package dev.gatun.kernels.reduce;

import org.jspecify.annotations.NullMarked;
