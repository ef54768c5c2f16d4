package dev.gatun.bench.contest;

/**
 * A contestant's side of a case, ready to be executed again and again. It is used by one thread at
 * a time, and what it holds is {@linkplain Operands#own owned} by the operands.
 */
public interface Call {

  /** Does the work once. This is what is timed. */
  void run();

  /**
   * What has been computed, for the comparison of contestants.
   *
   * @return the elements in row-major order
   */
  double[] result();

  /**
   * Whether {@link #warmUp} does anything.
   *
   * @return false unless the library offers it
   */
  default boolean hasWarmUp() {
    return false;
  }

  /** Has code compiled and caches filled, where the library offers that. Not timed. */
  default void warmUp() {}

  /** Called before a series of {@link #run}, such as a slice. Not timed. */
  default void enter() {}

  /** Called after a series of {@link #run}. Not timed. */
  default void leave() {}
}
