package dev.gatun.bench.parity;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * How far elements may be apart, in units in the last place, before double precision is asked.
 *
 * @param dtype the type of the elements
 * @param ulps how many units
 * @param isElementwise whether 0 and -0 are apart, and elements have nothing to do with each other
 */
public record Tolerances(DType dtype, double ulps, boolean isElementwise) {

  /** Each side is within 2 units of the truth. */
  private static final double OF_FUNCTIONS = 4;

  /** Both sides compute in single precision, and round once. */
  private static final double OF_NARROW_TYPES = 1;

  /** libtorch's trigamma ends its series early: nine digits are right. */
  private static final double TRIGAMMA = 0x1p-29;

  private static final Map<String, Double> CRUDE_RESULTS = Map.of("trigamma", TRIGAMMA);

  /** What Gatun states for gelu in float32. */
  private static final double GELU = 2e-6;

  /** A sum with that, the terms of which cancel near its zero. */
  private static final double GELU_SLOPE = 64e-6;

  /** The factor of hardsigmoid's slope is a constant of float32 in libtorch. */
  private static final Map<String, Double> CRUDE_SLOPES =
      Map.of("digamma", TRIGAMMA, "hardsigmoid", 0x1p-23);

  /**
   * The tolerance of results; elementwise operations care for signs of zeros.
   *
   * @param subject what is called
   * @param dtype the type of the result
   * @return the tolerance
   */
  public static Tolerances ofResult(Subject subject, DType dtype) {
    double crude =
        dtype == DType.FLOAT32 && subject.name().equals("gelu")
            ? GELU
            : CRUDE_RESULTS.getOrDefault(subject.name(), 0.0);
    return of(dtype, crude, subject.isElementwise());
  }

  /**
   * The tolerance of gradients, which may be of either zero.
   *
   * @param subject what is called
   * @param dtype the type of the gradient
   * @return the tolerance
   */
  public static Tolerances ofGradient(Subject subject, DType dtype) {
    double crude =
        dtype == DType.FLOAT32 && subject.name().equals("gelu")
            ? GELU_SLOPE
            : CRUDE_SLOPES.getOrDefault(subject.name(), 0.0);
    return of(dtype, crude, false);
  }

  private static Tolerances of(DType dtype, double relatively, boolean isElementwise) {
    double ulps = dtype.byteSize() < Float.BYTES ? OF_NARROW_TYPES : OF_FUNCTIONS;
    return new Tolerances(dtype, Math.max(ulps, relatively / epsilon(dtype)), isElementwise);
  }

  /**
   * How far apart numbers are, in units of the greater one.
   *
   * @return a number of units; not a number, or infinite, where they are not of a kind
   */
  double distance(double expected, double actual) {
    if (expected == actual) {
      boolean isOtherZero = expected == 0 && 1 / expected != 1 / actual;
      return isElementwise && isOtherZero ? Double.POSITIVE_INFINITY : 0;
    }
    return Double.isNaN(expected) && Double.isNaN(actual)
        ? 0
        : Math.abs(expected - actual) / ulp(Math.max(Math.abs(expected), Math.abs(actual)));
  }

  /** The unit in the last place of a number, at least that of the smallest normal number. */
  double ulp(double value) {
    double size = Math.max(Math.abs(value), smallestNormal(dtype));
    return Double.isFinite(value) ? Math.scalb(epsilon(dtype), Math.getExponent(size)) : 0;
  }

  /**
   * How far from the truth a number may be: some units of its own, and one of the largest element
   * of what is folded, or a gradient, in a type that is not rounded to at the end alone.
   *
   * @param right the truth
   * @param largest the largest magnitude of all elements
   */
  double nearest(double right, double largest) {
    boolean isRoundedOnce = isElementwise || dtype.byteSize() < Float.BYTES;
    return ulps * ulp(right) + (isRoundedOnce ? 0 : ulp(largest));
  }

  /** A number as the type has it. */
  double rounded(double value) {
    var element = MemorySegment.ofArray(new long[1]);
    dtype.setDouble(element, 0, value);
    return dtype.getDouble(element, 0);
  }

  /** The less precise of two types, in which what is made of both has been at some time. */
  static DType coarser(DType one, DType other) {
    return epsilon(other) > epsilon(one) ? other : one;
  }

  /**
   * The distance from 1 to the next number of a type.
   *
   * @param dtype a type of floating point; any other counts as float32
   * @return the distance
   */
  public static double epsilon(DType dtype) {
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
