package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Values in order, counts, and what is made of them. */
@ExtendWith(TestScope.class)
class OrderingTest {
  private static void assertElements(Tensor actual, double... expected) {
    assertArrayEquals(expected, actual.toDoubleArray(), 1e-6);
  }

  private static Tensor gradient(Tensor leaf) {
    return Objects.requireNonNull(leaf.grad());
  }

  @Test
  void notANumberBelongsAtTheEnd() {
    double nan = Double.NaN;
    Tensor line = tensor(1.0, 2.0, 2.0, nan, nan);
    Tensor wanted = tensor(2.0, 9.0, nan, Double.POSITIVE_INFINITY);
    assertElements(line.searchsorted(wanted, false), 1, 3, 5, 3);
    assertElements(line.searchsorted(wanted, true), 3, 3, 5, 3);
    assertElements(wanted.bucketize(line, true), 3, 3, 5, 3);
  }

  @Test
  void gradientsFlowToTheElementsTaken() {
    Tensor x = tensor(new double[][] {{3, 1, 2}, {5, 9, 7}}).requiresGrad_();
    Selected sorted = x.sort(1, true);
    assertElements(sorted.values(), 3, 2, 1, 9, 7, 5);
    assertElements(sorted.indices(), 0, 2, 1, 1, 2, 0);
    sorted.values().mul(tensor(1.0, 10.0, 100.0)).sum().backward();
    assertElements(gradient(x), 1, 100, 10, 100, 1, 10);
    x.zeroGrad();
    x.topk(2).values().sum().backward();
    assertElements(gradient(x), 1, 0, 1, 0, 1, 1);
    x.zeroGrad();
    Selected median = x.median(1);
    assertEquals(Shape.of(2), median.values().shape());
    median.values().sum().backward();
    assertElements(gradient(x), 0, 0, 1, 0, 0, 1);
    x.zeroGrad();
    x.max(0, true).values().sum().backward();
    assertElements(gradient(x), 0, 0, 0, 1, 1, 1);
    x.zeroGrad();
    x.cummax(1).values().sum().backward();
    assertElements(gradient(x), 3, 0, 0, 1, 2, 0);
    assertElements(x.kthvalue(3, 1, false).values(), 3, 9);
    assertEquals(3, x.median().item());
  }

  @Test
  void withoutAnAxisTheLastOneIsSortedAndAllAreSearched() {
    Tensor x = tensor(new double[][] {{3, 1, 2}, {5, 9, 7}});
    assertElements(x.sort().values(), 1, 2, 3, 5, 7, 9);
    assertElements(x.argsort(), 1, 2, 0, 0, 2, 1);
    assertEquals(4, x.argmax().itemLong());
    assertEquals(1, x.argmin().itemLong());
    assertEquals(3, x.T().argmax().itemLong());
    assertElements(x.max(1).values(), 3, 9);
    assertElements(x.max(1).indices(), 0, 1);
    assertElements(x.min(0).values(), 3, 1, 2);
    assertElements(x.amax(1), 3, 9);
    assertElements(x.amin(0, 1), 1);
  }

  @Test
  void scalarsAreTheirOwnOrder() {
    Tensor x = Gatun.scalar(4.0).requiresGrad_();
    Selected sorted = x.sort(0);
    assertEquals(4, sorted.values().item());
    assertEquals(0, sorted.indices().item());
    sorted.values().backward();
    assertEquals(1, gradient(x).item());
    assertEquals(4, x.median().item());
    assertEquals(4, x.mode(0).values().item());
  }

  @Test
  void differentElements() {
    Unique unique = tensor(new double[][] {{2, 1, 2}, {7, 1, 2}}).unique();
    assertElements(unique.values(), 1, 2, 7);
    assertElements(unique.inverse(), 1, 0, 1, 2, 0, 1);
    assertEquals(Shape.of(2, 3), unique.inverse().shape());
    assertElements(unique.counts(), 2, 3, 1);
    Unique runs = tensor(1.0, 1.0, 2.0, 1.0).uniqueConsecutive();
    assertElements(runs.values(), 1, 2, 1);
    assertElements(runs.inverse(), 0, 0, 1, 2);
    assertElements(runs.counts(), 2, 1, 1);
    assertEquals(0, Gatun.zeros(0, 3).unique().values().numel());
    assertEquals(1, Gatun.scalar(3.0).unique().counts().item());
  }

  @Test
  void counts() {
    assertElements(tensor(0L, 3L, 3L, 1L).bincount(2), 1, 1, 0, 2);
    assertElements(tensor(0L, 2L, 2L).bincount(tensor(0.5, 1.0, 2.0), 4), 0.5, 0, 3, 0);
    assertThrows(ArgumentException.class, () -> tensor(-1L).bincount(0));
    assertElements(tensor(0.0, 1.0, 1.0, 2.0, 5.0, Double.NaN).histc(2, 0, 2), 1, 3);
    assertElements(tensor(1.0, 2.0, 3.0).histc(2, 0, 0), 1, 2);
    assertElements(tensor(0.0, 4.0, Double.NaN).countNonzero(), 2);
    assertElements(tensor(1.0, Double.NaN, 3.0).nansum(), 4);
    assertElements(tensor(1.0, Double.NaN, 3.0).nanmean(), 2);
  }

  @Test
  void differences() {
    assertElements(tensor(1.0, 4.0, 9.0, 16.0).diff(), 3, 5, 7);
    assertElements(tensor(1.0, 4.0, 9.0, 16.0).diff(2, 0), 2, 2);
    assertElements(tensor(true, false, false).diff(), 1, 0);
    assertEquals(0, tensor(1.0).diff(3, 0).numel());
  }

  @Test
  void sharesInRunningSumsOfAnyRange() {
    Tensor x = tensor(-300.0, 0.0, 300.0).to(DType.FLOAT64).requiresGrad_();
    Tensor y = x.logcumsumexp(0);
    assertElements(y, -300, 0, 300);
    y.backward(tensor(1.0, -2.0, 3.0).to(DType.FLOAT64));
    assertElements(gradient(x), 1, -2, 3);
  }

  @Test
  void positionsDrawnFollowTheirWeights() {
    Tensor weights = tensor(new double[][] {{0, 1, 3, 0}, {2, 0, 0, 2}});
    Tensor drawn = Gatun.multinomial(weights, 4000, true, new Generator(5));
    assertEquals(Shape.of(2, 4000), drawn.shape());
    Tensor first = drawn.select(0, 0).bincount(4);
    assertEquals(0, first.get(0) + first.get(3));
    assertEquals(3000, first.get(2), 150);
    assertElements(drawn.select(0, 1).bincount(4).ne(0), 1, 0, 0, 1);
    Tensor both = Gatun.multinomial(weights, 2, false);
    assertElements(both.sort(1).values(), 1, 2, 0, 3);
    assertThrows(ArgumentException.class, () -> Gatun.multinomial(weights, 3, false));
    assertThrows(ArgumentException.class, () -> Gatun.multinomial(weights.neg(), 1, true));
  }

  @Test
  void nearness() {
    Tensor x = tensor(1.0, Double.POSITIVE_INFINITY, Double.NaN, 100);
    Tensor y = tensor(1.0 + 1e-6, Double.POSITIVE_INFINITY, Double.NaN, 101);
    assertElements(x.isclose(y), 1, 1, 0, 0);
    assertElements(x.isclose(y, 0.1, 0, true), 1, 1, 1, 1);
    assertFalse(x.allclose(y));
    assertTrue(tensor(1L, 2L).allclose(tensor(1L, 2L)));
    assertTrue(tensor(1.0, 2.0).equal(tensor(1.0, 2.0)));
    assertFalse(tensor(1.0, 2.0).equal(tensor(1.0)));
    assertFalse(x.equal(x));
  }

  @Test
  void activationsInPieces() {
    Tensor x = tensor(new double[][] {{-1, 2}, {-3, -4}});
    assertElements(x.prelu(tensor(0.5, 10.0)), -0.5, 2, -1.5, -40);
    assertElements(x.prelu(tensor(0.5)), -0.5, 2, -1.5, -2);
    assertElements(x.glu(1), -1 / (1 + Math.exp(-2)), -3 / (1 + Math.exp(4)));
    assertElements(x.threshold(-3, 7), -1, 2, 7, 7);
    assertElements(x.softshrink(1.5), 0, 0.5, -1.5, -2.5);
    assertElements(x.hardshrink(2), 0, 0, -3, -4);
    assertElements(x.softmin(1).sum(1), 1, 1);
    assertThrows(ArgumentException.class, () -> x.softshrink(-1));
  }

  @Test
  void numbersInPlaceOfNone() {
    Tensor x = tensor(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2);
    assertElements(x.nanToNum(), 0, Float.MAX_VALUE, -Float.MAX_VALUE, 2);
    assertElements(x.to(DType.FLOAT16).nanToNum(), 0, 65504, -65504, 2);
    assertElements(tensor(-1L, 5L).bitwiseNot(), 0, -6);
    assertElements(tensor(true, false).bitwiseNot(), 0, 1);
    assertElements(tensor(1L, 5L).bitwiseLeftShift(3), 8, 40);
    assertElements(tensor(-0.0, 1.0).signbit(), 1, 0);
  }

  @Test
  void whatIsTakenFromAScalarIsNew() {
    Tensor x = Gatun.full(DType.FLOAT64, Shape.scalar(), 3);
    x.sort(0).values().mul_(2);
    x.topk(1).values().mul_(2);
    x.max(0, false).values().mul_(2);
    x.median(0).values().mul_(2);
    x.cummax(0).values().mul_(2);
    assertElements(x, 3);
    Tensor leaf = Gatun.full(DType.FLOAT64, Shape.scalar(), 3).requiresGrad_();
    leaf.min(0, false).values().mul(5).backward();
    assertElements(gradient(leaf), 5);
  }

  @Test
  void extremaOfTruthValues() {
    Tensor x = tensor(new double[][] {{0, 1, 1}, {0, 0, 0}}).gt(0);
    Selected largest = x.max(1, false);
    assertEquals(DType.BOOL, largest.values().dtype());
    assertElements(largest.values(), 1, 0);
    assertElements(largest.indices(), 1, 0);
    Selected smallest = x.min(0, true);
    assertEquals(DType.BOOL, smallest.values().dtype());
    assertElements(smallest.values(), 0, 0, 0);
    assertElements(smallest.indices(), 0, 1, 1);
  }
}
