package dev.gatun.bench.parity;

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
 * @param coarsest the last place of 1, where it is coarser than that of the result's type: of what
 *     one of the sides computes with
 * @param signsOfZeros whether 0 and -0 are apart
 */
record Tolerances(double ulps, boolean relativeToLargest, double coarsest, boolean signsOfZeros) {

  /** Each side is within 2 units of the truth, and powers and functions of angles within 4. */
  private static final Tolerances ELEMENTWISE = new Tolerances(8, false, 0);

  /** Formulas in which terms of the size of one cancel, by either side's way of writing them. */
  private static final Tolerances CANCELLING = new Tolerances(8, true, 0);

  /** Sums and products of up to some hundred terms. */
  private static final Tolerances FOLDED = new Tolerances(64, true, 0);

  /** What differs by little is divided by as little as the root of 1e-5. */
  private static final Tolerances NORMALIZED = new Tolerances(2048, true, 0);

  /** Gradients are products of slopes, each rounded, and may be sums. */
  private static final double GRADIENT_ULPS = 256;

  /** Where the terms of a slope cancel, by either side's way of writing them, near a point. */
  private static final Set<String> CANCELLING_SLOPES = Set.of("sinc");

  /** libtorch's slope is a constant of float32. */
  private static final Set<String> NARROW_SLOPES = Set.of("hardsigmoid");

  /** libtorch's second derivative of the gamma function's logarithm is right to nine digits. */
  private static final double TRIGAMMA_UNIT = 0x1p-35;

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
          "logit",
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

  /**
   * Which zero is greater is open, and libtorch's code for vectors and for the rest of them differ;
   * so do they in what softshrink leaves of a number. xlogy and elu keep the zero that goes with
   * their slope. In the others terms cancel, in an order of either side's own.
   */
  private static final Set<String> OF_EITHER_ZERO =
      Set.of(
          "maximum",
          "minimum",
          "fmax",
          "fmin",
          "clamp_min",
          "clamp_max",
          "clamp_tensor",
          "softshrink",
          "xlogy",
          "elu",
          "lerp",
          "lerp_tensor",
          "addcmul",
          "tanhshrink",
          "logaddexp2");

  private static final Set<String> NORMALIZING_OPS = Set.of("layer_norm", "rms_norm");

  /** A tolerance in which 0 and -0 are alike. */
  Tolerances(double ulps, boolean relativeToLargest, double coarsest) {
    this(ulps, relativeToLargest, coarsest, false);
  }

  /**
   * The tolerance of results.
   *
   * @param subject what is called
   * @param inputs the inputs; where their types differ, PyTorch rounds some before it computes
   * @param dtype the type of the result
   */
  static Tolerances ofResult(Subject subject, List<Tensor> inputs, DType dtype) {
    if (NORMALIZING_OPS.contains(subject.name()) && dtype.byteSize() >= Float.BYTES) {
      return NORMALIZED;
    }
    if (subject.name().equals("trigamma")) {
      return new Tolerances(GRADIENT_ULPS, false, TRIGAMMA_UNIT);
    }
    if (subject.isElementwise()) {
      boolean mixed = inputs.stream().anyMatch(input -> input.dtype() != inputs.getFirst().dtype());
      var tolerance = mixed || CANCELLING_OPS.contains(subject.name()) ? CANCELLING : ELEMENTWISE;
      return OF_EITHER_ZERO.contains(subject.name()) ? tolerance : tolerance.withSignsOfZeros();
    }
    return FOLDED;
  }

  /**
   * The tolerance of gradients.
   *
   * @param subject what is called
   * @param inputs the inputs: PyTorch computes parts of a gradient in the types of those it takes
   *     part in, the narrowest of which decides; integers count as float32, as they do beside a
   *     Python number
   * @param dtype the type of the gradient
   */
  static Tolerances ofGradient(Subject subject, List<Tensor> inputs, DType dtype) {
    double coarsest = epsilon(dtype);
    for (var input : inputs) {
      coarsest = Math.max(coarsest, epsilon(input.dtype()));
    }
    if (NARROW_SLOPES.contains(subject.name())) {
      coarsest = Math.max(coarsest, epsilon(DType.FLOAT32));
    }
    if (subject.name().equals("digamma")) {
      coarsest = Math.max(coarsest, TRIGAMMA_UNIT);
    }
    boolean steep =
        NORMALIZING_OPS.contains(subject.name()) || CANCELLING_SLOPES.contains(subject.name());
    return new Tolerances(steep ? STEEP : GRADIENT_ULPS, true, coarsest);
  }

  /** The same for errors that are so many times greater. */
  Tolerances times(double factor) {
    return new Tolerances(ulps * factor, relativeToLargest, coarsest, signsOfZeros);
  }

  private Tolerances withSignsOfZeros() {
    return new Tolerances(ulps, relativeToLargest, coarsest, true);
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
