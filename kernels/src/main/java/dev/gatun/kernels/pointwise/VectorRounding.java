package dev.gatun.kernels.pointwise;

/** Rounding to integers in vector code. Integers round to themselves. */
final class VectorRounding {
  private VectorRounding() {}

  /** To nearest, halves to even: adding 2^23 (2^52 in double) leaves no room for a fraction. */
  static VectorValue round(VectorCode code, VectorValue x) {
    if (!code.isFloatingPoint()) {
      return code.number(x);
    }
    double integersFrom = code.isSingle() ? 0x1p23 : 0x1p52;
    var magnitude = code.abs(x);
    var rounded = code.sub(code.add(magnitude, integersFrom), integersFrom);
    var small = code.compare("LT", magnitude, integersFrom);
    return code.select(small, code.withSignOf(rounded, x), x);
  }

  static VectorValue floor(VectorCode code, VectorValue x) {
    if (!code.isFloatingPoint()) {
      return code.number(x);
    }
    var rounded = round(code, x);
    return code.select(code.compare("GT", rounded, x), code.sub(rounded, 1), rounded);
  }

  static VectorValue ceil(VectorCode code, VectorValue x) {
    return code.isFloatingPoint() ? code.neg(floor(code, code.neg(x))) : code.number(x);
  }

  static VectorValue trunc(VectorCode code, VectorValue x) {
    return code.isFloatingPoint() ? code.withSignOf(floor(code, code.abs(x)), x) : code.number(x);
  }
}
