package dev.gatun.bench.peers.libtorch;

import dev.gatun.memory.DType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** Element types, here and there. */
public final class ScalarTypes {

  private ScalarTypes() {}

  /**
   * Returns libtorch's name for an element type.
   *
   * @param dtype Gatun's
   * @return libtorch's
   */
  public static ScalarType of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> ScalarType.Float;
      case FLOAT64 -> ScalarType.Double;
      case FLOAT16 -> ScalarType.Half;
      case BFLOAT16 -> ScalarType.BFloat16;
      case INT8 -> ScalarType.Char;
      case UINT8 -> ScalarType.Byte;
      case INT16 -> ScalarType.Short;
      case INT32 -> ScalarType.Int;
      case INT64 -> ScalarType.Long;
      case BOOL -> ScalarType.Bool;
    };
  }

  /**
   * Returns Gatun's name for an element type.
   *
   * @param type libtorch's
   * @return Gatun's, null where it has none such
   */
  public static @Nullable DType of(ScalarType type) {
    for (var dtype : DType.values()) {
      if (of(dtype).value == type.value) {
        return dtype;
      }
    }
    return null;
  }
}
