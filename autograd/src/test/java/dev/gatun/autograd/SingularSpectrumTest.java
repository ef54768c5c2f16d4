package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Singular values and ranks beside those that Jacobi rotations find. */
@ExtendWith(TestScope.class)
class SingularSpectrumTest {
  private final Generator generator = new Generator(23);

  private Tensor random(DType dtype, long... sizes) {
    return Gatun.randn(dtype, Shape.of(sizes), generator);
  }

  private static double[] accurate(Tensor matrix) {
    return JacobiSvd.of(matrix, false, "accurate").values();
  }

  @ParameterizedTest
  @CsvSource({
    "1,1", "2,2", "3,3", "4,4", "5,5", "7,7", "31,31", "64,64", "100,100", "129,129", "1,9", "9,1",
    "5,4", "4,5", "40,30", "30,40", "90,17", "17,90", "161,160", "200,60", "60,200", "0,3", "3,0"
  })
  void valuesKeepTheirDigits(int m, int n) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      Tensor matrix = random(dtype, m, n);
      double[] expected = accurate(matrix);
      double[] found = SingularSpectrum.of(matrix, "found");
      assertEquals(Math.min(m, n), found.length);
      double lost = dtype == DType.FLOAT32 ? 0x1p-26 : 0x1p-36;
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], lost * expected[i]);
      }
      assertEquals(found.length, SingularSpectrum.rank(matrix, new Cutoff(0, 1e-12), "rank"));
    }
  }

  @Test
  void smallValuesAreThoseOfRotations() {
    Tensor columns = random(DType.FLOAT64, 20, 20);
    for (double fall : new double[] {0.5, 0.1, 1e-3}) {
      double[] scales = new double[20];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = Math.pow(fall, i);
      }
      Tensor graded = columns.mul(Gatun.tensor(DType.FLOAT64, Shape.of(20), scales));
      assertArrayEquals(accurate(graded), SingularSpectrum.of(graded, "graded"));
      Tensor narrow = graded.to(DType.FLOAT32);
      double[] expected = accurate(narrow);
      double[] found = SingularSpectrum.of(narrow, "narrow");
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], 0x1p-26 * expected[i]);
      }
    }
  }

  @Test
  void ranksAtEachCutoff() {
    double[] values = {1, 0.5, 0.5, 1e-3, 1e-7, 1e-14, 0};
    Tensor left = random(DType.FLOAT64, 9, 7).qr().q();
    Tensor right = random(DType.FLOAT64, 7, 7).qr().q();
    Tensor matrix =
        left.mul(Gatun.tensor(DType.FLOAT64, Shape.of(7), values)).matmul(right.mT()).clone();
    double[] cutoffs = {2, 0.7, 0.1, 1e-5, 1e-10};
    long[] ranks = {0, 1, 3, 4, 5};
    for (int i = 0; i < cutoffs.length; i++) {
      assertEquals(ranks[i], SingularSpectrum.rank(matrix, new Cutoff(cutoffs[i], 0), "rank"));
      assertEquals(
          Math.max(ranks[i], cutoffs[i] > 1 ? 0 : 1),
          SingularSpectrum.rank(matrix.mul(8.0), new Cutoff(0, cutoffs[i]), "rank"));
      assertEquals(
          ranks[i],
          SingularSpectrum.rank(matrix.mul(1e-200), new Cutoff(1e-200 * cutoffs[i], 0), "rank"));
    }
    // At the cutoff itself a value is cut off, which roundings must not change.
    Tensor diagonal = Gatun.tensor(new double[][] {{0, 3, 0}, {0.5, 0, 0}, {0, 0, 1}});
    assertEquals(2, SingularSpectrum.rank(diagonal, new Cutoff(0.5, 0), "rank"));
    assertEquals(0, SingularSpectrum.rank(diagonal.mul(0.0), new Cutoff(0, 0), "rank"));
  }

  @Test
  void whatIsZeroOrNotFinite() {
    assertArrayEquals(new double[3], SingularSpectrum.of(Gatun.zeros(4, 3), "zeros"));
    double[] ones = SingularSpectrum.of(Gatun.ones(6, 8), "ones");
    assertEquals(Math.sqrt(48), ones[0], 1e-13);
    assertTrue(ones[5] <= 1e-13);
    Tensor bad = Gatun.eye(3).clone();
    bad.set(Double.NaN, 2, 0);
    var refused = assertThrows(LinearAlgebraException.class, () -> SingularSpectrum.of(bad, "bad"));
    assertEquals("bad: the matrix has elements that are not finite", refused.getMessage());
  }
}
