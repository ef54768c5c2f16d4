package dev.gatun.autograd;

import dev.gatun.memory.DType;

/**
 * Sums of weights along an axis, each weight times the share that an element has in a running sum
 * of exponentials: {@code exp(x[i] - y[j])} for i up to j, where y is the running sum's logarithm.
 * The gradient of {@link Folds#LOGCUMSUMEXP} is made of them; each of the two sums has the other
 * one for a gradient, so that there are gradients of any order.
 *
 * <p>The sums are taken of logarithms, apart for positive and negative weights: they neither
 * overflow nor underflow on the way, whatever the range of the elements.
 */
final class RunningShares {
  /**
   * How to sum.
   *
   * @param axis the axis
   * @param precise whether in float64: the logarithms of large elements have lost digits, which
   *     derivatives of the sum would be made of
   */
  record Summation(int axis, boolean precise) {}

  /** The sum of the weights from a place on, times its shares in them: of weights, x and y. */
  static final StructuralOp<Summation> FROM =
      StructuralOp.<Summation>named(
              "logcumsumexp_backward", call -> sum(call, RunningShares::fromEachPlaceOn))
          .gradient(StructuralOp.input(1) | StructuralOp.input(2), RunningShares::upToOfTheSameCall)
          .gradient(StructuralOp.OUTPUT, (call, g) -> g.mul(call.output()))
          .gradient(
              StructuralOp.input(0) | StructuralOp.input(1) | StructuralOp.input(2),
              (call, g) -> upToOfTheSameCall(call, g).mul(call.input(0)).neg());

  /** The sum of the weights up to a place, each times its share there: of weights, x and y. */
  static final StructuralOp<Summation> UP_TO =
      StructuralOp.<Summation>named(
              "logcumsumexp_shares", call -> sum(call, RunningShares::upToEachPlace))
          .gradient(StructuralOp.input(1) | StructuralOp.input(2), RunningShares::fromOfTheSameCall)
          .gradient(
              StructuralOp.input(0) | StructuralOp.input(1) | StructuralOp.input(2),
              (call, g) -> fromOfTheSameCall(call, g).mul(call.input(0)))
          .gradient(StructuralOp.OUTPUT, (call, g) -> g.mul(call.output()).neg());

  private RunningShares() {}

  private static Tensor upToOfTheSameCall(Backward<Summation> call, Tensor g) {
    return UP_TO.apply(call.attributes(), g, call.input(1), call.input(2));
  }

  private static Tensor fromOfTheSameCall(Backward<Summation> call, Tensor g) {
    return FROM.apply(call.attributes(), g, call.input(1), call.input(2));
  }

  /** One of the two sums, of weights none of which is negative. */
  @FunctionalInterface
  private interface Sum {
    Tensor of(Tensor weights, Tensor x, Tensor y, int axis);
  }

  private static Tensor sum(Invocation<Summation> call, Sum sum) {
    DType dtype = call.input(0).dtype();
    int axis = call.attributes().axis();
    DType type = call.attributes().precise() ? DType.FLOAT64 : dtype;
    Tensor weights = call.input(0).to(type);
    Tensor x = call.input(1).to(type);
    Tensor y = call.input(2).to(type);
    Tensor positive = sum.of(weights.maskedFill(weights.le(0), 0), x, y, axis);
    Tensor negative = sum.of(weights.neg().maskedFill(weights.ge(0), 0), x, y, axis);
    return positive.sub(negative).to(dtype);
  }

  private static Tensor fromEachPlaceOn(Tensor weights, Tensor x, Tensor y, int axis) {
    return weights.log().sub(y).flip(axis).logcumsumexp(axis).flip(axis).add(x).exp();
  }

  private static Tensor upToEachPlace(Tensor weights, Tensor x, Tensor y, int axis) {
    return weights.log().add(x).logcumsumexp(axis).sub(y).exp();
  }
}
