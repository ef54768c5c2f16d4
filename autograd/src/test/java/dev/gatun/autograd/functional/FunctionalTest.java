package dev.gatun.autograd.functional;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.GradientException;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.TestScope;
import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class FunctionalTest {
  private static final double STEP = 1e-6;

  private static Tensor real(double... values) {
    return Gatun.tensor(DType.FLOAT64, Shape.of(values.length), values);
  }

  private static Tensor matrix(long rows, long columns, double... values) {
    return Gatun.tensor(DType.FLOAT64, Shape.of(rows, columns), values);
  }

  /** Sums of products of sines: every element of the value depends on every input. */
  private static Tensor mixed(Tensor x) {
    Tensor a = matrix(3, 2, 0.3, -1.1, 0.8, 0.5, -0.4, 1.2);
    return a.matmul(x.sin()).mul(x.sum().exp());
  }

  private static Tensor scalar(Tensor x) {
    return mixed(x).square().sum();
  }

  /** The derivatives of a function by one element of its input, as a difference quotient. */
  private static double[] quotient(UnaryOperator<Tensor> function, Tensor x, int element) {
    double before = x.get(element);
    x.set(before + STEP, element);
    double[] above = function.apply(x).toDoubleArray();
    x.set(before - STEP, element);
    double[] below = function.apply(x).toDoubleArray();
    x.set(before, element);
    for (int i = 0; i < above.length; i++) {
      above[i] = (above[i] - below[i]) / (2 * STEP);
    }
    return above;
  }

  @Test
  void jacobiansInClosedForm() {
    Tensor squares = Functional.jacobian(Tensor::square, real(1, 2, 3));
    assertEquals(Shape.of(3, 3), squares.shape());
    assertArrayEquals(new double[] {2, 0, 0, 0, 4, 0, 0, 0, 6}, squares.toDoubleArray());
    // sum over axis 1, as in PyTorch's own example
    Tensor rows = Functional.jacobian(x -> x.exp().sum(1), matrix(2, 2, 0, 1, 2, 3));
    assertEquals(Shape.of(2, 2, 2), rows.shape());
    assertArrayEquals(
        new double[] {1, Math.E, 0, 0, 0, 0, Math.exp(2), Math.exp(3)},
        rows.toDoubleArray(),
        1e-12);
    Tensor of = Functional.jacobian(x -> x.sum(), real(1, 2));
    assertEquals(Shape.of(2), of.shape());
    assertFalse(of.requiresGrad());
  }

  @Test
  void jacobiansAndDifferenceQuotients() {
    Tensor x = real(0.4, -0.7);
    double[] jacobian = Functional.jacobian(FunctionalTest::mixed, x).toDoubleArray();
    for (int column = 0; column < 2; column++) {
      double[] expected = quotient(FunctionalTest::mixed, x, column);
      for (int row = 0; row < 3; row++) {
        assertEquals(expected[row], jacobian[2 * row + column], 1e-7);
      }
    }
  }

  @Test
  void hessiansInClosedForm() {
    Tensor cubes = Functional.hessian(x -> x.pow(3.0).sum(), matrix(1, 2, 1, 2));
    assertEquals(Shape.of(1, 2, 1, 2), cubes.shape());
    assertArrayEquals(new double[] {6, 0, 0, 12}, cubes.toDoubleArray(), 1e-12);
    // a * b^2: [[0, 2b], [2b, 2a]]
    List<List<Tensor>> blocks =
        Functional.hessian(
            in -> in.get(0).mul(in.get(1).square()).sum(), List.of(real(3), real(5)), false);
    assertEquals(0, blocks.get(0).get(0).item());
    assertEquals(10, blocks.get(0).get(1).item(), 1e-12);
    assertEquals(10, blocks.get(1).get(0).item(), 1e-12);
    assertEquals(6, blocks.get(1).get(1).item(), 1e-12);
    Tensor linear = Functional.hessian(Tensor::sum, real(1, 2));
    assertArrayEquals(new double[4], linear.toDoubleArray());
  }

  @Test
  void hessiansAreJacobiansOfGradients() {
    Tensor x = real(0.4, -0.7);
    double[] hessian = Functional.hessian(FunctionalTest::scalar, x).toDoubleArray();
    UnaryOperator<Tensor> gradient = at -> Functional.jacobian(FunctionalTest::scalar, at, true);
    double[] nested = Functional.jacobian(gradient, x).toDoubleArray();
    assertArrayEquals(hessian, nested, 1e-10);
    for (int column = 0; column < 2; column++) {
      double[] expected = quotient(gradient, x, column);
      for (int row = 0; row < 2; row++) {
        assertEquals(expected[row], hessian[2 * row + column], 1e-5);
      }
    }
  }

  @Test
  void productsAreThoseOfTheMatrices() {
    Tensor x = real(0.4, -0.7);
    Tensor v = real(1.5, -2);
    Tensor u = real(0.5, 1, -1);
    Tensor jacobian = Functional.jacobian(FunctionalTest::mixed, x);
    Product jvp = Functional.jvp(FunctionalTest::mixed, x, v, false);
    assertArrayEquals(mixed(x).toDoubleArray(), jvp.value().toDoubleArray());
    assertArrayEquals(jacobian.matmul(v).toDoubleArray(), jvp.product().toDoubleArray(), 1e-10);
    Product vjp = Functional.vjp(FunctionalTest::mixed, x, u, false);
    assertArrayEquals(u.matmul(jacobian).toDoubleArray(), vjp.product().toDoubleArray(), 1e-10);
    Product ofScalar = Functional.vjp(FunctionalTest::scalar, x, null, false);
    assertArrayEquals(
        Functional.jacobian(FunctionalTest::scalar, x).toDoubleArray(),
        ofScalar.product().toDoubleArray(),
        1e-10);
    double[] expected = Functional.hessian(FunctionalTest::scalar, x).matmul(v).toDoubleArray();
    Product hvp = Functional.hvp(FunctionalTest::scalar, x, v, false);
    Product vhp = Functional.vhp(FunctionalTest::scalar, x, v, false);
    assertArrayEquals(expected, hvp.product().toDoubleArray(), 1e-9);
    assertArrayEquals(expected, vhp.product().toDoubleArray(), 1e-9);
    assertEquals(scalar(x).item(), hvp.value().item());
    assertFalse(hvp.value().requiresGrad());
    assertFalse(hvp.product().requiresGrad());
  }

  @Test
  void severalInputsAndValues() {
    Tensor a = real(1, 2);
    Tensor b = real(3);
    Products jvp =
        Functional.jvp(
            in -> List.of(in.get(0).mul(in.get(1)), in.get(0).square(), Gatun.ones(2)),
            List.of(a, b),
            List.of(real(1, 10), real(100)),
            false);
    assertArrayEquals(new double[] {103, 230}, jvp.products().get(0).toDoubleArray());
    assertArrayEquals(new double[] {2, 40}, jvp.products().get(1).toDoubleArray());
    assertArrayEquals(new double[] {0, 0}, jvp.products().get(2).toDoubleArray());
    Products vjp =
        Functional.vjp(
            in -> List.of(in.get(0).mul(in.get(1)), in.get(0).square()),
            List.of(a, b),
            List.of(real(1, 1), real(1, 1)),
            false);
    assertArrayEquals(new double[] {5, 7}, vjp.products().get(0).toDoubleArray());
    assertArrayEquals(new double[] {3}, vjp.products().get(1).toDoubleArray());
    List<List<Tensor>> jacobian =
        Functional.jacobian(in -> List.of(in.get(0).sum()), List.of(a, b), false);
    assertArrayEquals(new double[] {1, 1}, jacobian.get(0).get(0).toDoubleArray());
    assertArrayEquals(new double[] {0}, jacobian.get(0).get(1).toDoubleArray());
    List<Tensor> both = List.of(a, b);
    Products vhp =
        Functional.vhp(
            in -> in.get(0).mul(in.get(1)).sum(), both, List.of(real(1, 1), real(1)), false);
    Products hvp =
        Functional.hvp(
            in -> in.get(0).mul(in.get(1)).sum(), both, List.of(real(1, 1), real(1)), false);
    for (Products products : List.of(vhp, hvp)) {
      assertArrayEquals(new double[] {1, 1}, products.products().get(0).toDoubleArray());
      assertArrayEquals(new double[] {2}, products.products().get(1).toDoubleArray());
    }
  }

  @Test
  void emptyValuesAndInputs() {
    Tensor none = Functional.jacobian(x -> x.narrow(0, 0, 0), real(1, 2));
    assertEquals(Shape.of(0, 2), none.shape());
    Tensor ofNothing = Functional.jacobian(Tensor::sum, real());
    assertEquals(Shape.of(0), ofNothing.shape());
  }

  @Test
  void resultsStandInTheGraphWhenAsked() {
    Tensor x = real(0.4, -0.7).requiresGrad_();
    Tensor v = real(1.5, -2).requiresGrad_();
    GradientCheck.first(in -> Functional.jacobian(FunctionalTest::mixed, in[0], true), x);
    GradientCheck.first(in -> Functional.hessian(FunctionalTest::scalar, in[0], true), x);
    GradientCheck.first(
        in -> Functional.jvp(FunctionalTest::mixed, in[0], in[1], true).product(), x, v);
    GradientCheck.first(
        in -> Functional.hvp(FunctionalTest::scalar, in[0], in[1], true).product(), x, v);
    GradientCheck.first(
        in -> Functional.vhp(FunctionalTest::scalar, in[0], in[1], true).product(), x, v);
    GradientCheck.first(
        in -> {
          Product both = Functional.vjp(FunctionalTest::scalar, in[0], null, true);
          return both.value().mul(both.product());
        },
        x);
    // Nor is anything added up on the way.
    assertNull(x.grad());
    assertFalse(Functional.jacobian(FunctionalTest::mixed, x).requiresGrad());
  }

  @Test
  void gradModeDoesNotMatter() {
    try (NoGrad off = NoGrad.open()) {
      assertArrayEquals(
          new double[] {2, 0, 0, 4},
          Functional.jacobian(Tensor::square, real(1, 2)).toDoubleArray());
      assertFalse(NoGrad.isGradEnabled());
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor x = real(1, 2);
    assertThrows(DTypeException.class, () -> Functional.jacobian(Tensor::square, Gatun.arange(3)));
    GradientException size =
        assertThrows(
            GradientException.class, () -> Functional.jvp(Tensor::square, x, real(1), false));
    assertTrue(size.getMessage().contains("should be [2] but got [1]"), size.getMessage());
    assertThrows(GradientException.class, () -> Functional.vjp(Tensor::square, x, null, false));
    assertThrows(GradientException.class, () -> Functional.hessian(Tensor::square, x));
  }

  @Test
  void nothingIsLeftBehind() {
    all();
    long before = MemoryPool.shared().inUseBytes();
    all();
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  private static void all() {
    try (Scope inner = Scope.open()) {
      Tensor x = real(0.4, -0.7).requiresGrad_();
      Tensor v = real(1, 2);
      Functional.jacobian(FunctionalTest::mixed, x, true).sum().backward();
      Functional.hessian(FunctionalTest::scalar, x);
      Functional.jvp(FunctionalTest::mixed, x, v, true);
      Functional.hvp(FunctionalTest::scalar, x, v, true);
    }
  }
}
