package dev.gatun.kernels.gemm;

import dev.gatun.kernels.packed.PackedOperands;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that one thread at a time computes in. It lies outside the heap, so that vectors do not
 * straddle cache lines, but for {@link PackedOperands}; it grows to what was needed once, and stays
 * until it is unreachable.
 */
final class Scratch {
  private static final long ALIGNMENT = 128;

  /** What is being computed. */
  final Part part = new Part();

  /** Operands in arrays, in use where {@link #isPacked}. */
  final PackedOperands packed = new PackedOperands();

  /** Whether the tiles read packed operands. */
  boolean isPacked;

  /** Where the tiles find the left operand. */
  final LeftBlock leftBlock = new LeftBlock();

  MemorySegment left = MemorySegment.NULL;
  MemorySegment right = MemorySegment.NULL;
  MemorySegment block = MemorySegment.NULL;
  MemorySegment sums = MemorySegment.NULL;

  /** Where the tiles find the right operand: {@link #right}, or the operand itself. */
  MemorySegment panel = MemorySegment.NULL;

  /** The position of the first row of the panel, in bytes. */
  long panelOffset;

  /** The distance between rows of the panel, in bytes. */
  long panelRowBytes;

  /** Forgets the operands, so that they do not stay reachable. */
  void clear() {
    panel = MemorySegment.NULL;
    leftBlock.segment = MemorySegment.NULL;
  }

  void reserveLeft(long bytes) {
    left = reserve(left, bytes);
  }

  void reserveRight(long bytes) {
    right = reserve(right, bytes);
  }

  void reserveBlock(long bytes) {
    block = reserve(block, bytes);
  }

  void reserveSums(long bytes) {
    sums = reserve(sums, bytes);
  }

  private static MemorySegment reserve(MemorySegment present, long bytes) {
    if (present.byteSize() >= bytes) {
      return present;
    }
    long rounded = Math.max(bytes + bytes / 4, 4096) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    return Arena.ofAuto().allocate(rounded, ALIGNMENT);
  }
}
