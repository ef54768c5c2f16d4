package dev.gatun.kernels.pooling;

/** The windows along one axis of an image: from where to where each one reaches. */
final class AxisWindows {
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] counted = new int[64];

  int count;

  /** The distance between elements of a window. */
  long dilation;

  /**
   * Windows of one size that move by a step. How many elements count is known without dilation
   * only.
   */
  void regular(
      long image,
      long results,
      long kernel,
      long stride,
      long padding,
      long dilation,
      boolean countPadding) {
    begin(results, dilation);
    for (int i = 0; i < count; i++) {
      long start = i * stride - padding;
      long end = start + (kernel - 1) * dilation + 1;
      long unseen = Math.ceilDiv(Math.max(-start, 0), dilation);
      starts[i] = Math.toIntExact(start + unseen * dilation);
      ends[i] = Math.toIntExact(Math.min(end, image));
      counted[i] =
          countPadding
              ? Math.toIntExact(Math.min(end, image + padding) - start)
              : ends[i] - starts[i];
    }
  }

  /** Windows that cover an image. */
  void covering(long image, long results) {
    begin(results, 1);
    for (int i = 0; i < count; i++) {
      starts[i] = Math.toIntExact(i * image / results);
      ends[i] = Math.toIntExact(((i + 1) * image + results - 1) / results);
      counted[i] = ends[i] - starts[i];
    }
  }

  private void begin(long results, long dilation) {
    count = Math.toIntExact(results);
    this.dilation = dilation;
    if (starts.length < count) {
      starts = new int[count];
      ends = new int[count];
      counted = new int[count];
    }
  }

  /** Returns the first element of a window that lies in the image. */
  int start(int window) {
    return starts[window];
  }

  /** Returns where a window ends in the image: behind its last element, or where the image does. */
  int end(int window) {
    return ends[window];
  }

  /** Returns how many elements of a window count, padding included where it does. */
  int counted(int window) {
    return counted[window];
  }
}
