package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Numbers and tensors without axes beside tensors of other types. */
@ExtendWith(TestScope.class)
class ScalarOperandTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static Tensor integers() {
    return tensor(1L, 2L, 3L);
  }

  @Test
  void integersTakeNoNumberThatTheyCannotHold() {
    assertThrows(DTypeException.class, () -> integers().add_(INFINITY));
    assertThrows(ArgumentException.class, () -> integers().add_(1e300));
    assertThrows(ArgumentException.class, () -> integers().fill_(Double.NaN));
    assertThrows(ArgumentException.class, () -> integers().set(INFINITY, 0));
    assertThrows(
        ArgumentException.class, () -> integers().maskedFill(integers().gt(1L), -INFINITY));
    assertThrows(ArgumentException.class, () -> Gatun.full(DType.UINT8, Shape.of(1), 256));
    assertThrows(ArgumentException.class, () -> Gatun.full(DType.INT8, Shape.of(1), -129));
    assertThrows(ArgumentException.class, () -> tensor(DType.INT32, Shape.of(1), Double.NaN));
    assertEquals(255, Gatun.full(DType.UINT8, Shape.of(1), 255).item());
    assertEquals(-128, Gatun.full(DType.INT8, Shape.of(1), -128).item());
    assertEquals(Long.MIN_VALUE, Gatun.full(DType.INT64, Shape.of(1), Long.MIN_VALUE).itemLong());
  }

  @Test
  void roundingToDecimals() {
    Tensor x = tensor(1.2345, -12.565, 0.375, 125);
    assertEquals("tensor([1.2300, -12.5600, 0.3800, 125.0000])", spaced(x.round(2)));
    assertEquals("tensor([0., -0., 0., 100.])", spaced(x.round(-2)));
    assertEquals(DType.FLOAT16, x.to(DType.FLOAT16).round(1).dtype());
    assertThrows(DTypeException.class, () -> integers().round(1));
  }

  private static String spaced(Tensor x) {
    return x.toString().replaceAll(" +", " ").replace("[ ", "[");
  }

  @Test
  void integersHaveNoNegativePowers() {
    assertThrows(ArgumentException.class, () -> integers().pow(-1L));
    assertThrows(ArgumentException.class, () -> integers().pow_(-1));
    assertEquals(0.5, integers().pow(-1.0).get(1));
    assertEquals(0.5, tensor(2.0).pow(-1L).get(0));
  }

  @Test
  void fractionsAsBoundsOfIntegers() {
    Tensor clamped = integers().clamp(1.5, 2.5);
    assertEquals(DType.FLOAT32, clamped.dtype());
    assertArrayEquals(new double[] {1.5, 2, 2.5}, clamped.toDoubleArray());
    assertEquals(DType.INT64, integers().clamp(-INFINITY, 2).dtype());
    assertThrows(DTypeException.class, () -> integers().clamp_(1.5, 2.5));
    assertThrows(ArgumentException.class, () -> tensor(1.0).clamp(Double.NaN, 1));
  }

  @Test
  void fractionsAsFactorsOfIntegers() {
    Tensor a = integers().reshape(3, 1);
    Tensor b = integers().reshape(1, 3);
    assertThrows(DTypeException.class, () -> integers().addmm(a, b, 0.5, 1));
    assertEquals(15, integers().addmm(a, b, 2, 1).get(2, 2));
  }

  @Test
  void anOperandWithoutAxesDoesNotWidenThree() {
    Tensor wide = tensor(DType.FLOAT64, Shape.scalar(), 7);
    Tensor x = tensor(1.0, 2.0);
    assertEquals(DType.FLOAT32, x.addcmul(x, wide, 1).dtype());
    assertEquals(DType.FLOAT64, integers().addcmul(integers(), wide, 1).dtype());
  }
}
