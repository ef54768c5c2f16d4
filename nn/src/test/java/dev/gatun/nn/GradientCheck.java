package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.function.UnaryOperator;

/** Compares gradients with central differences, in float64. */
public final class GradientCheck {
  private static final double STEP = 1e-5;

  private GradientCheck() {}

  /**
   * Checks the gradient of a scalar function.
   *
   * @param function maps a float64 tensor to a scalar
   * @param shape the shape of its argument
   * @param at the argument
   */
  public static void check(UnaryOperator<Tensor> function, Shape shape, double... at) {
    double[] gradient;
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(DType.FLOAT64, shape, at).requiresGrad_();
      function.apply(x).backward();
      Tensor found = x.grad();
      assertNotNull(found, "the gradient");
      gradient = found.toDoubleArray();
    }
    for (int i = 0; i < at.length; i++) {
      double up = value(function, shape, at, i, STEP);
      double down = value(function, shape, at, i, -STEP);
      assertEquals((up - down) / (2 * STEP), gradient[i], 1e-7, "gradient of element " + i);
    }
  }

  private static double value(
      UnaryOperator<Tensor> function, Shape shape, double[] at, int index, double step) {
    double[] moved = at.clone();
    moved[index] += step;
    try (Scope scope = Scope.open()) {
      return function.apply(Gatun.tensor(DType.FLOAT64, shape, moved)).item();
    }
  }
}
