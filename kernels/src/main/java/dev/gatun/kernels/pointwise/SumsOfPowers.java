package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;

/**
 * The logarithm of the sum of two powers of one base, which neither overflows nor underflows: in
 * scalar and in vector code, and its slopes. The base is given by its natural logarithm.
 */
final class SumsOfPowers {
  private SumsOfPowers() {}

  static double logarithm(double x, double y, double ofBase) {
    double distance = x == y ? 0 : -Math.abs(x - y);
    return (x > y ? x : y) + Math.log1p(Math.exp(distance * ofBase)) / ofBase;
  }

  /** Adds the logarithm to vector code. */
  static VectorValue logarithm(VectorCode code, VectorValue x, VectorValue y, double ofBase) {
    // Of equal infinities, too.
    var none = code.compare("EQ", x, y);
    var apart = code.neg(code.abs(code.sub(x, y)));
    var distance = code.select(none, code.constant(0), apart);
    var exponential = VectorExponentials.exp(code, times(code, distance, ofBase));
    var excess = VectorExponentials.unsignedLog1p(code, exponential);
    return code.add(code.select(code.compare("GT", x, y), x, y), times(code, excess, 1 / ofBase));
  }

  private static VectorValue times(VectorCode code, VectorValue x, double factor) {
    return factor == 1 ? x : code.mul(x, factor);
  }

  /** The share of x's power in the sum with y's, the derivative of the logarithm by x. */
  static Expression share(Expression x, Expression y, double ofBase) {
    var bothInfinite = x.eq(y).logicalAnd(x.isInfinite());
    return select(bothInfinite, constant(0), x.sub(y)).mul(ofBase).sigmoid();
  }
}
