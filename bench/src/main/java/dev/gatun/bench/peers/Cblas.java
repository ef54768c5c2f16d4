package dev.gatun.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The two CBLAS products of a loaded BLAS library, called straight through the foreign function
 * interface.
 *
 * @param sgemm {@code cblas_sgemm}
 * @param dgemm {@code cblas_dgemm}
 */
@SuppressWarnings("restricted")
record Cblas(MethodHandle sgemm, MethodHandle dgemm) {

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;

  /**
   * Finds both functions.
   *
   * @param library the BLAS library
   * @return handles to them
   */
  static Cblas in(SymbolLookup library) {
    return new Cblas(
        function(library, "cblas_sgemm", gemm(JAVA_FLOAT)),
        function(library, "cblas_dgemm", gemm(JAVA_DOUBLE)));
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

  private static FunctionDescriptor gemm(ValueLayout scalar) {
    return FunctionDescriptor.ofVoid(
        JAVA_INT, JAVA_INT, JAVA_INT, // order, transpose a, transpose b
        JAVA_INT, JAVA_INT, JAVA_INT, // m, n, k
        scalar, ADDRESS, JAVA_INT, // alpha, a, leading dimension of a
        ADDRESS, JAVA_INT, // b, leading dimension of b
        scalar, ADDRESS, JAVA_INT); // beta, c, leading dimension of c
  }

  /**
   * Prepares a product of two square matrices.
   *
   * @param operands the operands, alive while the product is used
   * @return the product
   */
  MatrixProduct product(MatrixOperands operands) {
    var arena = Arena.ofShared();
    var result = operands.allocateResult(arena);
    return operands.dtype() == DType.FLOAT32
        ? new SingleProduct(sgemm, operands, result, arena)
        : new DoubleProduct(dgemm, operands, result, arena);
  }

  private record SingleProduct(
      MethodHandle sgemm, MatrixOperands operands, MemorySegment result, Arena arena)
      implements MatrixProduct {

    @Override
    public void run() {
      int n = operands.size();
      try {
        sgemm.invokeExact(
            ROW_MAJOR,
            NO_TRANSPOSE,
            NO_TRANSPOSE,
            n,
            n,
            n,
            1f,
            operands.a(),
            n,
            operands.b(),
            n,
            0f,
            result,
            n);
      } catch (Throwable failure) {
        throw foreign("cblas_sgemm", failure);
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private record DoubleProduct(
      MethodHandle dgemm, MatrixOperands operands, MemorySegment result, Arena arena)
      implements MatrixProduct {

    @Override
    public void run() {
      int n = operands.size();
      try {
        dgemm.invokeExact(
            ROW_MAJOR,
            NO_TRANSPOSE,
            NO_TRANSPOSE,
            n,
            n,
            n,
            1d,
            operands.a(),
            n,
            operands.b(),
            n,
            0d,
            result,
            n);
      } catch (Throwable failure) {
        throw foreign("cblas_dgemm", failure);
      }
    }

    @Override
    public void close() {
      arena.close();
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
