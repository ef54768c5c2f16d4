package dev.gatun.nn.loss;

import dev.gatun.autograd.Entropies;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cross entropy between the classes' probabilities that logits stand for and those of a target:
 * a class for each sample, or a probability for each class. As PyTorch's {@code CrossEntropyLoss}.
 *
 * <p>The mean over class indices is weighted: the sum of the samples' losses, each times the weight
 * of its class, over the sum of those weights. The mean over probabilities divides by the number of
 * samples. An input of one axis is one sample.
 *
 * @param weight the weight of each class, [classes]; null for ones. No gradient flows to it
 * @param ignoreIndex the class index of samples to leave out
 * @param reduction how the losses of the samples are joined
 * @param labelSmoothing the share of a target that is spread over all classes, from 0 to 1
 */
public record CrossEntropyLoss(
    @Nullable Tensor weight, long ignoreIndex, Reduction reduction, double labelSmoothing)
    implements Loss {
  /**
   * Checks the share.
   *
   * @throws ArgumentException when it is not from 0 to 1
   */
  public CrossEntropyLoss {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new ArgumentException(
          "cross_entropy: label smoothing " + labelSmoothing + ": from 0 to 1");
    }
  }

  /** Makes the mean over the samples, without weights and smoothing. */
  public CrossEntropyLoss() {
    this(null, NLLLoss.IGNORED, Reduction.MEAN, 0);
  }

  /**
   * Makes a loss without weights and smoothing.
   *
   * @param reduction how the losses of the samples are joined
   */
  public CrossEntropyLoss(Reduction reduction) {
    this(null, NLLLoss.IGNORED, reduction, 0);
  }

  /**
   * Computes the loss.
   *
   * @param input logits: [classes], [samples, classes] or [samples, classes, ...]
   * @param target class indices, integral, of the input's shape without the classes; or
   *     probabilities, floating point, of the input's shape
   * @return a scalar, or without reduction a loss for each sample
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws dev.gatun.memory.IndexRangeException when a target is no class
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    if (target.dtype().isFloatingPoint()) {
      return ofProbabilities(input, target);
    }
    int axis = ClassTargets.classAxis("cross_entropy", input);
    ClassTargets.checkTarget("cross_entropy", input, target, axis);
    ClassTargets.checkWeights("cross_entropy", input, weight, axis);
    Entropies.Joining joining =
        switch (reduction) {
          case NONE -> Entropies.Joining.NONE;
          case MEAN -> Entropies.Joining.MEAN;
          case SUM -> Entropies.Joining.SUM;
        };
    return input.crossEntropy(
        target.dtype() == DType.INT64 ? target : target.to(DType.INT64),
        weight == null ? null : weight.detach().to(input.dtype()),
        new Entropies.CrossEntropy(axis, joining, ignoreIndex, labelSmoothing));
  }

  private Tensor ofProbabilities(Tensor input, Tensor target) {
    int axis = ClassTargets.classAxis("cross_entropy", input);
    ElementwiseLoss.checkPair("cross_entropy", input, target);
    ClassTargets.checkWeights("cross_entropy", input, weight, axis);
    long classes = input.size(axis);
    Tensor probabilities =
        labelSmoothing == 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
    Tensor losses =
        weighted(input.logSoftmax(axis).mul(probabilities), axis)
            .sum(new int[] {axis}, false)
            .neg();
    return ElementwiseLoss.join(losses, reduction);
  }

  /** Multiplies by the weights of the classes, laid along their axis. */
  private Tensor weighted(Tensor scores, int axis) {
    Tensor factors = weight;
    if (factors == null) {
      return scores;
    }
    long[] sizes = new long[scores.rank()];
    Arrays.fill(sizes, 1);
    sizes[axis] = factors.numel();
    return scores.mul(factors.detach().reshape(sizes));
  }
}
