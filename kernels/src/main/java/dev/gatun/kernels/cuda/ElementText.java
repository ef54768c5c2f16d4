package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;

/** How CUDA C holds the elements of a type in memory, and converts them from and to numbers. */
final class ElementText {
  private ElementText() {}

  /** C's type of elements in memory. */
  static String type(DType type) {
    return switch (type) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case FLOAT16, BFLOAT16 -> "unsigned short";
      case INT8 -> "signed char";
      case UINT8, BOOL -> "unsigned char";
      case INT16 -> "short";
      case INT32 -> "int";
      case INT64 -> "long long";
    };
  }

  /** C's type of what is computed with. */
  private static String number(DType computeType) {
    return type(computeType);
  }

  /**
   * The number that an element stands for; of a truth value, itself.
   *
   * @param element an expression of {@link #type}
   */
  static String load(DType type, DType computeType, String element) {
    if (type == computeType) {
      return element;
    }
    return switch (type) {
      case BOOL -> element + " != 0";
      case FLOAT16 -> ofFloat(computeType, "gatun_half_to_float(" + element + ")");
      case BFLOAT16 -> ofFloat(computeType, "gatun_bfloat16_to_float(" + element + ")");
      case FLOAT32, FLOAT64 -> ofReal(computeType, element);
      case INT8, UINT8, INT16, INT32, INT64 -> "(" + number(computeType) + ")" + element;
    };
  }

  private static String ofFloat(DType computeType, String value) {
    return computeType == DType.FLOAT32 ? value : ofReal(computeType, value);
  }

  private static String ofReal(DType computeType, String value) {
    String cast = "(" + number(computeType) + ")";
    return computeType.isFloatingPoint()
        ? cast + value
        : cast + "gatun_to_integer((double)" + value + ")";
  }

  /**
   * The element that a number, or a truth value, becomes.
   *
   * @param value an expression of the compute type, or a truth value where the type is BOOL
   */
  static String store(DType type, DType computeType, String value) {
    if (type == computeType) {
      return value;
    }
    String cast = "(" + type(type) + ")";
    return switch (type) {
      case BOOL, FLOAT32, FLOAT64 -> cast + value;
      case FLOAT16 -> "gatun_float_to_half(" + toFewerBits(computeType, value, false) + ")";
      case BFLOAT16 -> "gatun_float_to_bfloat16(" + toFewerBits(computeType, value, true) + ")";
      case INT8, UINT8, INT16, INT32, INT64 ->
          computeType.isFloatingPoint()
              ? cast + "gatun_to_integer(" + wide(computeType, value) + ")"
              : cast + value;
    };
  }

  private static String wide(DType computeType, String value) {
    return computeType == DType.FLOAT64 ? value : "(double)" + value;
  }

  /** A float that rounds to 16 bits as the number would. */
  private static String toFewerBits(DType computeType, String value, boolean wideRange) {
    return switch (computeType) {
      case FLOAT32 -> value;
      case INT64 ->
          wideRange
              ? "gatun_round_to_odd(gatun_integer_round_to_odd(" + value + "))"
              : "gatun_round_to_odd((double)" + value + ")";
      default -> "gatun_round_to_odd(" + wide(computeType, value) + ")";
    };
  }
}
