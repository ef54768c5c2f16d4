package dev.gatun.bench.peers;

/**
 * A library that takes part in a comparison. Gatun itself is measured through this interface too,
 * so that nobody is called in a way the others are not.
 *
 * <p>A peer is used from one thread at a time: the thread that measures.
 */
public interface Peer extends AutoCloseable {

  /**
   * The name in tables and files, such as {@code OpenBLAS}.
   *
   * @return a short name without spaces
   */
  String name();

  /**
   * Version and, where the library says it, the code path it chose on this processor.
   *
   * @return one line for the report
   */
  String description();

  /**
   * Sets how many threads the library may use from now on.
   *
   * @param threads at least 1; 1 means that the calling thread does all the work
   */
  void setThreads(int threads);

  /**
   * Prepares {@code result = a b} for repeated execution. Everything that does not belong to the
   * product itself (wrapping memory, shapes, flags) is done here, once.
   *
   * @param operands square, row-major operands; not modified, and alive while the call is used
   * @return the prepared product with a result of its own; close it before the operands
   */
  MatrixProduct matrixProduct(MatrixOperands operands);

  /** Gives back what the peer holds. Shared objects stay loaded until the process ends. */
  @Override
  void close();
}
