package dev.gatun.nn.io;

import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/** The names that safetensors gives to element types. */
final class ElementCodes {
  private ElementCodes() {}

  /** Returns the type of a name, or null when Gatun has no such type. */
  static @Nullable DType typeOf(String code) {
    return switch (code) {
      case "F32" -> DType.FLOAT32;
      case "F64" -> DType.FLOAT64;
      case "F16" -> DType.FLOAT16;
      case "BF16" -> DType.BFLOAT16;
      case "I8" -> DType.INT8;
      case "U8" -> DType.UINT8;
      case "I16" -> DType.INT16;
      case "I32" -> DType.INT32;
      case "I64" -> DType.INT64;
      case "BOOL" -> DType.BOOL;
      default -> null;
    };
  }

  /** Returns the name of a type. */
  static String codeOf(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
      case INT8 -> "I8";
      case UINT8 -> "U8";
      case INT16 -> "I16";
      case INT32 -> "I32";
      case INT64 -> "I64";
      case BOOL -> "BOOL";
    };
  }
}
