package dev.gatun.nn.loss;

import dev.gatun.autograd.Operand;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import java.util.List;

/**
 * The squared difference: {@code (x - y)^2}. As PyTorch's {@code MSELoss}, but shapes must agree: a
 * target that merely broadcasts is nearly always a mistake.
 *
 * @param reduction how the losses of the elements are joined
 */
public record MSELoss(Reduction reduction) implements Loss {
  /** The loss as an operation of output and target. */
  public static final StructuralOp<ElementwiseLoss.Settings> MSE_LOSS =
      ElementwiseLoss.declare(
          "mse_loss",
          (x, y) -> x.sub(y).square(),
          0,
          () -> List.of(Operand.real(2, 3), Operand.real(2, 3)));

  /** Makes the mean over the elements. */
  public MSELoss() {
    this(Reduction.MEAN);
  }

  /**
   * Computes the loss.
   *
   * @param input the output of a model, floating point
   * @param target what it should have been, of the same shape
   * @return a scalar, or without reduction a tensor of the input's shape
   * @throws dev.gatun.memory.ShapeException when the shapes differ
   * @throws dev.gatun.memory.DTypeException when the input is not floating point
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    return MSE_LOSS.apply(new ElementwiseLoss.Settings(reduction, 0), input, target);
  }
}
