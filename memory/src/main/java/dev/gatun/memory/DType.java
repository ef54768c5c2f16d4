package dev.gatun.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The type of a tensor's elements.
 *
 * <p>Elements are stored in the machine's byte order. Half-precision types are stored as their
 * 16-bit patterns: {@link #FLOAT16} is IEEE 754 binary16, {@link #BFLOAT16} is the upper half of a
 * binary32. {@link #BOOL} is one byte, 0 or 1.
 *
 * <p>The element accessors here are the reference for reading and writing single elements; kernels
 * have faster ways. They take byte offsets, need no alignment, and convert as documented on each.
 */
public enum DType {
  /** IEEE 754 binary32. The default type of floating-point tensors. */
  FLOAT32("float32", 4, Kind.FLOATING),
  /** IEEE 754 binary64. */
  FLOAT64("float64", 8, Kind.FLOATING),
  /** IEEE 754 binary16. */
  FLOAT16("float16", 2, Kind.FLOATING),
  /** The upper 16 bits of a binary32. */
  BFLOAT16("bfloat16", 2, Kind.FLOATING),
  /** Signed 8-bit integer. */
  INT8("int8", 1, Kind.SIGNED),
  /** Unsigned 8-bit integer. */
  UINT8("uint8", 1, Kind.UNSIGNED),
  /** Signed 16-bit integer. */
  INT16("int16", 2, Kind.SIGNED),
  /** Signed 32-bit integer. */
  INT32("int32", 4, Kind.SIGNED),
  /** Signed 64-bit integer. The default type of integral tensors and of indices. */
  INT64("int64", 8, Kind.SIGNED),
  /** Truth value, one byte, 0 or 1. */
  BOOL("bool", 1, Kind.BOOLEAN);

  private enum Kind {
    BOOLEAN,
    UNSIGNED,
    SIGNED,
    FLOATING
  }

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private final String typeName;
  private final int byteSize;
  private final int byteShift;
  private final Kind kind;

  DType(String typeName, int byteSize, Kind kind) {
    this.typeName = typeName;
    this.byteSize = byteSize;
    this.byteShift = Integer.numberOfTrailingZeros(byteSize);
    this.kind = kind;
  }

  /**
   * Returns the name of this type as PyTorch and NumPy write it, for example {@code float32}.
   *
   * @return the lower-case name
   */
  public String typeName() {
    return typeName;
  }

  /**
   * Returns the size of one element in bytes.
   *
   * @return 1, 2, 4 or 8
   */
  public int byteSize() {
    return byteSize;
  }

  /**
   * Returns the base-two logarithm of {@link #byteSize()}, so that {@code index << byteShift()} is
   * a byte offset.
   *
   * @return 0, 1, 2 or 3
   */
  public int byteShift() {
    return byteShift;
  }

  /**
   * Tells whether this is one of the four floating-point types.
   *
   * @return whether elements have a fraction
   */
  public boolean isFloatingPoint() {
    return kind == Kind.FLOATING;
  }

  /**
   * Tells whether this is a floating-point type of 16 bits.
   *
   * @return whether this is {@link #FLOAT16} or {@link #BFLOAT16}
   */
  public boolean isHalfPrecision() {
    return this == FLOAT16 || this == BFLOAT16;
  }

  /**
   * Tells whether this is one of the five integer types. {@link #BOOL} is not one.
   *
   * @return whether elements are integers
   */
  public boolean isIntegral() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /**
   * Returns the type in which an operation on two tensors is computed, by PyTorch's promotion
   * table: the wider of two types of one kind; a floating-point type beside an integral one; {@link
   * #INT16} for {@link #INT8} with {@link #UINT8}; {@link #FLOAT32} for {@link #FLOAT16} with
   * {@link #BFLOAT16}; the other type beside {@link #BOOL}.
   *
   * @param a the one type
   * @param b the other type
   * @return the common type
   */
  public static DType promote(DType a, DType b) {
    if (a == b || b == BOOL) {
      return a;
    }
    if (a == BOOL) {
      return b;
    }
    if (a.kind == Kind.FLOATING || b.kind == Kind.FLOATING) {
      if (a.kind != Kind.FLOATING) {
        return b;
      }
      if (b.kind != Kind.FLOATING) {
        return a;
      }
      if (a.byteSize == b.byteSize) {
        return FLOAT32;
      }
      return a.byteSize > b.byteSize ? a : b;
    }
    if (a.kind == b.kind) {
      return a.byteSize > b.byteSize ? a : b;
    }
    DType signed = a.kind == Kind.SIGNED ? a : b;
    return signed.byteSize > 1 ? signed : INT16;
  }

  /**
   * Returns the type of a result that needs a fraction: this type when it is floating point, else
   * {@link #FLOAT32}.
   *
   * @return a floating-point type
   */
  public DType toFloatingPoint() {
    return isFloatingPoint() ? this : FLOAT32;
  }

  /**
   * Reads one element as a double. Exact for every type but {@link #INT64}, whose values beyond
   * 2^53 are rounded.
   *
   * @param segment the memory to read
   * @param byteOffset where the element starts, in bytes
   * @return its value
   * @throws IndexOutOfBoundsException when the element does not lie within the segment
   */
  public double getDouble(MemorySegment segment, long byteOffset) {
    return switch (this) {
      case FLOAT32 -> segment.get(FLOAT, byteOffset);
      case FLOAT64 -> segment.get(DOUBLE, byteOffset);
      case FLOAT16 -> Float.float16ToFloat(segment.get(SHORT, byteOffset));
      case BFLOAT16 -> bfloat16ToFloat(segment.get(SHORT, byteOffset));
      case INT8, UINT8, INT16, INT32, INT64, BOOL -> getLong(segment, byteOffset);
    };
  }

  /**
   * Reads one element as a long. Floating-point values are cut towards zero; NaN becomes 0 and
   * values beyond the range of a long become its bounds.
   *
   * @param segment the memory to read
   * @param byteOffset where the element starts, in bytes
   * @return its value
   * @throws IndexOutOfBoundsException when the element does not lie within the segment
   */
  public long getLong(MemorySegment segment, long byteOffset) {
    return switch (this) {
      case INT8 -> segment.get(ValueLayout.JAVA_BYTE, byteOffset);
      case UINT8 -> segment.get(ValueLayout.JAVA_BYTE, byteOffset) & 0xff;
      case INT16 -> segment.get(SHORT, byteOffset);
      case INT32 -> segment.get(INT, byteOffset);
      case INT64 -> segment.get(LONG, byteOffset);
      case BOOL -> segment.get(ValueLayout.JAVA_BYTE, byteOffset) != 0 ? 1 : 0;
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (long) getDouble(segment, byteOffset);
    };
  }

  /**
   * Writes one element, converting from double: floating-point types round to nearest even, integer
   * types cut towards zero to a long and then keep its low bits, {@link #BOOL} stores whether the
   * value differs from zero (NaN does).
   *
   * @param segment the memory to write
   * @param byteOffset where the element starts, in bytes
   * @param value the value to store
   * @throws IndexOutOfBoundsException when the element does not lie within the segment
   */
  public void setDouble(MemorySegment segment, long byteOffset, double value) {
    switch (this) {
      case FLOAT32 -> segment.set(FLOAT, byteOffset, (float) value);
      case FLOAT64 -> segment.set(DOUBLE, byteOffset, value);
      case FLOAT16 -> segment.set(SHORT, byteOffset, doubleToFloat16(value));
      case BFLOAT16 -> segment.set(SHORT, byteOffset, doubleToBfloat16(value));
      case BOOL -> segment.set(ValueLayout.JAVA_BYTE, byteOffset, (byte) (value != 0 ? 1 : 0));
      case INT8, UINT8, INT16, INT32, INT64 -> setLong(segment, byteOffset, (long) value);
    }
  }

  /**
   * Writes one element, converting from long: floating-point types round to nearest even, integer
   * types keep the low bits, {@link #BOOL} stores whether the value differs from zero.
   *
   * @param segment the memory to write
   * @param byteOffset where the element starts, in bytes
   * @param value the value to store
   * @throws IndexOutOfBoundsException when the element does not lie within the segment
   */
  public void setLong(MemorySegment segment, long byteOffset, long value) {
    switch (this) {
      case INT8, UINT8 -> segment.set(ValueLayout.JAVA_BYTE, byteOffset, (byte) value);
      case INT16 -> segment.set(SHORT, byteOffset, (short) value);
      case INT32 -> segment.set(INT, byteOffset, (int) value);
      case INT64 -> segment.set(LONG, byteOffset, value);
      case BOOL -> segment.set(ValueLayout.JAVA_BYTE, byteOffset, (byte) (value != 0 ? 1 : 0));
      case FLOAT32 -> segment.set(FLOAT, byteOffset, (float) value);
      case FLOAT64 -> segment.set(DOUBLE, byteOffset, (double) value);
      case FLOAT16 -> segment.set(SHORT, byteOffset, doubleToFloat16((double) value));
      case BFLOAT16 -> segment.set(SHORT, byteOffset, doubleToBfloat16(roundToOdd(value)));
    }
  }

  /**
   * Widens a bfloat16 bit pattern. Exact.
   *
   * @param bits the 16-bit pattern
   * @return its value
   */
  public static float bfloat16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * Narrows a float to a bfloat16 bit pattern, rounding to nearest even. NaN stays NaN.
   *
   * @param value the value to narrow
   * @return the 16-bit pattern
   */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private static short doubleToFloat16(double value) {
    return Float.floatToFloat16(roundToOdd(value));
  }

  private static short doubleToBfloat16(double value) {
    return floatToBfloat16(roundToOdd(value));
  }

  /** Rounds to odd as below, so that rounding on from a double is as if from the long itself. */
  private static double roundToOdd(long value) {
    if (Math.abs(value >> 1) < 1L << 52) {
      return value;
    }
    long kept = value & -(1L << 11);
    return kept == value ? value : kept | 1L << 11;
  }

  /** Rounds to odd, so that the second rounding, to fewer bits, is as if there had been but one. */
  private static float roundToOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Float.isNaN(nearest) || Float.isInfinite(nearest)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    boolean towardsZero = Math.abs((double) nearest) < Math.abs(value);
    int truncated = towardsZero ? bits : bits - 1;
    return Float.intBitsToFloat(truncated | 1);
  }

  @Override
  public String toString() {
    return typeName;
  }
}
