package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.ones;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arguments at the ends of their ranges, and memory that is no longer there. */
@ExtendWith(TestScope.class)
class ExtremeArgumentTest {
  @Test
  void aNewAxisHasNoSizeToKeep() {
    ShapeException e = assertThrows(ShapeException.class, () -> Gatun.scalar(3.0).expand(2, -1));
    assertEquals(
        "expand: [] to [2, -1]: axis 1 is a new one, which has no size to be left at -1",
        e.getMessage());
    assertThrows(ShapeException.class, () -> Gatun.scalar(3.0).expand(-1));
    assertThrows(ShapeException.class, () -> ones(3).expand(-1, 3));
    assertEquals(Shape.of(2, 3), ones(1, 3).expand(2, -1).shape());
  }

  @Test
  void trianglesFarFromTheMainDiagonal() {
    assertEquals(0, ones(2, 2).triu(Long.MAX_VALUE).sum().item());
    assertEquals(4, ones(2, 2).triu(Long.MIN_VALUE).sum().item());
    assertEquals(4, ones(2, 2).tril(Long.MAX_VALUE).sum().item());
    assertEquals(0, ones(2, 2).tril(Long.MIN_VALUE).sum().item());
  }

  @Test
  void sizesBeyondALong() {
    assertThrows(ShapeException.class, () -> tensor(1.0, 2.0).repeat(Long.MAX_VALUE));
    Tensor wide = ones(1).expand(1L << 62);
    assertThrows(ShapeException.class, () -> Gatun.cat(0, wide, wide));
  }

  @Test
  void tooFewInputs() {
    Tensor x = ones(2, 2);
    assertThrows(ShapeException.class, () -> LinearAlgebra.MATMUL.apply(NoAttributes.NONE, x));
    assertThrows(ArgumentException.class, () -> Arithmetic.ADD.withScalar(2));
    assertThrows(ArgumentException.class, () -> Activations.RELU.withScalar(0));
  }

  @Test
  void memoryWhoseArenaIsClosed() {
    Tensor x;
    Tensor y;
    try (Arena arena = Arena.ofShared()) {
      x = Gatun.wrap(arena.allocate(16), DType.FLOAT32, 4).fill_(2).requiresGrad_();
      y = x.mul(x).sum();
    }
    assertThrows(ClosedTensorException.class, () -> x.add(1.0));
    assertThrows(ClosedTensorException.class, () -> x.item());
    assertThrows(ClosedTensorException.class, y::backward);
    assertTrue(x.toString().contains("freed"), x.toString());
  }
}
