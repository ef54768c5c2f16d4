package dev.gatun.kernels.reduce;

/** What one thread works with while it computes gradients of weights and biases. */
final class NormScratch {
  private static final ThreadLocal<NormScratch> OF_THREAD =
      ThreadLocal.withInitial(NormScratch::new);

  /** The means and inverse deviations of a block of rows. */
  final float[] means = new float[Norm.BLOCK_ROWS];

  final float[] rstds = new float[Norm.BLOCK_ROWS];
  private float[] sums = new float[0];

  private NormScratch() {}

  static NormScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Returns room for at least so many sums, with undefined values. */
  float[] sums(int count) {
    if (sums.length < count) {
      sums = new float[count];
    }
    return sums;
  }
}
