package dev.gatun.kernels.traverse;

import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * Moves elements of one size whatever they mean. Offsets, strides and distances are in bytes, and
 * may be negative; segments are native, and aligned or not. Holds no state: any thread may use it.
 */
public abstract class ElementMoves {
  private static final int SIZES = 4;
  private static final ElementMoves[] OF_SIZE = new ElementMoves[SIZES];

  static {
    for (int shift = 0; shift < SIZES; shift++) {
      OF_SIZE[shift] =
          Specialization.instantiate(
              MethodHandles.lookup(), ElementMovesOfSize.class, ElementMoves.class, shift);
    }
  }

  ElementMoves() {}

  /**
   * Returns the moves of elements of a size.
   *
   * @param shift the base 2 logarithm of the size in bytes, from 0 to 3
   * @return the moves
   */
  public static ElementMoves of(int shift) {
    return OF_SIZE[shift];
  }

  /**
   * Reads an element.
   *
   * @param in the memory
   * @param offset where the element begins
   * @return its bits, in the lowest bits
   */
  public abstract long element(MemorySegment in, long offset);

  /**
   * Counts the elements that have a bit of a mask.
   *
   * @param in the memory
   * @param offset where the first is
   * @param stride the distance of elements
   * @param mask the bits to look at
   * @param count how many elements there are
   * @return how many of them have such a bit
   */
  public abstract int countNonzero(
      MemorySegment in, long offset, long stride, long mask, int count);

  /**
   * Finds the elements that have a bit of a mask.
   *
   * @param in the memory
   * @param offset where the first is
   * @param stride the distance of elements
   * @param mask the bits to look at
   * @param count how many elements there are
   * @param places becomes how many elements come before each that is found; as long as there are
   *     elements
   * @return how many are found
   */
  public abstract int nonzero(
      MemorySegment in, long offset, long stride, long mask, int count, int[] places);

  /**
   * Moves elements from given places to others in a row.
   *
   * @param out the memory to write
   * @param outOffset where the first element goes
   * @param outStride the distance of elements there
   * @param in the memory to read
   * @param inOffset where the element of place 0 is
   * @param inStride the distance of places
   * @param places where elements come from
   * @param count how many there are
   */
  public abstract void collect(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int[] places,
      int count);

  /**
   * Moves elements in a row to given places.
   *
   * @param out the memory to write
   * @param outOffset where the element of place 0 goes
   * @param outStride the distance of places
   * @param in the memory to read
   * @param inOffset where the first element is
   * @param inStride the distance of elements there
   * @param places where elements go
   * @param count how many there are
   */
  public abstract void distribute(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int[] places,
      int count);

  /**
   * Moves elements that need not be neighbours.
   *
   * @param out the memory to write, none of it that is read
   * @param outOffset where the first element goes
   * @param outStride the distance of elements there
   * @param in the memory to read
   * @param inOffset where the first element comes from
   * @param inStride the distance of elements there
   * @param count how many there are
   */
  public abstract void move(
      MemorySegment out,
      long outOffset,
      long outStride,
      MemorySegment in,
      long inOffset,
      long inStride,
      int count);

  /**
   * Writes one element several times.
   *
   * @param out the memory to write
   * @param outOffset where the first goes
   * @param outStride the distance of elements
   * @param bits the element, in the lowest bits
   * @param count how many times
   */
  public abstract void fill(
      MemorySegment out, long outOffset, long outStride, long bits, int count);

  /**
   * Moves elements from where indices say, which have been checked.
   *
   * @param out the memory to write
   * @param outOffset where the first element goes
   * @param outStride the distance of elements there
   * @param in the memory to read
   * @param inOffset where the first element comes from if its index is 0
   * @param inStride how much further each element's place with index 0 is than the last one's
   * @param indices the memory of indices of 64 bits; negative ones count from the end
   * @param indexOffset where the first index is
   * @param indexStride the distance of indices
   * @param size the number of elements that an index may name
   * @param apart the distance of elements whose indices are neighbours
   * @param count how many elements there are
   */
  public abstract void gather(
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

  /**
   * Moves elements to where indices say, which have been checked; among those with one place the
   * last stays.
   *
   * @param out the memory to write
   * @param outOffset where the first element goes if its index is 0
   * @param outStride how much further each element's place with index 0 is than the last one's
   * @param in the memory to read
   * @param inOffset where the first element comes from
   * @param inStride the distance of elements there
   * @param indices the memory of indices of 64 bits; negative ones count from the end
   * @param indexOffset where the first index is
   * @param indexStride the distance of indices
   * @param size the number of elements that an index may name
   * @param apart the distance of elements whose indices are neighbours
   * @param count how many elements there are
   */
  public abstract void scatter(
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
