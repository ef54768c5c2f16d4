package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;

/**
 * The transforms of a correlation along rows of four neighbouring factors: seven neighbours of a
 * row, and four factors, become nine numbers each, whose products give back four results.
 *
 * <p>Two pairs of results, and in each pair two results, are computed by {@code y0 = d0 g0 + d1 g1
 * = (d0 - d1) g0 + d1 (g0 + g1)} and {@code y1 = d1 g0 + d2 g1 = d1 (g0 + g1) - (d1 - d2) g1}:
 * three products instead of four. Neighbouring pieces are neighbours in vectors. Positions and
 * distances are in bytes.
 */
abstract class RowTransforms {
  /** The numbers that a piece becomes. */
  static final int NUMBERS = 9;

  /** The factors of a piece. */
  static final int FACTORS = 4;

  /** The results of a piece: the distance between pieces. */
  static final int RESULTS = 4;

  /**
   * Transforms pieces of a row.
   *
   * @param vectors the number of vectors of pieces
   * @param row the memory of the row
   * @param from the position of the first piece's first element; vectors of pieces, and a piece
   *     more, are read
   * @param target where the numbers go
   * @param to the position of the first number of the first piece
   * @param numberBytes the distance between the numbers of a piece
   */
  abstract void image(
      int vectors, MemorySegment row, long from, MemorySegment target, long to, long numberBytes);

  /**
   * Transforms products back and adds a number to each result.
   *
   * @param vectors the number of vectors of pieces
   * @param products the products
   * @param from the position of the first number of the first piece
   * @param numberBytes the distance between the numbers of a piece
   * @param addend what is added
   * @param target where results go, side by side
   * @param to the position of the first result
   */
  abstract void results(
      int vectors,
      MemorySegment products,
      long from,
      long numberBytes,
      float addend,
      MemorySegment target,
      long to);

  /** Transforms four factors; their numbers are some distance apart. */
  abstract void factors(
      float first,
      float second,
      float third,
      float fourth,
      MemorySegment target,
      long to,
      long numberBytes);
}
