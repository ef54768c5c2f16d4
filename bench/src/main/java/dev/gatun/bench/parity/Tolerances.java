package dev.gatun.bench.parity;

import dev.gatun.autograd.Op;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.memory.DType;
import java.util.Set;

/**
 * How far results may be apart: a number of units in the last place of the larger one, or, for what
 * is a sum of terms that cancel, of the largest element or of one.
 *
 * @param ulps how many units
 * @param relativeToLargest whether a unit is that of the largest element, 1 at least, instead of
 *     each element's own
 */
record Tolerances(double ulps, boolean relativeToLargest) {

  /** Each side is within 2 units of the truth, and powers and functions of angles within 4. */
  private static final Tolerances ELEMENTWISE = new Tolerances(8, false);

  /** Formulas in which terms of the size of one cancel, by either side's way of writing them. */
  private static final Tolerances CANCELLING = new Tolerances(8, true);

  /** Sums and products of up to some hundred terms. */
  private static final Tolerances FOLDED = new Tolerances(64, true);

  /** Gradients are products of slopes, each rounded, and may be sums. */
  private static final Tolerances GRADIENT = new Tolerances(256, true);

  /** Among them erf, by libtorch's formula. */
  private static final Set<String> CANCELLING_OPS =
      Set.of(
          "gelu",
          "gelu_tanh",
          "silu",
          "mish",
          "tanhshrink",
          "softplus",
          "logsigmoid",
          "lerp",
          "addcmul",
          "remainder",
          "fmod",
          "sin",
          "cos",
          "tan",
          "selu",
          "elu",
          "hardswish");

  static Tolerances ofResult(Op op) {
    if (op instanceof PointwiseOp) {
      return CANCELLING_OPS.contains(op.name()) ? CANCELLING : ELEMENTWISE;
    }
    return FOLDED;
  }

  static Tolerances ofGradient() {
    return GRADIENT;
  }

  /** The distance from 1 to the next number of a type. */
  static double epsilon(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 0x1p-52;
      case FLOAT16 -> 0x1p-10;
      case BFLOAT16 -> 0x1p-7;
      default -> 0x1p-23;
    };
  }

  /** The smallest normal number of a type, below which units do not shrink any more. */
  static double smallestNormal(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> Double.MIN_NORMAL;
      case FLOAT16 -> 0x1p-14;
      default -> Float.MIN_NORMAL;
    };
  }
}
