package dev.gatun.kernels.pointwise;

import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/**
 * A compiled loop over elements that lie one after another. The subclasses are generated; each is
 * made for one program and for one choice of which inputs are single elements. Offsets are in
 * bytes.
 */
abstract class VectorLoop {
  /** Runs a loop of one output and one input. */
  void run(
      MemorySegment out,
      long outOffset,
      MemorySegment a,
      long aOffset,
      double p0,
      double p1,
      int count) {
    throw wrongArity(1);
  }

  /** Runs a loop of one output and two inputs. */
  void run(
      MemorySegment out,
      long outOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      double p0,
      double p1,
      int count) {
    throw wrongArity(2);
  }

  /** Runs a loop of one output and three inputs. */
  void run(
      MemorySegment out,
      long outOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment c,
      long cOffset,
      double p0,
      double p1,
      int count) {
    throw wrongArity(3);
  }

  /** Runs any loop on whole arrays of {@code count} elements each. */
  abstract void run(StridedArray[] outs, StridedArray[] ins, double[] parameters, int count);

  /**
   * Runs any loop: the segments and offsets of the outputs come first, then those of the inputs.
   */
  abstract void run(MemorySegment[] segments, long[] offsets, double[] parameters, int count);

  private static IllegalStateException wrongArity(int inputs) {
    return new IllegalStateException(
        "the loop was not made for one output and " + inputs + " inputs");
  }
}
