package dev.gatun.kernels.traverse;

/** Does the work of one evenly spaced run of elements in every array that is walked. */
@FunctionalInterface
public interface RunKernel {
  /**
   * Does the work of a run.
   *
   * @param runs the arrays and the distances of neighbours
   * @param first where the run begins in the first array, in bytes
   * @param second where the run begins in the second array, in bytes
   * @param third where the run begins in the third array, in bytes
   * @param count the number of elements, at least 1
   */
  void run(Runs runs, long first, long second, long third, long count);
}
