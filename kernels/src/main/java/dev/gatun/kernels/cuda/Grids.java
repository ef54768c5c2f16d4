package dev.gatun.kernels.cuda;

/** How many threads and blocks work on elements that do not depend on each other. */
final class Grids {
  /** The number of threads in a block. */
  static final int THREADS = 256;

  /** More blocks than any device runs at once; threads go on to further elements. */
  private static final long MOST_BLOCKS = 1 << 14;

  /** The statements that begin the walk over all elements, in CUDA C. */
  static final String FOR_EACH =
      "const long long step = (long long)gridDim.x * blockDim.x;\n"
          + "  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < count;\n"
          + "      i += step)";

  private Grids() {}

  /** The number of blocks for a number of elements. */
  static int elements(long count) {
    return (int) Math.clamp((count + THREADS - 1) / THREADS, 1, MOST_BLOCKS);
  }
}
