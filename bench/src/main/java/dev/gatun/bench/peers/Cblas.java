package dev.gatun.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The CBLAS products of a loaded BLAS library, called straight through the foreign function
 * interface.
 *
 * @param sgemm {@code cblas_sgemm}
 * @param dgemm {@code cblas_dgemm}
 * @param sgemv {@code cblas_sgemv}
 */
@SuppressWarnings("restricted")
record Cblas(MethodHandle sgemm, MethodHandle dgemm, MethodHandle sgemv) {

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  /**
   * Finds the functions.
   *
   * @param library the BLAS library
   * @return handles to them
   */
  static Cblas in(SymbolLookup library) {
    return new Cblas(
        function(library, "cblas_sgemm", gemm(JAVA_FLOAT)),
        function(library, "cblas_dgemm", gemm(JAVA_DOUBLE)),
        function(library, "cblas_sgemv", GEMV));
  }

  /**
   * Finds a function of a library.
   *
   * @param library where to look
   * @param name the symbol
   * @param descriptor its C signature
   * @return a handle to it
   * @throws java.util.NoSuchElementException when the library has no such symbol
   */
  static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
  }

  private static final FunctionDescriptor GEMV =
      FunctionDescriptor.ofVoid(
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT, // order, transpose, rows, columns
          JAVA_FLOAT,
          ADDRESS,
          JAVA_INT, // alpha, matrix, leading dimension
          ADDRESS,
          JAVA_INT, // x, its step
          JAVA_FLOAT,
          ADDRESS,
          JAVA_INT); // beta, y, its step

  private static FunctionDescriptor gemm(ValueLayout scalar) {
    return FunctionDescriptor.ofVoid(
        JAVA_INT, JAVA_INT, JAVA_INT, // order, transpose a, transpose b
        JAVA_INT, JAVA_INT, JAVA_INT, // m, n, k
        scalar, ADDRESS, JAVA_INT, // alpha, a, leading dimension of a
        ADDRESS, JAVA_INT, // b, leading dimension of b
        scalar, ADDRESS, JAVA_INT); // beta, c, leading dimension of c
  }

  /**
   * Computes a product of float32 matrices in row-major order.
   *
   * @param transposeA whether {@code a} is stored transposed, k by m
   * @param transposeB whether {@code b} is stored transposed, n by k
   * @param m rows of the result
   * @param n columns of the result
   * @param k terms of each sum
   * @param a the left operand
   * @param b the right operand
   * @param c the result, overwritten
   */
  void sgemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      MemorySegment a,
      MemorySegment b,
      MemorySegment c) {
    try {
      sgemm.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSE : NO_TRANSPOSE,
          transposeB ? TRANSPOSE : NO_TRANSPOSE,
          m,
          n,
          k,
          1f,
          a,
          transposeA ? m : k,
          b,
          transposeB ? k : n,
          0f,
          c,
          n);
    } catch (Throwable failure) {
      throw foreign("cblas_sgemm", failure);
    }
  }

  /**
   * The same for float64; see {@link #sgemm(boolean, boolean, int, int, int, MemorySegment,
   * MemorySegment, MemorySegment)}.
   */
  void dgemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      MemorySegment a,
      MemorySegment b,
      MemorySegment c) {
    try {
      dgemm.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSE : NO_TRANSPOSE,
          transposeB ? TRANSPOSE : NO_TRANSPOSE,
          m,
          n,
          k,
          1d,
          a,
          transposeA ? m : k,
          b,
          transposeB ? k : n,
          0d,
          c,
          n);
    } catch (Throwable failure) {
      throw foreign("cblas_dgemm", failure);
    }
  }

  /**
   * Multiplies a float32 matrix in row-major order by a vector.
   *
   * @param transposed whether the transpose is multiplied
   * @param rows rows of the matrix as stored
   * @param columns columns of the matrix as stored
   * @param matrix the matrix
   * @param x the vector
   * @param y the result, overwritten
   */
  void sgemv(
      boolean transposed,
      int rows,
      int columns,
      MemorySegment matrix,
      MemorySegment x,
      MemorySegment y) {
    try {
      sgemv.invokeExact(
          ROW_MAJOR,
          transposed ? TRANSPOSE : NO_TRANSPOSE,
          rows,
          columns,
          1f,
          matrix,
          columns,
          x,
          1,
          0f,
          y,
          1);
    } catch (Throwable failure) {
      throw foreign("cblas_sgemv", failure);
    }
  }

  /**
   * What a foreign call threw, as an unchecked exception. C itself throws nothing: this is an error
   * of the Java side, such as memory that was already freed.
   *
   * @param function the function called
   * @param failure what was thrown
   * @return the exception to throw
   */
  static IllegalStateException foreign(String function, Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(function + ": " + failure.getMessage(), failure);
  }
}
