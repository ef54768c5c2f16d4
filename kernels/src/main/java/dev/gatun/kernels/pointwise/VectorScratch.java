package dev.gatun.kernels.pointwise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Working memory of vector kernels on one thread: the addresses handed to a loop, and blocks into
 * which elements are gathered that a loop cannot read in place.
 */
final class VectorScratch {
  /** The number of elements in a staged block. */
  static final int BLOCK = 1024;

  private static final ThreadLocal<VectorScratch> OF_THREAD =
      ThreadLocal.withInitial(VectorScratch::new);
  private static final int INITIAL_OPERANDS = 4;
  private static final int BLOCK_BYTES = BLOCK * Long.BYTES;
  private static final int ALIGNMENT = 64;

  /** Room for the parameters of a run that has at most two. */
  final double[] two = new double[2];

  final double[] reals = new double[BLOCK];
  final long[] integers = new long[BLOCK];
  MemorySegment[] segments = new MemorySegment[0];
  long[] offsets = new long[0];
  private MemorySegment staging = MemorySegment.NULL;

  private VectorScratch() {}

  static VectorScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Makes room for the addresses of this many operands. */
  void reserve(int operands) {
    if (segments.length < operands) {
      segments = new MemorySegment[operands];
      offsets = new long[operands];
      Arrays.fill(segments, MemorySegment.NULL);
    }
  }

  /** Makes room for a staged block of each operand. */
  void reserveStaging(int operands) {
    reserve(operands);
    if (staging.byteSize() < (long) operands * BLOCK_BYTES) {
      long blocks = Math.max(INITIAL_OPERANDS, operands);
      staging = Arena.ofAuto().allocate(blocks * BLOCK_BYTES, ALIGNMENT);
    }
  }

  MemorySegment staging() {
    return staging;
  }

  static long stagingOffset(int operand) {
    return (long) operand * BLOCK_BYTES;
  }

  /** Forgets the memory of the operands, so that this thread does not keep it reachable. */
  void clear() {
    Arrays.fill(segments, MemorySegment.NULL);
  }
}
