package dev.gatun.kernels.packed;

import java.lang.foreign.MemorySegment;

/**
 * Transposes columns without gaps from memory to a panel in an array, as {@link PackedTile}s read
 * it. Subclasses are written by {@link PanelTransposerGenerator}, one for each width of a panel.
 */
abstract class PanelTransposer {
  /**
   * Transposes as many columns as a vector has elements.
   *
   * @param blocks the number of rows, divided by that of columns
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param columnBytes the distance between columns there, in bytes
   * @param target {@code float[]} or {@code double[]}
   * @param index the index of the first element there
   */
  abstract void transpose(
      int blocks, MemorySegment source, long offset, long columnBytes, Object target, int index);
}
