package dev.gatun.bench.parity;

import dev.gatun.autograd.Op;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.List;
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

  /** What differs by little is divided by as little as the root of 1e-5. */
  private static final Tolerances NORMALIZED = new Tolerances(2048, true);

  /** Gradients are products of slopes, each rounded, and may be sums. */
  private static final double GRADIENT_ULPS = 256;

  /** As {@link #NORMALIZED}, with slopes that are that steep. */
  private static final double STEEP = 1 << 17;

  /** Among them erf, by libtorch's formula. */
  private static final Set<String> CANCELLING_OPS =
      Set.of(
          "erf",
          "gelu",
          "gelu_tanh",
          "silu",
          "mish",
          "tanhshrink",
          "softplus",
          "logaddexp",
          "logaddexp2",
          "lgamma",
          "digamma",
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

  private static final Set<String> NORMALIZING_OPS = Set.of("layer_norm", "rms_norm");

  /**
   * The tolerance of results.
   *
   * @param op the operation
   * @param inputs the inputs; where their types differ, PyTorch rounds some before it computes
   * @param dtype the type of the result
   */
  static Tolerances ofResult(Op op, List<Tensor> inputs, DType dtype) {
    if (NORMALIZING_OPS.contains(op.name()) && dtype.byteSize() >= Float.BYTES) {
      return NORMALIZED;
    }
    if (op instanceof PointwiseOp) {
      boolean mixed = inputs.stream().anyMatch(input -> input.dtype() != inputs.getFirst().dtype());
      return mixed || CANCELLING_OPS.contains(op.name()) ? CANCELLING : ELEMENTWISE;
    }
    return FOLDED;
  }

  /**
   * The tolerance of gradients.
   *
   * @param op the operation
   * @param inputs the inputs: PyTorch computes parts of a gradient in the types of those it takes
   *     part in, the narrowest of which decides; integers count as float32, as they do beside a
   *     Python number
   * @param dtype the type of the gradient
   */
  static Tolerances ofGradient(Op op, List<Tensor> inputs, DType dtype) {
    double coarsest = epsilon(dtype);
    for (var input : inputs) {
      coarsest = Math.max(coarsest, epsilon(input.dtype()));
    }
    double factor = coarsest / epsilon(dtype);
    return new Tolerances(
        factor * (NORMALIZING_OPS.contains(op.name()) ? STEEP : GRADIENT_ULPS), true);
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
