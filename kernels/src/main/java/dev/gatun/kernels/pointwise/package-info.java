/**
 * Elementwise kernels from formulas.
 *
 * <p>An {@link dev.gatun.kernels.pointwise.Expression} says what happens to one element. A {@link
 * dev.gatun.kernels.pointwise.PointwiseProgram} adds the element types. From a program come a
 * scalar interpreter, which is the reference, and SIMD kernels written as bytecode. {@link
 * dev.gatun.kernels.pointwise.Derivative} turns a formula into the formula of its gradient, so that
 * backward passes are fused kernels too.
 */
@NullMarked
package dev.gatun.kernels.pointwise;

import org.jspecify.annotations.NullMarked;
