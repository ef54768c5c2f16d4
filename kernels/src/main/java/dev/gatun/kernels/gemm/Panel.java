package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Moves rows of a fixed number of vectors. Subclasses are written by {@link PanelGenerator}, one
 * for each element type, number of vectors and vector width. Rows have no gaps; offsets and
 * distances between rows are in bytes.
 */
abstract class Panel {
  /** Copies rows. */
  abstract void copy(
      int rows,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);

  /** Writes {@code alpha * source}. The target may be the source. */
  abstract void scale(
      int rows,
      double alpha,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);

  /** Writes {@code alpha * source + beta * addend}. The target may be the source or the addend. */
  abstract void add(
      int rows,
      double alpha,
      MemorySegment source,
      long sourceOffset,
      long sourceRowBytes,
      double beta,
      MemorySegment addend,
      long addendOffset,
      long addendRowBytes,
      MemorySegment target,
      long targetOffset,
      long targetRowBytes);
}
