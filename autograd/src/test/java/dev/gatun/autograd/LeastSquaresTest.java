package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Penrose's conditions, normal equations, ranks and conditions. */
@ExtendWith(TestScope.class)
class LeastSquaresTest {
  private final Generator generator = new Generator(5);

  private Tensor random(DType dtype, long... sizes) {
    return Gatun.randn(dtype, Shape.of(sizes), generator);
  }

  /** A matrix of some rank. */
  private Tensor ofRank(DType dtype, long m, long n, long rank) {
    return random(DType.FLOAT64, m, rank).matmul(random(DType.FLOAT64, rank, n)).to(dtype);
  }

  private static void close(Tensor expected, Tensor found, double tolerance) {
    assertEquals(expected.shape(), found.shape());
    double error = expected.numel() == 0 ? 0 : found.sub(expected).abs().max().item();
    assertTrue(error <= tolerance, () -> "off by " + error + ", more than " + tolerance);
  }

  @ParameterizedTest
  @CsvSource({"4,4,4", "7,3,3", "3,7,3", "6,5,2", "5,6,2", "40,30,12", "4,4,0", "3,0,0", "0,3,0"})
  void conditionsOfPenrose(int m, int n, int rank) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = ofRank(dtype, m, n, rank);
      Tensor p = a.pinv();
      assertEquals(Shape.of(n, m), p.shape());
      assertEquals(rank, a.matrixRank().item());
      double tolerance = dtype == DType.FLOAT32 ? 1e-3 : 1e-10;
      close(a, a.matmul(p).matmul(a), tolerance);
      close(p, p.matmul(a).matmul(p), tolerance);
      Tensor onto = a.matmul(p);
      close(onto, onto.mT(), tolerance);
      Tensor from = p.matmul(a);
      close(from, from.mT(), tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"5,5,5", "8,3,3", "3,8,3", "9,6,4", "6,9,4", "50,20,20"})
  void solutionsAreOfLeastNorm(int m, int n, int rank) {
    Tensor a = ofRank(DType.FLOAT64, m, n, rank);
    Tensor b = random(DType.FLOAT64, m, 3);
    Tensor x = a.lstsq(b);
    // The residual is orthogonal to the columns, the solution in the span of the rows.
    close(Gatun.zeros(DType.FLOAT64, Shape.of(n, 3)), a.mT().matmul(a.matmul(x).sub(b)), 1e-9);
    close(x, a.pinv().matmul(a.matmul(x)), 1e-9);
    close(x.select(1, 0), a.lstsq(b.select(1, 0)), 1e-10);
    close(x, a.to(DType.FLOAT32).lstsq(b.to(DType.FLOAT32), 1e-4).to(DType.FLOAT64), 1e-2);
  }

  /** By norms where that is telling, and by singular values elsewhere: the results agree. */
  @ParameterizedTest
  @CsvSource({
    "1,1", "4,4", "9,5", "5,9", "66,66", "90,40", "40,90", "130,129", "300,150", "150,300"
  })
  void nothingIsCutOff(int m, int n) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = random(dtype, m, n);
      SingularValues svd = a.to(DType.FLOAT64).svd();
      Tensor expected = svd.vh().mT().div(svd.s()).matmul(svd.u().mT());
      double scale = expected.abs().max().item();
      double rounding =
          dtype == DType.FLOAT32 ? 0x1p-24 : Math.ulp(1.0) * svd.s().get(0) / least(svd);
      double tolerance = 8 * Math.max(m, n) * rounding * scale;
      close(expected, a.pinv(0, 0).to(DType.FLOAT64), tolerance);
      close(expected, a.pinv(0, 0.9 * least(svd) / svd.s().get(0)).to(DType.FLOAT64), tolerance);
      Tensor b = random(dtype, m, 2);
      Tensor solution = expected.matmul(b.to(DType.FLOAT64));
      close(solution, a.lstsq(b, 0).to(DType.FLOAT64), 16 * tolerance);
      close(solution, a.mT().clone().mT().lstsq(b, 0).to(DType.FLOAT64), 16 * tolerance);
    }
  }

  private static double least(SingularValues svd) {
    return svd.s().get((int) svd.s().size(0) - 1);
  }

  @Test
  void aLineThroughPoints() {
    Tensor a = Gatun.tensor(new double[][] {{0, 1}, {1, 1}, {2, 1}, {3, 1}});
    Tensor b = Gatun.tensor(-1, 0.2, 0.9, 2.1).to(DType.FLOAT32);
    assertArrayEquals(new double[] {1, -0.95}, a.lstsq(b).toDoubleArray(), 1e-6);
  }

  @Test
  void batchesBroadcast() {
    Tensor a = random(DType.FLOAT64, 3, 1, 5, 2);
    Tensor b = random(DType.FLOAT64, 4, 5, 3);
    Tensor x = a.lstsq(b);
    assertEquals(Shape.of(3, 4, 2, 3), x.shape());
    close(a.pinv().matmul(b), x, 1e-10);
    Tensor vectors = random(DType.FLOAT64, 3, 1, 5);
    assertEquals(Shape.of(3, 1, 2), a.lstsq(vectors).shape());
    assertEquals(Shape.of(3, 1), a.matrixRank().shape());
    assertEquals(Shape.of(0), Gatun.zeros(0, 2, 2).matrixRank().shape());
  }

  @Test
  void cutoffs() {
    Tensor a = Gatun.eye(3).to(DType.FLOAT64).clone();
    a.set(1e-3, 1, 1);
    a.set(1e-9, 2, 2);
    assertEquals(3, a.matrixRank().item());
    assertEquals(2, a.matrixRank(0, 1e-6).item());
    assertEquals(1, a.matrixRank(1e-3, 0).item());
    assertEquals(2, a.to(DType.FLOAT32).matrixRank().item());
    assertArrayEquals(
        new double[] {1, 0, 0, 0, 1e3, 0, 0, 0, 0}, a.pinv(1e-5, 0).toDoubleArray(), 1e-9);
    assertEquals(DType.INT64, a.matrixRank().dtype());
    assertThrows(ArgumentException.class, () -> a.pinv(-1, 0));
    assertThrows(ArgumentException.class, () -> a.matrixRank(0, Double.NaN));
    assertThrows(ArgumentException.class, () -> a.lstsq(a, -1));
    assertEquals(1e9, a.cond().item(), 1);
  }

  @Test
  void conditions() {
    assertEquals(1, Gatun.eye(4).cond().item(), 1e-6);
    assertEquals(0, Gatun.zeros(0, 0).cond().item());
    assertTrue(Double.isNaN(Gatun.zeros(2, 2).cond().item()));
    Tensor singular = Gatun.tensor(new double[][] {{1, 0}, {0, 0}});
    assertEquals(Double.POSITIVE_INFINITY, singular.cond().item());
    assertEquals(Shape.of(2, 3), random(DType.FLOAT32, 2, 3, 4, 5).cond().shape());
  }

  @Test
  void whatIsRefused() {
    Tensor bad = Gatun.eye(2).clone();
    bad.set(Double.NaN, 0, 1);
    assertThrows(LinearAlgebraException.class, bad::pinv);
    assertThrows(LinearAlgebraException.class, bad::matrixRank);
    assertThrows(LinearAlgebraException.class, () -> bad.lstsq(Gatun.ones(2)));
    assertThrows(ShapeException.class, () -> Gatun.ones(3).pinv());
    assertThrows(ShapeException.class, () -> Gatun.ones(2, 3).lstsq(Gatun.ones(3)));
  }

  @Test
  void gradients() {
    Tensor a = random(DType.FLOAT64, 4, 3).requiresGrad_();
    Tensor b = random(DType.FLOAT64, 2, 4, 2).requiresGrad_();
    both(x -> x[0].pinv(), a);
    both(x -> x[0].cond(), a);
    both(x -> x[0].lstsq(x[1]), a, b);
    both(x -> x[0].mT().lstsq(x[1].narrow(-2, 0, 3)), a, b);
    // The rank does not change nearby: the matrix is made of its factors.
    Tensor left = random(DType.FLOAT64, 4, 2).requiresGrad_();
    Tensor right = random(DType.FLOAT64, 2, 3).requiresGrad_();
    both(x -> x[0].matmul(x[1]).pinv(1e-8, 0), left, right);
    both(x -> x[0].matmul(x[1]).lstsq(x[2], 1e-8), left, right, b);
  }

  private static void both(GradientCheck.Function function, Tensor... inputs) {
    GradientCheck.first(function, inputs);
    GradientCheck.second(function, inputs);
  }
}
