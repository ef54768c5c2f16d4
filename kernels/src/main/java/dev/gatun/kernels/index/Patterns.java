package dev.gatun.kernels.index;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/** The bits of a value as an element of some type. */
final class Patterns {
  private Patterns() {}

  /** Converts a number; the bits stand lowest. */
  static long of(DType type, double value) {
    return switch (type) {
      case FLOAT32 -> Float.floatToRawIntBits((float) value);
      case FLOAT64 -> Double.doubleToRawLongBits(value);
      case BOOL -> value != 0 ? 1 : 0;
      case INT8, UINT8, INT16, INT32, INT64 -> (long) value;
      case FLOAT16, BFLOAT16 -> {
        var element = MemorySegment.ofArray(new short[1]);
        type.setDouble(element, 0, value);
        yield Moves.element(1, element, 0);
      }
    };
  }

  /** Converts an integer; the bits stand lowest. */
  static long of(DType type, long value) {
    return switch (type) {
      case FLOAT32 -> Float.floatToRawIntBits((float) value);
      case BOOL -> value != 0 ? 1 : 0;
      case INT8, UINT8, INT16, INT32, INT64 -> value;
      case FLOAT64, FLOAT16, BFLOAT16 -> of(type, (double) value);
    };
  }
}
