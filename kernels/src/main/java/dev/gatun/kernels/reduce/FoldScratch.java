package dev.gatun.kernels.reduce;

/** Where one thread leaves the folds of some rows until all of them are written. */
final class FoldScratch {
  /** The number of rows. */
  static final int ROWS = 64;

  private static final int MOST_LANES = 16;
  private static final ThreadLocal<FoldScratch> OF_THREAD =
      ThreadLocal.withInitial(FoldScratch::new);

  /** The folds, with room for a whole vector where only its first lanes count. */
  final float[] results = new float[ROWS + MOST_LANES];

  private FoldScratch() {}

  static FoldScratch ofThread() {
    return OF_THREAD.get();
  }
}
