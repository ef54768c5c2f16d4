package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Moves elements of one size whatever they mean. Offsets and strides are in bytes; segments are
 * native. Holds no state.
 */
abstract class ElementMoves {
  private static final int SIZES = 4;
  private static final ElementMoves[] OF_SIZE = new ElementMoves[SIZES];

  static {
    for (int shift = 0; shift < SIZES; shift++) {
      OF_SIZE[shift] =
          Specialization.instantiate(
              MethodHandles.lookup(), ElementMovesOfSize.class, ElementMoves.class, shift);
    }
  }

  /** Returns the moves of elements of {@code 1 << shift} bytes. */
  static ElementMoves of(int shift) {
    return OF_SIZE[shift];
  }

  /** Returns the bits of an element, in the lowest bits. */
  abstract long element(MemorySegment in, long offset);

  /** Finds the first of {@code count} elements with a bit of the mask, or returns that number. */
  abstract int firstNonzero(MemorySegment in, long offset, long mask, int count);

  /** Moves elements that need not be neighbours. */
  abstract void move(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int count);

  /** Writes the lowest bits several times. */
  abstract void fill(MemorySegment out, long outOffset, long outStride, long bits, int count);

  /**
   * Moves elements from where indices say.
   *
   * @param inStride how much further each element's place with index 0 is than the last one's
   * @param size the number of elements that an index may name
   * @param apart the distance of elements whose indices are neighbours
   */
  abstract void gather(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      MemorySegment indices,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count);

  /** Moves elements to where indices say, as {@link #gather} takes them from there. */
  abstract void scatter(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      MemorySegment indices,
      long indexOffset,
      long indexStride,
      long size,
      long apart,
      int count);
}
