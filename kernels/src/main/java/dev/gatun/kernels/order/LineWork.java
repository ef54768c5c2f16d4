package dev.gatun.kernels.order;

/** What is done with lines. Holds no state: any thread may use it. */
@FunctionalInterface
interface LineWork {
  /**
   * Works on lines, or elements of the output, from one to another.
   *
   * @param lines where they are
   * @param from the first
   * @param to one past the last
   */
  void run(Lines lines, long from, long to);
}
