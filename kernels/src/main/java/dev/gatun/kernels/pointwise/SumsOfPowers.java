package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;

/**
 * The logarithm of the sum of two powers of one base, which neither overflows nor underflows: in
 * scalar and in vector code, and its slopes.
 */
final class SumsOfPowers {

  /** What is raised to powers. Of base 2 no exponent is scaled: it would be off by its rounding. */
  enum Base {
    E(1) {
      @Override
      double power(double exponent) {
        return Math.exp(exponent);
      }

      @Override
      VectorValue power(VectorCode code, VectorValue exponent) {
        return VectorExponentials.exp(code, exponent);
      }
    },

    TWO(Math.log(2)) {
      @Override
      double power(double exponent) {
        return Math.pow(2, exponent);
      }

      @Override
      VectorValue power(VectorCode code, VectorValue exponent) {
        return VectorExponentials.exp2(code, exponent);
      }
    };

    private final double logarithm;

    Base(double logarithm) {
      this.logarithm = logarithm;
    }

    abstract double power(double exponent);

    abstract VectorValue power(VectorCode code, VectorValue exponent);
  }

  private SumsOfPowers() {}

  static double logarithm(double x, double y, Base base) {
    double distance = x == y ? 0 : -Math.abs(x - y);
    return (x > y ? x : y) + Math.log1p(base.power(distance)) / base.logarithm;
  }

  /** Adds the logarithm to vector code. */
  static VectorValue logarithm(VectorCode code, VectorValue x, VectorValue y, Base base) {
    // Of equal infinities, too.
    var none = code.compare("EQ", x, y);
    var apart = code.neg(code.abs(code.sub(x, y)));
    var distance = code.select(none, code.constant(0), apart);
    var excess = VectorExponentials.unsignedLog1p(code, base.power(code, distance));
    double scale = 1 / base.logarithm;
    return code.add(code.select(code.compare("GT", x, y), x, y), times(code, excess, scale));
  }

  private static VectorValue times(VectorCode code, VectorValue x, double factor) {
    return factor == 1 ? x : code.mul(x, factor);
  }

  /** The share of x's power in the sum with y's, the derivative of the logarithm by x. */
  static Expression share(Expression x, Expression y, Base base) {
    var bothInfinite = x.eq(y).logicalAnd(x.isInfinite());
    return select(bothInfinite, constant(0), x.sub(y)).mul(base.logarithm).sigmoid();
  }
}
