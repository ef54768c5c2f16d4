package dev.gatun.nn.loss;

import dev.gatun.autograd.Axes;
import dev.gatun.autograd.Invocation;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Reductions;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/**
 * Operations that join a loss of each element, given by a formula, into one. The backward pass of
 * each input is one fused kernel: the slope of the formula, the incoming gradient and the division
 * by the number of elements.
 */
public final class ElementwiseLoss {
  /**
   * What a call needs besides tensors.
   *
   * @param reduction how the losses are joined
   * @param parameter the number that the formula calls parameter 1; ignored where it calls none
   */
  public record Settings(Reduction reduction, double parameter) {}

  private ElementwiseLoss() {}

  /**
   * Declares a loss, whose slopes follow from the formula.
   *
   * @param name the name in PyTorch's spelling
   * @param formula the loss of an element, from the output and the target; may use {@link
   *     Expression#parameter} 1
   * @param parameter a parameter for which the loss is tested
   * @param operands makes the operands on which the loss is tested
   * @return the operation, of the output and the target
   */
  static StructuralOp<Settings> declare(
      String name,
      BinaryOperator<Expression> formula,
      double parameter,
      Supplier<List<Operand>> operands) {
    Expression loss = formula.apply(Expression.input(0), Expression.input(1));
    return declare(name, loss, Derivative.of(loss, 0), Derivative.of(loss, 1), parameter, operands);
  }

  /**
   * Declares a loss with slopes of its own, where the formula's are not what is wanted at its
   * edges.
   *
   * @param name the name in PyTorch's spelling
   * @param loss the loss of an element, from inputs 0 and 1
   * @param inputSlope its derivative by input 0
   * @param targetSlope its derivative by input 1
   * @param parameter a parameter for which the loss is tested
   * @param operands makes the operands on which the loss is tested
   * @return the operation, of the output and the target
   */
  static StructuralOp<Settings> declare(
      String name,
      Expression loss,
      Expression inputSlope,
      Expression targetSlope,
      double parameter,
      Supplier<List<Operand>> operands) {
    PointwiseOp elements = PointwiseOp.binary(name, (x, y) -> loss);
    PointwiseOp byInput = gradient(name, inputSlope);
    PointwiseOp byTarget = gradient(name, targetSlope);
    long saved = StructuralOp.input(0) | StructuralOp.input(1);
    return StructuralOp.<Settings>named(name, call -> forward(call, elements))
        .gradient(
            saved,
            (call, g) ->
                byInput.apply(
                    new Tensor[] {call.input(0), call.input(1), g},
                    share(call.attributes(), call.shape(0)),
                    call.attributes().parameter))
        .gradient(
            saved,
            (call, g) ->
                byTarget.apply(
                    new Tensor[] {call.input(0), call.input(1), g},
                    share(call.attributes(), call.shape(0)),
                    call.attributes().parameter))
        .samples(() -> samples(parameter, operands.get()));
  }

  /** The slope times the gradient (input 2) times the share of an element in the result. */
  private static PointwiseOp gradient(String name, Expression slope) {
    return PointwiseOp.ternary(
        name + "_backward", (x, y, g) -> slope.mul(g).mul(Expression.parameter(0)));
  }

  private static double share(Settings settings, Shape shape) {
    return settings.reduction == Reduction.MEAN ? 1.0 / shape.numel() : 1;
  }

  private static Tensor forward(Invocation<Settings> call, PointwiseOp elements) {
    Tensor input = call.input(0);
    Tensor target = call.input(1);
    checkPair(call.name(), input, target);
    DType dtype = DType.promote(input.dtype(), target.dtype());
    Settings settings = call.attributes();
    Tensor[] operands = {input, target};
    if (settings.reduction == Reduction.NONE) {
      Tensor result = call.result(dtype, input.shape());
      return elements.applyOut(result, operands, 0, settings.parameter);
    }
    Tensor result = call.result(dtype, Shape.scalar());
    try (Tensor losses = elements.apply(operands, 0, settings.parameter)) {
      StructuralOp<Axes> fold =
          settings.reduction == Reduction.MEAN ? Reductions.MEAN : Reductions.SUM;
      return fold.applyOut(result, Axes.of(), losses);
    }
  }

  /** Throws unless the target fits the input element for element. */
  static void checkPair(String operation, Tensor input, Tensor target) {
    if (!input.dtype().isFloatingPoint()) {
      throw new DTypeException(
          operation + ": an input of " + input.dtype() + ": the input is floating point");
    }
    if (!input.shape().equals(target.shape())) {
      throw new ShapeException(
          operation
              + ": input "
              + input.shape()
              + ", target "
              + target.shape()
              + ": the shapes agree");
    }
  }

  /** Joins losses that have been computed one by one. */
  static Tensor join(Tensor losses, Reduction reduction) {
    return switch (reduction) {
      case NONE -> losses;
      case MEAN -> losses.mean();
      case SUM -> losses.sum();
    };
  }

  private static List<Sample<Settings>> samples(double parameter, List<Operand> operands) {
    Operand input = operands.get(0);
    Operand target = operands.get(1);
    return List.of(
        Sample.of(new Settings(Reduction.MEAN, parameter), input, target),
        Sample.of(new Settings(Reduction.SUM, parameter), input, target),
        Sample.of(new Settings(Reduction.NONE, parameter), input, target),
        Sample.refused(
            ShapeException.class,
            "the shapes agree",
            new Settings(Reduction.MEAN, parameter),
            Operand.real(2, 3),
            Operand.real(3)));
  }
}
