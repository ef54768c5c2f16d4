package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;

import org.jspecify.annotations.Nullable;

/**
 * The functions of one operand. Each constant declares all there is to its function: the name, the
 * value in double and in long, the derivative and the vector form.
 */
public enum UnaryOperation {
  NEG("neg", Domain.ANY) {
    @Override
    public double apply(double x) {
      return -x;
    }

    @Override
    public long apply(long x) {
      return -x;
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.neg();
    }

    @Override
    @Nullable Expression simplify(Expression x) {
      return x instanceof Expression.Unary inner && inner.operation() == NEG ? inner.x() : null;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.neg(x);
    }
  },

  ABS("abs", Domain.ANY) {
    @Override
    public double apply(double x) {
      return Math.abs(x);
    }

    @Override
    public long apply(long x) {
      return Math.abs(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.sign());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.abs(x);
    }
  },

  /** -1, 0 or 1; 0 for NaN. */
  SIGN("sign", Domain.ANY) {
    @Override
    public double apply(double x) {
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    }

    @Override
    public long apply(long x) {
      return Long.signum(x);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      var negative = code.select(code.compare("LT", x, 0), code.constant(-1), code.constant(0));
      return code.select(code.compare("GT", x, 0), code.constant(1), negative);
    }
  },

  SQRT("sqrt", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.sqrt(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(self.mul(2));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.sqrt(x);
    }
  },

  RSQRT("rsqrt", Domain.REAL) {
    @Override
    public double apply(double x) {
      return 1 / Math.sqrt(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(-0.5).mul(self.mul(self).mul(self));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.div(code.constant(1), code.sqrt(x));
    }
  },

  RECIPROCAL("reciprocal", Domain.REAL) {
    @Override
    public double apply(double x) {
      return 1 / x;
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.neg().mul(self.mul(self));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.div(code.constant(1), x);
    }
  },

  EXP("exp", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.exp(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(self);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.exp(code, x);
    }
  },

  EXPM1("expm1", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.expm1(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.exp());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.expm1(code, x);
    }
  },

  LOG("log", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.log(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.log(code, x);
    }
  },

  LOG1P("log1p", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.log1p(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.add(1));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.log1p(code, x);
    }
  },

  SIN("sin", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.sin(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.cos());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.sin(code, x);
    }
  },

  COS("cos", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.cos(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.neg().mul(x.sin());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.cos(code, x);
    }
  },

  TAN("tan", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.tan(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(self.mul(self).add(1));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.tan(code, x);
    }
  },

  ASIN("asin", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.asin(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(constant(1).sub(x.mul(x)).sqrt());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.asin(code, x);
    }
  },

  ACOS("acos", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.acos(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.neg().div(constant(1).sub(x.mul(x)).sqrt());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.acos(code, x);
    }
  },

  ATAN("atan", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.atan(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.mul(x).add(1));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorAngles.atan(code, x);
    }
  },

  /** {@code sin(pi * x) / (pi * x)}, and 1 at 0. */
  SINC("sinc", Domain.REAL) {
    @Override
    public double apply(double x) {
      double angle = Math.PI * x;
      // An angle beyond the range of numbers is far out all the same.
      boolean far = Double.isInfinite(angle) && !Double.isInfinite(x);
      return x == 0 ? 1 : far ? 0 : Math.sin(angle) / angle;
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      // With u = pi x, (cos u - sin u / u) / u; near 0 by its series, where the terms cancel.
      var angle = x.mul(Math.PI);
      var near = angle.abs().lt(1);
      var small = select(near, angle, constant(0));
      var square = small.mul(small);
      Expression series = constant(0);
      for (int term = SINC_SLOPE_TERMS; term > 0; term--) {
        double next = 2 * term / factorial(2 * term + 1);
        series = series.mul(square).add(term % 2 == 0 ? next : -next);
      }
      var direct = angle.cos().sub(self).div(select(near, constant(1), angle));
      return seed.mul(select(near, series.mul(small), direct).mul(Math.PI));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      var zero = code.compare("EQ", x, 0);
      var one = code.constant(1);
      var angle = code.mul(code.select(zero, one, x), Math.PI);
      double infinity = Double.POSITIVE_INFINITY;
      var far =
          code.logicalAnd(
              code.compare("EQ", code.abs(angle), infinity),
              code.compare("LT", code.abs(x), infinity));
      var wave = code.div(VectorAngles.sin(code, angle), angle);
      return code.select(zero, one, code.select(far, code.constant(0), wave));
    }
  },

  SINH("sinh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.sinh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.cosh());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.sinh(code, x);
    }
  },

  COSH("cosh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.cosh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.sinh());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.cosh(code, x);
    }
  },

  TANH("tanh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.tanh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(constant(1).sub(self.mul(self)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.tanh(code, x);
    }
  },

  ERF("erf", Domain.REAL) {
    @Override
    public double apply(double x) {
      return ErrorFunction.erf(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.mul(x).neg().exp().mul(2 / Math.sqrt(Math.PI)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return ErrorFunction.emit(code, x);
    }
  },

  /** 2 to the power of x. */
  EXP2("exp2", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.pow(2, x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(self.mul(Math.log(2)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.exp2(code, x);
    }
  },

  /** The logarithm to base 2, exact for powers of 2. */
  LOG2("log2", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Powers.log2(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.mul(Math.log(2)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.log2(code, x);
    }
  },

  LOG10("log10", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.log10(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.mul(Math.log(10)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.mul(VectorExponentials.log(code, x), 1 / Math.log(10));
    }
  },

  ASINH("asinh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return InverseHyperbolic.asinh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.mul(x).add(1).sqrt());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return InverseHyperbolic.asinh(code, x);
    }
  },

  ACOSH("acosh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return InverseHyperbolic.acosh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(x.mul(x).sub(1).sqrt());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return InverseHyperbolic.acosh(code, x);
    }
  },

  ATANH("atanh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return InverseHyperbolic.atanh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.div(constant(1).sub(x.mul(x)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return InverseHyperbolic.atanh(code, x);
    }
  },

  /** {@code 1 - erf(x)}, without cancellation. */
  ERFC("erfc", Domain.REAL) {
    @Override
    public double apply(double x) {
      return ErrorFunction.erfc(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.mul(x).neg().exp().mul(-2 / Math.sqrt(Math.PI)));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorErrorFunctions.complement(code, x);
    }
  },

  /** The inverse of the error function. */
  ERFINV("erfinv", Domain.REAL) {
    @Override
    public double apply(double x) {
      return ErrorFunction.erfinv(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(self.mul(self).exp().mul(Math.sqrt(Math.PI) / 2));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorErrorFunctions.inverse(code, x);
    }
  },

  /** The logarithm of the magnitude of the gamma function. */
  LGAMMA("lgamma", Domain.REAL) {
    @Override
    public double apply(double x) {
      return GammaFunction.logarithm(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.digamma());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorLogGamma.emit(code, x);
    }
  },

  /** The derivative of the logarithm of the gamma function. */
  DIGAMMA("digamma", Domain.REAL) {
    @Override
    public double apply(double x) {
      return GammaFunction.digamma(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.polygamma(1));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorPolygamma.digamma(code, x);
    }
  },

  /** 1 for negative numbers, a negative zero included; 0 for NaN. */
  SIGN_BIT("signbit", Domain.ANY) {
    @Override
    public double apply(double x) {
      return x < 0 || x == 0 && 1 / x < 0 ? 1 : 0;
    }

    @Override
    public long apply(long x) {
      return x < 0 ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      var negative = code.compare("LT", x, 0);
      if (!code.isFloatingPoint()) {
        return negative;
      }
      var below = code.compare("LT", code.div(code.constant(1), x), 0);
      return code.logicalOr(negative, code.logicalAnd(code.compare("EQ", x, 0), below));
    }
  },

  /** The standard normal distribution's share below x. */
  NDTR("ndtr", Domain.REAL) {
    @Override
    public double apply(double x) {
      return NormalDistribution.share(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.normalDensity());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return NormalDistribution.share(code, x);
    }
  },

  /** {@code x * ndtr(x)}. */
  GELU("gelu", Domain.REAL) {
    @Override
    public double apply(double x) {
      return NormalDistribution.weighted(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.ndtr().add(x.bounded().mul(x.normalDensity())));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return NormalDistribution.weighted(code, x);
    }
  },

  /** GELU by its tanh approximation. */
  GELU_TANH("gelu_tanh", Domain.REAL) {
    @Override
    public double apply(double x) {
      return GatedActivations.geluTanh(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(GatedActivations.geluTanhSlope(x));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return GatedActivations.geluTanh(code, x);
    }
  },

  /** {@code x * sigmoid(x)}. */
  SILU("silu", Domain.REAL) {
    @Override
    public double apply(double x) {
      return GatedActivations.silu(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(GatedActivations.siluSlope(x));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return GatedActivations.silu(code, x);
    }
  },

  /** {@code x * tanh(softplus(x))}. */
  MISH("mish", Domain.REAL) {
    @Override
    public double apply(double x) {
      return GatedActivations.mish(x);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(GatedActivations.mishSlope(x));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return GatedActivations.mish(code, x);
    }
  },

  /** {@code max(x, 0)}; a negative zero stays, and so does NaN. No gradient passes at 0. */
  RELU("relu", Domain.ANY) {
    @Override
    public double apply(double x) {
      return x < 0 ? 0 : x;
    }

    @Override
    public long apply(long x) {
      return x < 0 ? 0 : x;
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return select(self.le(0), constant(0), seed);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.select(code.compare("LT", x, 0), code.constant(0), x);
    }
  },

  /** {@code x * min(max(x + 3, 0), 6) / 6}; the slope is 0 from -3 down, and 1 from 3 up. */
  HARDSWISH("hardswish", Domain.REAL) {
    @Override
    public double apply(double x) {
      return x <= -3 ? -0.0 : x >= 3 ? x : x * (x + 3) / 6;
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      var within = seed.mul(x.div(3).add(0.5));
      return select(x.le(-3), constant(0), select(x.ge(3), seed, within));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      var within = code.div(code.mul(x, code.add(x, 3)), code.constant(6));
      var upper = code.select(code.compare("GE", x, 3), x, within);
      return code.select(code.compare("LE", x, -3), code.constant(-0.0), upper);
    }
  },

  /** {@code 1 / (1 + exp(-x))}. */
  SIGMOID("sigmoid", Domain.REAL) {
    @Override
    public double apply(double x) {
      double small = Math.exp(-Math.abs(x));
      return (x < 0 ? small : 1) / (1 + small);
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(constant(1).sub(self).mul(self));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.sigmoid(code, x);
    }
  },

  /** {@code log(1 + exp(x))}, without overflow. */
  SOFTPLUS("softplus", Domain.REAL) {
    @Override
    public double apply(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    Expression pullback(Expression self, Expression x, Expression seed) {
      return seed.mul(x.sigmoid());
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorExponentials.softplus(code, x);
    }
  },

  FLOOR("floor", Domain.ANY) {
    @Override
    public double apply(double x) {
      return Math.floor(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorRounding.floor(code, x);
    }
  },

  CEIL("ceil", Domain.ANY) {
    @Override
    public double apply(double x) {
      return Math.ceil(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorRounding.ceil(code, x);
    }
  },

  /** To the nearest integer, halves to the even one. */
  ROUND("round", Domain.ANY) {
    @Override
    public double apply(double x) {
      return Math.rint(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorRounding.round(code, x);
    }
  },

  /** To the nearest integer towards zero. */
  TRUNC("trunc", Domain.ANY) {
    @Override
    public double apply(double x) {
      return x < 0 ? Math.ceil(x) : Math.floor(x);
    }

    @Override
    public long apply(long x) {
      return x;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return VectorRounding.trunc(code, x);
    }
  },

  IS_NAN("isnan", Domain.ANY) {
    @Override
    public double apply(double x) {
      return Double.isNaN(x) ? 1 : 0;
    }

    @Override
    public long apply(long x) {
      return 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.compare("NE", x, x);
    }
  },

  LOGICAL_NOT("logical_not", Domain.ANY) {
    @Override
    public double apply(double x) {
      return x == 0 ? 1 : 0;
    }

    @Override
    public long apply(long x) {
      return x == 0 ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.logicalNot(x);
    }
  },

  BITWISE_NOT("bitwise_not", Domain.INTEGER) {
    @Override
    public double apply(double x) {
      return apply((long) x);
    }

    @Override
    public long apply(long x) {
      return ~x;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x) {
      return code.bitsNot(code.number(x));
    }
  };

  /** So many terms of the series are exact in double up to an angle of 1. */
  private static final int SINC_SLOPE_TERMS = 9;

  private final String symbol;
  private final Domain domain;

  UnaryOperation(String symbol, Domain domain) {
    this.symbol = symbol;
    this.domain = domain;
  }

  private static double factorial(int n) {
    double product = 1;
    for (int i = 2; i <= n; i++) {
      product *= i;
    }
    return product;
  }

  /** The name in formulas and messages. */
  public String symbol() {
    return symbol;
  }

  /** The programs in which this operation may occur. */
  public Domain domain() {
    return domain;
  }

  /** The value at {@code x} in double arithmetic. */
  public abstract double apply(double x);

  /**
   * The value at {@code x} in 64-bit integer arithmetic; defined unless the domain is {@link
   * Domain#REAL}.
   */
  public long apply(long x) {
    throw new IllegalStateException(symbol + " is not defined for integers");
  }

  /**
   * The gradient that reaches {@code x} when {@code seed} reaches {@code self = operation(x)}: 0
   * for the functions that are constant but for jumps.
   */
  Expression pullback(Expression self, Expression x, Expression seed) {
    return constant(0);
  }

  /** A simpler expression of the same value, or null. */
  @Nullable Expression simplify(Expression x) {
    return null;
  }

  /**
   * Adds this operation to vector code; null when it has no vector form and the program is to be
   * interpreted.
   */
  @Nullable VectorValue emit(VectorCode code, VectorValue x) {
    return null;
  }
}
