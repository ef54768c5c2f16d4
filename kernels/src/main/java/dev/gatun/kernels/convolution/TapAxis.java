package dev.gatun.kernels.convolution;

import java.util.Arrays;

/**
 * The taps of a kernel along one axis of the image. Result {@code r} reads position {@code r *
 * stride + tap} for each tap. Positions are sorted by what is left of them modulo the stride, into
 * phases; within a phase, neighbouring results read neighbouring elements.
 */
final class TapAxis {
  private int[] taps = new int[4];
  private int[] phases = new int[4];
  private int[] phaseStart = new int[4];

  int count;

  /** The distance between positions that neighbouring results read. */
  int stride;

  /** The number of phases that a tap falls into. */
  int phaseCount;

  /** How many more elements of a phase are read than there are results. */
  int extra;

  private int first;

  void begin(int stride) {
    this.stride = stride;
    count = 0;
  }

  void add(int tap) {
    if (count == taps.length) {
      taps = Arrays.copyOf(taps, 2 * count);
      phases = new int[2 * count];
      phaseStart = new int[2 * count];
    }
    taps[count++] = tap;
  }

  /** Sorts the taps into phases. */
  void finish() {
    first = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, taps[i]);
    }
    phaseCount = 0;
    extra = 0;
    for (int i = 0; i < count; i++) {
      int start = (taps[i] - first) % stride;
      int phase = 0;
      while (phase < phaseCount && phaseStart[phase] != start) {
        phase++;
      }
      if (phase == phaseCount) {
        phaseStart[phaseCount++] = start;
      }
      phases[i] = phase;
      extra = Math.max(extra, shift(i));
    }
  }

  /** Tells whether the taps are three neighbours, in either order, with a stride of 1. */
  boolean isThreeNeighbours() {
    int step = count == 3 ? taps[1] - taps[0] : 0;
    return stride == 1 && Math.abs(step) == 1 && taps[2] - taps[1] == step;
  }

  /** Tells whether the taps come from the last to the first. */
  boolean isDescending() {
    return count > 1 && taps[1] < taps[0];
  }

  /** Returns the phase that a tap reads. */
  int phase(int tap) {
    return phases[tap];
  }

  /** Returns the element of its phase that a tap reads for result 0. */
  int shift(int tap) {
    return (taps[tap] - first) / stride;
  }

  /** Returns the position in the image of element 0 of a phase; may be negative. */
  int start(int phase) {
    return first + phaseStart[phase];
  }
}
