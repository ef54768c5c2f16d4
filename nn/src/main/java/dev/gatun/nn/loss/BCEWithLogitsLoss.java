package dev.gatun.nn.loss;

import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cross entropy of two classes from logits: that of {@link BCELoss} at {@code sigmoid(x)},
 * without overflow and without loss of digits. As PyTorch's {@code BCEWithLogitsLoss}.
 *
 * @param weight a factor for each element, which broadcasts to the input; null for none
 * @param posWeight a factor for the part of targets that are 1, which broadcasts to the input; null
 *     for none
 * @param reduction how the losses of the elements are joined
 */
public record BCEWithLogitsLoss(
    @Nullable Tensor weight, @Nullable Tensor posWeight, Reduction reduction) implements Loss {
  /** The loss as an operation of output and target. */
  public static final StructuralOp<ElementwiseLoss.Settings> BINARY_CROSS_ENTROPY_WITH_LOGITS =
      declare();

  /** The loss of each element, with the factor for positive targets as a third operand. */
  public static final PointwiseOp POSITIVES_WEIGHTED =
      PointwiseOp.ternary(
          "binary_cross_entropy_with_logits",
          (x, y, w) -> x.sub(x.mul(y)).add(x.neg().softplus().mul(y.mul(w.sub(1)).add(1))));

  private static StructuralOp<ElementwiseLoss.Settings> declare() {
    Expression x = Expression.input(0);
    Expression y = Expression.input(1);
    return ElementwiseLoss.declare(
        "binary_cross_entropy_with_logits",
        x.softplus().sub(x.mul(y)),
        x.sigmoid().sub(y),
        x.neg(),
        0,
        () -> List.of(Operand.real(2, 3), Operand.real(2, 3)));
  }

  /** Makes the mean over the elements, without weights. */
  public BCEWithLogitsLoss() {
    this(null, null, Reduction.MEAN);
  }

  /**
   * Computes the loss.
   *
   * @param input logits
   * @param target probabilities, from 0 to 1, of the same shape
   * @return a scalar, or without reduction a tensor of the input's shape
   * @throws dev.gatun.memory.ShapeException when the shapes differ
   * @throws dev.gatun.memory.DTypeException when the input is not floating point
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    Tensor factor = weight;
    Tensor positive = posWeight;
    if (factor == null && positive == null) {
      return BINARY_CROSS_ENTROPY_WITH_LOGITS.apply(
          new ElementwiseLoss.Settings(reduction, 0), input, target);
    }
    ElementwiseLoss.checkPair("binary_cross_entropy_with_logits", input, target);
    Tensor losses =
        positive == null
            ? BINARY_CROSS_ENTROPY_WITH_LOGITS.apply(
                new ElementwiseLoss.Settings(Reduction.NONE, 0), input, target)
            : POSITIVES_WEIGHTED.apply(input, target, positive.broadcastTo(input.shape()));
    Tensor weighted = factor == null ? losses : losses.mul(factor.broadcastTo(input.shape()));
    return ElementwiseLoss.join(weighted, reduction);
  }
}
