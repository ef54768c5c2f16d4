package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DTypeTest {
  private final MemorySegment memory = Arena.ofAuto().allocate(64, 8);

  private double storedDouble(DType dtype, double value) {
    dtype.setDouble(memory, 8, value);
    return dtype.getDouble(memory, 8);
  }

  private long storedLong(DType dtype, long value) {
    dtype.setLong(memory, 8, value);
    return dtype.getLong(memory, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32,  float32,  4, 2, true,  false",
    "FLOAT64,  float64,  8, 3, true,  false",
    "FLOAT16,  float16,  2, 1, true,  false",
    "BFLOAT16, bfloat16, 2, 1, true,  false",
    "INT8,     int8,     1, 0, false, true",
    "UINT8,    uint8,    1, 0, false, true",
    "INT16,    int16,    2, 1, false, true",
    "INT32,    int32,    4, 2, false, true",
    "INT64,    int64,    8, 3, false, true",
    "BOOL,     bool,     1, 0, false, false"
  })
  void properties(
      DType dtype, String name, int size, int shift, boolean floating, boolean integral) {
    assertEquals(name, dtype.typeName());
    assertEquals(name, dtype.toString());
    assertEquals(size, dtype.byteSize());
    assertEquals(shift, dtype.byteShift());
    assertEquals(floating, dtype.isFloatingPoint());
    assertEquals(integral, dtype.isIntegral());
    assertEquals(floating ? dtype : DType.FLOAT32, dtype.toFloatingPoint());
  }

  /** The table of torch.promote_types. */
  @Test
  void promotionIsThatOfPyTorch() {
    String table =
        """
           u1 i1 i2 i4 i8 f2 f4 f8 b1 bf
        u1 u1 i2 i2 i4 i8 f2 f4 f8 u1 bf
        i1 i2 i1 i2 i4 i8 f2 f4 f8 i1 bf
        i2 i2 i2 i2 i4 i8 f2 f4 f8 i2 bf
        i4 i4 i4 i4 i4 i8 f2 f4 f8 i4 bf
        i8 i8 i8 i8 i8 i8 f2 f4 f8 i8 bf
        f2 f2 f2 f2 f2 f2 f2 f4 f8 f2 f4
        f4 f4 f4 f4 f4 f4 f4 f4 f8 f4 f4
        f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8
        b1 u1 i1 i2 i4 i8 f2 f4 f8 b1 bf
        bf bf bf bf bf bf f4 f4 f8 bf bf
        """;
    Map<String, DType> codes =
        Map.of(
            "u1",
            DType.UINT8,
            "i1",
            DType.INT8,
            "i2",
            DType.INT16,
            "i4",
            DType.INT32,
            "i8",
            DType.INT64,
            "f2",
            DType.FLOAT16,
            "f4",
            DType.FLOAT32,
            "f8",
            DType.FLOAT64,
            "b1",
            DType.BOOL,
            "bf",
            DType.BFLOAT16);
    List<String> lines = table.lines().toList();
    List<String> columns = List.of(lines.getFirst().strip().split(" "));
    assertEquals(DType.values().length, columns.size());
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = List.of(line.strip().split(" "));
      for (int i = 0; i < columns.size(); i++) {
        DType row = codes.get(cells.getFirst());
        DType column = codes.get(columns.get(i));
        assertEquals(
            codes.get(cells.get(i + 1)), DType.promote(row, column), row + " with " + column);
      }
    }
  }

  @Test
  void everyHalfSurvives() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      memory.set(ValueLayout.JAVA_SHORT, 0, (short) bits);
      double value = DType.FLOAT16.getDouble(memory, 0);
      assertEquals(halfValue(bits), value, "pattern " + bits);
      DType.FLOAT16.setDouble(memory, 2, value);
      int again = memory.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
      assertTrue(again == bits || Double.isNaN(value) && Double.isNaN(halfValue(again)));
    }
  }

  /** Binary16 from its definition: sign, five bits of exponent, ten of fraction. */
  private static double halfValue(int bits) {
    int exponent = (bits >>> 10) & 31;
    int fraction = bits & 1023;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1024.0 + fraction, exponent - 25);
        };
    return bits < 1 << 15 ? magnitude : -magnitude;
  }

  @Test
  void everyBfloat16Survives() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      memory.set(ValueLayout.JAVA_SHORT, 0, (short) bits);
      float value = (float) DType.BFLOAT16.getDouble(memory, 0);
      assertEquals(Float.intBitsToFloat(bits << 16), value);
      assertEquals(value, DType.bfloat16ToFloat((short) bits));
      DType.BFLOAT16.setDouble(memory, 2, value);
      int again = memory.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
      int direct = DType.floatToBfloat16(value) & 0xffff;
      if (Float.isNaN(value)) {
        assertTrue(Float.isNaN(DType.bfloat16ToFloat((short) again)));
        assertTrue(Float.isNaN(DType.bfloat16ToFloat((short) direct)));
      } else {
        assertEquals(bits, again);
        assertEquals(bits, direct);
      }
    }
  }

  /** Between each two neighbours: below, at and above the middle, as finely as a double can. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void doublesRoundToNearestEven(DType dtype) {
    int infinity = dtype == DType.FLOAT16 ? 0x7c00 : 0x7f80;
    for (int bits = 0; bits < infinity; bits++) {
      double low = valueOf(dtype, bits);
      double high =
          bits + 1 < infinity ? valueOf(dtype, bits + 1) : 2 * low - valueOf(dtype, bits - 1);
      double middle = low + (high - low) / 2;
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertEquals(bits, patternOf(dtype, Math.nextDown(middle)));
      assertEquals(even, patternOf(dtype, middle));
      assertEquals(bits + 1, patternOf(dtype, Math.nextUp(middle)));
      assertEquals(bits + 1 | 1 << 15, patternOf(dtype, -Math.nextUp(middle)));
      assertEquals(bits | 1 << 15, patternOf(dtype, -Math.nextDown(middle)));
    }
    assertEquals(infinity, patternOf(dtype, Double.MAX_VALUE));
    assertEquals(0, patternOf(dtype, Double.MIN_VALUE));
    assertEquals(1 << 15, patternOf(dtype, -Double.MIN_VALUE));
  }

  private double valueOf(DType dtype, int bits) {
    memory.set(ValueLayout.JAVA_SHORT, 0, (short) bits);
    return dtype.getDouble(memory, 0);
  }

  private int patternOf(DType dtype, double value) {
    dtype.setDouble(memory, 0, value);
    return memory.get(ValueLayout.JAVA_SHORT, 0) & 0xffff;
  }

  /** A long rounds once: straight to the type, not to a double on the way. */
  @Test
  void longsRoundToNearestEven() {
    for (int shift = 8; shift < 62; shift++) {
      long low = 1L << shift;
      long middle = low + (1L << (shift - 8));
      assertEquals((double) low, storedDouble(DType.BFLOAT16, (double) low));
      DType.BFLOAT16.setLong(memory, 0, middle);
      assertEquals((double) low, DType.BFLOAT16.getDouble(memory, 0));
      DType.BFLOAT16.setLong(memory, 0, middle + 1);
      assertEquals(low * (1 + 1.0 / 128), DType.BFLOAT16.getDouble(memory, 0), "2^" + shift);
      DType.BFLOAT16.setLong(memory, 0, -middle - 1);
      assertEquals(-low * (1 + 1.0 / 128), DType.BFLOAT16.getDouble(memory, 0), "-2^" + shift);
      DType.BFLOAT16.setLong(memory, 0, -middle + 1);
      assertEquals(-(double) low, DType.BFLOAT16.getDouble(memory, 0), "-2^" + shift);
    }
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      DType.FLOAT32.setLong(memory, 0, value);
      assertEquals((float) value, (float) DType.FLOAT32.getDouble(memory, 0));
      DType.FLOAT64.setLong(memory, 0, value);
      assertEquals((double) value, DType.FLOAT64.getDouble(memory, 0));
      DType.FLOAT16.setLong(memory, 0, value);
      double half = DType.FLOAT16.getDouble(memory, 0);
      assertEquals(Float.float16ToFloat(Float.floatToFloat16((float) value)), (float) half);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8", "INT16", "INT32", "INT64"})
  void integersKeepTheLowBits(DType dtype) {
    int bits = 8 * dtype.byteSize();
    for (long value :
        new long[] {
          0,
          1,
          -1,
          127,
          128,
          255,
          256,
          -129,
          32_767,
          32_768,
          65_536,
          1L << 31,
          1L << 32,
          Long.MAX_VALUE,
          Long.MIN_VALUE
        }) {
      long kept = dtype == DType.UINT8 ? value & 255 : value << (64 - bits) >> (64 - bits);
      assertEquals(kept, storedLong(dtype, value), dtype + " of " + value);
      assertEquals((double) kept, dtype.getDouble(memory, 8));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8", "INT16", "INT32", "INT64"})
  void doublesAreCutTowardsZero(DType dtype) {
    assertEquals(2, storedDouble(dtype, 2.99));
    assertEquals(dtype == DType.UINT8 ? 254 : -2, storedDouble(dtype, -2.99));
    assertEquals(0, storedDouble(dtype, -0.99));
    assertEquals(0, storedDouble(dtype, Double.NaN));
    dtype.setDouble(memory, 8, 300.5);
    assertEquals(
        switch (dtype) {
          case INT8, UINT8 -> 44;
          default -> 300;
        },
        dtype.getLong(memory, 8));
  }

  @Test
  void doublesBeyondALongTakeItsBounds() {
    DType.INT64.setDouble(memory, 0, 1e300);
    assertEquals(Long.MAX_VALUE, DType.INT64.getLong(memory, 0));
    DType.INT64.setDouble(memory, 0, Double.NEGATIVE_INFINITY);
    assertEquals(Long.MIN_VALUE, DType.INT64.getLong(memory, 0));
    DType.INT32.setDouble(memory, 0, 1e300);
    assertEquals(-1, DType.INT32.getLong(memory, 0));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void floatsReadAsLongsAreCut(DType dtype) {
    dtype.setDouble(memory, 0, -1.75);
    assertEquals(-1, dtype.getLong(memory, 0));
    dtype.setDouble(memory, 0, Double.NaN);
    assertTrue(Double.isNaN(dtype.getDouble(memory, 0)));
    assertEquals(0, dtype.getLong(memory, 0));
    dtype.setDouble(memory, 0, Double.POSITIVE_INFINITY);
    assertEquals(Double.POSITIVE_INFINITY, dtype.getDouble(memory, 0));
    assertEquals(Long.MAX_VALUE, dtype.getLong(memory, 0));
    dtype.setDouble(memory, 0, -0.0);
    assertEquals(-0.0, dtype.getDouble(memory, 0));
  }

  @Test
  void booleans() {
    assertEquals(1, storedDouble(DType.BOOL, 0.25));
    assertEquals(1, storedDouble(DType.BOOL, Double.NaN));
    assertEquals(0, storedDouble(DType.BOOL, -0.0));
    assertEquals(1, storedLong(DType.BOOL, 256));
    assertEquals(0, storedLong(DType.BOOL, 0));
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
    assertEquals(1, DType.BOOL.getLong(memory, 0));
  }

  @ParameterizedTest
  @EnumSource
  void accessNeedsNoAlignmentAndTouchesNothingElse(DType dtype) {
    for (int at = 8; at < 17; at++) {
      memory.fill((byte) 0x55);
      dtype.setDouble(memory, at, 1);
      assertEquals(1, dtype.getDouble(memory, at));
      assertEquals(1, dtype.getLong(memory, at));
      assertEquals(0x55, memory.get(ValueLayout.JAVA_BYTE, at - 1));
      assertEquals(0x55, memory.get(ValueLayout.JAVA_BYTE, at + dtype.byteSize()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void accessIsChecked(DType dtype) {
    long end = memory.byteSize() - dtype.byteSize() + 1;
    assertThrows(IndexOutOfBoundsException.class, () -> dtype.getDouble(memory, end));
    assertThrows(IndexOutOfBoundsException.class, () -> dtype.setDouble(memory, end, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> dtype.getLong(memory, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> dtype.setLong(memory, -1, 0));
  }

  @Test
  void everyTypeIsOfOneKind() {
    Map<DType, Integer> kinds = new EnumMap<>(DType.class);
    for (DType dtype : DType.values()) {
      kinds.put(dtype, (dtype.isFloatingPoint() ? 1 : 0) + (dtype.isIntegral() ? 1 : 0));
      assertEquals(dtype, DType.promote(dtype, dtype));
    }
    assertEquals(0, kinds.remove(DType.BOOL));
    assertFalse(kinds.isEmpty());
    assertTrue(kinds.values().stream().allMatch(k -> k == 1));
  }
}
