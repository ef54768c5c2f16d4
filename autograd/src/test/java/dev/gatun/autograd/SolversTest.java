package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Solutions put back into their equations, and gradients against differences. */
@ExtendWith(TestScope.class)
class SolversTest {
  private final Generator generator = new Generator(3);

  private Tensor random(DType dtype, long... sizes) {
    return Gatun.randn(dtype, Shape.of(sizes), generator);
  }

  private static double largest(Tensor x) {
    return x.abs().max().item();
  }

  private static double epsilon(DType dtype) {
    return dtype == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 47, 48, 49, 96, 97, 150})
  void solutionsFit(int size) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = random(dtype, size, size);
      Tensor b = random(dtype, size, 5);
      Tensor x = a.solve(b);
      assertEquals(dtype, x.dtype());
      double scale = size * largest(a) * largest(x) * epsilon(dtype);
      assertTrue(largest(a.matmul(x).sub(b)) <= 8 * scale, () -> "residual of " + size);
      Tensor inverse = a.inverse();
      double unit = size * largest(a) * largest(inverse) * epsilon(dtype);
      Tensor one = Gatun.eye(size).to(dtype);
      assertTrue(largest(a.matmul(inverse).sub(one)) <= 8 * unit, () -> "inverse of " + size);
      Tensor l = a.matmul(a.mT()).add(one).cholesky();
      Tensor square = a.matmul(a.mT()).add(one);
      assertTrue(
          largest(l.matmul(l.mT()).sub(square)) <= 8 * size * largest(square) * epsilon(dtype));
      assertEquals(0, largest(l.triu(1)));
      SignedLogarithm det = a.slogdet();
      assertEquals(
          largest(l.diagonal().log().sum().mul(2.0).sub(square.slogdet().logarithm())),
          0,
          1e-4 * size);
      if (size < 50) {
        double product = det.sign().item() * Math.exp(det.logarithm().item());
        assertEquals(product, a.det().item(), 1e-4 * Math.abs(product));
      }
    }
  }

  /** Around the steps of four and the blocks, and right sides that are few. */
  @Test
  void everySize() {
    for (int size : sizes()) {
      try (Scope scope = Scope.open()) {
        Tensor a = random(DType.FLOAT64, size, size);
        Tensor one = Gatun.eye(size).to(DType.FLOAT64);
        double scale = 8 * size * Math.ulp(1.0) * largest(a);
        for (int sides : new int[] {1, 3, 4, 9}) {
          Tensor b = random(DType.FLOAT64, sides, size).mT();
          Tensor x = a.mT().solve(b);
          assertTrue(largest(a.mT().matmul(x).sub(b)) <= scale * largest(x), () -> "of " + size);
        }
        Tensor inverse = a.inverse();
        assertTrue(largest(a.matmul(inverse).sub(one)) <= scale * largest(inverse));
        Tensor square = a.matmul(a.mT()).add(one);
        Tensor l = square.cholesky();
        assertEquals(0, largest(l.triu(1)));
        assertTrue(
            largest(l.matmul(l.mT()).sub(square)) <= 8 * size * Math.ulp(1.0) * largest(square));
        assertEquals(
            2 * l.diagonal().log().sum().item(), square.slogdet().logarithm().item(), 1e-12 * size);
        assertEquals(1, square.slogdet().sign().item());
      }
    }
  }

  private static int[] sizes() {
    return IntStream.concat(
            IntStream.rangeClosed(1, 70), IntStream.of(127, 128, 129, 159, 160, 161, 200))
        .toArray();
  }

  @Test
  void permutationsHaveTheirSign() {
    for (int size : new int[] {2, 5, 8, 49, 161}) {
      Tensor one = Gatun.eye(size).to(DType.FLOAT64);
      Tensor turned = Gatun.cat(0, one.narrow(0, 1, size - 1), one.narrow(0, 0, 1));
      assertEquals(size % 2 == 0 ? -1 : 1, turned.det().item());
      assertArrayEquals(turned.mT().toDoubleArray(), turned.inverse().toDoubleArray());
      Tensor b = random(DType.FLOAT64, size, 2);
      assertArrayEquals(turned.mT().matmul(b).toDoubleArray(), turned.solve(b).toDoubleArray());
    }
  }

  @Test
  void rowsAndColumnsOfAnyScale() {
    int size = 50;
    double[] scales = new double[size];
    for (int i = 0; i < size; i++) {
      scales[i] = Math.pow(10, i - 25);
    }
    Tensor scale = Gatun.tensor(DType.FLOAT64, Shape.of(size), scales);
    Tensor a = random(DType.FLOAT64, size, size).add(Gatun.eye(size).to(DType.FLOAT64).mul(20.0));
    Tensor b = random(DType.FLOAT64, size, 3);
    Tensor x = a.solve(b);
    Tensor graded = a.mul(scale).solve(b).mul(scale.unsqueeze(-1));
    assertTrue(largest(graded.sub(x)) <= 1e-13 * size * largest(x));
    Tensor square = a.matmul(a.mT());
    Tensor l = square.mul(scale).mul(scale.unsqueeze(-1)).cholesky().div(scale.unsqueeze(-1));
    assertTrue(largest(l.sub(square.cholesky())) <= 1e-13 * size * largest(l));
  }

  @Test
  void zeroColumnsAndNotANumber() {
    for (int size : new int[] {3, 6, 60, 170}) {
      Tensor a = random(DType.FLOAT64, size, size);
      a.narrow(1, size / 2, 1).fill_(0);
      assertEquals(0, Math.abs(a.det().item()));
      assertThrows(LinearAlgebraException.class, a::inverse);
      Tensor square = a.matmul(a.mT()).add(Gatun.eye(size).to(DType.FLOAT64));
      square.set(-1, size / 2, size / 2);
      var refused = assertThrows(LinearAlgebraException.class, square::cholesky);
      assertTrue(refused.getMessage().contains("order " + (size / 2 + 1) + " is not positive"));
      square.set(Double.NaN, size - 1, 0);
      assertThrows(LinearAlgebraException.class, square::cholesky);
      assertTrue(Double.isNaN(square.det().item()));
      assertTrue(Double.isNaN(square.solve(Gatun.ones(DType.FLOAT64, Shape.of(size))).get(0)));
    }
  }

  @Test
  void knownNumbers() {
    Tensor a = Gatun.tensor(new double[][] {{0, 2}, {3, 4}});
    assertEquals(-6, a.det().item(), 1e-6);
    assertEquals(-1, a.slogdet().sign().item());
    assertArrayEquals(new double[] {-2. / 3, 1. / 3, 0.5, 0}, a.inverse().toDoubleArray(), 1e-7);
    assertEquals(1, Gatun.zeros(0, 0).det().item());
    assertArrayEquals(
        new double[] {2, 0, 1, 3},
        Gatun.tensor(new double[][] {{4, 77}, {2, 10}}).cholesky().toDoubleArray());
  }

  @Test
  void batchesBroadcast() {
    Tensor a = random(DType.FLOAT64, 3, 1, 4, 4);
    Tensor b = random(DType.FLOAT64, 2, 4, 2);
    Tensor x = a.solve(b);
    assertEquals(Shape.of(3, 2, 4, 2), x.shape());
    assertTrue(a.matmul(x).allclose(b.broadcastTo(x.shape())));
    Tensor v = random(DType.FLOAT64, 4);
    assertTrue(
        a.select(0, 1)
            .select(0, 0)
            .solve(v)
            .unsqueeze(-1)
            .allclose(a.select(0, 1).select(0, 0).inverse().matmul(v.unsqueeze(-1))));
    Tensor vectors = random(DType.FLOAT64, 3, 1, 4);
    assertEquals(Shape.of(3, 1, 4), a.solve(vectors).shape());
    assertTrue(a.mT().inverse().allclose(a.inverse().mT()));
  }

  @Test
  void matricesThatHaveNone() {
    Tensor singular = Gatun.tensor(new double[][] {{1, 2}, {2, 4}});
    var refused = assertThrows(LinearAlgebraException.class, singular::inverse);
    assertEquals("inverse: [2, 2]: the matrix is singular", refused.getMessage());
    Tensor batch = Gatun.stack(0, Gatun.eye(2), singular);
    refused = assertThrows(LinearAlgebraException.class, () -> batch.solve(Gatun.ones(2, 2, 1)));
    assertEquals(
        "solve: [2, 2, 2], matrix 1 of the batch: the matrix is singular", refused.getMessage());
    assertEquals(0, Math.abs(singular.det().item()));
    assertEquals(0, singular.slogdet().sign().item());
    assertEquals(Double.NEGATIVE_INFINITY, singular.slogdet().logarithm().item());
    refused = assertThrows(LinearAlgebraException.class, () -> Gatun.eye(3).neg().cholesky());
    assertTrue(refused.getMessage().contains("order 1 is not positive definite"));
    assertThrows(DTypeException.class, () -> Gatun.eye(2).to(DType.BFLOAT16).inverse());
    assertThrows(DTypeException.class, () -> Gatun.eye(2).to(DType.INT64).det());
    assertThrows(ShapeException.class, () -> Gatun.ones(2, 3).inverse());
    assertThrows(ShapeException.class, () -> Gatun.ones(2, 2).solve(Gatun.ones(3)));
  }

  @Test
  void nearlySingularMatricesAreSolved() {
    Tensor a = Gatun.tensor(DType.FLOAT64, Shape.of(2, 2), 1, 1, 1, 1 + 1e-13);
    Tensor b = random(DType.FLOAT64, 2);
    Tensor x = a.solve(b);
    assertTrue(largest(a.mv(x).sub(b)) <= 8 * largest(x) * Math.ulp(1.0));
  }

  @Test
  void gradientsOfWellConditionedMatrices() {
    Tensor one = Gatun.eye(4).to(DType.FLOAT64).mul(3.0);
    Tensor a = random(DType.FLOAT64, 2, 4, 4).add(one).requiresGrad_();
    Tensor b = random(DType.FLOAT64, 2, 4, 3).requiresGrad_();
    bothDerivatives(x -> x[0].solve(x[1]), a, b);
    bothDerivatives(x -> x[0].select(0, 0).solve(x[1]), a, b);
    bothDerivatives(x -> x[0].inverse(), a);
    bothDerivatives(x -> x[0].det(), a);
    bothDerivatives(x -> x[0].slogdet().logarithm(), a);
    bothDerivatives(x -> x[0].matmul(x[0].mT()).add(one).cholesky(), a);
  }

  private static void bothDerivatives(GradientCheck.Function function, Tensor... inputs) {
    GradientCheck.first(function, inputs);
    GradientCheck.second(function, inputs);
  }

  @Test
  void theDeterminantOfASingularMatrixHasAGradient() {
    Tensor a = Gatun.tensor(DType.FLOAT64, Shape.of(2, 2), 1, 2, 2, 4).requiresGrad_();
    a.det().backward();
    assertArrayEquals(
        new double[] {4, -2, -2, 1}, Objects.requireNonNull(a.grad()).toDoubleArray(), 1e-12);
  }
}
