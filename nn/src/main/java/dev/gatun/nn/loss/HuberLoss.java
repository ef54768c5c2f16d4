package dev.gatun.nn.loss;

import dev.gatun.autograd.Operand;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;
import java.util.List;

/**
 * The squared difference up to a bound, linear beyond it: {@code d^2 / 2} where {@code |d| <
 * delta}, {@code delta * (|d| - delta / 2)} elsewhere. As PyTorch's {@code HuberLoss}, but shapes
 * must agree.
 *
 * @param delta where the parabola ends, positive
 * @param reduction how the losses of the elements are joined
 */
public record HuberLoss(double delta, Reduction reduction) implements Loss {
  /** The loss as an operation of output and target. */
  public static final StructuralOp<ElementwiseLoss.Settings> HUBER_LOSS =
      ElementwiseLoss.declare(
          "huber_loss",
          HuberLoss::formula,
          0.5,
          () -> List.of(Operand.real(2, 3), Operand.real(2, 3)));

  /**
   * Checks the bound.
   *
   * @throws ArgumentException when it is not positive and finite
   */
  public HuberLoss {
    if (!(delta > 0 && delta < Double.POSITIVE_INFINITY)) {
      throw new ArgumentException("huber_loss: delta " + delta + ": is positive and finite");
    }
  }

  /** Makes the mean over the elements, with a bound of 1. */
  public HuberLoss() {
    this(1, Reduction.MEAN);
  }

  private static Expression formula(Expression x, Expression y) {
    Expression delta = Expression.parameter(1);
    Expression distance = x.sub(y).abs();
    return Expression.select(
        distance.lt(delta), x.sub(y).square().mul(0.5), delta.mul(distance.sub(delta.mul(0.5))));
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
    return HUBER_LOSS.apply(new ElementwiseLoss.Settings(reduction, delta), input, target);
  }
}
