package dev.gatun.nn.loss;

import dev.gatun.autograd.Backward;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Invocation;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cross entropy of logits with class indices as one operation: it keeps the logits alone, and
 * its backward pass is a softmax from which one is taken at each target, and a product.
 */
public final class ClassCrossEntropy {
  /**
   * What a call needs besides tensors.
   *
   * @param axis the axis of the classes
   * @param reduction how the losses of the samples are joined
   * @param divisor what the sum is divided by for a mean
   */
  public record Settings(int axis, Reduction reduction, double divisor) {
    private double share() {
      return reduction == Reduction.MEAN ? 1 / divisor : 1;
    }
  }

  /**
   * The loss of logits, class indices of the logits' shape with size 1 along the axis and, perhaps,
   * a factor for each sample, of the indices' shape.
   */
  public static final StructuralOp<Settings> CROSS_ENTROPY =
      StructuralOp.<Settings>named("cross_entropy", ClassCrossEntropy::forward)
          .gradient(
              StructuralOp.input(0) | StructuralOp.input(1) | StructuralOp.input(2),
              ClassCrossEntropy::gradient)
          .samples(() ->
              List.of(
                  Sample.of(
                      new Settings(1, Reduction.MEAN, 4),
                      Operand.real(4, 5),
                      Operand.index(5, 4, 1)),
                  Sample.of(
                      new Settings(1, Reduction.SUM, 4),
                      Operand.real(4, 5, 3),
                      Operand.index(5, 4, 1, 3)),
                  Sample.of(
                      new Settings(0, Reduction.NONE, 1), Operand.real(5), Operand.index(5, 1))));

  private ClassCrossEntropy() {}

  static Tensor of(Tensor logits, ClassTargets targets, Reduction reduction) {
    var settings = new Settings(targets.axis(), reduction, targets.total());
    Tensor weights = targets.weights();
    return weights == null
        ? CROSS_ENTROPY.apply(settings, logits, targets.index())
        : CROSS_ENTROPY.apply(settings, logits, targets.index(), weights);
  }

  private static Tensor forward(Invocation<Settings> call) {
    Settings settings = call.attributes();
    Tensor logits = call.input(0);
    Tensor index = call.input(1);
    Shape shape =
        settings.reduction == Reduction.NONE
            ? ClassTargets.without(index.shape(), settings.axis)
            : Shape.scalar();
    Tensor result = call.result(logits.dtype(), shape);
    try (var _ = Scope.open()) {
      Tensor losses =
          logits.logSoftmax(settings.axis).gather(settings.axis, index).mul(-settings.share());
      if (call.inputCount() == 3) {
        losses.mul_(call.input(2));
      }
      result.copy_(
          settings.reduction == Reduction.NONE ? losses.squeeze(settings.axis) : losses.sum());
    }
    return result;
  }

  private static @Nullable Tensor gradient(Backward<Settings> call, Tensor gradient) {
    Settings settings = call.attributes();
    Tensor index = call.input(1);
    Tensor factor =
        settings.reduction == Reduction.NONE
            ? gradient.unsqueeze(settings.axis)
            : gradient.mul(settings.share());
    if (call.inputCount() == 3) {
      factor = factor.mul(call.input(2));
    }
    Tensor probabilities = call.input(0).softmax(settings.axis);
    if (call.isRecording()) {
      Tensor ones = Gatun.ones(gradient.dtype(), index.shape());
      Tensor targets =
          Gatun.zeros(gradient.dtype(), call.shape(0)).scatterAdd(settings.axis, index, ones);
      return probabilities.sub(targets).mul(factor);
    }
    try (Tensor minusOnes = Gatun.full(gradient.dtype(), index.shape(), -1)) {
      Kernels.provider().indexing().scatterAdd(probabilities, settings.axis, index, minusOnes);
    }
    return probabilities.mul_(factor);
  }
}
