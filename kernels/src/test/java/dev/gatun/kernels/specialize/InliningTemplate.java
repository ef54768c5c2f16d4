package dev.gatun.kernels.specialize;

import java.lang.invoke.MethodHandles;
import java.util.function.IntToDoubleFunction;

/** Sums what an inlined helper gives, within a loop and with values waiting on the stack. */
final class InliningTemplate implements IntToDoubleFunction {
  private static final int ROUNDS =
      Specialization.constant(MethodHandles.lookup(), Integer.class, 0);

  InliningTemplate() {}

  @Override
  public double applyAsDouble(int choice) {
    double sum = 0;
    for (int i = 0; i < ROUNDS; i++) {
      sum = sum + InlinedArithmetic.select(i + 0.5, choice, 100L + i) * scale(i);
    }
    return sum;
  }

  @Inlined
  static double scale(int i) {
    return i % 2 == 0 ? ROUNDS : 1;
  }
}
