package dev.gatun.kernels.specialize;

import java.lang.invoke.MethodHandles;
import java.util.function.IntUnaryOperator;

/** Adds a constant. */
final class AdditionTemplate implements IntUnaryOperator {
  private static final int SUMMAND =
      Specialization.constant(MethodHandles.lookup(), Integer.class, 0);

  AdditionTemplate() {}

  @Override
  public int applyAsInt(int operand) {
    return operand + SUMMAND;
  }
}
