package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LayoutTest {
  private static final Layout MATRIX = Layout.contiguous(Shape.of(3, 4));
  private static final Layout SCALAR = Layout.contiguous(Shape.scalar());

  private static void refuses(
      String message, Class<? extends GatunException> type, Executable body) {
    assertEquals(message, assertThrows(type, body).getMessage());
  }

  @Test
  void contiguous() {
    Layout layout = Layout.contiguous(Shape.of(2, 3, 4));
    assertArrayEquals(new long[] {12, 4, 1}, layout.strides());
    assertEquals(4, layout.stride(-2));
    assertEquals(24, layout.extent());
    assertEquals(3, layout.rank());
    assertTrue(layout.isContiguous());
    assertEquals("[2, 3, 4] strides [12, 4, 1] offset 0", layout.toString());
    Shape shape = Shape.of(5);
    assertSame(Layout.contiguous(shape), Layout.contiguous(shape));
    layout.strides()[0] = 99;
    assertEquals(12, layout.stride(0));
  }

  @Test
  void emptyAndScalar() {
    assertEquals(0, Layout.contiguous(Shape.of(3, 0)).extent());
    assertEquals(1, SCALAR.extent());
    assertTrue(Layout.strided(Shape.of(1, 1), new long[] {7, 9}, 3).isContiguous());
    assertTrue(Layout.strided(Shape.of(0, 5), new long[] {7, 9}, 3).isContiguous());
    refuses("stride: []: a scalar has no axes", ShapeException.class, () -> SCALAR.stride(0));
  }

  @Test
  void stridedRefuses() {
    Shape shape = Shape.of(2, 3);
    refuses(
        "layout: [2, 3] with strides [1]: there is one stride for each axis",
        ShapeException.class,
        () -> Layout.strided(shape, new long[] {1}, 0));
    assertThrows(ShapeException.class, () -> Layout.strided(shape, new long[] {3, -1}, 0));
    assertThrows(ShapeException.class, () -> Layout.strided(shape, new long[] {3, 1}, -1));
    assertThrows(
        ShapeException.class, () -> Layout.strided(shape, new long[] {0, Long.MAX_VALUE}, 0));
    assertThrows(
        ShapeException.class, () -> Layout.strided(shape, new long[] {1L << 62, 1L << 61}, 0));
    assertThrows(
        ShapeException.class, () -> Layout.strided(Shape.scalar(), new long[] {}, Long.MAX_VALUE));
    Layout far = Layout.strided(Shape.scalar(), new long[] {}, Long.MAX_VALUE - 1);
    assertEquals(Long.MAX_VALUE, far.extent());
  }

  @Test
  void stridesStayPositiveAtTheEdge() {
    Layout edge = Layout.strided(Shape.of(2, 1), new long[] {1L << 62, Long.MAX_VALUE}, 0);
    assertTrue(edge.unsqueeze(0).stride(0) >= 0);
    assertTrue(edge.diagonal(0, 0, 1).stride(0) >= 0);
    assertTrue(edge.unsqueeze(1).stride(1) >= 0);
  }

  @Test
  void permuteRefuses() {
    refuses(
        "permute: [3, 4] by [0]: each axis is named once",
        ShapeException.class,
        () -> MATRIX.permute(0));
    refuses(
        "permute: [3, 4] by [0, -2]: each axis is named once",
        ShapeException.class,
        () -> MATRIX.permute(0, -2));
    assertThrows(ShapeException.class, () -> MATRIX.permute(0, 2));
    assertEquals(SCALAR, SCALAR.permute());
  }

  @Test
  void transpose() {
    Layout transposed = MATRIX.transpose(0, -1);
    assertArrayEquals(new long[] {1, 4}, transposed.strides());
    assertFalse(transposed.isContiguous());
    assertSame(MATRIX, MATRIX.transpose(1, 1));
    assertSame(SCALAR, SCALAR.transpose(0, -1));
  }

  @Test
  void selectRefuses() {
    refuses(
        "select: [3, 4]: index 4 is outside axis 1 of size 4",
        IndexRangeException.class,
        () -> MATRIX.select(1, 4));
    assertThrows(IndexRangeException.class, () -> MATRIX.select(0, -4));
    assertThrows(IndexRangeException.class, () -> MATRIX.select(0, Long.MIN_VALUE));
    refuses("select: []: a scalar has no axes", ShapeException.class, () -> SCALAR.select(0, 0));
  }

  @Test
  void narrowRefuses() {
    refuses(
        "narrow: [3, 4]: 3 from 2 is outside axis 1 of size 4",
        IndexRangeException.class,
        () -> MATRIX.narrow(1, 2, 3));
    assertThrows(IndexRangeException.class, () -> MATRIX.narrow(0, 0, -1));
    assertThrows(IndexRangeException.class, () -> MATRIX.narrow(0, -4, 1));
    assertThrows(IndexRangeException.class, () -> MATRIX.narrow(0, 1, Long.MAX_VALUE));
    assertEquals(0, MATRIX.narrow(0, 3, 0).numel());
  }

  @Test
  void sliceTakesPythonsBounds() {
    assertEquals(
        "[3, 2] strides [4, 2] offset 1", MATRIX.slice(1, 1, Long.MAX_VALUE, 2).toString());
    assertEquals(0, MATRIX.slice(1, 3, 1, 1).numel());
    assertEquals(MATRIX, MATRIX.slice(0, Long.MIN_VALUE, Long.MAX_VALUE, 1));
    assertEquals(1, MATRIX.slice(0, 0, 3, Long.MAX_VALUE).size(0));
    refuses(
        "slice: [3, 4]: step 0 is not positive",
        IndexRangeException.class,
        () -> MATRIX.slice(0, 0, 3, 0));
  }

  @Test
  void expandRefuses() {
    refuses(
        "expand: [3, 4] to [3, 5]: only axes of size 1 are repeated",
        ShapeException.class,
        () -> MATRIX.expand(Shape.of(3, 5)));
    assertThrows(ShapeException.class, () -> MATRIX.expand(Shape.of(4)));
    assertSame(MATRIX, MATRIX.expand(Shape.of(3, 4)));
    Layout empty = Layout.contiguous(Shape.of(1, 4)).expand(Shape.of(0, 4));
    assertEquals(0, empty.numel());
  }

  @Test
  void diagonalAndUnfoldRefuse() {
    refuses(
        "diagonal: [3, 4]: axes 0 and -2 are the same",
        ShapeException.class,
        () -> MATRIX.diagonal(0, 0, -2));
    assertEquals(0, MATRIX.diagonal(Long.MAX_VALUE, 0, 1).numel());
    assertEquals(0, MATRIX.diagonal(Long.MIN_VALUE, 0, 1).numel());
    refuses(
        "unfold: [3, 4]: windows of 5 at every 1 of axis 1: 0 <= length <= 4 and step >= 1",
        IndexRangeException.class,
        () -> MATRIX.unfold(1, 5, 1));
    assertThrows(IndexRangeException.class, () -> MATRIX.unfold(1, 2, 0));
    assertEquals("[3, 3, 2] strides [4, 1, 1] offset 0", MATRIX.unfold(1, 2, 1).toString());
  }

  @Test
  void reshapeIsAViewWhereStridesAllow() {
    Layout transposed = MATRIX.transpose(0, 1);
    assertNull(transposed.reshape(Shape.of(12)));
    assertNull(transposed.reshape(Shape.of(2, 6)));
    assertEquals(
        "[2, 2, 3] strides [2, 1, 4] offset 0", transposed.reshape(Shape.of(2, 2, 3)).toString());
    Layout columns = MATRIX.narrow(1, 1, 2);
    assertNull(columns.reshape(Shape.of(6)));
    assertEquals(
        "[1, 3, 2, 1] strides [12, 4, 1, 1] offset 1",
        columns.reshape(Shape.of(1, 3, 2, 1)).toString());
    Layout repeated = SCALAR.expand(Shape.of(4, 3));
    assertEquals("[12] strides [0] offset 0", repeated.reshape(Shape.of(12)).toString());
    assertEquals("[4] strides [1] offset 4", MATRIX.select(0, 1).reshape(Shape.of(4)).toString());
    assertEquals(Shape.of(0, 7), Layout.contiguous(Shape.of(2, 0)).reshape(Shape.of(0, 7)).shape());
    refuses(
        "reshape: [3, 4] to [5]: 12 elements are not 5",
        ShapeException.class,
        () -> MATRIX.reshape(Shape.of(5)));
  }

  @Test
  void overlap() {
    assertFalse(MATRIX.mayOverlapItself());
    assertFalse(MATRIX.transpose(0, 1).mayOverlapItself());
    assertFalse(MATRIX.slice(1, 0, 4, 2).mayOverlapItself());
    assertTrue(MATRIX.unsqueeze(0).expand(Shape.of(2, 3, 4)).mayOverlapItself());
    assertTrue(MATRIX.unfold(1, 2, 1).mayOverlapItself());
    assertFalse(MATRIX.unfold(1, 2, 2).mayOverlapItself());
    assertFalse(SCALAR.expand(Shape.of(1, 1)).mayOverlapItself());
    assertFalse(SCALAR.expand(Shape.of(0, 5)).mayOverlapItself());
  }

  @Test
  void squeezeAndUnsqueeze() {
    Layout layout = Layout.contiguous(Shape.of(1, 3, 1));
    assertEquals(Shape.of(3, 1), layout.squeeze(0).shape());
    assertSame(layout, layout.squeeze(1));
    assertEquals(Shape.of(3), layout.squeeze().shape());
    assertSame(SCALAR, SCALAR.squeeze(0));
    assertThrows(ShapeException.class, () -> layout.squeeze(3));
    refuses(
        "unsqueeze: [3, 4]: place 3 is not within -3 to 2",
        ShapeException.class,
        () -> MATRIX.unsqueeze(3));
  }

  @Test
  void equality() {
    assertEquals(MATRIX, Layout.contiguous(Shape.of(3, 4)));
    assertEquals(MATRIX.hashCode(), Layout.contiguous(Shape.of(3, 4)).hashCode());
    assertNotEquals(MATRIX, MATRIX.transpose(0, 1));
    assertNotEquals(MATRIX.select(0, 0), MATRIX.select(0, 1));
  }
}
