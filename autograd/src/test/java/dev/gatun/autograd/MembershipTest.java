package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.ScatterReduction.Fold;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is among others, divides others, and the way out to arrays and lists. */
@ExtendWith(TestScope.class)
class MembershipTest {
  private static void assertElements(Tensor actual, double... expected) {
    assertArrayEquals(expected, actual.toDoubleArray(), 1e-5);
  }

  @Test
  void elementsAreAmongOthers() {
    Tensor x = tensor(new double[][] {{1, 2}, {Double.NaN, 4}});
    Tensor others = tensor(4.0, Double.NaN, 1.0);
    assertElements(x.isin(others), 1, 0, 0, 1);
    assertElements(x.isin(others, true), 0, 1, 1, 0);
    assertEquals(DType.BOOL, x.isin(others).dtype());
    assertElements(Gatun.arange(3).isin(Gatun.full(DType.INT32, Shape.of(1, 1), 2)), 0, 0, 1);
    assertElements(x.isin(Gatun.zeros(0)), 0, 0, 0, 0);
    assertElements(x.gt(1).isin(Gatun.ones(DType.BOOL, Shape.of(1))), 0, 1, 0, 1);
    assertElements(Gatun.scalar(2.0).isin(tensor(1.0, 2.0)), 1);
    assertElements(x.isin(tensor(Double.NaN, 1.0, Double.NaN, Double.NaN)), 1, 0, 0, 0);
  }

  @Test
  void elementsLieBetweenBoundaries() {
    Tensor boundaries = tensor(1.0, 3.0, 5.0);
    Tensor x = tensor(new double[][] {{0, 1, 2}, {3, 5, 9}});
    assertElements(x.bucketize(boundaries), 0, 0, 1, 1, 2, 3);
    assertElements(x.bucketize(boundaries, true), 0, 1, 1, 2, 3, 3);
    assertThrows(ShapeException.class, () -> x.bucketize(x));
  }

  @Test
  void integersHaveDivisors() {
    Tensor a = Gatun.fromArray(new long[] {12, -18, 0, 0, 7});
    Tensor b = Gatun.fromArray(new long[] {18, 12, 5, 0, -13});
    assertElements(a.gcd(b), 6, 6, 5, 0, 1);
    assertElements(a.lcm(b), 36, 36, 0, 0, 91);
    assertElements(a.gcd(Gatun.fromArray(new int[] {6})), 6, 6, 6, 6, 1);
    assertElements(
        a.reshape(5, 1).gcd(Gatun.zeros(DType.INT8, Shape.of(1, 2))).select(1, 1), 12, 18, 0, 0, 7);
    assertEquals(DType.INT64, a.gcd(Gatun.fromArray(new byte[] {6})).dtype());
    assertThrows(DTypeException.class, () -> a.gcd(tensor(1.0)));
  }

  @Test
  void slicesAreFolded() {
    Tensor x = tensor(new double[][] {{1, 2}, {3, 4}, {5, 6}});
    Tensor index = Gatun.fromArray(new long[] {2, 0, 2});
    Tensor source = tensor(new double[][] {{2, 3}, {4, 5}, {6, 7}});
    assertElements(x.indexReduce(0, index, source, Fold.PROD, true), 4, 10, 3, 4, 60, 126);
    assertElements(x.indexReduce(0, index, source, Fold.AMAX, false), 4, 5, 3, 4, 6, 7);
    Tensor columns = x.clone();
    columns.indexReduce_(1, Gatun.fromArray(new int[] {1}), source.narrow(1, 0, 1), Fold.SUM, true);
    assertElements(columns, 1, 4, 3, 8, 5, 12);
    assertThrows(ShapeException.class, () -> x.indexReduce(1, index, source, Fold.SUM, true));
  }

  @Test
  void elementsBecomeArrays() {
    Tensor x = tensor(new double[][] {{1, 2, 3}, {4, 5, 6}});
    assertArrayEquals(new float[][] {{1, 4}, {2, 5}, {3, 6}}, (float[][]) x.t().toArray());
    assertArrayEquals(new long[] {1, 2}, (long[]) Gatun.arange(3).slice(0, 1, 3).toArray());
    assertArrayEquals(new boolean[] {false, true}, (boolean[]) tensor(0.0, 2.0).gt(1).toArray());
    assertEquals(2.5f, Gatun.scalar(2.5).to(DType.BFLOAT16).toArray());
    assertArrayEquals(
        new short[] {200}, (short[]) Gatun.full(DType.UINT8, Shape.of(1), 200).toArray());
    assertEquals(0, ((double[][]) Gatun.zeros(DType.FLOAT64, Shape.of(0, 2)).toArray()).length);
  }

  @Test
  void elementsBecomeLists() {
    Tensor x = tensor(new double[][] {{1, 2}, {3, 4}});
    assertEquals(List.of(List.of(1.0, 3.0), List.of(2.0, 4.0)), x.t().tolist());
    assertEquals(List.of(0L, 1L), Gatun.arange(2).tolist());
    assertEquals(List.of(true), Gatun.ones(DType.BOOL, Shape.of(1)).tolist());
    assertEquals(3.0, Gatun.scalar(3.0).tolist());
  }

  @Test
  void boundsOnOneSide() {
    Tensor x = tensor(-1.0, 0.5, 2.0);
    assertElements(x.clampMin(0), 0, 0.5, 2);
    assertElements(x.clampMax(1), -1, 0.5, 1);
    assertElements(x.clone().clampMin_(0.0).clampMax_(1.0), 0, 0.5, 1);
    assertElements(x.clampMin(tensor(0.0, 1.0, Double.NaN)), 0, 1, Double.NaN);
    assertElements(x.clamp(tensor(0.0), tensor(0.0, 1.0, 1.0)), 0, 0.5, 1);
    assertElements(Gatun.arange(4).clampMin(2), 2, 2, 2, 3);
    assertEquals(DType.INT64, Gatun.arange(4).clampMax(2).dtype());
    Tensor y = tensor(Double.NaN, 1.0, 3.0);
    assertElements(x.fmax(y), -1, 1, 3);
    assertElements(x.fmin(y), -1, 0.5, 2);
  }

  @Test
  void writesInPlace() {
    Tensor x = tensor(1.0, 2.0);
    x.addcdiv_(tensor(4.0, 6.0), tensor(2.0, 3.0), 0.5);
    assertElements(x, 2, 3);
    x.addcmul_(x, x, 1).lerp_(tensor(0.0, 0.0), 0.5).lerp_(tensor(1.0, 1.0), tensor(0.0, 1.0));
    assertElements(x, 3, 1);
    Tensor out = Gatun.zeros(2);
    assertElements(x.addcmulOut(x, x, 2, out), 21, 3);
    assertElements(x.addcdivOut(x, x, 2, out), 5, 3);
    assertElements(x.clampOut(0, 2, out), 2, 1);
    assertElements(x.lerpOut(out, 0.5, Gatun.zeros(2)), 2.5, 1);
    assertElements(x.varOut(new int[0], 1, false, Gatun.scalar(0.0)), 2);
    assertElements(tensor(-1.0, 2.0).leakyRelu_(0.5), -0.5, 2);
    assertElements(tensor(-1.0, 2.0).hardtanh_(0, 1), 0, 1);
    assertElements(tensor(Double.NaN, 2.0).nanToNum_(), 0, 2);
    assertElements(tensor(1.0, 2.0).gt_(tensor(1.0, 1.0)), 0, 1);
    Tensor bits = Gatun.fromArray(new int[] {12, 10});
    assertElements(bits.bitwiseAnd_(Gatun.fromArray(new int[] {10, 6})), 8, 2);
    assertElements(bits.logicalNot_(), 0, 0);
  }

  @Test
  void newOnesOfAKind() {
    Tensor x = Gatun.fromArray(new short[] {1, 2});
    assertEquals(DType.INT16, x.newZeros(2, 3).dtype());
    assertElements(x.newOnes(2), 1, 1);
    assertElements(x.newFull(Shape.of(1), 7), 7);
    assertEquals(Shape.of(0, 2), x.newEmpty(0, 2).shape());
    assertEquals(DType.INT16, tensor(1.0).typeAs(x).dtype());
    assertEquals(4, x.nbytes());
    Tensor square = Gatun.zeros(2, 3).fillDiagonal_(5);
    assertElements(square, 5, 0, 0, 0, 5, 0);
    assertElements(Gatun.zeros(2, 2, 2).fillDiagonal_(1).sum(0, 1), 1, 1);
    assertThrows(ShapeException.class, () -> x.fillDiagonal_(1));
    assertThrows(ShapeException.class, () -> Gatun.zeros(2, 2, 3).fillDiagonal_(1));
  }

  @Test
  void numbersComeApart() {
    Tensor x =
        Gatun.tensor(
            DType.FLOAT64,
            Shape.of(8),
            1,
            -3,
            Math.nextDown(8.0),
            Math.nextUp(8.0),
            0,
            Double.MAX_VALUE,
            Double.MIN_VALUE,
            Double.NEGATIVE_INFINITY);
    Scaled parts = x.frexp();
    assertElements(parts.exponent(), 1, 2, 3, 4, 0, 1024, -1073, 0);
    assertArrayEquals(
        new double[] {
          0.5,
          -0.75,
          Math.nextDown(1.0),
          Math.nextUp(0.5),
          0,
          Math.nextDown(1.0),
          0.5,
          Double.NEGATIVE_INFINITY
        },
        parts.mantissa().toDoubleArray());
    Tensor leaf = tensor(3.0, 0.0).requiresGrad_();
    Scaled small = leaf.frexp();
    assertEquals(DType.INT32, small.exponent().dtype());
    small.mantissa().sum().backward();
    assertElements(Objects.requireNonNull(leaf.grad()), 0.25, 1);
  }
}
