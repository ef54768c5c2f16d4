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
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products put together again, orthogonality, known numbers, and gradients. */
@ExtendWith(TestScope.class)
class DecompositionsTest {
  private final Generator generator = new Generator(11);

  private Tensor random(DType dtype, long... sizes) {
    return Gatun.randn(dtype, Shape.of(sizes), generator);
  }

  private static double largest(Tensor x) {
    return x.numel() == 0 ? 0 : x.abs().max().item();
  }

  private static void close(Tensor expected, Tensor found, String what) {
    assertEquals(expected.shape(), found.shape(), what);
    double rounding = expected.dtype() == DType.FLOAT32 ? Math.ulp(1f) : Math.ulp(1.0);
    double size = Math.max(4, Math.max(expected.size(-1), expected.size(-2)));
    double error = largest(found.sub(expected));
    double bound = 6 * size * Math.max(1, largest(expected)) * rounding;
    assertTrue(error <= bound, () -> what + ": off by " + error + ", more than " + bound);
  }

  private static void orthonormal(Tensor columns, String what) {
    Tensor one = Gatun.eye(columns.size(-1)).to(columns.dtype());
    Tensor product = columns.mT().matmul(columns);
    close(one.broadcastTo(product.shape()), product, what);
  }

  private static void descending(Tensor values) {
    double[] all = values.toDoubleArray();
    for (int i = 0; i < all.length; i++) {
      assertTrue(all[i] >= 0 && (i == 0 || all[i] <= all[i - 1]), values::toString);
    }
  }

  private static void checkQr(Tensor a, boolean complete) {
    QrFactors qr = a.qr(complete);
    long inner = complete ? a.size(-2) : Math.min(a.size(-2), a.size(-1));
    assertEquals(inner, qr.q().size(-1));
    assertEquals(a.dtype(), qr.q().dtype());
    close(a, qr.q().matmul(qr.r()), "Q R of " + a.shape());
    orthonormal(qr.q(), "Q of " + a.shape());
    assertEquals(0, largest(qr.r().tril(-1)));
  }

  private static void checkSvd(Tensor a, boolean full) {
    SingularValues svd = a.svd(full);
    long k = Math.min(a.size(-2), a.size(-1));
    assertEquals(full ? a.size(-2) : k, svd.u().size(-1));
    assertEquals(full ? a.size(-1) : k, svd.vh().size(-2));
    Tensor product =
        svd.u().narrow(-1, 0, k).mul(svd.s().unsqueeze(-2)).matmul(svd.vh().narrow(-2, 0, k));
    close(a, product, "U S V^T of " + a.shape());
    orthonormal(svd.u(), "U of " + a.shape());
    orthonormal(svd.vh().mT(), "V of " + a.shape());
    if (a.rank() == 2) {
      descending(svd.s());
      close(svd.s().unsqueeze(0), a.svdvals().unsqueeze(0), "values alone of " + a.shape());
    }
  }

  private static void checkEigh(Tensor a) {
    Eigenvectors eigh = a.eigh();
    Tensor product = eigh.vectors().mul(eigh.values().unsqueeze(-2)).matmul(eigh.vectors().mT());
    close(a, product, "V L V^T of " + a.shape());
    orthonormal(eigh.vectors(), "V of " + a.shape());
    close(eigh.values().unsqueeze(0), a.eigvalsh().unsqueeze(0), "values alone of " + a.shape());
    if (a.rank() == 2) {
      double[] values = eigh.values().toDoubleArray();
      for (int i = 1; i < values.length; i++) {
        assertTrue(values[i] >= values[i - 1], eigh.values()::toString);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1", "2,2", "5,3", "3,5", "31,31", "32,33", "33,32", "64,64", "90,17", "17,90", "70,66",
    "1,9", "9,1", "0,0", "4,0", "0,4"
  })
  void productsGiveTheMatrixBack(int m, int n) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = random(dtype, m, n);
      checkQr(a, false);
      checkQr(a, true);
      checkSvd(a, false);
      checkSvd(a, true);
      checkSvd(random(dtype, n, m).mT(), false);
      if (m == n) {
        checkEigh(a.add(a.mT()));
      }
    }
  }

  /** Around the steps of four and the blocks. */
  @ParameterizedTest
  @CsvSource({
    "3,4", "4,3", "6,4", "4,6", "9,5", "5,9", "63,62", "100,100", "127,128", "128,127", "160,160",
    "161,160", "160,161", "200,40", "40,200", "250,37", "37,250", "230,130", "130,230"
  })
  void columnsOfBlocks(int m, int n) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor a = random(dtype, m, n);
      checkQr(a, false);
      checkQr(a, true);
      checkQr(random(dtype, n, m).mT(), false);
      Tensor square = a.matmul(a.mT());
      checkEigh(square);
      close(square.eigh().values().unsqueeze(0), square.eigvalsh().unsqueeze(0), "eigenvalues");
    }
  }

  @Test
  void batches() {
    for (boolean full : new boolean[] {false, true}) {
      checkQr(random(DType.FLOAT64, 2, 3, 5, 4), full);
      checkSvd(random(DType.FLOAT64, 2, 3, 4, 5), full);
      checkSvd(random(DType.FLOAT32, 0, 4, 5), full);
    }
    Tensor a = random(DType.FLOAT64, 3, 2, 6, 6);
    checkEigh(a.add(a.mT()));
    Tensor one = a.select(0, 2).select(0, 1);
    assertArrayEquals(
        one.svdvals().toDoubleArray(), a.svdvals().select(0, 2).select(0, 1).toDoubleArray());
  }

  @Test
  void knownNumbers() {
    Tensor a = Gatun.tensor(new double[][] {{3, 0}, {4, 5}}).to(DType.FLOAT64);
    assertArrayEquals(
        new double[] {Math.sqrt(45), Math.sqrt(5)}, a.svdvals().toDoubleArray(), 1e-14);
    // As LAPACK has it: the diagonal's signs are turned, but for the last one of a square.
    QrFactors qr = a.qr();
    assertArrayEquals(new double[] {-5, -4, 0, 3}, qr.r().toDoubleArray(), 1e-14);
    assertArrayEquals(new double[] {-0.6, -0.8, -0.8, 0.6}, qr.q().toDoubleArray(), 1e-14);
    Tensor s = Gatun.tensor(new double[][] {{2, 1}, {1, 2}}).to(DType.FLOAT64);
    Eigenvectors eigh = s.eigh();
    assertArrayEquals(new double[] {1, 3}, eigh.values().toDoubleArray(), 1e-14);
    double half = Math.sqrt(0.5);
    assertEquals(half, Math.abs(eigh.vectors().get(0, 0)), 1e-14);
    assertEquals(half, eigh.vectors().get(1, 1), 1e-14);
    // Only the lower triangle counts.
    Tensor other = Gatun.tensor(new double[][] {{2, Double.NaN}, {1, 2}}).to(DType.FLOAT64);
    assertArrayEquals(eigh.values().toDoubleArray(), other.eigvalsh().toDoubleArray(), 1e-14);
  }

  private static Tensor hilbert(int size) {
    Tensor result = Gatun.empty(DType.FLOAT64, Shape.of(size, size));
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        result.set(1.0 / (i + j + 1), i, j);
      }
    }
    return result;
  }

  @Test
  void hilbertsMatrix() {
    Tensor a = hilbert(12);
    checkQr(a, false);
    checkSvd(a, true);
    checkEigh(a);
    assertEquals(1.7953720595619977, a.svdvals().get(0), 1e-14);
    assertEquals(1.7953720595619977, a.eigvalsh().get(11), 1e-14);
    // By the determinant, a product of factorials, of the matrix of order 6.
    double product = hilbert(6).svdvals().prod().item();
    assertEquals(5.3672998868168e-18, product, 1e-24);
  }

  @Test
  void gradedColumnsKeepTheirSmallValues() {
    double[] scales = {1, 1e-5, 1e-10, 1e-15, 1e-20};
    Tensor a = random(DType.FLOAT64, 5, 5).qr().q().clone();
    Tensor graded = a.mul(Gatun.tensor(DType.FLOAT64, Shape.of(5), scales));
    double[] found = graded.svdvals().toDoubleArray();
    for (int i = 0; i < found.length; i++) {
      assertEquals(scales[i], found[i], 1e-14 * scales[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 40})
  void repeatedAndMissingValues(int size) {
    Tensor q = random(DType.FLOAT64, size, size).qr().q();
    checkSvd(q, true);
    checkEigh(Gatun.eye(size).to(DType.FLOAT64));
    Tensor twice = q.mul(2.0).matmul(q.mT());
    checkEigh(twice.add(twice.mT()));
    // Of rank 1.
    Tensor flat = Gatun.ones(DType.FLOAT64, Shape.of(size, size + 2));
    checkQr(flat, true);
    checkSvd(flat, true);
    checkSvd(flat.mT(), true);
    checkEigh(Gatun.ones(DType.FLOAT64, Shape.of(size, size)));
    assertEquals(Math.sqrt(size * (size + 2.0)), flat.svdvals().get(0), 1e-13 * size);
    Tensor none = Gatun.zeros(DType.FLOAT64, Shape.of(size + 1, size));
    checkQr(none, true);
    checkSvd(none, true);
    assertEquals(0, largest(none.svdvals()));
    checkEigh(Gatun.zeros(DType.FLOAT64, Shape.of(size, size)));
  }

  /** Columns are roundings of roundings, down to what has no direction. */
  @ParameterizedTest
  @ValueSource(ints = {16, 33, 64, 90})
  void columnsThatVanish(int size) {
    for (double scale : new double[] {1, 1e-100, 1e100}) {
      Tensor flat = Gatun.ones(DType.FLOAT64, Shape.of(size, size + 3)).mul(scale);
      SingularValues svd = flat.svd();
      orthonormal(svd.u(), "U of " + size);
      orthonormal(svd.vh().mT(), "V of " + size);
      assertEquals(Math.sqrt(size * (size + 3.0)), svd.s().get(0) / scale, 1e-13 * size);
      assertEquals(svd.s().get(0), flat.svdvals().get(0), 1e-13 * size * scale);
    }
    checkSvd(Gatun.ones(DType.FLOAT64, Shape.of(size, size)), true);
  }

  /** The roundings of large eigenvalues are more than all there is of the others. */
  @ParameterizedTest
  @CsvSource({"30,3", "100,20", "200,30"})
  void productsOfFewColumns(int size, int rank) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor columns = random(dtype, size, rank);
      Tensor square = columns.matmul(columns.mT());
      checkEigh(square);
      Tensor values = square.eigvalsh();
      close(square.eigh().values().unsqueeze(0), values.unsqueeze(0), "eigenvalues");
      Tensor others = columns.mT().matmul(columns).eigvalsh();
      close(others.unsqueeze(0), values.narrow(0, size - rank, rank).unsqueeze(0), "eigenvalues");
    }
  }

  @Test
  void extremeScales() {
    for (double scale : new double[] {1e300, 1e-300, 1e-160, 1e160}) {
      Tensor unit = random(DType.FLOAT64, 6, 4);
      Tensor a = unit.mul(scale);
      double[] expected = unit.svdvals().toDoubleArray();
      double[] found = a.svdvals().toDoubleArray();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found[i] / scale, 1e-13);
      }
      orthonormal(a.svd().u(), "U at " + scale);
      orthonormal(a.qr().q(), "Q at " + scale);
      Tensor square = a.narrow(0, 0, 4);
      Tensor symmetric = square.mul(0.5).add(square.mT().mul(0.5));
      orthonormal(symmetric.eigh().vectors(), "V at " + scale);
    }
  }

  @Test
  void columnsOfDenormalNumbersBesideOthers() {
    double tiny = 5 * Double.MIN_VALUE;
    double[] elements = {
      1.104064925048915,
      2.5,
      0,
      1.08747755004023,
      tiny,
      -0.03146500694481924,
      -tiny,
      -1,
      -0.7675230604639824,
      -1.0421830499298723,
      0,
      1.087892282749653,
      0.8903438974408235,
      0.3562909914114467,
      tiny,
      1.7001091180210173
    };
    Tensor a = Gatun.tensor(DType.FLOAT64, Shape.of(4, 4), elements);
    checkSvd(a, true);
    assertEquals(0, a.svdvals().get(3), 1e-300);
  }

  @Test
  void whatIsNotFinite() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Tensor a = Gatun.eye(3).to(DType.FLOAT64).clone();
      a.set(bad, 1, 1);
      var refused = assertThrows(LinearAlgebraException.class, a::svd);
      assertEquals(
          "svd: [3, 3]: the matrix has elements that are not finite", refused.getMessage());
      assertThrows(LinearAlgebraException.class, a::svdvals);
      assertThrows(LinearAlgebraException.class, a::eigh);
      refused =
          assertThrows(
              LinearAlgebraException.class,
              () -> Gatun.stack(0, a.mul(0.0).nanToNum(), a).eigvalsh());
      assertEquals(
          "eigvalsh: [2, 3, 3], matrix 1 of the batch: the matrix has elements that are not finite",
          refused.getMessage());
      assertTrue(Double.isNaN(a.qr().r().get(1, 1)));
    }
  }

  @Test
  void whatIsRefused() {
    assertThrows(DTypeException.class, () -> Gatun.eye(2).to(DType.BFLOAT16).svd());
    assertThrows(DTypeException.class, () -> Gatun.eye(2).to(DType.INT64).qr());
    assertThrows(ShapeException.class, () -> Gatun.ones(3).qr());
    assertThrows(ShapeException.class, () -> Gatun.ones(2, 3).eigh());
  }

  private static void bothDerivatives(GradientCheck.Function function, Tensor... inputs) {
    GradientCheck.first(function, inputs);
    GradientCheck.second(function, inputs);
  }

  @Test
  void gradientsOfWhatDoesNotDependOnTheBasis() {
    Tensor tall = random(DType.FLOAT64, 2, 4, 3).requiresGrad_();
    Tensor wide = random(DType.FLOAT64, 3, 5).requiresGrad_();
    Tensor square = random(DType.FLOAT64, 4, 4).requiresGrad_();
    Tensor weights = random(DType.FLOAT64, 4, 4);
    for (Tensor a : new Tensor[] {tall, wide, square}) {
      bothDerivatives(x -> x[0].svd().u().square(), a);
      bothDerivatives(x -> x[0].svd().vh().square(), a);
      bothDerivatives(x -> x[0].svd().s(), a);
      bothDerivatives(x -> x[0].svdvals(), a);
      bothDerivatives(x -> x[0].qr().q(), a);
      bothDerivatives(x -> x[0].qr().r(), a);
    }
    bothDerivatives(x -> symmetric(x[0]).eigh().vectors().square(), square);
    bothDerivatives(x -> symmetric(x[0]).eigvalsh(), square);
    bothDerivatives(
        x -> {
          Eigenvectors eigh = symmetric(x[0]).eigh();
          return eigh.vectors().mul(eigh.values().exp()).matmul(eigh.vectors().mT()).mul(weights);
        },
        square);
  }

  @Test
  void gradientsOfTheSpaceBesideAMatrix() {
    Tensor tall = random(DType.FLOAT64, 5, 2).requiresGrad_();
    GradientCheck.first(x -> projection(x[0].qr(true).q().narrow(-1, 2, 3)), tall);
    GradientCheck.first(x -> projection(x[0].svd(true).u().narrow(-1, 2, 3)), tall);
    GradientCheck.first(x -> projection(x[0].mT().svd(true).vh().narrow(-2, 2, 3).mT()), tall);
  }

  private static Tensor symmetric(Tensor square) {
    return square.add(square.mT());
  }

  private static Tensor projection(Tensor columns) {
    return columns.matmul(columns.mT());
  }

  private static double[] gradient(Tensor leaf) {
    return Objects.requireNonNull(leaf.grad()).toDoubleArray();
  }

  @Test
  void noGradientOfDependentColumns() {
    Tensor ones = Gatun.ones(DType.FLOAT64, Shape.of(3, 3)).requiresGrad_();
    Tensor sum = ones.qr().q().sum();
    var refused = assertThrows(LinearAlgebraException.class, sum::backward);
    assertEquals(
        "qr: [3, 3]: no gradient where the first columns are linearly dependent: "
            + "solve: [3, 3]: the matrix is singular",
        refused.getMessage());
  }

  @Test
  void gradientsWhereValuesAreEqual() {
    Tensor a = Gatun.eye(3).to(DType.FLOAT64).clone().requiresGrad_();
    a.svd().s().sum().backward();
    assertArrayEquals(Gatun.eye(3).toDoubleArray(), gradient(a), 1e-14);
    a.zeroGrad();
    a.eigh().values().sum().backward();
    assertArrayEquals(Gatun.eye(3).toDoubleArray(), gradient(a), 1e-14);
    Tensor none = Gatun.zeros(DType.FLOAT64, Shape.of(3, 2)).requiresGrad_();
    none.svd().s().sum().backward();
    assertTrue(largest(Objects.requireNonNull(none.grad())) <= 1);
    a.zeroGrad();
    a.svd().u().sum().backward();
    assertArrayEquals(new double[9], gradient(a), 1e-14);
    none.zeroGrad();
    none.svd().u().mul(random(DType.FLOAT64, 3, 2)).sum().backward();
    assertTrue(Double.isNaN(gradient(none)[0]) || Double.isInfinite(gradient(none)[0]));
  }
}
