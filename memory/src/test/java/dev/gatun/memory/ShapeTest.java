package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
  private static Shape parse(String sizes) {
    return sizes.isBlank()
        ? Shape.scalar()
        : Shape.of(Arrays.stream(sizes.strip().split(" ")).mapToLong(Long::parseLong).toArray());
  }

  private static String message(Class<? extends RuntimeException> type, Runnable body) {
    return assertThrows(type, body::run).getMessage();
  }

  @Test
  void sizes() {
    long[] sizes = {2, 3, 4};
    Shape shape = Shape.of(sizes);
    sizes[0] = 9;
    shape.toArray()[1] = 9;
    assertArrayEquals(new long[] {2, 3, 4}, shape.toArray());
    assertEquals(3, shape.rank());
    assertEquals(24, shape.numel());
    assertEquals(2, shape.size(0));
    assertEquals(4, shape.size(-1));
    assertEquals("[2, 3, 4]", shape.toString());
    assertEquals(Shape.of(2, 3, 4), shape);
    assertEquals(Shape.of(2, 3, 4).hashCode(), shape.hashCode());
    assertNotEquals(Shape.of(2, 12), shape);
  }

  @Test
  void scalars() {
    assertSame(Shape.scalar(), Shape.of());
    assertEquals(0, Shape.scalar().rank());
    assertEquals(1, Shape.scalar().numel());
    assertEquals("[]", Shape.scalar().toString());
    assertEquals(0, Shape.scalar().normalizeAxis("sum", -1));
    assertEquals(
        "size: []: a scalar has no axes",
        message(ShapeException.class, () -> Shape.scalar().size(0)));
    assertEquals(
        "size: []: a scalar has no axes",
        message(ShapeException.class, () -> Shape.scalar().size(-1)));
  }

  @Test
  void emptyShapes() {
    assertEquals(0, Shape.of(0).numel());
    assertEquals(0, Shape.of(3, 0, 5).numel());
    assertEquals(0, Shape.of(Long.MAX_VALUE, 0).numel());
  }

  @Test
  void overflow() {
    assertEquals(Long.MAX_VALUE, Shape.of(Long.MAX_VALUE).numel());
    assertEquals(1L << 62, Shape.of(1L << 31, 1L << 31).numel());
    assertEquals(
        "shape: [2147483648, 4294967296]: the sizes multiply to more than 2^63 - 1",
        message(ShapeException.class, () -> Shape.of(1L << 31, 1L << 32)));
    assertThrows(ShapeException.class, () -> Shape.of(1L << 62, 1L << 62, 1L << 62));
    assertThrows(ShapeException.class, () -> Shape.of(0, 1L << 62, 4));
    assertEquals(
        "shape: [2, -1]: sizes are not negative",
        message(ShapeException.class, () -> Shape.of(2, -1)));
    assertThrows(ShapeException.class, () -> Shape.of(0, -1));
  }

  @Test
  void axes() {
    Shape shape = Shape.of(2, 3);
    assertEquals(1, shape.normalizeAxis("sum", -1));
    assertEquals(0, shape.normalizeAxis("sum", -2));
    assertEquals(
        "sum: [2, 3]: axis 2 is not within -2 to 1",
        message(ShapeException.class, () -> shape.normalizeAxis("sum", 2)));
    assertThrows(ShapeException.class, () -> shape.size(-3));
    assertThrows(ShapeException.class, () -> Shape.scalar().normalizeAxis("sum", 1));
    assertThrows(ShapeException.class, () -> shape.normalizeAxis("sum", Integer.MIN_VALUE));
  }

  @Test
  void withAndWithout() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(Shape.of(2, 4), shape.without(1));
    assertEquals(Shape.of(2, 3), shape.without(-1));
    assertEquals(Shape.of(2, 7, 4), shape.with(1, 7));
    assertEquals(Shape.scalar(), Shape.of(5).without(0));
    assertEquals(Shape.scalar(), Shape.scalar().without(0));
    assertThrows(ShapeException.class, () -> shape.with(0, -1));
    assertThrows(ShapeException.class, () -> shape.without(3));
  }

  @ParameterizedTest
  @CsvSource({
    "'2 3',  '2 3',   '2 3'",
    "'2 3',  '3',     '2 3'",
    "'2 3',  '2 1',   '2 3'",
    "'2 1',  '1 3',   '2 3'",
    "'',     '2 3',   '2 3'",
    "'',     '',      ''",
    "'1',    '0',     '0'",
    "'3 1',  '2 1 4', '2 3 4'",
    "'0 3',  '1 3',   '0 3'",
    "'1 1',  '5',     '1 5'"
  })
  void broadcasting(String a, String b, String expected) {
    assertEquals(parse(expected), Shape.broadcast("add", parse(a), parse(b)));
    assertEquals(parse(expected), Shape.broadcast("add", parse(b), parse(a)));
  }

  @Test
  void broadcastingReturnsAnOperandWhereItCan() {
    Shape large = Shape.of(4, 5);
    Shape row = Shape.of(5);
    assertSame(large, Shape.broadcast("add", large, row));
    assertSame(large, Shape.broadcast("add", row, large));
    assertSame(large, Shape.broadcast("add", large, Shape.of(4, 5)));
  }

  @Test
  void broadcastingRefuses() {
    assertEquals(
        "add: [2, 3] and [2, 4]: sizes 3 and 4 of axis -1 do not broadcast",
        message(
            ShapeException.class, () -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2, 4))));
    assertEquals(
        "mul: [0, 3] and [2, 3]: sizes 0 and 2 of axis -2 do not broadcast",
        message(
            ShapeException.class, () -> Shape.broadcast("mul", Shape.of(0, 3), Shape.of(2, 3))));
    assertThrows(
        ShapeException.class,
        () -> Shape.broadcast("add", Shape.of(1L << 40, 1), Shape.of(1, 1L << 40)));
  }
}
