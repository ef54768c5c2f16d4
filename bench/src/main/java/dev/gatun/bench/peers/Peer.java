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
   * Whether the library is compiled while it runs, and so takes longer to reach its full speed.
   *
   * @return false for native code
   */
  default boolean isJava() {
    return false;
  }

  /** Gives back what the peer holds. Shared objects stay loaded until the process ends. */
  @Override
  void close();
}
