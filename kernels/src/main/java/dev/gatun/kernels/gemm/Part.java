package dev.gatun.kernels.gemm;

/**
 * A rectangle of one matrix of the result, which one thread computes at a time. Positions are in
 * bytes, and those of the first elements that the rectangle needs of each operand.
 */
final class Part {
  /** Which matrix, counted over the leading axes that are not part of the matrix. */
  long matrix;

  long row;
  long column;
  long rows;
  long columns;
  long outOffset;
  long leftOffset;
  long rightOffset;
  long biasOffset;
}
