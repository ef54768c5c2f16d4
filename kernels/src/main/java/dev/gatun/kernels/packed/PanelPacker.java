package dev.gatun.kernels.packed;

import java.lang.foreign.MemorySegment;

/**
 * Copies vectors from memory to an array, as {@link PackedTile}s read them. Subclasses are written
 * by {@link PanelPackerGenerator}, for a number of vectors at a time and a distance in the array.
 */
abstract class PanelPacker {
  /**
   * Copies some vectors for each of many steps. The vectors of a step are neighbours in the array.
   *
   * @param steps the number of steps
   * @param source the memory to read
   * @param offset the position of the first vector, in bytes
   * @param stepBytes the distance between steps there, in bytes
   * @param vectorBytes the distance between the vectors of a step there, in bytes
   * @param target {@code float[]} or {@code double[]}; steps are written in order, so that each
   *     overwrites what the last wrote beyond its end
   * @param index the index of the first vector there
   */
  abstract void pack(
      int steps,
      MemorySegment source,
      long offset,
      long stepBytes,
      long vectorBytes,
      Object target,
      int index);

  /**
   * Copies some vectors that are neighbours in memory for each of many steps, as {@link #pack}
   * does.
   *
   * @param offset what is added to the positions in the table, in bytes
   * @param table the position of the first vector of each step, in bytes
   * @param first the index in the table of the first step
   */
  abstract void packScattered(
      int steps,
      MemorySegment source,
      long offset,
      long[] table,
      int first,
      Object target,
      int index);
}
