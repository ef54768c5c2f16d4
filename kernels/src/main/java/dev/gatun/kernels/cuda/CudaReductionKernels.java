package dev.gatun.kernels.cuda;

import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** Folds, normalises and scans on a device. */
final class CudaReductionKernels implements ReductionKernels {
  private final CudaFold folds;
  private final CudaExtremum extrema;
  private final CudaMoments moments;
  private final CudaSoftmax softmaxes;
  private final CudaScan scans;
  private final CudaProductGradient productGradients;
  private final CudaNorm norms;
  private final CudaCrossEntropy crossEntropies;
  private final CudaAttention attention;

  CudaReductionKernels(Launcher launcher) {
    folds = new CudaFold(launcher);
    extrema = new CudaExtremum(launcher);
    moments = new CudaMoments(launcher);
    softmaxes = new CudaSoftmax(launcher);
    scans = new CudaScan(launcher);
    productGradients = new CudaProductGradient(launcher);
    norms = new CudaNorm(launcher);
    crossEntropies = new CudaCrossEntropy(launcher);
    attention = new CudaAttention(launcher);
  }

  @Override
  public void reduce(Reduction kind, StridedArray out, StridedArray in) {
    folds.run(kind, out, in);
  }

  @Override
  public void argMax(StridedArray out, StridedArray in, int axis) {
    extrema.run(false, out, in, axis);
  }

  @Override
  public void argMin(StridedArray out, StridedArray in, int axis) {
    extrema.run(true, out, in, axis);
  }

  @Override
  public void variance(
      StridedArray out, @Nullable StridedArray mean, StridedArray in, double correction) {
    moments.variance(out, mean, in, correction);
  }

  @Override
  public void standardDeviation(StridedArray out, StridedArray in, double correction) {
    moments.standardDeviation(out, in, correction);
  }

  @Override
  public void logSumExp(StridedArray out, StridedArray in) {
    moments.logSumExp(out, in);
  }

  @Override
  public void softmax(StridedArray out, StridedArray in, int axis) {
    softmaxes.run(CudaSoftmax.Mode.SOFTMAX, out, in, null, axis);
  }

  @Override
  public void logSoftmax(StridedArray out, StridedArray in, int axis) {
    softmaxes.run(CudaSoftmax.Mode.LOG_SOFTMAX, out, in, null, axis);
  }

  @Override
  public void softmaxBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis) {
    softmaxes.run(CudaSoftmax.Mode.SOFTMAX_BACKWARD, gradIn, gradOut, output, axis);
  }

  @Override
  public void logSoftmaxBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis) {
    softmaxes.run(CudaSoftmax.Mode.LOG_SOFTMAX_BACKWARD, gradIn, gradOut, output, axis);
  }

  @Override
  public void cumulativeSum(StridedArray out, StridedArray in, int axis) {
    scans.run(CudaScan.Mode.SUM, out, in, axis);
  }

  @Override
  public void cumulativeProduct(StridedArray out, StridedArray in, int axis) {
    scans.run(CudaScan.Mode.PRODUCT, out, in, axis);
  }

  @Override
  public void cumulativeProductBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray in, int axis) {
    productGradients.run(gradIn, gradOut, in, axis);
  }

  @Override
  public void cumulativeLogSumExp(StridedArray out, StridedArray in, int axis) {
    scans.run(CudaScan.Mode.LOG_SUM_EXP, out, in, axis);
  }

  @Override
  public void layerNorm(
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray rstd,
      StridedArray x,
      @Nullable StridedArray weight,
      @Nullable StridedArray bias,
      double epsilon) {
    norms.forward(out, mean, rstd, x, weight, bias, epsilon);
  }

  @Override
  public void layerNormBackward(
      @Nullable StridedArray gradX,
      @Nullable StridedArray gradWeight,
      @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    norms.backward(gradX, gradWeight, gradBias, gradOut, x, mean, rstd, weight);
  }

  @Override
  public void crossEntropy(
      StridedArray losses,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    crossEntropies.forward(
        losses, statistics, logits, targets, weights, ignoreIndex, smoothing, mean);
  }

  @Override
  public void crossEntropyBackward(
      StridedArray gradLogits,
      StridedArray gradOut,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    crossEntropies.backward(
        gradLogits, gradOut, statistics, logits, targets, weights, ignoreIndex, smoothing, mean);
  }

  @Override
  public void attentionWeights(StridedArray scores, @Nullable StridedArray mask, boolean causal) {
    attention.weights(scores, mask, causal);
  }
}
