package dev.gatun.kernels.pointwise;

/** The registers of the interpreter on one thread, kept from run to run. */
final class InterpreterScratch {
  private static final ThreadLocal<InterpreterScratch> OF_THREAD =
      ThreadLocal.withInitial(InterpreterScratch::new);

  static final int BLOCK = 256;

  /** Room for the parameters of a run that has at most two. */
  final double[] two = new double[2];

  private double[][] reals = new double[0][];
  private long[][] integers = new long[0][];

  private InterpreterScratch() {}

  static InterpreterScratch ofThread() {
    return OF_THREAD.get();
  }

  double[][] reals(int count) {
    if (reals.length < count) {
      reals = new double[count][BLOCK];
    }
    return reals;
  }

  long[][] integers(int count) {
    if (integers.length < count) {
      integers = new long[count][BLOCK];
    }
    return integers;
  }
}
