package dev.gatun.nn.loss;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cross entropy of probabilities of two classes: {@code -(y log x + (1 - y) log(1 - x))}. As
 * PyTorch's {@code BCELoss}: logarithms are not less than -100, so that a loss is never infinite.
 * From logits, {@link BCEWithLogitsLoss} is more exact.
 *
 * @param weight a factor for each element, which broadcasts to the input; null for none
 * @param reduction how the losses of the elements are joined
 */
public record BCELoss(@Nullable Tensor weight, Reduction reduction) implements Loss {
  /** The loss as an operation of output and target. */
  public static final StructuralOp<ElementwiseLoss.Settings> BINARY_CROSS_ENTROPY = declare();

  private static StructuralOp<ElementwiseLoss.Settings> declare() {
    Expression x = Expression.input(0);
    Expression y = Expression.input(1);
    Expression one = Expression.constant(1);
    Expression logX = x.log().maximum(-100);
    Expression logRest = one.sub(x).log().maximum(-100);
    Expression loss = y.sub(1).mul(logRest).sub(y.mul(logX));
    // At the ends of the range the slope is steep but finite, as PyTorch has it.
    Expression inputSlope = x.sub(y).div(one.sub(x).mul(x).maximum(1e-12));
    return ElementwiseLoss.declare(
        "binary_cross_entropy",
        loss,
        inputSlope,
        logRest.sub(logX),
        0,
        () -> {
          var probability = new Operand(Operand.Kind.REAL, Shape.of(2, 3), 0.1, 0.9);
          return List.of(probability, probability);
        });
  }

  /** Makes the mean over the elements, without weights. */
  public BCELoss() {
    this(null, Reduction.MEAN);
  }

  /**
   * Computes the loss.
   *
   * @param input probabilities, from 0 to 1
   * @param target what they should have been, from 0 to 1, of the same shape
   * @return a scalar, or without reduction a tensor of the input's shape
   * @throws dev.gatun.memory.ShapeException when the shapes differ
   * @throws dev.gatun.memory.DTypeException when the input is not floating point
   * @throws ArgumentException when an element of the input is not from 0 to 1; a replayed plan does
   *     not look, and its loss is NaN then
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    ElementwiseLoss.checkPair("binary_cross_entropy", input, target);
    checkProbabilities(input);
    Tensor factor = weight;
    if (factor == null) {
      return BINARY_CROSS_ENTROPY.apply(new ElementwiseLoss.Settings(reduction, 0), input, target);
    }
    Tensor losses =
        BINARY_CROSS_ENTROPY.apply(new ElementwiseLoss.Settings(Reduction.NONE, 0), input, target);
    return ElementwiseLoss.join(losses.mul(factor.broadcastTo(input.shape())), reduction);
  }

  private static void checkProbabilities(Tensor input) {
    // A step that is being captured has no values yet.
    if (input.numel() == 0 || Recording.isActive()) {
      return;
    }
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      double low = input.min().item();
      double high = input.max().item();
      if (!(low >= 0 && high <= 1)) {
        throw new ArgumentException(
            "binary_cross_entropy: an input from "
                + low
                + " to "
                + high
                + ": all elements are from 0 to 1");
      }
    }
  }
}
