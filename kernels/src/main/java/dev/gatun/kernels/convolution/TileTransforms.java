package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;

/**
 * The transforms of Winograd's algorithm F(2x2, 3x3): pieces of 4 x 4 elements of an image and
 * kernels of 3 x 3 factors become 16 numbers each, whose products give back 2 x 2 results.
 * Neighbouring pieces are neighbours in vectors. Positions and distances are in bytes.
 */
abstract class TileTransforms {
  /** The numbers that a piece becomes. */
  static final int NUMBERS = 16;

  /** The rows and columns of a piece of the image. */
  static final int PIECE = 4;

  /** The rows and columns of results of a piece. */
  static final int RESULTS = 2;

  /**
   * Transforms pieces of one channel: {@code B^T d B}.
   *
   * @param vectors the number of vectors of pieces
   * @param planes the image by phases: even and odd rows, in each even and odd columns
   * @param from the position of the first piece
   * @param phaseBytes the distance between phases
   * @param rowBytes the distance between rows of a phase
   * @param target where the numbers go
   * @param to the position of the first number of the first piece
   * @param numberBytes the distance between the numbers of a piece
   */
  abstract void image(
      int vectors,
      MemorySegment planes,
      long from,
      long phaseBytes,
      long rowBytes,
      MemorySegment target,
      long to,
      long numberBytes);

  /**
   * Transforms products back: {@code A^T m A}.
   *
   * @param vectors the number of vectors of pieces
   * @param products the products
   * @param from the position of the first number of the first piece
   * @param numberBytes the distance between the numbers of a piece
   * @param target where results go
   * @param upper the position of the upper rows of results, one after the other
   * @param lower the position of the lower rows of results
   */
  abstract void results(
      int vectors,
      MemorySegment products,
      long from,
      long numberBytes,
      MemorySegment target,
      long upper,
      long lower);

  /**
   * Transforms the factors of one result with some channels: {@code G g G^T}.
   *
   * @param channels the number of channels
   * @param source the factors, nine next to each other for each channel
   * @param from the position of the first channel's
   * @param channelBytes the distance between channels
   * @param rowsDescend whether the rows of factors come from the last to the first
   * @param columnsDescend whether the columns of factors come from the last to the first
   * @param target where the numbers go
   * @param to the position of the first number of the first channel
   * @param numberBytes the distance between the numbers of a channel
   */
  abstract void factors(
      int channels,
      MemorySegment source,
      long from,
      long channelBytes,
      boolean rowsDescend,
      boolean columnsDescend,
      MemorySegment target,
      long to,
      long numberBytes);
}
