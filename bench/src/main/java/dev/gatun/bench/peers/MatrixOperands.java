package dev.gatun.bench.peers;

import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Two square matrices of random numbers, uniform in [-1, 1), in row-major order.
 *
 * @param dtype {@code FLOAT32} or {@code FLOAT64}
 * @param size rows and columns of each matrix
 * @param a the left operand, aligned to {@link #ALIGNMENT} bytes
 * @param b the right operand, aligned likewise
 */
public record MatrixOperands(DType dtype, int size, MemorySegment a, MemorySegment b) {

  /** Alignment, in bytes, of every matrix that takes part. */
  public static final long ALIGNMENT = 128;

  /**
   * Allocates and fills both matrices.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param size rows and columns, at least 1
   * @param seed the same seed gives the same numbers
   * @param arena owns the memory
   * @return the operands
   */
  public static MatrixOperands random(DType dtype, int size, long seed, Arena arena) {
    if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
      throw new IllegalArgumentException("matrix operands: dtype " + dtype + " is not measured");
    }
    var random = new SplittableRandom(seed);
    var operands =
        new MatrixOperands(dtype, size, allocate(dtype, size, arena), allocate(dtype, size, arena));
    operands.fill(operands.a, random);
    operands.fill(operands.b, random);
    return operands;
  }

  /**
   * Allocates the result of a product of these operands, filled with NaN so that an element never
   * written is noticed.
   *
   * @param arena owns the memory
   * @return a matrix of the same element type and size
   */
  public MemorySegment allocateResult(Arena arena) {
    var result = allocate(dtype, size, arena);
    for (long offset = 0; offset < result.byteSize(); offset += dtype.byteSize()) {
      dtype.setDouble(result, offset, Double.NaN);
    }
    return result;
  }

  /**
   * Reads one element of a matrix laid out as these are.
   *
   * @param matrix {@link #a()}, {@link #b()} or a result
   * @param row row, from 0
   * @param column column, from 0
   * @return the element as a double
   */
  public double element(MemorySegment matrix, int row, int column) {
    return dtype.getDouble(matrix, ((long) row * size + column) * dtype.byteSize());
  }

  private static MemorySegment allocate(DType dtype, int size, Arena arena) {
    return arena.allocate((long) size * size * dtype.byteSize(), ALIGNMENT);
  }

  private void fill(MemorySegment matrix, SplittableRandom random) {
    for (long offset = 0; offset < matrix.byteSize(); offset += dtype.byteSize()) {
      dtype.setDouble(matrix, offset, random.nextDouble(-1, 1));
    }
  }
}
