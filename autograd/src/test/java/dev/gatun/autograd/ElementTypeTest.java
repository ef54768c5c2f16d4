package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What element types mean to operations, where PyTorch's rules are easily missed. */
class ElementTypeTest {
  private Scope scope = Scope.open();

  @BeforeEach
  void openScope() {
    scope.close();
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @Test
  void aHalfIsComparedInItsOwnType() {
    Tensor half = tensor(0.1, 0.5).to(DType.FLOAT16);
    assertArrayEquals(new long[] {1, 0}, half.eq(0.1).toLongArray());
    assertArrayEquals(
        new long[] {1, 0}, half.eq(Gatun.full(DType.FLOAT64, Shape.scalar(), 0.1)).toLongArray());
  }

  @Test
  void aScalarTensorIsCutToTheNarrowTypeOfTheOthers() {
    Tensor bytes = tensor(0, 253, 254).to(DType.UINT8);
    Tensor minusThree = Gatun.full(DType.INT32, Shape.scalar(), -3);
    assertArrayEquals(new long[] {1, 1, 0}, bytes.le(minusThree).toLongArray());
    Tensor signed = tensor(-1, 1).to(DType.INT8);
    Tensor wide = Gatun.full(DType.INT64, Shape.scalar(), 255);
    assertArrayEquals(new long[] {1, 0}, signed.eq(wide).toLongArray());
  }

  @Test
  void integersAreFiniteToTheirExtremes() {
    Tensor extremes = tensor(new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE});
    assertArrayEquals(new long[] {0, 0, 0}, extremes.isinf().toLongArray());
    assertArrayEquals(new long[] {1, 1, 1}, extremes.isfinite().toLongArray());
  }

  @Test
  void stepsHaveAGradientOfZero() {
    for (PointwiseOp op :
        List.of(Rounding.FLOOR, Rounding.CEIL, Rounding.ROUND, Rounding.TRUNC, Extrema.SIGN)) {
      Tensor x = tensor(-1.5, 2.5).requiresGrad_();
      op.apply(x).sum().backward();
      assertArrayEquals(
          new double[] {0, 0}, Objects.requireNonNull(x.grad()).toDoubleArray(), op.name());
    }
  }

  @Test
  void truthValuesAreNotSubtractedButSquared() {
    Tensor truth = tensor(0, 1).to(DType.BOOL);
    assertThrows(DTypeException.class, () -> tensor(1.0, 2.0).sub(truth));
    assertThrows(DTypeException.class, () -> truth.sub(1));
    assertEquals(DType.INT64, truth.square().dtype());
    assertEquals(DType.INT64, truth.clamp(0, 1).dtype());
  }

  @Test
  void activationsRefuseIntegers() {
    assertThrows(DTypeException.class, () -> tensor(new long[] {1, 2}).gelu());
  }

  @Test
  void partsWithoutElementsAreJoined() {
    Tensor part = Gatun.zeros(DType.FLOAT32, Shape.of(16, 0, 8));
    assertEquals(Shape.of(48, 0, 8), Gatun.cat(0, part, part, part).shape());
  }

  @Test
  void longsAreSetExactly() {
    long odd = (1L << 53) + 1;
    Tensor x = tensor(new long[] {0, 0});
    x.set(odd, 0);
    assertArrayEquals(new long[] {odd, 0}, x.toLongArray());
    assertArrayEquals(new long[] {odd, odd}, x.fill_(odd).toLongArray());
    assertThrows(ArgumentException.class, () -> tensor(0).to(DType.INT8).set(128, 0));
    assertThrows(ArgumentException.class, () -> tensor(0).to(DType.INT8).fill_(128));
    assertArrayEquals(new double[] {7}, Gatun.zeros(1).set(7, 0).toDoubleArray());
  }

  @Test
  void longsAreComparedAsLongs() {
    Tensor x = tensor(new long[] {(1L << 53) + 1, (1L << 53) + 3, Long.MAX_VALUE, 5});
    Tensor y = tensor(new long[] {1L << 53, (1L << 53) + 1, Long.MIN_VALUE, 5});
    assertArrayEquals(new long[] {0, 0, 0, 1}, x.isclose(y, 0, 0, false).toLongArray());
    assertArrayEquals(new long[] {1, 0, 0, 1}, x.isclose(y, 0, 1, false).toLongArray());
    assertArrayEquals(new long[] {1, 1, 0, 1}, x.isclose(y, 0, 2, true).toLongArray());
    assertArrayEquals(new long[] {1, 1, 1, 1}, x.isclose(y, 3, 0, false).toLongArray());
    Tensor wide = Gatun.full(DType.INT64, Shape.scalar(), 255);
    Tensor narrow = tensor(-1, 1).to(DType.INT8);
    assertArrayEquals(new long[] {0, 0}, narrow.isclose(wide, 0, 0, false).toLongArray());
  }

  @Test
  void aRecordedSetLeavesNoViewsOpen() {
    Tensor x = Gatun.zeros(2, 3).requiresGrad_();
    Tensor y = x.mul(2);
    int before = scope.size();
    for (int i = 0; i < 100; i++) {
      y.set(i, 1, 2);
    }
    assertEquals(before, scope.size());
    y.sum().backward();
    assertArrayEquals(
        new double[] {2, 2, 2, 2, 2, 0}, Objects.requireNonNull(x.grad()).toDoubleArray());
  }
}
