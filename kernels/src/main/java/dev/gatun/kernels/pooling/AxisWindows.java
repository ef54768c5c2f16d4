package dev.gatun.kernels.pooling;

/** The windows along one axis of an image: from where to where each one reaches. */
final class AxisWindows {
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] counted = new int[64];

  int count;

  /** Windows of one size that move by a step. */
  void regular(int image, int results, int kernel, int stride, int padding, boolean countPadding) {
    begin(results);
    for (int i = 0; i < results; i++) {
      int start = i * stride - padding;
      int end = Math.min(start + kernel, image + padding);
      starts[i] = Math.max(start, 0);
      ends[i] = Math.min(end, image);
      counted[i] = countPadding ? end - start : ends[i] - starts[i];
    }
  }

  /** Windows that cover an image. */
  void covering(int image, int results) {
    begin(results);
    for (int i = 0; i < results; i++) {
      starts[i] = (int) ((long) i * image / results);
      ends[i] = (int) (((long) (i + 1) * image + results - 1) / results);
      counted[i] = ends[i] - starts[i];
    }
  }

  private void begin(int results) {
    count = results;
    if (starts.length < results) {
      starts = new int[results];
      ends = new int[results];
      counted = new int[results];
    }
  }

  /** Returns the first element of a window. */
  int start(int window) {
    return starts[window];
  }

  /** Returns the element behind the last one of a window. */
  int end(int window) {
    return ends[window];
  }

  /** Returns how many elements of a window count, padding included where it does. */
  int counted(int window) {
    return counted[window];
  }
}
