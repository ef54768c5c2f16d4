package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where tensors come from. */
@ExtendWith(TestScope.class)
class FactoriesTest {
  private static void assertElements(Tensor actual, double... expected) {
    assertArrayEquals(expected, actual.toDoubleArray(), 1e-6);
  }

  @Test
  void arraysOfAnyTypeAndDepth() {
    Tensor deep = Gatun.fromArray(new int[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
    assertEquals(DType.INT32, deep.dtype());
    assertEquals(Shape.of(2, 2, 2), deep.shape());
    assertElements(deep, 1, 2, 3, 4, 5, 6, 7, 8);
    assertEquals(DType.FLOAT64, Gatun.fromArray(new double[] {1}).dtype());
    assertEquals(DType.INT16, Gatun.fromArray(new short[] {1}).dtype());
    assertElements(Gatun.fromArray(new boolean[][] {{true}, {false}}), 1, 0);
    assertElements(Gatun.fromArray(new byte[] {-1}), -1);
    assertEquals(Shape.of(0, 0), Gatun.fromArray(new float[0][]).shape());
    assertThrows(ShapeException.class, () -> Gatun.fromArray(new long[][] {{1, 2}, {3}}));
    assertThrows(ArgumentException.class, () -> Gatun.fromArray(new String[] {"x"}));
    assertThrows(ArgumentException.class, () -> Gatun.fromArray(7));
  }

  @Test
  void rangesAreOfTheTypeOfTheirBounds() {
    assertEquals("tensor([2, 3, 4])", Gatun.arange(2, 5).toString());
    assertEquals("tensor([7, 4, 1])", Gatun.arange(7, 0, -3).toString());
    assertEquals("tensor([0, 3, 6])", Gatun.arange(0, 7, 3).toString());
    assertEquals("tensor([0., 1., 2.])", Gatun.arange(2.5).toString());
    assertEquals("tensor([0.5000, 1.5000])", Gatun.arange(0.5, 2.5).toString());
    assertEquals("tensor([1.0000, 0.7500])", Gatun.arange(1.0, 0.5, -0.25).toString());
    long beyond = (1L << 53) + 1;
    assertArrayEquals(
        new long[] {beyond, beyond + 2}, Gatun.arange(beyond, beyond + 4, 2).toLongArray());
    assertEquals(0, Gatun.arange(3, 3, -1).numel());
    assertEquals(0, Gatun.arange(3.0, 3.0).numel());
    assertEquals(1, Gatun.arange(Long.MIN_VALUE, -1, Long.MAX_VALUE).numel());
    assertThrows(ArgumentException.class, () -> Gatun.arange(5, 2));
    assertThrows(ArgumentException.class, () -> Gatun.arange(2, 5, -1));
    assertThrows(ArgumentException.class, () -> Gatun.arange(2, 5, 0));
    assertThrows(ArgumentException.class, () -> Gatun.arange(1.0, 0.5));
    assertThrows(ArgumentException.class, () -> Gatun.arange(Double.NaN));
    assertThrows(ArgumentException.class, () -> Gatun.arange(Double.POSITIVE_INFINITY));
    assertThrows(ArgumentException.class, () -> Gatun.arange(Long.MIN_VALUE, 1, 1));
    assertThrows(ArgumentException.class, () -> Gatun.arange(0, Long.MIN_VALUE, -1));
    assertThrows(ArgumentException.class, () -> Gatun.arange(beyond - 1, beyond, -1));
    assertThrows(ArgumentException.class, () -> Gatun.arange(-1));
    assertEquals(1, Gatun.arange(beyond - 1, beyond).numel());
  }

  @Test
  void scalarsAreOfTheTypeOfTheirValue() {
    assertEquals("tensor(3)", Gatun.scalar(3).toString());
    assertEquals("tensor(True)", Gatun.scalar(true).toString());
    assertEquals("tensor(3.)", Gatun.scalar(3.0).toString());
    assertEquals(Long.MAX_VALUE, Gatun.scalar(Long.MAX_VALUE).itemLong());
  }

  @Test
  void buffersInEitherByteOrder() {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer buffer = ByteBuffer.allocate(16).order(order);
      buffer.putInt(7).putFloat(1.5f).putFloat(-2).flip();
      buffer.getInt();
      assertElements(Gatun.fromBuffer(buffer, DType.FLOAT32, 2), 1.5, -2);
      assertEquals(4, buffer.position());
      assertThrows(ShapeException.class, () -> Gatun.fromBuffer(buffer, DType.FLOAT32, 3));
    }
  }

  @Test
  void filesAreMapped(@TempDir Path directory) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    bytes.putDouble(1).putDouble(2).putDouble(3);
    Path file = Files.write(directory.resolve("numbers"), bytes.array());
    Tensor tensor = Gatun.fromFile(file, 8, DType.FLOAT64, 2);
    assertElements(tensor, 2, 3);
    assertThrows(InPlaceException.class, () -> tensor.fill_(1));
    assertThrows(ShapeException.class, () -> Gatun.fromFile(file, 8, DType.FLOAT64, 3));
  }

  @Test
  void gridsAndRanges() {
    assertElements(Gatun.logspace(0, 3, 4), 1, 10, 100, 1000);
    assertElements(Gatun.logspace(-1, 1, 3, 2), 0.5, 1, 2);
    assertElements(Gatun.eye(2, 3), 1, 0, 0, 0, 1, 0);
    assertElements(Gatun.trilIndices(3, 2, 0), 0, 1, 1, 2, 2, 0, 0, 1, 0, 1);
    assertElements(Gatun.triuIndices(2, 3, 1), 0, 0, 1, 1, 2, 2);
    List<Tensor> grid = Gatun.meshgrid(Gatun.arange(2), Gatun.arange(3));
    assertElements(grid.get(0), 0, 0, 0, 1, 1, 1);
    assertElements(grid.get(1), 0, 1, 2, 0, 1, 2);
    Tensor pairs = Gatun.cartesianProd(Gatun.arange(2), Gatun.arange(2));
    assertElements(pairs, 0, 0, 0, 1, 1, 0, 1, 1);
    Tensor like = Gatun.zeros(DType.INT16, Shape.of(2, 2));
    assertElements(Gatun.fullLike(like, 3), 3, 3, 3, 3);
    assertEquals(DType.INT16, Gatun.randintLike(like, 5, 6).dtype());
    assertEquals(like.shape(), Gatun.emptyLike(like).shape());
    assertEquals(DType.FLOAT64, Gatun.randnLike(Gatun.zeros(DType.FLOAT64, Shape.of(2))).dtype());
  }
}
