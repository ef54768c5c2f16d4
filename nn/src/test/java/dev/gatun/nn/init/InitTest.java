package dev.gatun.nn.init;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.TestScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class InitTest {
  private static final long OUT = 200;
  private static final long IN = 300;

  private static Generator seed() {
    return new Generator(20);
  }

  private static Tensor matrix() {
    return Gatun.empty(DType.FLOAT32, Shape.of(OUT, IN)).requiresGrad_();
  }

  /** Checks mean and deviation of 60000 independent numbers, to six standard errors. */
  private static void checkMoments(Tensor tensor, double mean, double deviation) {
    double[] values = tensor.toDoubleArray();
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    double root = Math.sqrt(values.length);
    assertEquals(mean, sum / values.length, 6 * deviation / root, "mean");
    assertEquals(deviation, Math.sqrt(squares / values.length), 6 * deviation / root, "deviation");
  }

  private static void checkUniform(Tensor tensor, double low, double high) {
    checkMoments(tensor, (low + high) / 2, (high - low) / Math.sqrt(12));
    double least = tensor.min().item();
    double greatest = tensor.max().item();
    double margin = 1e-3 * (high - low);
    assertTrue(least >= low - 1e-7 && least < low + margin, "smallest " + least);
    assertTrue(greatest <= high + 1e-7 && greatest > high - margin, "largest " + greatest);
  }

  @Test
  void fixedValues() {
    Tensor leaf = Gatun.zeros(2, 3).requiresGrad_();
    assertSame(leaf, Init.constant_(leaf, 0.25));
    assertArrayEquals(new double[] {0.25, 0.25, 0.25, 0.25, 0.25, 0.25}, leaf.toDoubleArray());
    assertArrayEquals(new double[] {1, 0, 0, 0, 1, 0}, Init.eye_(leaf).toDoubleArray());
    assertEquals(6, Init.ones_(leaf).sum().item());
    assertEquals(0, Init.zeros_(leaf).sum().item());
    assertTrue(leaf.isLeaf() && leaf.requiresGrad());
    assertThrows(ShapeException.class, () -> Init.eye_(Gatun.ones(2)));
  }

  @Test
  void diracPassesChannelsThrough() {
    Tensor kernel = Init.dirac_(Gatun.empty(DType.FLOAT32, Shape.of(3, 2, 3)));
    assertEquals(2, kernel.sum().item());
    assertEquals(1, kernel.get(0, 0, 1));
    assertEquals(1, kernel.get(1, 1, 1));
    Tensor grouped = Init.dirac_(Gatun.empty(DType.FLOAT32, Shape.of(4, 2, 3, 5)), 2);
    assertEquals(4, grouped.sum().item());
    assertEquals(1, grouped.get(2, 0, 1, 2));
    assertEquals(1, grouped.get(3, 1, 1, 2));
    assertThrows(ShapeException.class, () -> Init.dirac_(Gatun.ones(2, 2)));
    assertThrows(ShapeException.class, () -> Init.dirac_(Gatun.ones(3, 2, 2), 2));
  }

  @Test
  void uniformAndNormal() {
    checkUniform(Init.uniform_(matrix(), -1, 3, seed()), -1, 3);
    checkMoments(Init.normal_(matrix(), 2, 0.5, seed()), 2, 0.5);
    assertArrayEquals(
        Init.normal_(matrix(), 0, 1, seed()).toDoubleArray(),
        Init.normal_(matrix(), 0, 1, seed()).toDoubleArray());
    assertThrows(ArgumentException.class, () -> Init.uniform_(matrix(), 2, 1));
    assertThrows(ArgumentException.class, () -> Init.normal_(matrix(), 0, -1));
    assertThrows(ArgumentException.class, () -> Init.normal_(matrix(), Double.NaN, 1));
  }

  @Test
  void truncatedNormal() {
    Tensor tensor = Init.truncNormal_(matrix(), 0, 1, -2, 2, seed());
    assertTrue(tensor.min().item() >= -2 && tensor.max().item() <= 2);
    // The deviation of a standard normal number between -2 and 2.
    checkMoments(tensor, 0, 0.8796256610342398);
    Tensor tail = Init.truncNormal_(matrix(), 1, 2, 5, 9, seed());
    assertTrue(tail.min().item() >= 5 && tail.max().item() <= 9);
    // 1 + 2 * (density(2) - density(4)) / (cdf(4) - cdf(2)).
    assertEquals(5.738, tail.mean().item(), 0.03);
    assertThrows(ArgumentException.class, () -> Init.truncNormal_(matrix(), 0, 1, 2, 2, seed()));
  }

  @Test
  void quantilesInvertTheDistribution() {
    for (double x = -8; x <= 8; x += 0.125) {
      double probability = Normal.cdf(x);
      assertTrue(probability > 0 && probability < 1);
      if (x <= 5) {
        assertEquals(x, Normal.quantile(probability), 1e-9, "at " + x);
      }
    }
    assertEquals(0.9750021048517795, Normal.cdf(1.96), 1e-15);
    assertEquals(1.959963984540054, Normal.quantile(0.975), 1e-14);
    assertEquals(Double.NEGATIVE_INFINITY, Normal.quantile(0));
    assertEquals(Double.POSITIVE_INFINITY, Normal.quantile(1));
  }

  @Test
  void xavierAndKaimingScaleWithTheFans() {
    double xavier = Math.sqrt(2.0 / (IN + OUT));
    checkUniform(
        Init.xavierUniform_(matrix(), 2, seed()),
        -2 * xavier * Math.sqrt(3),
        2 * xavier * Math.sqrt(3));
    checkMoments(Init.xavierNormal_(matrix(), 1, seed()), 0, xavier);
    double bound = Math.sqrt(6.0 / IN);
    checkUniform(
        Init.kaimingUniform_(matrix(), FanMode.FAN_IN, Nonlinearity.RELU, 0, seed()),
        -bound,
        bound);
    checkMoments(
        Init.kaimingNormal_(matrix(), FanMode.FAN_OUT, Nonlinearity.LEAKY_RELU, 0.2, seed()),
        0,
        Math.sqrt(2 / 1.04 / OUT));
    checkMoments(Init.kaimingNormal_(matrix()), 0, Math.sqrt(2.0 / IN));
    assertThrows(ShapeException.class, () -> Init.xavierUniform_(Gatun.ones(3)));
    assertThrows(ShapeException.class, () -> Init.kaimingNormal_(Gatun.ones(3)));
  }

  @Test
  void fansOfConvolutions() {
    assertEquals(new Fans(3 * 25, 8 * 25), Fans.of(Shape.of(8, 3, 5, 5)));
    assertEquals(new Fans(4, 2), Fans.of(Shape.of(2, 4)));
  }

  @Test
  void gains() {
    assertEquals(1, Nonlinearity.LINEAR.gain());
    assertEquals(1, Nonlinearity.CONVOLUTION.gain());
    assertEquals(1, Nonlinearity.SIGMOID.gain());
    assertEquals(5.0 / 3, Nonlinearity.TANH.gain());
    assertEquals(Math.sqrt(2), Nonlinearity.RELU.gain());
    assertEquals(1.4141428569978354, Nonlinearity.LEAKY_RELU.gain(), 1e-15);
    assertEquals(Math.sqrt(2.0 / 5), Nonlinearity.LEAKY_RELU.gain(2));
    assertEquals(0.75, Nonlinearity.SELU.gain());
  }

  @Test
  void orthogonalRowsOrColumns() {
    checkOrthogonal(Shape.of(5, 9), 1.5);
    checkOrthogonal(Shape.of(9, 5), 1);
    checkOrthogonal(Shape.of(6, 6), 1);
    checkOrthogonal(Shape.of(4, 3, 2), 1);
    checkOrthogonal(Shape.of(1, 1), 1);
    assertEquals(0, Init.orthogonal_(Gatun.empty(DType.FLOAT32, Shape.of(0, 3))).numel());
    assertThrows(ShapeException.class, () -> Init.orthogonal_(Gatun.ones(3)));
  }

  private static void checkOrthogonal(Shape shape, double gain) {
    Tensor tensor = Init.orthogonal_(Gatun.empty(DType.FLOAT64, shape), gain, seed());
    Tensor flat = tensor.reshape(shape.size(0), shape.numel() / shape.size(0));
    Tensor product = flat.size(0) <= flat.size(1) ? flat.matmul(flat.T()) : flat.T().matmul(flat);
    for (long i = 0; i < product.size(0); i++) {
      for (long j = 0; j < product.size(0); j++) {
        assertEquals(i == j ? gain * gain : 0, product.get(i, j), 1e-12, shape + " " + i + "," + j);
      }
    }
  }

  @Test
  void sparseColumns() {
    Tensor tensor = Init.sparse_(matrix(), 0.1, 0.01, seed());
    for (long column = 0; column < IN; column++) {
      int zeros = 0;
      for (long row = 0; row < OUT; row++) {
        zeros += tensor.get(row, column) == 0 ? 1 : 0;
      }
      assertEquals(20, zeros, "column " + column);
    }
    assertThrows(ArgumentException.class, () -> Init.sparse_(matrix(), 1.1, 1, seed()));
    assertThrows(ShapeException.class, () -> Init.sparse_(Gatun.ones(3), 0.1, 1, seed()));
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    assertThrows(DTypeException.class, () -> Init.uniform_(Gatun.tensor(1L, 2L), 0, 1));
    Tensor repeated = Gatun.ones(1).expand(4);
    assertThrows(InPlaceException.class, () -> Init.normal_(repeated, 0, 1));
  }
}
