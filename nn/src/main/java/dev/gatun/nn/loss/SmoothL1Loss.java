package dev.gatun.nn.loss;

import dev.gatun.autograd.Operand;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;
import java.util.List;

/**
 * The absolute difference, rounded off near zero: {@code d^2 / (2 beta)} where {@code |d| < beta},
 * {@code |d| - beta / 2} elsewhere. As PyTorch's {@code SmoothL1Loss}, but shapes must agree.
 *
 * @param beta where the parabola ends, positive
 * @param reduction how the losses of the elements are joined
 */
public record SmoothL1Loss(double beta, Reduction reduction) implements Loss {
  /** The loss as an operation of output and target. */
  public static final StructuralOp<ElementwiseLoss.Settings> SMOOTH_L1_LOSS =
      ElementwiseLoss.declare(
          "smooth_l1_loss",
          SmoothL1Loss::formula,
          0.5,
          () -> List.of(Operand.real(2, 3), Operand.real(2, 3)));

  /**
   * Checks the bound.
   *
   * @throws ArgumentException when it is not positive and finite
   */
  public SmoothL1Loss {
    if (!(beta > 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new ArgumentException("smooth_l1_loss: beta " + beta + ": is positive and finite");
    }
  }

  /** Makes the mean over the elements, with a bound of 1. */
  public SmoothL1Loss() {
    this(1, Reduction.MEAN);
  }

  private static Expression formula(Expression x, Expression y) {
    Expression beta = Expression.parameter(1);
    Expression distance = x.sub(y).abs();
    return Expression.select(
        distance.lt(beta), x.sub(y).square().mul(0.5).div(beta), distance.sub(beta.mul(0.5)));
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
    return SMOOTH_L1_LOSS.apply(new ElementwiseLoss.Settings(reduction, beta), input, target);
  }
}
