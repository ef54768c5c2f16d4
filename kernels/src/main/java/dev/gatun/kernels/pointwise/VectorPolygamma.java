package dev.gatun.kernels.pointwise;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first two derivatives of the logarithm of the gamma function in vector code: polynomials for
 * arguments from 1 on, one step of the recurrence {@code f(x) = f(x + 1) + ...} below 1, and
 * reflection below 0 (NIST Digital Library of Mathematical Functions, 5.5 and 5.15). Within 4 ulp;
 * near digamma's zeros below 0, of its larger term.
 */
final class VectorPolygamma {
  /** The positive zero of digamma. */
  static final double ZERO = 1.4616321449683623;

  /** What rounding to double cut off of {@link #ZERO}. */
  static final double ZERO_LOW = 9.549995429965697e-17;

  /**
   * {@code (digamma(y) - log(y / zero)) * y / (y - zero)} in powers of {@code 1 / y}, the highest
   * first, for {@code y >= 1}, in float.
   */
  private static final List<Double> SINGLE_DIGAMMA =
      List.of(
          -0.00010499412,
          0.000700874953,
          -0.00170613558,
          0.00142090023,
          0.00174451387,
          -0.00493182288,
          -0.00326317945,
          0.0547667481,
          0.379553735);

  /** As {@link #SINGLE_DIGAMMA}, in double, with {@code y + 1/2} for y but in digamma and log. */
  static final List<Double> DIGAMMA =
      List.of(
          -0.0027017365757611702,
          0.01835260538623259,
          -0.05696446716919199,
          0.10701718207054597,
          -0.1342531134158898,
          0.11631659652512409,
          -0.06718650770686543,
          0.0222779884142919,
          0.00038452416039429796,
          -0.0006998926058483164,
          0.001295902539529409,
          0.006512340505559959,
          0.010717635168690995,
          0.01810663706881303,
          0.03790552831777974,
          0.0787977458413225,
          0.14637355940503355,
          0.24454477561786508,
          0.37955371883951805);

  /** {@code trigamma(y) * y} in powers of {@code 1 / y}, for {@code y >= 1}, in float. */
  private static final List<Double> SINGLE_TRIGAMMA =
      List.of(
          -0.00300911791,
          0.0160365701,
          -0.0349043906,
          0.0347973295,
          -0.00113249593,
          -0.0336024724,
          9.06171044e-05,
          0.166657761,
          0.500000238,
          1.0);

  /** {@code trigamma(y) * (y + 1/2)} in powers of {@code 1 / (y + 1/2)}, in double. */
  private static final List<Double> TRIGAMMA =
      List.of(
          0.07938406437822806,
          -0.6242710691960175,
          2.2948972287462106,
          -5.207095721275859,
          8.126333510175405,
          -9.168885658688149,
          7.622596289549842,
          -4.605324460927975,
          1.9107143509142386,
          -0.4260846811228647,
          0.031744196846221526,
          0.021617670605760926,
          0.09716603072951564,
          0.1092340058601417,
          0.1644436759249014,
          0.31249958047300014,
          0.529166679504065,
          0.7499999997595588,
          0.9166666666690501,
          0.9999999999999907,
          1.0);

  private VectorPolygamma() {}

  /** The derivative of digamma of an order; null unless the order is known to be 0 or 1. */
  static @Nullable VectorValue emit(VectorCode code, VectorValue order, VectorValue x) {
    if (order.equals(code.constant(0))) {
      return digamma(code, x);
    }
    return order.equals(code.constant(1)) ? trigamma(code, x) : null;
  }

  /** The derivative of the logarithm: NaN at the negative integers, infinite at 0. */
  static VectorValue digamma(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var small = code.compare("LT", x, 1);
    var negative = code.compare("LT", x, 0);
    var one = code.constant(1);
    double zero = code.isSingle() ? (float) ZERO : ZERO;
    double zeroLow = code.isSingle() ? ZERO - zero : ZERO_LOW;

    // y = 1 - x, 1 + x or x, and its distance from the zero, in which nothing was rounded off.
    var y = code.select(small, code.add(magnitude, 1), magnitude);
    var offset = code.select(small, code.constant(zero - 1), code.constant(zero));
    var distance = code.sub(code.sub(magnitude, offset), zeroLow);
    var v = code.div(one, code.isSingle() ? y : code.add(y, 0.5));
    var rational = code.polynomial(v, code.isSingle() ? SINGLE_DIGAMMA : DIGAMMA);
    var ofY = code.fma(code.mul(distance, v), rational, log1p(code, code.mul(distance, 1 / ZERO)));

    // digamma(x) = digamma(x + 1) - 1 / x = digamma(1 - x) + pi / tan(pi |x|)
    var turns = VectorHalfTurns.of(code, magnitude);
    var pole = code.compare("EQ", turns.distance(), 0);
    var cosine = code.select(pole, code.constant(0), turns.cosine(code));
    var numerator = code.select(negative, cosine, code.constant(-1));
    var denominator = code.select(negative, turns.sineOverPi(code), x);
    var value = code.select(small, code.add(ofY, code.div(numerator, denominator)), ofY);
    return code.select(code.compare("LT", x, Double.POSITIVE_INFINITY), value, x);
  }

  /** {@code log(1 + u)} for numbers that are not near -1. */
  private static VectorValue log1p(VectorCode code, VectorValue u) {
    var sum = code.add(u, 1);
    var lost = code.sub(u, code.sub(sum, 1));
    return code.add(VectorExponentials.logOfNormal(code, sum), code.div(lost, sum));
  }

  /** The derivative of {@link #digamma}: infinite at 0 and at the negative integers. */
  static VectorValue trigamma(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var negative = code.compare("LT", x, 0);
    var one = code.constant(1);
    var v = code.div(one, code.add(magnitude, code.isSingle() ? 1 : 1.5));
    var ofNext = code.mul(v, code.polynomial(v, code.isSingle() ? SINGLE_TRIGAMMA : TRIGAMMA));
    // trigamma(x) = 1 / x^2 + trigamma(x + 1) = (pi / sin(pi x))^2 - trigamma(1 - x)
    var sine = VectorHalfTurns.of(code, magnitude).sineOverPi(code);
    var root = code.div(one, code.select(negative, sine, x));
    return code.fma(root, root, code.select(negative, code.neg(ofNext), ofNext));
  }
}
