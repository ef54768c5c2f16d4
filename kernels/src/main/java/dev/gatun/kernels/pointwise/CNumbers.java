package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;

/** How C writes the numbers that a program computes with. */
enum CNumbers {
  FLOAT32("float", "int", "f32"),
  FLOAT64("double", "long long", "f64"),
  INT32("int", "int", "i32"),
  INT64("long long", "long long", "i64");

  /** Whole numbers below this are written as such, all others by their bits. */
  private static final double READABLE = 1e6;

  private final String number;
  private final String bits;
  private final String suffix;

  CNumbers(String number, String bits, String suffix) {
    this.number = number;
    this.bits = bits;
    this.suffix = suffix;
  }

  static CNumbers of(DType computeType) {
    return switch (computeType) {
      case FLOAT32 -> FLOAT32;
      case FLOAT64 -> FLOAT64;
      case INT32 -> INT32;
      case INT64 -> INT64;
      default -> throw new IllegalArgumentException("nothing is computed in " + computeType);
    };
  }

  /** The type of numbers. */
  String number() {
    return number;
  }

  /** The signed integer type of the same width. */
  String bits() {
    return bits;
  }

  /** The unsigned integer type of the same width. */
  String unsigned() {
    return "unsigned " + bits;
  }

  /** What the names of functions of these numbers end with. */
  String suffix() {
    return suffix;
  }

  boolean isReal() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /** The function that makes numbers of bits. */
  String fromBits() {
    return this == FLOAT32 ? "__int_as_float" : "__longlong_as_double";
  }

  /** The function that makes bits of numbers. */
  String toBits() {
    return this == FLOAT32 ? "__float_as_int" : "__double_as_longlong";
  }

  /** The name of a function of C's mathematical library. */
  String library(String function) {
    return this == FLOAT32 ? function + "f" : function;
  }

  /** A constant, converted as {@link Expression#constant} says. */
  String constant(double value) {
    return switch (this) {
      case FLOAT32 -> {
        float single = (float) value;
        if (Float.isNaN(single)) {
          yield "__int_as_float(0x7fc00000)";
        }
        if (Float.isInfinite(single)) {
          yield single > 0 ? "__int_as_float(0x7f800000)" : "(-__int_as_float(0x7f800000))";
        }
        yield real(single, Float.toString(single), Float.toHexString(single)) + "f";
      }
      case FLOAT64 -> {
        if (Double.isNaN(value)) {
          yield "__longlong_as_double(0x7ff8000000000000LL)";
        }
        if (Double.isInfinite(value)) {
          String infinity = "__longlong_as_double(0x7ff0000000000000LL)";
          yield value > 0 ? infinity : "(-" + infinity + ")";
        }
        yield real(value, Double.toString(value), Double.toHexString(value));
      }
      case INT32 -> pattern((int) (long) value);
      case INT64 -> pattern((long) value);
    };
  }

  private static String real(double value, String decimal, String bits) {
    return value == Math.rint(value) && Math.abs(value) < READABLE ? decimal : bits;
  }

  /** An integer of the width of these numbers. */
  String pattern(long value) {
    if (bits.equals("int")) {
      int narrow = (int) value;
      return narrow == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Integer.toString(narrow);
    }
    return value == Long.MIN_VALUE ? "(-9223372036854775807LL - 1)" : value + "LL";
  }
}
