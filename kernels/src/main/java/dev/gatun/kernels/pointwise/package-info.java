/**
 * Elementwise kernels from formulas.
 *
 * <p>An {@link dev.gatun.kernels.pointwise.Expression} says what happens to one element:
 *
 * {@snippet :
 * Expression x = Expression.input(0);
 * Expression mish = x.mul(x.softplus().tanh());
 * Expression slope = Derivative.of(mish, 0);
 * }
 *
 * <p>A {@link dev.gatun.kernels.pointwise.PointwiseProgram} adds the element types, and a provider
 * makes a {@link dev.gatun.kernels.pointwise.PointwiseKernel} of it. {@link
 * dev.gatun.kernels.pointwise.Derivative} turns a formula into that of its gradient, so backward
 * passes are fused kernels too.
 *
 * <p><b>Adding an operation.</b> A function that can be written with others is a default method of
 * {@link dev.gatun.kernels.pointwise.ArithmeticFormulas} or {@link
 * dev.gatun.kernels.pointwise.ActivationFormulas}. A primitive is one constant of {@link
 * dev.gatun.kernels.pointwise.UnaryOperation}, {@link dev.gatun.kernels.pointwise.BinaryOperation}
 * or {@link dev.gatun.kernels.pointwise.TernaryOperation}, which declares its value, its derivative
 * and its vector form together.
 *
 * <p><b>Two kinds of kernel.</b> The scalar kernel interprets the tree block by block. It is the
 * reference in tests, and what runs where the module {@code jdk.incubator.vector} is missing or an
 * operation has no vector form (division, remainders and powers of integers, and division to whole
 * numbers). The vector kernel writes a class for each program and each choice of inputs that are
 * single elements: one counted loop over whole vectors and a masked tail. Equal subtrees are
 * computed once; constants and whatever depends on parameters alone are computed before the loop.
 * Other layouts and element types pass through a buffer of 1024 elements.
 *
 * <p><b>Elementary functions</b> are range reduction and polynomials in vector code, within 2 ulp
 * for {@code exp}, {@code log}, {@code tanh}, {@code erf}, {@code sin} and {@code cos} over all
 * floats. {@code erfc}, {@code erfinv}, {@code lgamma}, {@code digamma} and {@code trigamma} are
 * within 4 ulp in float and 6 in double; near the zeros of the gamma function's kin at negative
 * arguments, of the larger of the terms that cancel there. The Vector API's own functions are not
 * used: they round differently before and after they are compiled, and a result must not depend on
 * that.
 */
@NullMarked
package dev.gatun.kernels.pointwise;

import org.jspecify.annotations.NullMarked;
