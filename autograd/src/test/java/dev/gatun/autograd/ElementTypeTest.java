package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
