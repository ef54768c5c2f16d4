package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * The share of the standard normal distribution that lies below a number, in scalar and in vector
 * code, and the activation that is made of it.
 *
 * <p>In float, the share below a negative number is good to 2e-6 of itself down to -6, and smaller
 * than 1e-9 beyond.
 */
final class NormalDistribution {
  /**
   * {@code share(-a)} is one over the eighth power of this, in powers of a, the highest first: an
   * error as small as a float's for {@code a * share(-a)}, where a is up to 6; further on it grows
   * and grows.
   */
  private static final List<Double> ROOT =
      List.of(
          3.822074226e-07,
          -2.313863064e-06,
          1.436607381e-05,
          3.622859402e-06,
          0.0003081432881,
          0.0008715725477,
          0.009486788624,
          0.0488074909,
          0.1087629631,
          1.090507725);

  /** Beyond this, {@code a * share(-a)} is 0 in float; the eighth power is still finite. */
  private static final double SINGLE_FAR = 30;

  /** Where the share is 0 in double. */
  private static final double FAR = 1e10;

  private static final double ROOT_OF_HALF = Math.sqrt(0.5);

  private NormalDistribution() {}

  static double share(double x) {
    return (1 + ErrorFunction.erf(x * ROOT_OF_HALF)) / 2;
  }

  /** {@code x * share(x)}, 0 for negative infinity. */
  static double weighted(double x) {
    double share = share(x);
    return share == 0 ? -0.0 : x * share;
  }

  /** Adds the share to vector code. */
  static VectorValue share(VectorCode code, VectorValue x) {
    if (!code.isSingle()) {
      return exactShare(code, x);
    }
    var tail = code.div(code.constant(1), inverseTail(code, code.abs(x)));
    return code.select(code.compare("GT", x, 0), code.sub(code.constant(1), tail), tail);
  }

  /** Adds {@code x * share(x)} to vector code. */
  static VectorValue weighted(VectorCode code, VectorValue x) {
    if (!code.isSingle()) {
      var bounded = code.select(code.compare("LT", x, -FAR), code.constant(-FAR), x);
      return code.mul(bounded, exactShare(code, x));
    }
    // x * share(x) = max(x, 0) - a * share(-a), where a = |x|
    var magnitude = code.abs(x);
    var far = code.compare("GT", magnitude, SINGLE_FAR);
    var a = code.select(far, code.constant(SINGLE_FAR), magnitude);
    var positive = code.select(code.compare("LT", x, 0), code.constant(-0.0), x);
    return code.sub(positive, code.div(a, inverseTail(code, a)));
  }

  private static VectorValue exactShare(VectorCode code, VectorValue x) {
    var erf = ErrorFunction.emit(code, code.mul(x, ROOT_OF_HALF));
    return code.fma(erf, 0.5, 0.5);
  }

  private static VectorValue inverseTail(VectorCode code, VectorValue a) {
    var root = code.polynomial(a, ROOT);
    var square = code.mul(root, root);
    var fourth = code.mul(square, square);
    return code.mul(fourth, fourth);
  }
}
