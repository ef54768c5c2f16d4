package dev.gatun.kernels.cuda;

import dev.gatun.memory.ArgumentException;

/**
 * How the operands of a kernel lie in memory. A program has one source for each access that occurs:
 * the texts are short, and what is known when they are written costs nothing when they run.
 *
 * @param walk the way through the elements
 * @param axes for {@link Walk#STRIDED} the number of axes, 1 to {@link #MOST_AXES}; else 0
 * @param scalarInputs bit i is set where input i is a single element for all; 0 for {@link
 *     Walk#STRIDED}, where strides of 0 say so
 * @param wide whether counts and positions may need more than 31 bits
 * @param inPlace whether an output may be the very elements of an input; if not, the compiler is
 *     told that outputs share memory with nothing
 */
record PointwiseAccess(Walk walk, int axes, long scalarInputs, boolean wide, boolean inPlace) {
  /** So many axes are enough for what has been collapsed of any tensor that is met. */
  static final int MOST_AXES = 8;

  /** The way through the elements. */
  enum Walk {
    /**
     * Every operand is contiguous in the same order, and starts at a multiple of the size of a
     * chunk: {@link PointwiseSource#elementsPerChunk} elements.
     */
    CHUNKS,
    /** Every operand is contiguous in the same order. */
    ELEMENTS,
    /** Operands have strides of their own; those of broadcast axes are 0. */
    STRIDED
  }

  PointwiseAccess {
    boolean strided = walk == Walk.STRIDED;
    if (strided ? axes < 1 || axes > MOST_AXES || scalarInputs != 0 : axes != 0) {
      throw new ArgumentException(
          "a kernel cannot walk " + walk + " over " + axes + " axes, scalars " + scalarInputs);
    }
  }

  /** Contiguous operands that are aligned to chunks. */
  static PointwiseAccess chunks() {
    return new PointwiseAccess(Walk.CHUNKS, 0, 0, false, false);
  }

  /** Contiguous operands. */
  static PointwiseAccess elements() {
    return new PointwiseAccess(Walk.ELEMENTS, 0, 0, false, false);
  }

  /** Operands with strides. */
  static PointwiseAccess strided(int axes) {
    return new PointwiseAccess(Walk.STRIDED, axes, 0, false, false);
  }

  /** This access, with some inputs that are a single element each. */
  PointwiseAccess withScalars(long inputs) {
    return new PointwiseAccess(walk, axes, inputs, wide, inPlace);
  }

  /** This access, with 64-bit arithmetic for counts and positions. */
  PointwiseAccess inWideMemory() {
    return new PointwiseAccess(walk, axes, scalarInputs, true, inPlace);
  }

  /** This access, where an output may be an input. */
  PointwiseAccess overInputs() {
    return new PointwiseAccess(walk, axes, scalarInputs, wide, true);
  }

  boolean isScalar(int input) {
    return (scalarInputs >>> input & 1) != 0;
  }
}
