package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Loads and stores runs of equally spaced elements, converting between any element type and the
 * double or long that scalar code computes with.
 *
 * <p>{@code single} says that the program computes in FLOAT32: loads and stores then pass through
 * float.
 */
final class ElementBlocks {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

  private ElementBlocks() {}

  static void load(
      DType type,
      MemorySegment segment,
      long byteOffset,
      long byteStride,
      double[] block,
      int at,
      int count,
      boolean single) {
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(FLOAT, byteOffset + i * byteStride);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          double value = segment.get(DOUBLE, byteOffset + i * byteStride);
          block[at + i] = single ? (float) value : value;
        }
      }
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          int value = segment.get(INT, byteOffset + i * byteStride);
          block[at + i] = single ? (float) value : value;
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          long value = segment.get(LONG, byteOffset + i * byteStride);
          block[at + i] = single ? (float) value : (double) value;
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride) != 0 ? 1 : 0;
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride) & 0xff;
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(SHORT, byteOffset + i * byteStride);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = Float.float16ToFloat(segment.get(SHORT, byteOffset + i * byteStride));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = DType.bfloat16ToFloat(segment.get(SHORT, byteOffset + i * byteStride));
        }
      }
    }
  }

  static void load(
      DType type,
      MemorySegment segment,
      long byteOffset,
      long byteStride,
      long[] block,
      int at,
      int count) {
    switch (type) {
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(INT, byteOffset + i * byteStride);
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(LONG, byteOffset + i * byteStride);
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride) != 0 ? 1 : 0;
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride);
        }
      }
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(BYTE, byteOffset + i * byteStride) & 0xff;
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = segment.get(SHORT, byteOffset + i * byteStride);
        }
      }
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          block[at + i] = type.getLong(segment, byteOffset + i * byteStride);
        }
      }
    }
  }

  static void store(
      DType type,
      MemorySegment segment,
      long byteOffset,
      long byteStride,
      double[] block,
      int at,
      int count,
      boolean single) {
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          segment.set(FLOAT, byteOffset + i * byteStride, (float) block[at + i]);
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          double value = single ? (float) block[at + i] : block[at + i];
          segment.set(BYTE, byteOffset + i * byteStride, (byte) (value != 0 ? 1 : 0));
        }
      }
      case INT8, UINT8 -> {
        for (int i = 0; i < count; i++) {
          double value = single ? (float) block[at + i] : block[at + i];
          segment.set(BYTE, byteOffset + i * byteStride, (byte) (long) value);
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          double value = single ? (float) block[at + i] : block[at + i];
          segment.set(SHORT, byteOffset + i * byteStride, (short) (long) value);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          double value = single ? (float) block[at + i] : block[at + i];
          segment.set(DOUBLE, byteOffset + i * byteStride, value);
        }
      }
      case INT32, INT64, FLOAT16, BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          double value = single ? (float) block[at + i] : block[at + i];
          type.setDouble(segment, byteOffset + i * byteStride, value);
        }
      }
    }
  }

  static void store(
      DType type,
      MemorySegment segment,
      long byteOffset,
      long byteStride,
      long[] block,
      int at,
      int count) {
    switch (type) {
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          segment.set(INT, byteOffset + i * byteStride, (int) block[at + i]);
        }
      }
      case INT64 -> {
        for (int i = 0; i < count; i++) {
          segment.set(LONG, byteOffset + i * byteStride, block[at + i]);
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          segment.set(BYTE, byteOffset + i * byteStride, (byte) (block[at + i] != 0 ? 1 : 0));
        }
      }
      case INT8, UINT8 -> {
        for (int i = 0; i < count; i++) {
          segment.set(BYTE, byteOffset + i * byteStride, (byte) block[at + i]);
        }
      }
      case INT16 -> {
        for (int i = 0; i < count; i++) {
          segment.set(SHORT, byteOffset + i * byteStride, (short) block[at + i]);
        }
      }
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          type.setLong(segment, byteOffset + i * byteStride, block[at + i]);
        }
      }
    }
  }
}
