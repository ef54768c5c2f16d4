package dev.gatun.bench.peers;

import java.lang.foreign.MemorySegment;

/** A matrix product ready to be executed again and again on the same operands. */
public interface MatrixProduct extends AutoCloseable {

  /** Computes the product once, overwriting {@link #result()}. */
  void run();

  /**
   * The memory the product is written to: square, row-major, in the operands' element type.
   *
   * @return a segment that lives until this product is closed
   */
  MemorySegment result();

  /** Gives back the result's memory and any handle of the library. */
  @Override
  void close();
}
