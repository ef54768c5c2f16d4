package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Gradients at points where a formula divides by zero and the answer is finite all the same. */
class SingularGradientTest {
  private static double[] gradient(UnaryOperator<Tensor> function, double... at) {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(at).requiresGrad_();
      function.apply(x).sum().backward();
      Tensor gradient = x.grad();
      assertNotNull(gradient);
      return gradient.toDoubleArray();
    }
  }

  @Test
  void theDeviationOfEqualElementsHasNoSlope() {
    assertArrayEquals(new double[] {0, 0, 0}, gradient(x -> x.std(), 4, 4, 4));
    double[] slopes = gradient(x -> x.std(), 1, 2, 3);
    assertArrayEquals(new double[] {-0.5, 0, 0.5}, slopes, 1e-6);
  }

  @Test
  void normsHaveNoSlopeAtZero() {
    for (double p : new double[] {0.5, 1, 1.5, 2, 3, Double.POSITIVE_INFINITY}) {
      assertArrayEquals(new double[] {0, 0}, gradient(x -> x.norm(p), 0, 0), "p = " + p);
    }
    assertArrayEquals(new double[] {0, 1}, gradient(x -> x.norm(0.5), 0, 2), 1e-6);
    assertArrayEquals(new double[] {-1, 0}, gradient(x -> x.norm(3), -2, 0), 1e-6);
  }

  @Test
  void powersOfNormsStayInRange() {
    float[] tiny = {3e-20f, -4e-20f, 5e-20f};
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(tiny).requiresGrad_();
      Tensor norm = x.norm(3);
      assertEquals(6e-20, norm.item(), 1e-26);
      norm.backward();
      double[] slopes = {0.25, -4.0 / 9, 25.0 / 36};
      assertArrayEquals(slopes, gradient(x), 1e-6);
      assertEquals(6e25, x.detach().mul(1e22).mul(1e23).norm(3).item(), 1e19);
      assertEquals(Double.POSITIVE_INFINITY, tensor(Double.POSITIVE_INFINITY, 1.0).norm(3).item());
      assertArrayEquals(new double[] {0, 0}, Gatun.zeros(0, 2).norm(3, 0).toDoubleArray());
    }
  }

  @Test
  void theNormOfOneElementIsItsMagnitude() {
    try (Scope scope = Scope.open()) {
      Tensor tiny = Gatun.tensor(new float[] {-1e-40f, 1e-30f}).reshape(2, 1);
      assertArrayEquals(new float[] {1e-40f, 1e-30f}, tiny.norm(2, 1).toFloatArray());
      Tensor x = Gatun.tensor(new float[] {-1e-35f, 1e-30f}).reshape(2, 1).requiresGrad_();
      x.norm(2, 1).sum().backward();
      assertArrayEquals(new double[] {-1, 1}, gradient(x), 1e-6);
    }
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }

  @Test
  void bothSidesOfAnExponentialUnitMeetAtZero() {
    assertArrayEquals(new double[] {0.25, 0.25, 1}, gradient(x -> x.elu(0.25), 0, -0.0, 2), 1e-6);
    assertArrayEquals(new double[] {1, 1, 1}, gradient(x -> x.celu(0.25), 0, -0.0, 2), 1e-6);
  }

  @Test
  void zeroTimesALogarithmThatThereIsNot() {
    Tensor y = tensor(-1.0, 0, Double.POSITIVE_INFINITY, Math.E);
    assertArrayEquals(new double[] {0, 0, 0, 1}, gradient(x -> x.xlogy(y), 0, 0, 0, 0), 1e-6);
    Tensor zeros = tensor(0.0, 0, 0);
    assertArrayEquals(new double[] {0, 0, 0}, gradient(zeros::xlogy, -1, 0, 2));
  }

  @Test
  void zeroTimesALogarithmIsZeroOfThePositiveSign() {
    try (Scope scope = Scope.open()) {
      double[] zeros = tensor(0.0, -0.0, 0).xlogy(tensor(0.5, 2.0, 0)).toDoubleArray();
      assertArrayEquals(new double[] {0.0, 0.0, 0.0}, zeros);
      assertArrayEquals(new double[] {-0.0}, tensor(-2.0).xlogy(1).toDoubleArray());
    }
  }

  @Test
  void interpolationUpToANegativeZeroEndsAtIt() {
    try (Scope scope = Scope.open()) {
      Tensor end = tensor(-0.0, -0.0);
      double[] ends = tensor(-3.0, -0.0).lerp(end, tensor(1.0, 1.0)).toDoubleArray();
      assertArrayEquals(new double[] {-0.0, -0.0}, ends);
    }
  }

  @Test
  void aProductThatIsAddedIsNotRounded() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(new float[] {0, -1});
      Tensor y = Gatun.tensor(new float[] {0x1p-80f, 1 + 0x1p-12f});
      Tensor z = Gatun.tensor(new float[] {-0x1p-80f, 1 - 0x1p-12f});
      assertArrayEquals(new float[] {-0f, -0x1p-24f}, x.addcmul(y, z, 1).toFloatArray());
    }
  }

  @Test
  void runningProductsOfZeros() {
    assertArrayEquals(new double[] {1, 8, 0}, gradient(x -> x.cumprod(0), 2, 0, 3));
    assertArrayEquals(new double[] {1, 0, 0}, gradient(x -> x.cumprod(0), 0, 0, 3));
    // Columns [3, 0, 1] and [0, 3, 2], the latter's gradient being [1 + 3 + 6, 0, 0].
    assertArrayEquals(
        new double[] {1, 10, 6, 0, 0, 0},
        gradient(x -> x.reshape(3, 2).cumprod(0), 3, 0, 0, 3, 1, 2));
  }

  /** Compares the first, the second and the third derivative with differences. */
  private static void checkToTheThird(GradientCheck.Function function, Tensor x) {
    GradientCheck.first(function, x);
    GradientCheck.second(function, x);
    GradientCheck.second(
        inputs -> Gatun.grad(function.apply(inputs).sum(), null, true, true, inputs[0])[0].square(),
        x);
  }

  @Test
  void gradientsOfRunningProductsWithZerosOfAnyOrder() {
    try (Scope scope = Scope.open()) {
      Tensor x =
          tensor(DType.FLOAT64, Shape.of(2, 5), 2, 0, 3, -0.5, 0, 1.5, -2, 0.7, 0, 4)
              .requiresGrad_();
      Tensor weights = tensor(DType.FLOAT64, Shape.of(2, 5), 1, -2, 0.5, 3, 2, 1, 0.3, -1, 2, 4);
      for (int axis = 0; axis < 2; axis++) {
        int along = axis;
        GradientCheck.Function function = inputs -> inputs[0].cumprod(along).mul(weights).square();
        checkToTheThird(function, x);
      }
    }
  }

  @Test
  void aLongRunningProductWithAZeroIsDifferentiatedAtOnce() {
    try (Scope scope = Scope.open()) {
      int length = 4096;
      Tensor leaf = Gatun.ones(DType.FLOAT64, Shape.of(length));
      leaf.set(0, 1000);
      Tensor x = leaf.requiresGrad_();
      Tensor y = x.mul(1.0).cumprod(0).sum();
      @Nullable Tensor first = Gatun.grad(y, null, true, true, x)[0];
      assertNotNull(first);
      assertTrue(GraphWalk.nodes(first).size() < 200, "operations for each element");
      @Nullable Tensor again = Gatun.grad(y, x)[0];
      assertNotNull(again);
      for (Tensor gradient : List.of(first.detach(), again)) {
        assertEquals(1000, gradient.get(0));
        assertEquals(1, gradient.get(999));
        assertEquals(length - 1000, gradient.get(1000));
        assertEquals(0, gradient.get(1001));
      }
    }
  }

  @Test
  void aRunningProductInRangeOfFactorsThatLeaveItTogether() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(new float[] {1e-30f, 1e-30f, 1e30f, 1e30f}).requiresGrad_();
      x.cumprod(0).select(0, 3).backward();
      assertArrayEquals(new double[] {1e30, 1e30, 1e-30, 1e-30}, gradient(x), 1e24);
      assertEquals(1e-30, gradient(x)[2], 1e-36);
    }
  }

  @Test
  void aProductInRangeOfFactorsThatLeaveItTogether() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(new float[] {1e-30f, 1e-30f, 1e30f, 1e30f}).requiresGrad_();
      x.prod().backward();
      assertArrayEquals(new double[] {1e30, 1e30, 1e-30, 1e-30}, gradient(x), 1e24);
      assertEquals(1e-30, gradient(x)[2], 1e-36);
    }
  }

  @Test
  void theNormOfOneTinyNumberHasASlope() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(new float[] {1e-40f, 0}).reshape(2, 1).requiresGrad_();
      x.norm(2, 1).sum().backward();
      assertArrayEquals(new double[] {1, 0}, gradient(x));
    }
  }

  @Test
  void theLogarithmOfASumWithAFarPower() {
    try (Scope scope = Scope.open()) {
      double expected = 0x1p-128 / Math.log(2);
      Tensor far = Gatun.full(DType.FLOAT64, Shape.of(19), -128);
      for (double sum : far.logaddexp2(Gatun.zeros(DType.FLOAT64, Shape.of(19))).toDoubleArray()) {
        assertEquals(expected, sum, 2 * Math.ulp(expected));
      }
    }
  }

  @Test
  void secondDerivativesOfAProductWithAZero() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(0.0, 2.0, 3.0).requiresGrad_();
      @Nullable Tensor first = Gatun.grad(x.prod(), null, true, true, x)[0];
      assertNotNull(first);
      assertArrayEquals(new double[] {6, 0, 0}, first.toDoubleArray());
      @Nullable Tensor second = Gatun.grad(first.sum(), x)[0];
      assertNotNull(second);
      assertArrayEquals(new double[] {5, 3, 2}, second.toDoubleArray());
    }
  }

  @Test
  void manyEqualExtremaInHalfPrecision() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.ones(DType.FLOAT16, Shape.of(100_000)).requiresGrad_();
      x.max().backward();
      Tensor gradient = x.grad();
      assertNotNull(gradient);
      assertArrayEquals(new double[] {1e-5, 1e-5}, gradient.slice(0, 0, 2).toDoubleArray(), 1e-7);
    }
  }

  @Test
  void rootsOfSquaresBeyondHalfPrecision() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(DType.FLOAT16, Shape.of(4), 1000, -1000, 1000, -1000);
      assertArrayEquals(new double[] {2000}, x.norm().toDoubleArray());
      assertArrayEquals(new double[] {1000}, x.std(new int[] {0}, 0, false).toDoubleArray());
    }
  }

  @Test
  void theDeterminantOfANilpotentMatrix() {
    assertArrayEquals(
        new double[] {0, 0, -1, 0}, gradient(x -> x.reshape(2, 2).det(), 0, 1, 0, 0), 1e-12);
  }

  @Test
  void recordedSharesOfARunningSumOfAnyRange() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(0.0, 100.0, 99.0).to(DType.FLOAT32).requiresGrad_();
      @Nullable Tensor first = Gatun.grad(x.logcumsumexp(0), Gatun.ones(3), true, true, x)[0];
      assertNotNull(first);
      double share = 1 / (1 + Math.exp(-1));
      assertArrayEquals(new double[] {1, 1 + share, 1 - share}, first.toDoubleArray(), 1e-6);
      @Nullable Tensor second = Gatun.grad(first.select(0, 2), x)[0];
      assertNotNull(second);
      double slope = share * (1 - share);
      assertArrayEquals(new double[] {0, -slope, slope}, second.toDoubleArray(), 1e-6);
    }
  }

  @Test
  void gradientsOfRunningSumsOfAnyOrder() {
    try (Scope scope = Scope.open()) {
      Tensor x =
          tensor(DType.FLOAT64, Shape.of(2, 4), 0.3, -1.2, 4, 2, -3, 0.5, -0.25, 1).requiresGrad_();
      Tensor weights = tensor(DType.FLOAT64, Shape.of(2, 4), 1, -2, 0.5, 0.7, -1, 3, -0.2, 2);
      for (int axis = 0; axis < 2; axis++) {
        int along = axis;
        GradientCheck.Function function =
            inputs -> inputs[0].logcumsumexp(along).mul(weights).square();
        checkToTheThird(function, x);
      }
    }
  }

  @Test
  void aLongRunningSumIsRecordedAtOnce() {
    try (Scope scope = Scope.open()) {
      int length = 4096;
      Tensor x = Gatun.zeros(DType.FLOAT64, Shape.of(length)).requiresGrad_();
      Tensor y = x.mul(1000.0).logcumsumexp(0);
      @Nullable Tensor first = Gatun.grad(y.sum(), null, true, true, x)[0];
      assertNotNull(first);
      assertTrue(GraphWalk.nodes(first).size() < 100, "operations for each element");
      assertEquals(1000.0 / length, first.get(length - 1), 1e-9);
    }
  }

  @Test
  void infiniteGradientsStayInfinite() {
    double infinity = Double.POSITIVE_INFINITY;
    double[] signs = {-infinity, infinity, infinity};
    assertArrayEquals(signs, infiniteGradient(Tensor::silu));
    assertArrayEquals(signs, infiniteGradient(Tensor::mish));
    assertArrayEquals(signs, infiniteGradient(Tensor::gelu));
    assertArrayEquals(signs, infiniteGradient(Tensor::geluTanh));
    double[] all = {infinity, infinity, infinity};
    Tensor y = tensor(0.5, -1.0, 2.0);
    assertArrayEquals(all, infiniteGradient(x -> x.lerp(y, 0.75)));
    assertArrayEquals(all, infiniteGradient(x -> y.lerp(x, y.abs().mul(0.25))));
    assertArrayEquals(all, infiniteGradient(x -> x.logaddexp(y)));
    assertArrayEquals(all, infiniteGradient(x -> y.logaddexp2(x)));
  }

  private static double[] infiniteGradient(UnaryOperator<Tensor> function) {
    return gradient(x -> function.apply(x).mul(Double.POSITIVE_INFINITY), -2, 0.25, 1.5);
  }

  @Test
  void ofEqualBoundsNoneHasAGradientToTheLowerOne() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(0.0, 1.0, 2.0, 0.0, 2.0, 3.0).requiresGrad_();
      Tensor low = tensor(1.0, 1.0, 1.0, 1.0, 3.0, 1.0).requiresGrad_();
      Tensor high = tensor(1.0, 1.0, 1.0, 2.0, 1.0, 2.0).requiresGrad_();
      Tensor held = x.clamp(low, high);
      assertArrayEquals(new double[] {1, 1, 1, 1, 1, 2}, held.toDoubleArray());
      held.sum().backward();
      assertArrayEquals(new double[] {0, 1, 0, 0, 0, 0}, elements(x.grad()));
      assertArrayEquals(new double[] {0, 0, 0, 1, 0, 0}, elements(low.grad()));
      assertArrayEquals(new double[] {0, 0, 1, 0, 1, 1}, elements(high.grad()));
    }
  }

  private static double[] elements(@Nullable Tensor gradient) {
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }

  @Test
  void theAngleAtTheOriginHasNoSlope() {
    Tensor zero = Gatun.zeros(2);
    assertArrayEquals(new double[] {0, 0}, gradient(y -> y.atan2(zero), 0, -0.0));
    assertArrayEquals(new double[] {0, 0}, gradient(x -> zero.atan2(x), 0, -0.0));
    assertArrayEquals(new double[] {0.25, 0}, gradient(y -> y.atan2(tensor(4.0, 0.0)), 0, 0));
  }

  @Test
  void theSlopeOfSincNearZero() {
    double step = Math.PI * Math.PI / 3;
    for (double x : new double[] {0, 1e-6, 1e-3, 0.01, 0.1, 0.3, 0.31832}) {
      double u = Math.PI * x;
      double expected =
          u < 0.02 ? -step * x * (1 - u * u / 10) : (Math.cos(u) - Math.sin(u) / u) / x;
      double found = gradient(t -> t.sinc(), x)[0];
      assertEquals(expected, found, 1e-6 * Math.abs(expected), "at " + x);
    }
    Tensor curved = tensor(0.0, 50.0, 1e4).requiresGrad_();
    @Nullable Tensor slope = Gatun.grad(curved.sinc().sum(), null, true, true, curved)[0];
    assertNotNull(slope);
    double[] second = Gatun.grad(slope.sum(), curved)[0].toDoubleArray();
    assertEquals(-step, second[0], 1e-5);
    assertTrue(Double.isFinite(second[1]) && Double.isFinite(second[2]));
  }

  @Test
  void theSlopeOfDigammaFarBelowZero() {
    double squared = Math.PI * Math.PI;
    assertArrayEquals(
        new double[] {squared - 1 / 123457.0, squared - 1 / 41.0},
        gradient(x -> x.digamma(), -123456.5, -40.5),
        1e-5);
  }
}
