package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Statistics.Interpolation;
import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Spread, quantiles, covariance and distances, by numbers that PyTorch gives. */
@ExtendWith(TestScope.class)
class StatisticsTest {
  private static void assertElements(Tensor actual, double... expected) {
    assertArrayEquals(expected, actual.toDoubleArray(), 1e-5);
  }

  private static Tensor gradient(Tensor leaf) {
    return Objects.requireNonNull(leaf.grad());
  }

  @Test
  void momentsComeTogether() {
    Tensor x = tensor(new double[][] {{2, 4, 5, 6, 8}, {1, 1, 1, 1, 1}});
    Moments deviation = x.stdMean(new int[] {1}, 0, true);
    assertEquals(Shape.of(2, 1), deviation.spread().shape());
    assertElements(deviation.spread(), 2, 0);
    assertElements(deviation.mean(), 5, 1);
    Moments variance = x.select(0, 0).varMean();
    assertElements(variance.spread(), 5);
    assertElements(variance.mean(), 5);
    assertElements(x.stdMean(1).spread(), Math.sqrt(5), 0);
  }

  @Test
  void equalElementsDoNotDeviate() {
    for (var dtype : new DType[] {DType.FLOAT64, DType.FLOAT32, DType.FLOAT16}) {
      for (double element : new double[] {0.1, -1.7, 300.3}) {
        for (int size = 1; size < 50; size++) {
          Tensor x = Gatun.full(dtype, Shape.of(size), element).requiresGrad_();
          Tensor deviation = x.std(new int[0], 0, false);
          assertEquals(0, deviation.item());
          deviation.backward();
          assertArrayEquals(new double[size], gradient(x).abs().toDoubleArray());
        }
      }
    }
  }

  /** The sum of such elements is rounded further than they are apart. */
  @Test
  void theLastPlaceOfOneElementIsItsRowsDeviation() {
    for (float element : new float[] {0.1f, 1, -1e4f}) {
      double apart = (double) Math.nextUp(element) - element;
      for (int size : new int[] {2, 7, 1000, 70_000}) {
        Tensor x = Gatun.full(DType.FLOAT32, Shape.of(2, size), element);
        x.select(1, size / 2).fill_(Math.nextUp(element));
        double expected = apart / Math.sqrt(size);
        for (Tensor rows : new Tensor[] {x, x.t().contiguous().t()}) {
          for (double deviation : rows.std(1).toDoubleArray()) {
            assertEquals(expected, deviation, 1e-5 * expected);
          }
        }
      }
    }
  }

  /** Squares of such elements are no float32, and the root of their mean is one. */
  @Test
  void extremesDeviateAsOthersDo() {
    for (double unit : new double[] {1e38, 1e30, 1e-25, 1e-42}) {
      for (int size : new int[] {3, 1000, 70_000}) {
        Tensor x = Gatun.full(DType.FLOAT32, Shape.of(2, size), 3 * unit);
        x.select(1, size - 1).fill_(unit);
        double two = x.get(0, 0) - x.get(0, size - 1);
        double expected = two * Math.sqrt(1.0 / size * (1 - 1.0 / size));
        for (Tensor rows : new Tensor[] {x, x.t().contiguous().t()}) {
          for (double deviation : rows.std(new int[] {1}, 0, false).toDoubleArray()) {
            assertEquals(expected, deviation, 1e-6 * expected + Float.MIN_VALUE);
          }
        }
      }
    }
    Tensor large = Gatun.full(DType.FLOAT32, Shape.of(1000), 1e18);
    large.narrow(0, 0, 500).neg_();
    assertEquals(1e36, large.var(new int[0], 0, false).item(), 1e30);
  }

  @Test
  void quantilesLieBetweenElements() {
    Tensor x = tensor(new double[][] {{4, 1, 3, 2}, {10, 40, 20, 30}});
    assertElements(x.quantile(0.5, 1, false), 2.5, 25);
    assertElements(x.quantile(0.25), 2.75);
    Tensor several = x.quantile(tensor(0.0, 0.4, 1.0), 1, true, Interpolation.LINEAR);
    assertEquals(Shape.of(3, 2, 1), several.shape());
    assertElements(several, 1, 10, 2.2, 22, 4, 40);
    Tensor q = tensor(0.4);
    assertElements(x.quantile(q, 1, false, Interpolation.LOWER), 2, 20);
    assertElements(x.quantile(q, 1, false, Interpolation.HIGHER), 3, 30);
    assertElements(x.quantile(q, 1, false, Interpolation.NEAREST), 2, 20);
    assertElements(x.quantile(q, 1, false, Interpolation.MIDPOINT), 2.5, 25);
    assertElements(x.quantile(0.5, 0, true), 7, 20.5, 11.5, 16);
    assertEquals(Shape.of(1, 4), x.quantile(0.5, 0, true).shape());
  }

  @Test
  void quantilesOfNothingButNumbers() {
    Tensor x =
        tensor(
            new double[][] {{1, Double.NaN, 3}, {4, 5, 6}, {Double.NaN, Double.NaN, Double.NaN}});
    assertElements(x.quantile(0.5, 1, false), Double.NaN, 5, Double.NaN);
    assertElements(x.nanquantile(0.5, 1, false), 2, 5, Double.NaN);
    assertElements(x.nanquantile(0.5), 4);
  }

  @Test
  void quantilesHaveGradientsAndRefusals() {
    Tensor x = tensor(3.0, 1.0, 2.0, 4.0).requiresGrad_();
    x.quantile(0.5).backward();
    assertElements(gradient(x), 0.5, 0, 0.5, 0);
    assertThrows(ArgumentException.class, () -> x.quantile(1.5));
    assertThrows(DTypeException.class, () -> Gatun.arange(3).quantile(0.5));
    assertThrows(ShapeException.class, () -> Gatun.zeros(0).quantile(0.5));
  }

  @Test
  void rowsGoTogether() {
    Tensor x = tensor(new double[][] {{0, 1, 2}, {2, 1, 0}});
    assertElements(x.cov(), 1, -1, -1, 1);
    assertElements(x.cov(0), 2.0 / 3, -2.0 / 3, -2.0 / 3, 2.0 / 3);
    assertElements(x.corrcoef(), 1, -1, -1, 1);
    assertEquals(Shape.scalar(), x.select(0, 0).cov().shape());
    assertElements(x.select(0, 0).corrcoef(), 1);
    assertElements(Gatun.arange(3).cov(), 1);
    assertThrows(ShapeException.class, () -> Gatun.zeros(1, 2, 3).cov());
  }

  @Test
  void observationsHaveWeights() {
    Tensor x = tensor(new double[][] {{0, 1, 2, 5}, {2, 1, 0, -1}});
    Tensor counts = tensor(1L, 2L, 3L, 0L);
    Tensor importance = tensor(0.5, 1.0, 0.25, 2.0);
    assertElements(x.cov(1, counts, null), 2.0 / 3, -2.0 / 3, -2.0 / 3, 2.0 / 3);
    assertElements(x.cov(1, null, importance), 7.1714286, -3.8571429, -3.8571429, 2.1428571);
    assertElements(x.cov(2, counts, importance), 64 / 91.0, -64 / 91.0, -64 / 91.0, 64 / 91.0);
    assertElements(x.cov(0, counts, importance), 64 / 169.0, -64 / 169.0, -64 / 169.0, 64 / 169.0);
    assertThrows(DTypeException.class, () -> x.cov(1, importance, null));
    assertThrows(DTypeException.class, () -> x.cov(1, null, counts));
    assertThrows(ShapeException.class, () -> x.cov(1, tensor(1L, 2L), null));
    assertThrows(ArgumentException.class, () -> x.cov(1, tensor(1L, -2L, 1L, 1L), null));
    assertThrows(ArgumentException.class, () -> x.cov(1, null, Gatun.zeros(4)));
    Tensor points = x.to(DType.FLOAT64).requiresGrad_();
    Tensor weights = importance.to(DType.FLOAT64).requiresGrad_();
    GradientCheck.first(inputs -> inputs[0].cov(1, counts, inputs[1]), points, weights);
  }

  @Test
  void pointsLieApart() {
    Tensor x = tensor(new double[][] {{0, 0}, {3, 4}});
    Tensor y = tensor(new double[][] {{0, 0}, {0, 4}, {3, 0}});
    assertElements(x.cdist(y), 0, 4, 3, 5, 3, 4);
    assertElements(x.cdist(y, 1), 0, 4, 3, 7, 3, 4);
    assertElements(x.cdist(y, Double.POSITIVE_INFINITY), 0, 4, 3, 4, 3, 4);
    assertElements(x.dist(x.add(1.0)), 2);
    assertElements(x.dist(tensor(1.0, 1.0), 1), 1 + 1 + 2 + 3);
    assertThrows(ArgumentException.class, () -> x.cdist(y, -1));
    assertThrows(ShapeException.class, () -> x.cdist(y.t()));
  }

  @Test
  void manyPointsLieApartAsFewDo() {
    Generator generator = new Generator(5);
    Tensor x = Gatun.randn(DType.FLOAT64, Shape.of(2, 30, 3), generator);
    Tensor y = Gatun.randn(DType.FLOAT64, Shape.of(4, 3), generator);
    Tensor slowly = x.unsqueeze(-2).sub(y.unsqueeze(-3)).norm(2, -1);
    assertTrue(x.cdist(y).allclose(slowly));
    Tensor self = x.select(0, 0).clone().requiresGrad_();
    self.cdist(self).sum().backward();
    assertTrue(gradient(self).isfinite().all().item() != 0);
  }

  @Test
  void partsAreScaledDown() {
    Tensor x = tensor(new double[][] {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}});
    Tensor third = x.renorm(1, 0, 5);
    assertElements(third, 1, 1, 1, 5.0 / 3, 5.0 / 3, 5.0 / 3, 5.0 / 3, 5.0 / 3, 5.0 / 3);
    assertElements(x.renorm(2, 1, 100), x.toDoubleArray());
    assertThrows(ArgumentException.class, () -> x.renorm(0, 0, 1));
  }

  @Test
  void areasUnderCurves() {
    Tensor y = tensor(new double[][] {{1, 5, 10}, {2, 4, 6}});
    assertElements(y.trapezoid(), 10.5, 8);
    assertElements(y.trapezoid(2, 0), 3, 9, 16);
    assertElements(y.trapezoid(tensor(1.0, 3.0, 6.0), 1), 28.5, 21);
    assertElements(y.cumulativeTrapezoid(1, 1), 3, 10.5, 3, 8);
    assertElements(y.cumulativeTrapezoid(tensor(1.0, 3.0, 6.0), -1), 6, 28.5, 6, 21);
    assertElements(y.trapezoid(y, 1), 0.5 * (6 * 4 + 15 * 5), 0.5 * (6 * 2 + 10 * 2));
    assertThrows(ShapeException.class, () -> y.trapezoid(tensor(1.0, 2.0), 1));
  }

  @Test
  void powersOfPlaces() {
    assertElements(tensor(1.0, 2.0, 3.0).vander(), 1, 1, 1, 4, 2, 1, 9, 3, 1);
    Tensor whole = Gatun.arange(3).vander(2, true);
    assertEquals(DType.INT64, whole.dtype());
    assertElements(whole, 1, 0, 1, 1, 1, 2);
    assertEquals(Shape.of(3, 0), Gatun.arange(3).vander(0, true).shape());
  }

  @Test
  void polygammasOfEveryOrder() {
    Tensor x = Gatun.full(DType.FLOAT64, Shape.of(1), 1);
    assertElements(x.polygamma(0), -0.5772156649);
    assertElements(x.polygamma(1), Math.PI * Math.PI / 6);
    assertElements(x.polygamma(2), -2.4041138063);
    assertElements(x.polygamma(3), Math.pow(Math.PI, 4) / 15);
    assertThrows(ArgumentException.class, () -> x.polygamma(-1));
  }

  @Test
  void oddsAndPowers() {
    assertElements(tensor(0.25, 0.5, 0.75).logit(), -Math.log(3), 0, Math.log(3));
    assertElements(tensor(0.0, 0.5, 2.0).logit(0.25), -Math.log(3), 0, Math.log(3));
    assertElements(tensor(1.5, -3.0).ldexp(Gatun.arange(2).add(1L)), 3, -12);
    assertElements(tensor(-2.0, 0.0, 5.0).sgn(), -1, 0, 1);
  }
}
