package dev.gatun.kernels.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conversion of one element by {@link DType} is the oracle. */
class HalfPrecisionTest {
  private static final int ALL_HALVES = 1 << 16;

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void everyHalfWidensExactly(DType type) {
    try (var arena = Arena.ofConfined()) {
      var in = arena.allocate(2L * ALL_HALVES);
      var out = arena.allocate(4L * ALL_HALVES);
      for (int i = 0; i < ALL_HALVES; i++) {
        in.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
      }
      HalfPrecision.toFloat32(type, out, 0, in, 0, ALL_HALVES);
      for (int i = 0; i < ALL_HALVES; i++) {
        double expected = type.getDouble(in, 2L * i);
        double got = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        assertEquals(expected, got, 0.0, "bits " + Integer.toHexString(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void floatsAreRoundedAsOneByOne(DType type) {
    var random = new Random(7);
    int[] special = {
      0, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7f80_0001, 0xff80_0001, 0x7fff_ffff,
      0xffff_ffff, 1, 0x8000_0001, 0x7f7f_ffff, 0x477f_efff, 0x477f_f000, 0x3380_0000, 0x3380_0001,
      0x3f80_8000, 0x3f81_8000, 0x3f80_8001
    };
    int count = 5000;
    try (var arena = Arena.ofConfined()) {
      var in = arena.allocate(4L * count + 4);
      var out = arena.allocate(2L * count + 2);
      var expected = arena.allocate(2L * count + 2);
      for (int i = 0; i < count; i++) {
        int bits = i < special.length ? special[i] : random.nextInt();
        in.set(ValueLayout.JAVA_INT, 4L * i + 4, bits);
        float value = Float.intBitsToFloat(bits);
        short half =
            type == DType.FLOAT16 ? Float.floatToFloat16(value) : DType.floatToBfloat16(value);
        expected.set(ValueLayout.JAVA_SHORT, 2L * i + 2, half);
      }
      HalfPrecision.fromFloat32(type, out, 2, in, 4, count);
      for (int i = 0; i < count; i++) {
        double wanted = type.getDouble(expected, 2L * i + 2);
        double got = type.getDouble(out, 2L * i + 2);
        int bits = in.get(ValueLayout.JAVA_INT, 4L * i + 4);
        assertEquals(wanted, got, 0.0, "float of bits " + Integer.toHexString(bits));
      }
    }
  }

  @Test
  void otherTypesAreRefused() {
    try (var arena = Arena.ofConfined()) {
      var memory = arena.allocate(8);
      assertThrows(
          ArgumentException.class,
          () -> HalfPrecision.toFloat32(DType.INT16, memory, 0, memory, 0, 1));
    }
  }
}
