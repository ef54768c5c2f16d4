package dev.gatun.nn.loss;

import dev.gatun.autograd.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The negative logarithm of the probability that a model gives to the right class, from logarithms
 * of probabilities such as {@code logSoftmax} returns. As PyTorch's {@code NLLLoss}.
 *
 * <p>The mean is weighted: the sum of the samples' losses, each times the weight of its class, over
 * the sum of those weights; NaN when all samples are ignored.
 *
 * @param weight the weight of each class, [classes]; null for ones. No gradient flows to it
 * @param ignoreIndex the target of samples to leave out
 * @param reduction how the losses of the samples are joined
 */
public record NLLLoss(@Nullable Tensor weight, long ignoreIndex, Reduction reduction)
    implements Loss {
  /** The target that means "leave this sample out" where nothing else is said. */
  public static final long IGNORED = -100;

  /** Makes the mean over the samples, without weights. */
  public NLLLoss() {
    this(null, IGNORED, Reduction.MEAN);
  }

  /**
   * Computes the loss.
   *
   * @param input logarithms of probabilities: [classes], [samples, classes] or [samples, classes,
   *     ...]
   * @param target class indices, integral, of the input's shape without the classes
   * @return a scalar, or without reduction a tensor of the target's shape
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws dev.gatun.memory.IndexRangeException when a target is no class
   */
  @Override
  public Tensor forward(Tensor input, Tensor target) {
    ClassTargets targets = ClassTargets.of("nll_loss", input, target, weight, ignoreIndex);
    return ofLogProbabilities(input, targets, reduction);
  }

  static Tensor ofLogProbabilities(
      Tensor logProbabilities, ClassTargets targets, Reduction reduction) {
    Tensor losses = logProbabilities.gather(targets.axis(), targets.index()).neg();
    Tensor weights = targets.weights();
    if (weights != null) {
      losses = losses.mul(weights);
    }
    return switch (reduction) {
      case NONE -> losses.squeeze(targets.axis());
      case MEAN -> weights == null ? losses.mean() : losses.sum().div(weights.sum());
      case SUM -> losses.sum();
    };
  }
}
