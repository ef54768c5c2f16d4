package dev.gatun.kernels.specialize;

import java.util.Arrays;

/** Helpers that find out whether they are called, or have been put in their callers' place. */
final class InlinedArithmetic {
  private InlinedArithmetic() {}

  /** Takes two wide arguments around a narrow one, branches, and calls another such helper. */
  @Inlined
  static double select(double first, int choice, long second) {
    if (choice > 0) {
      return twice(first) + choice;
    }
    double result = second;
    return choice < 0 ? result - frames("select") : -1;
  }

  @Inlined
  static double twice(double x) {
    double sum = x;
    sum += x;
    return sum + frames("twice");
  }

  /** Stays a call: it is not marked. */
  static int frames(String method) {
    return (int)
        Arrays.stream(new Throwable().getStackTrace())
            .filter(frame -> frame.getMethodName().equals(method))
            .count();
  }
}
