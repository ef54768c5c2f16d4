package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two diagonals whose singular values are known, and others beside Jacobi rotations. */
@ExtendWith(TestScope.class)
class QuotientDifferencesTest {
  private static double[] ascending(double[] diagonal, double[] beside) {
    double[] values = QuotientDifferences.values(diagonal, beside);
    assertNotNull(values);
    Arrays.sort(values);
    return values;
  }

  private static double[] filled(int size, double value) {
    double[] result = new double[size];
    Arrays.fill(result, value);
    return result;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 17, 50, 100, 200, 301})
  void onesOnBothDiagonals(int size) {
    double[] found = ascending(filled(size, 1), filled(size, 1));
    for (int i = 0; i < size; i++) {
      double expected = 2 * Math.cos((size - i) * Math.PI / (2 * size + 1));
      assertEquals(expected, found[i], 1e-14 * size * expected);
    }
  }

  @Test
  void nothingAtAll() {
    assertArrayEquals(new double[0], QuotientDifferences.values(new double[0], new double[0]));
    assertArrayEquals(new double[4], ascending(new double[4], new double[4]));
  }

  @Test
  void whatFallsApart() {
    assertArrayEquals(
        new double[] {1, 2, 3, 5, 7}, ascending(new double[] {7, 1, 3, 2, 5}, new double[5]));
    // Blocks of one, two and three elements.
    double[] diagonal = {3, 1, 1, 1, 1, 1};
    double[] beside = {0, 1, 0, 1, 1, 0};
    double[] expected = {
      2 * Math.cos(3 * Math.PI / 7),
      2 * Math.cos(2 * Math.PI / 5),
      2 * Math.cos(2 * Math.PI / 7),
      2 * Math.cos(Math.PI / 5),
      2 * Math.cos(Math.PI / 7),
      3
    };
    assertArrayEquals(expected, ascending(diagonal, beside), 1e-15 * 8);
  }

  @Test
  void zerosOnTheDiagonal() {
    // Ones beside the diagonal alone: one value is zero.
    double[] found = ascending(new double[7], filled(7, 1));
    assertArrayEquals(new double[] {0, 1, 1, 1, 1, 1, 1}, found, 1e-15);
    double[] diagonal = filled(30, 1);
    diagonal[11] = 0;
    compare(diagonal, filled(30, 1));
  }

  @Test
  void gradedAndClusteredDiagonals() {
    int size = 60;
    double[] falling = new double[size];
    double[] rising = new double[size];
    double[] clustered = new double[size];
    for (int i = 0; i < size; i++) {
      falling[i] = Math.pow(0.6, i);
      rising[size - 1 - i] = falling[i];
      clustered[i] = 1 + 1e-12 * i;
    }
    compare(falling, falling);
    compare(rising, rising);
    compare(clustered, filled(size, 1e-7));
    compare(clustered, filled(size, 1e-3));
    compare(falling, filled(size, 1));
    compare(filled(size, 1), falling);
    compare(filled(size, 1e-150), filled(size, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 16, 33, 64, 90})
  void diagonalsAtRandom(int size) {
    Generator generator = new Generator(size);
    for (int i = 0; i < 10; i++) {
      compare(
          Gatun.randn(DType.FLOAT64, Shape.of(size), generator).toDoubleArray(),
          Gatun.randn(DType.FLOAT64, Shape.of(size), generator).toDoubleArray());
    }
  }

  private static void compare(double[] diagonal, double[] beside) {
    int size = diagonal.length;
    double[] elements = new double[size * size];
    for (int i = 0; i < size; i++) {
      elements[i * size + i] = diagonal[i];
      if (i + 1 < size) {
        elements[i * size + i + 1] = beside[i];
      }
    }
    Tensor matrix = Gatun.tensor(DType.FLOAT64, Shape.of(size, size), elements);
    double[] expected = JacobiSvd.of(matrix, false, "expected").values();
    Arrays.sort(expected);
    double tolerance = 8 * size * Math.ulp(1.0) * expected[size - 1];
    assertArrayEquals(expected, ascending(diagonal, beside), tolerance);
  }
}
