package dev.gatun.kernels.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conversion of one element by {@link DType} is the oracle. */
class ConversionsTest {
  private static final int[] LENGTHS = {
    1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129, 1023, 1024, 1025, 3000
  };

  private static final double[] SPECIAL = {
    0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    2.7,
    -2.7,
    255.9,
    -129,
    65504,
    65519.99,
    65520,
    0x1p24 + 1,
    0x1p31 - 1,
    0x1p31,
    -0x1p31 - 1,
    0x1p32 + 5,
    0x1p53,
    0x1p63,
    -0x1p63,
    1e30,
    -1e300,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    0x1p-149,
    0x1.8p-150,
    0x1p-25,
    0x1.00001p-25,
    Float.MAX_VALUE,
    0x1.fffffefffffffp127,
    0x1.ffffffp127,
    1 + 0x1p-8 + 0x1p-40,
    1 + 0x1p-8,
    1 + 0x3p-8 - 0x1p-50,
    1 + 0x1p-11 + 0x1p-45,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private static final long[] SPECIAL_INTEGERS = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    -128,
    -129,
    2048,
    2049,
    65519,
    65520,
    (1L << 24) + 1,
    (1L << 24) + (1L << 15),
    (1L << 24) + (1L << 16) + 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    (1L << 53) + 1,
    (1L << 54) + (1L << 46) + 1,
    (1L << 62) + (1L << 54) + 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1
  };

  private static List<Conversions> conversions() {
    var all = new ArrayList<Conversions>();
    all.add(new Conversions());
    for (int width : VectorProvider.availableWidths()) {
      all.add(Conversions.vector(width));
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void runsAreConvertedAsOneByOne(DType from) {
    var random = new Random(from.ordinal());
    for (var conversions : conversions()) {
      for (var to : DType.values()) {
        for (int length : LENGTHS) {
          check(conversions, from, from.byteSize(), to, to.byteSize(), length, random);
          check(conversions, from, 3 * from.byteSize(), to, to.byteSize(), length, random);
          check(conversions, from, from.byteSize(), to, 2 * to.byteSize(), length, random);
          check(conversions, from, 2 * from.byteSize(), to, 5 * to.byteSize(), length, random);
          check(conversions, from, 0, to, to.byteSize(), length, random);
        }
      }
    }
  }

  /** Memory around what is written stays as it was. */
  private static void check(
      Conversions conversions,
      DType from,
      int inStride,
      DType to,
      int outStride,
      int length,
      Random random) {
    try (var arena = Arena.ofConfined()) {
      int inOffset = 3 * from.byteSize();
      int outOffset = to.byteSize();
      var in = arena.allocate(inOffset + (long) inStride * length + from.byteSize());
      for (int i = 0; i < (inStride == 0 ? 1 : length); i++) {
        set(from, in, inOffset + (long) i * inStride, i, random);
      }
      var out = arena.allocate(outOffset + (long) outStride * (length + 1)).fill((byte) 0x5a);
      var expected = arena.allocate(out.byteSize()).copyFrom(out);
      for (int i = 0; i < length; i++) {
        long at = inOffset + (long) i * inStride;
        long target = outOffset + (long) i * outStride;
        if (from.isFloatingPoint()) {
          to.setDouble(expected, target, from.getDouble(in, at));
        } else {
          to.setLong(expected, target, from.getLong(in, at));
        }
      }
      conversions.run(to, out, outOffset, outStride, from, in, inOffset, inStride, length);
      for (int i = 0; i < length; i++) {
        long at = outOffset + (long) i * outStride;
        double wanted = to.getDouble(expected, at);
        double got = to.getDouble(out, at);
        if (Double.isNaN(wanted)) {
          assertEquals(wanted, got, from + " to " + to + " at " + i + " of " + length);
          MemorySegment.copy(expected, at, out, at, to.byteSize());
        }
      }
      long different = expected.mismatch(out);
      assertEquals(
          -1,
          different,
          () -> {
            long element = (different - outOffset) / outStride;
            return from
                + " to "
                + to
                + " at "
                + element
                + " of "
                + length
                + ", "
                + inStride
                + " to "
                + outStride
                + " bytes apart: "
                + from.getDouble(in, inOffset + element * inStride);
          });
    }
  }

  private static void set(DType type, MemorySegment segment, long at, int index, Random random) {
    if (type.isFloatingPoint() && index < SPECIAL.length) {
      type.setDouble(segment, at, SPECIAL[index]);
    } else if (!type.isFloatingPoint() && index < SPECIAL_INTEGERS.length) {
      type.setLong(segment, at, SPECIAL_INTEGERS[index]);
    } else if (type == DType.BOOL) {
      type.setLong(segment, at, random.nextInt(2));
    } else if (random.nextBoolean()) {
      type.setDouble(segment, at, random.nextGaussian() * Math.scalb(1.0, random.nextInt(30)));
    } else {
      // Any bits, NaN and what is almost zero or infinite among them.
      for (int i = 0; i < type.byteSize(); i++) {
        segment.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextInt());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void anyByteButZeroIsTrue(DType to) {
    try (var arena = Arena.ofConfined()) {
      var in = arena.allocate(256);
      var out = arena.allocate(256L * to.byteSize());
      for (int i = 0; i < 256; i++) {
        in.set(ValueLayout.JAVA_BYTE, i, (byte) i);
      }
      for (var conversions : conversions()) {
        conversions.run(to, out, 0, to.byteSize(), DType.BOOL, in, 0, 1, 256);
        for (int i = 0; i < 256; i++) {
          assertEquals(i == 0 ? 0 : 1, to.getLong(out, (long) i * to.byteSize()), "byte " + i);
        }
      }
    }
  }
}
