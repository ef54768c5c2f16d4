package dev.gatun.kernels.pointwise;

/**
 * Trigonometric functions in vector code. An angle is reduced by a multiple of half pi in three
 * parts, the first subtraction being exact; the rare angles too large for that are left to scalar
 * code.
 */
final class VectorAngles {
  private static final double HALF_PI = Math.PI / 2;

  private VectorAngles() {}

  /** An angle as {@code n * pi / 2 + r}, by the sine and cosine of r and n as an integer. */
  private record Reduced(VectorValue n, VectorValue sin, VectorValue cos) {
    static Reduced of(VectorCode code, VectorValue x) {
      var precision = Precision.of(code);
      var format = precision.format();
      var shifted = code.fma(x, 2 / Math.PI, format.toInteger());
      var n = code.sub(shifted, format.toInteger());
      var r = x;
      for (double part : precision.halfPi()) {
        r = code.fma(n, code.constant(-part), r);
      }
      var square = code.mul(r, r);
      var polynomials = precision.polynomials();
      var sin = code.timesOnePlus(r, square, polynomials.sin());
      var quartic = code.mul(code.mul(square, square), code.polynomial(square, polynomials.cos()));
      var cos = code.add(code.fma(square, -0.5, 1), quartic);
      return new Reduced(code.toBits(shifted), sin, cos);
    }

    /** The sine of the angle and {@code quarters} quarter turns more. */
    VectorValue sin(VectorCode code, int quarters) {
      var turns = code.bitsAdd(n, code.bits(quarters));
      var odd = code.bitsSub(code.bits(0), code.bitsAnd(turns, code.bits(1)));
      var sinBits = code.toBits(sin);
      var either = code.bitsXor(sinBits, code.toBits(cos));
      var magnitude = code.bitsXor(sinBits, code.bitsAnd(either, odd));
      int toSign = code.isSingle() ? 30 : 62;
      var sign = code.shiftLeft(code.bitsAnd(turns, code.bits(2)), toSign);
      return code.fromBits(code.bitsXor(magnitude, sign));
    }
  }

  static VectorValue sin(VectorCode code, VectorValue x) {
    return orScalar(code, "sin", x, Reduced.of(code, x).sin(code, 0));
  }

  static VectorValue cos(VectorCode code, VectorValue x) {
    return orScalar(code, "cos", x, Reduced.of(code, x).sin(code, 1));
  }

  static VectorValue tan(VectorCode code, VectorValue x) {
    var reduced = Reduced.of(code, x);
    return orScalar(code, "tan", x, code.div(reduced.sin(code, 0), reduced.sin(code, 1)));
  }

  private static VectorValue orScalar(
      VectorCode code, String function, VectorValue x, VectorValue value) {
    var large = code.compare("GT", code.abs(x), Precision.of(code).ranges().reducible());
    return code.replaceLanes(function, value, x, large);
  }

  static VectorValue atan(VectorCode code, VectorValue x) {
    var magnitude = code.abs(x);
    var steep = code.compare("GT", magnitude, 1);
    var ratio = code.select(steep, code.div(code.constant(1), magnitude), magnitude);
    var angle = atanOfRatio(code, ratio);
    var folded = code.select(steep, code.sub(code.constant(HALF_PI), angle), angle);
    return code.withSignOf(folded, x);
  }

  /** The inverse tangent of a number between 0 and 1. */
  private static VectorValue atanOfRatio(VectorCode code, VectorValue ratio) {
    var square = code.mul(ratio, ratio);
    var polynomial = code.polynomial(square, Precision.of(code).polynomials().atan());
    return code.fma(code.mul(ratio, square), polynomial, ratio);
  }

  static VectorValue asin(VectorCode code, VectorValue x) {
    var one = code.constant(1);
    var cosine = code.sqrt(code.mul(code.sub(one, x), code.add(x, one)));
    return atan(code, code.div(x, cosine));
  }

  static VectorValue acos(VectorCode code, VectorValue x) {
    var one = code.constant(1);
    var halfTangent = code.sqrt(code.div(code.sub(one, x), code.add(x, one)));
    return code.mul(atan(code, halfTangent), 2);
  }

  /** The angle of the point {@code (x, y)}. */
  static VectorValue atan2(VectorCode code, VectorValue y, VectorValue x) {
    var rise = code.abs(y);
    var run = code.abs(x);
    var steep = code.compare("GT", rise, run);
    var smaller = code.select(steep, run, rise);
    var larger = code.select(steep, rise, run);
    var equal = code.logicalAnd(code.compare("EQ", rise, run), code.compare("NE", rise, 0));
    var quotient = code.div(smaller, larger);
    var ratio =
        code.select(
            code.compare("EQ", smaller, 0),
            smaller,
            code.select(equal, code.constant(1), quotient));
    var angle = atanOfRatio(code, ratio);
    var folded = code.select(steep, code.sub(code.constant(HALF_PI), angle), angle);
    var signOfRun = code.withSignOf(code.constant(1), x);
    var turned =
        code.select(
            code.compare("LT", signOfRun, 0), code.sub(code.constant(Math.PI), folded), folded);
    var known = code.withSignOf(turned, y);
    var unknown = code.logicalOr(code.compare("NE", x, x), code.compare("NE", y, y));
    return code.select(unknown, code.constant(Double.NaN), known);
  }
}
