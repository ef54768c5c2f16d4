package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import org.junit.jupiter.api.Test;

/** Narrow types are rounded at the end, and not on the way there. */
class RoundedOnceTest {

  private static Tensor narrow(double... values) {
    return Gatun.tensor(DType.BFLOAT16, Shape.of(values.length), values);
  }

  @Test
  void gradientsAreSummedBeforeTheyAreRounded() {
    try (var _ = Scope.open()) {
      var x = Gatun.full(DType.FLOAT64, Shape.of(100), 1.003);
      var one = narrow(1).requiresGrad_();
      x.mul(one).sum().backward();
      assertEquals(100.5, one.grad().item());
    }
  }

  @Test
  void productsAreRoundedAfterTheSummand() {
    try (var _ = Scope.open()) {
      var row = narrow(1, 0.0625).reshape(1, 1, 2);
      var sum = narrow(-1).reshape(1, 1, 1).baddbmm(row, row.mT());
      assertEquals(DType.BFLOAT16, sum.dtype());
      assertEquals(0.00390625, sum.item());
    }
  }

  @Test
  void whatMeetsAtAPlaceIsAddedUpFirst() {
    try (var _ = Scope.open()) {
      var small = 0.00390625;
      var source = narrow(1, small, small, small, small);
      var index = Gatun.zeros(DType.INT64, Shape.of(5));
      var none = narrow(0);
      assertEquals(1.015625, none.scatterAdd(0, index, source).item());
      assertEquals(1.015625, none.indexAdd(0, index, source).item());
      var places = AdvancedIndexing.Places.of(true, 0);
      assertEquals(1.015625, AdvancedIndexing.INDEX_PUT.apply(places, none, source, index).item());
      var x = narrow(2).requiresGrad_();
      x.indexSelect(0, index).backward(source);
      assertEquals(1.015625, x.grad().item());
    }
  }

  @Test
  void attentionWeightsAreNotRounded() {
    try (var _ = Scope.open()) {
      var q = Gatun.ones(DType.FLOAT32, Shape.of(1, 1));
      var k = Gatun.tensor(new float[] {0, 1, 2}).reshape(3, 1);
      var v = Gatun.tensor(new float[] {3, -5, 1.5f}).reshape(3, 1);
      var wide = q.scaledDotProductAttention(k, v);
      var type = DType.BFLOAT16;
      var weighted = q.to(type).scaledDotProductAttention(k.to(type), v.to(type));
      assertEquals(type, weighted.dtype());
      assertEquals(wide.to(type).item(), weighted.item());
    }
  }

  @Test
  void elementsEqualToTheMedianShareItsGradient() {
    try (var _ = Scope.open()) {
      var x = Gatun.tensor(new double[] {3, 2, 1, 2}).requiresGrad_();
      var median = x.median();
      assertEquals(2, median.item());
      median.backward();
      assertArrayEquals(new double[] {0, 0.5, 0, 0.5}, x.grad().toDoubleArray());
    }
  }

  @Test
  void aMedianThatIsNoNumberHasItsGradientAtThoseThatAreNone() {
    try (var _ = Scope.open()) {
      var x = Gatun.tensor(new double[] {Double.NaN, 2, Double.NaN}).requiresGrad_();
      x.median().backward();
      assertArrayEquals(new double[] {0.5, 0, 0.5}, x.grad().toDoubleArray());
    }
  }

  @Test
  void squaresOfNormsAreNotRounded() {
    try (var _ = Scope.open()) {
      var x = Gatun.tensor(DType.FLOAT16, Shape.of(2), 3e-7, 0);
      var norm = Reductions.EUCLIDEAN_NORM.apply(Axes.of(), x);
      assertEquals(DType.FLOAT16, norm.dtype());
      assertEquals(x.max().item(), norm.item());
    }
  }

  @Test
  void sharesInALogarithmOfASumAddUpToOne() {
    try (var _ = Scope.open()) {
      var x = Gatun.full(DType.BFLOAT16, Shape.of(64), 20).requiresGrad_();
      x.logsumexp(0).backward();
      assertEquals(1.0 / 64, x.grad().max().item());
    }
  }

  @Test
  void distancesOfManyPointsAreNotRounded() {
    try (var _ = Scope.open()) {
      var x = Gatun.full(DType.FLOAT16, Shape.of(30, 1), 1);
      var y = Gatun.full(DType.FLOAT16, Shape.of(2, 1), 1.046875);
      assertArrayEquals(
          Gatun.full(DType.FLOAT16, Shape.of(60), 0.046875).toDoubleArray(),
          x.cdist(y).toDoubleArray());
    }
  }

  @Test
  void aQuotientWrittenInANarrowTypeIsNotWhatItsSlopeIsTakenOf() {
    try (var _ = Scope.open()) {
      var divisor = Gatun.tensor(new float[] {3}).requiresGrad_();
      var quotient = narrow(1).clone();
      quotient.div_(divisor).backward(narrow(1));
      assertEquals(-1.0 / 9, divisor.grad().item(), 1e-8);
    }
  }

  @Test
  void theSlopeOfTheInverseErrorFunctionIsThatAtTheElement() {
    try (var _ = Scope.open()) {
      var wide = Gatun.full(DType.FLOAT32, Shape.of(1), 0.9990234375).requiresGrad_();
      wide.erfinv().sum().backward();
      var narrow = wide.detach().to(DType.FLOAT16).requiresGrad_();
      narrow.erfinv().sum().backward();
      assertEquals(wide.grad().to(DType.FLOAT16).item(), narrow.grad().item());
    }
  }

  @Test
  void correlationsAreRoundedAtTheEnd() {
    try (var _ = Scope.open()) {
      var wide = Gatun.tensor(new float[] {1, 2.5f, 3, -1, 0.75f, 4, 2, 2.25f}).reshape(2, 4);
      var narrow = wide.to(DType.BFLOAT16);
      var type = DType.BFLOAT16;
      assertArrayEquals(
          wide.corrcoef().to(type).toDoubleArray(), narrow.corrcoef().toDoubleArray());
      assertArrayEquals(wide.cov().to(type).toDoubleArray(), narrow.cov().toDoubleArray());
      var counts = Gatun.tensor(new long[] {1, 2, 1, 3});
      assertArrayEquals(
          wide.cov(1, counts, null).to(type).toDoubleArray(),
          narrow.cov(1, counts, null).toDoubleArray());
    }
  }

  @Test
  void slopesOfSmoothedCrossEntropiesAreRoundedOnce() {
    try (var _ = Scope.open()) {
      var type = DType.BFLOAT16;
      var settings = new Entropies.CrossEntropy(1, Entropies.Joining.NONE, -100, 0.75);
      var logits = Gatun.tensor(new float[] {0.5f, 0.625f, -1, 2, 1.5f, 1.75f}).reshape(2, 3);
      var weights = Gatun.tensor(new float[] {1, 1.25f, 0.875f});
      var targets = Gatun.tensor(new long[] {1, 2});
      logits.requiresGrad_();
      logits.crossEntropy(targets, weights, settings).sum().backward();
      var narrow = logits.detach().to(type).requiresGrad_();
      narrow.crossEntropy(targets, weights.to(type), settings).sum().backward();
      assertArrayEquals(logits.grad().to(type).toDoubleArray(), narrow.grad().toDoubleArray());
    }
  }

  @Test
  void theWeightsOfManySamplesAreAddedUpExactly() {
    try (var _ = Scope.open()) {
      var settings = new Entropies.CrossEntropy(1, Entropies.Joining.MEAN, -100, 0);
      var logits = Gatun.zeros(DType.FLOAT64, Shape.of(20000, 2));
      var targets = Gatun.zeros(DType.INT64, Shape.of(20000));
      var weights = Gatun.full(DType.FLOAT64, Shape.of(2), 0.1);
      double loss = logits.crossEntropy(targets, weights, settings).item();
      assertEquals(Math.log(2), loss, 4 * Math.ulp(Math.log(2)));
    }
  }

  @Test
  void slopesOfExponentialUnitsDoNotCancel() {
    try (var _ = Scope.open()) {
      var x = Gatun.tensor(new float[] {-20}).requiresGrad_();
      x.elu(1).backward(Gatun.ones(1));
      assertEquals((float) Math.exp(-20), x.grad().item(), 1e-15);
    }
  }
}
