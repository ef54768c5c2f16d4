package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/**
 * An elementwise program that cublasLt can compute on a product as it comes: ReLU, GELU by a
 * hyperbolic tangent, and their gradients. GELU by the error function is none of them.
 *
 * @param activation what cublasLt calls it, where nothing is to be kept
 * @param product which input is the product
 * @param other which input is what GELU was taken of, or the result of ReLU; -1 where there is none
 */
record FusedActivation(Activation activation, int product, int other) {
  /**
   * Looks at a program.
   *
   * @return null where cublasLt cannot compute it
   */
  static @Nullable FusedActivation of(PointwiseProgram program) {
    if (program.outputs().size() != 1 || !isOfOneType(program)) {
      return null;
    }
    var formula = program.outputs().getFirst();
    var first = Expression.input(0);
    if (program.inputTypes().size() == 1) {
      return formula == first.relu()
          ? new FusedActivation(Activation.RELU, 0, -1)
          : formula == first.geluTanh() ? new FusedActivation(Activation.GELU, 0, -1) : null;
    }
    for (int input = 0; input < 2 && program.inputTypes().size() == 2; input++) {
      if (formula == geluGradient(input, 1 - input)) {
        return new FusedActivation(Activation.GELU_GRADIENT, 1 - input, input);
      }
      if (formula == reluGradient(input, 1 - input)) {
        return new FusedActivation(Activation.RELU_GRADIENT, 1 - input, input);
      }
    }
    return null;
  }

  private static boolean isOfOneType(PointwiseProgram program) {
    DType type = program.outputTypes().getFirst();
    return type.isFloatingPoint()
        && program.computeType() == PointwiseProgram.computeType(type)
        && program.inputTypes().stream().allMatch(each -> each == type);
  }

  /** By the result of ReLU, which is not above 0 where no gradient passes. */
  private static Expression reluGradient(int result, int gradient) {
    var x = Expression.input(Expression.MAX_INPUTS - 1);
    return Derivative.of(x.relu(), Expression.MAX_INPUTS - 1, Expression.input(gradient))
        .substitute(x.relu(), Expression.input(result));
  }

  private static Expression geluGradient(int input, int gradient) {
    return Derivative.of(Expression.input(input).geluTanh(), input, Expression.input(gradient));
  }
}
