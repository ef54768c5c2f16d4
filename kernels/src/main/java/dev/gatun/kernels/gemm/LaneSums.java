package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;

/**
 * Adds the lanes of vectors, as many vectors at a time as a vector has lanes. Subclasses are
 * written by {@link LaneSumsGenerator}, one for each element type and each vector width.
 *
 * <p>Lanes are added in a fixed order: those of the upper half to those of the lower half, and so
 * on with each half.
 */
abstract class LaneSums {
  /**
   * Adds the lanes of each vector. Vectors lie one after another, in groups as large as a vector
   * has lanes; the sums of each group become one vector.
   *
   * @param groups the number of groups
   * @param source the memory of the vectors, from its start on
   * @param target the memory of the sums
   * @param targetOffset the position of the first group's sums, in bytes
   * @param targetGroupBytes the distance between the sums of groups, in bytes
   */
  abstract void add(
      int groups,
      MemorySegment source,
      MemorySegment target,
      long targetOffset,
      long targetGroupBytes);
}
