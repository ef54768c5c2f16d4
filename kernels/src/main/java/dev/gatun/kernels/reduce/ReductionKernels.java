package dev.gatun.kernels.reduce;

import dev.gatun.kernels.record.Updated;
import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that fold, normalise or scan along axes, for operands of any layout.
 *
 * <p>Where axes are folded, the output has the rank of the input and size 1 along the axes that are
 * folded: which ones is read off the two shapes. Floating-point sums have an error that grows with
 * the logarithm of the number of elements; their order depends on the operands' shapes and layouts
 * and on the provider, never on the number of threads.
 *
 * <p>Axes are counted from the front. Outputs must not overlap inputs unless they are the same
 * elements in the same layout, and no element of an output may be addressed twice. Methods are safe
 * to call from any thread and do not allocate in the steady state.
 */
public interface ReductionKernels {
  /**
   * Folds {@code in} along the axes where {@code out} has size 1.
   *
   * <p>Integral inputs are folded exactly, in 64 bits with wrap-around; floating-point inputs at
   * least in their own precision (half-precision ones in float64). The result is converted to the
   * element type of {@code out}, whatever it is.
   *
   * @param kind the way of folding
   * @param out what is written; rank of {@code in}, each size 1 or that of {@code in}
   * @param in what is folded
   */
  void reduce(Reduction kind, @Written StridedArray out, StridedArray in);

  /**
   * Finds the position of the largest element along an axis: the first one if there are several;
   * the first NaN if there is one.
   *
   * @param out the positions, int64; the shape of {@code in} with size 1 along {@code axis}
   * @param in what is searched; size at least 1 along {@code axis}
   * @param axis the axis
   */
  void argMax(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Finds the position of the smallest element along an axis: the first one if there are several;
   * the first NaN if there is one.
   *
   * @param out the positions, int64; the shape of {@code in} with size 1 along {@code axis}
   * @param in what is searched; size at least 1 along {@code axis}
   * @param axis the axis
   */
  void argMin(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Computes the variance along the axes where {@code out} has size 1, by a pass for the mean and
   * one for the squared deviations from it, both in float64: {@code sum((x - mean)^2) / max(0, n -
   * correction)}. That of equal elements is 0 exactly.
   *
   * @param out the variances, floating point; rank of {@code in}, each size 1 or that of {@code in}
   * @param mean where the means are written too, of the shape of {@code out}; null if they are not
   *     needed
   * @param in what is folded, floating point
   * @param correction what is subtracted from the number of elements: 1 for the unbiased estimate,
   *     0 for the population's variance
   */
  void variance(
      @Written StridedArray out,
      @Written @Nullable StridedArray mean,
      StridedArray in,
      double correction);

  /**
   * Computes the root of the variance along the axes where {@code out} has size 1, rounded once.
   *
   * @param out the deviations, floating point; rank of {@code in}, each size 1 or that of {@code
   *     in}
   * @param in what is folded, floating point
   * @param correction what is subtracted from the number of elements
   */
  void standardDeviation(@Written StridedArray out, StridedArray in, double correction);

  /**
   * Computes {@code log(sum(exp(x)))} along the axes where {@code out} has size 1, without
   * overflow; elements that are all negative infinity give negative infinity.
   *
   * @param out what is written, floating point; rank of {@code in}, each size 1 or that of {@code
   *     in}
   * @param in what is folded, floating point
   */
  void logSumExp(@Written StridedArray out, StridedArray in);

  /**
   * Computes {@code exp(x - max) / sum(exp(x - max))} along an axis.
   *
   * @param out what is written: shape and floating-point element type of {@code in}; may be {@code
   *     in}
   * @param in what is normalised
   * @param axis the axis
   */
  void softmax(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Computes {@code x - max - log(sum(exp(x - max)))} along an axis.
   *
   * @param out what is written: shape and floating-point element type of {@code in}; may be {@code
   *     in}
   * @param in what is normalised
   * @param axis the axis
   */
  void logSoftmax(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Computes the gradient of {@link #softmax} with respect to its input: {@code output * (g - sum(g
   * * output))} along an axis.
   *
   * @param gradIn what is written; may be {@code gradOut} or {@code output}
   * @param gradOut the gradient {@code g} with respect to the output
   * @param output what softmax returned; all three have one shape and one floating-point type
   * @param axis the axis
   */
  void softmaxBackward(
      @Written StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis);

  /**
   * Computes the gradient of {@link #logSoftmax} with respect to its input: {@code g - exp(output)
   * * sum(g)} along an axis.
   *
   * @param gradIn what is written; may be {@code gradOut} or {@code output}
   * @param gradOut the gradient {@code g} with respect to the output
   * @param output what logSoftmax returned; all three have one shape and one floating-point type
   * @param axis the axis
   */
  void logSoftmaxBackward(
      @Written StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis);

  /**
   * Computes running sums along an axis. Floating-point sums are kept in float64 and rounded when
   * they are written; integral ones wrap around in 64 bits.
   *
   * @param out what is written, of the shape of {@code in}; may be {@code in}
   * @param in what is summed
   * @param axis the axis
   */
  void cumulativeSum(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Computes running products along an axis. Floating-point products are kept in float64 and
   * rounded when they are written; integral ones wrap around in 64 bits.
   *
   * @param out what is written, of the shape of {@code in}; may be {@code in}
   * @param in what is multiplied
   * @param axis the axis
   */
  void cumulativeProduct(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Computes the gradient of {@link #cumulativeProduct} with respect to its input, without a
   * division: the product of the elements before each one, times the sum of {@code g} from there
   * on, each times the product of the elements between. It is computed in float64, in a time that
   * grows with the number of elements, whether there are zeros or not; after a zero it is 0.
   *
   * @param gradIn what is written; overlaps none of the others
   * @param gradOut the gradient {@code g} with respect to the output
   * @param in what was multiplied; all three have one shape and one floating-point type
   * @param axis the axis
   */
  void cumulativeProductBackward(
      @Written StridedArray gradIn, StridedArray gradOut, StridedArray in, int axis);

  /**
   * Computes the logarithms of running sums of exponentials along an axis, without overflow, in
   * float64.
   *
   * @param out what is written, of the shape of {@code in}; may be {@code in}
   * @param in what is summed, floating point
   * @param axis the axis
   */
  void cumulativeLogSumExp(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Normalises each row to mean 0 and variance 1, then scales and shifts its elements: {@code (x -
   * mean) * rstd * weight + bias}, where {@code rstd} is {@code 1 / sqrt(variance + epsilon)} and
   * the variance is the population's. Without means nothing is subtracted: {@code rstd} is {@code 1
   * / sqrt(sum(x^2) / length + epsilon)}, the normalisation by the root mean square.
   *
   * @param out what is written: shape and element type of {@code x}, the elements of a row side by
   *     side; may be {@code x}
   * @param mean where the means are written, [rows], contiguous, of the type of {@code rstd}; null
   *     for the normalisation by the root mean square
   * @param rstd where the inverse deviations are written, [rows], contiguous: float64 for float64,
   *     else float32
   * @param x what is normalised, [rows, length], floating point, the elements of a row side by side
   * @param weight the factors of the columns, [length], contiguous, of the type of {@code x}; null
   *     for ones
   * @param bias the summands of the columns, [length], contiguous, of the type of {@code x}; null
   *     for zeros
   * @param epsilon what is added to the variance
   */
  void layerNorm(
      @Written StridedArray out,
      @Written @Nullable StridedArray mean,
      @Written StridedArray rstd,
      StridedArray x,
      @Nullable StridedArray weight,
      @Nullable StridedArray bias,
      double epsilon);

  /**
   * Computes the gradients of {@link #layerNorm} with respect to its input, weights and biases, in
   * one walk over the rows.
   *
   * @param gradX where the gradient of {@code x} is written: its shape and type, the elements of a
   *     row side by side; may be {@code gradOut}; null if it is not wanted
   * @param gradWeight where the gradient of the weights is written, [length], contiguous, of the
   *     type of {@code x}; null if it is not wanted
   * @param gradBias where the gradient of the biases is written, as that of the weights
   * @param gradOut the gradient of the output: shape and type of {@code x}, the elements of a row
   *     side by side
   * @param x what was normalised
   * @param mean the means that were written; null if there were none
   * @param rstd the inverse deviations that were written
   * @param weight the factors of the columns; null if there were none
   */
  void layerNormBackward(
      @Written @Nullable StridedArray gradX,
      @Written @Nullable StridedArray gradWeight,
      @Written @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight);

  /**
   * Computes the cross entropy of logits with class indices for each sample:
   *
   * <pre>{@code (1 - smoothing) * weight[target] * (log(sum(exp(x))) - x[target])
   *   + smoothing / classes * sum(weight * (log(sum(exp(x))) - x))}</pre>
   *
   * <p>For a mean each is divided by the sum of the weights of all targets. Samples that are
   * ignored have the loss 0 and no share in that sum. All targets are checked before anything is
   * written.
   *
   * @param losses where a loss for each sample is written: [samples], of the type of {@code logits}
   * @param statistics where what the gradient needs is written: [2, samples], contiguous, the
   *     largest logit of each sample and the sum of the exponentials of the distances from it:
   *     float64 for float64, else float32
   * @param logits [samples, classes], floating point, the elements of a row side by side
   * @param targets the class of each sample, [samples], contiguous, int64
   * @param weights the weight of each class, [classes], contiguous, of the type of {@code logits};
   *     null for ones
   * @param ignoreIndex the target of samples to leave out
   * @param smoothing the share of a target that is spread over all classes, from 0 to 1
   * @param mean whether the losses are to add up to the mean
   * @throws dev.gatun.memory.IndexRangeException when a target is neither a class nor the index to
   *     ignore
   */
  void crossEntropy(
      @Written StridedArray losses,
      @Written StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean);

  /**
   * Computes the gradient of {@link #crossEntropy} with respect to the logits: probabilities, less
   * 1 at the target, times the gradient of the sample's loss.
   *
   * @param gradLogits what is written: shape and type of {@code logits}, the elements of a row side
   *     by side; may be {@code logits}
   * @param gradOut the gradient of each loss, [samples], of the type of {@code logits}; its stride
   *     may be 0
   * @param statistics what {@link #crossEntropy} wrote
   * @param logits as given to {@link #crossEntropy}
   * @param targets as given to {@link #crossEntropy}
   * @param weights as given to {@link #crossEntropy}
   * @param ignoreIndex as given to {@link #crossEntropy}
   * @param smoothing as given to {@link #crossEntropy}
   * @param mean as given to {@link #crossEntropy}
   */
  void crossEntropyBackward(
      @Written StridedArray gradLogits,
      StridedArray gradOut,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean);

  /**
   * Turns the scores of attention into weights, in place: {@code softmax(scores + mask)} along the
   * last axis. What is left out, by the mask or by the order of positions, gets the weight 0, and
   * where everything is left out all weights are 0.
   *
   * @param scores [..., queries, keys], floating point, contiguous
   * @param mask what is added to the scores, negative infinity to leave out: their shape and type,
   *     with any strides, 0 among them, but 1 along the last axis; null for nothing
   * @param causal whether query i leaves out the keys after key i
   */
  void attentionWeights(@Updated StridedArray scores, @Nullable StridedArray mask, boolean causal);
}
