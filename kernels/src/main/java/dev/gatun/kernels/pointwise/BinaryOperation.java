package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;

import org.jspecify.annotations.Nullable;

/** The functions of two operands. Each constant declares all there is to its function. */
public enum BinaryOperation {
  ADD("add", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x + y;
    }

    @Override
    public long apply(long x, long y) {
      return x + y;
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return seed;
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      if (x.is(0)) {
        return y;
      }
      if (y.is(0)) {
        return x;
      }
      if (y instanceof Expression.Unary negated && negated.operation() == UnaryOperation.NEG) {
        return x.sub(negated.x());
      }
      if (x instanceof Expression.Unary negated && negated.operation() == UnaryOperation.NEG) {
        return y.sub(negated.x());
      }
      return x == y ? x.mul(2) : null;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.add(x, y);
    }
  },

  SUB("sub", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x - y;
    }

    @Override
    public long apply(long x, long y) {
      return x - y;
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? seed : seed.neg();
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      if (y.is(0)) {
        return x;
      }
      if (y instanceof Expression.Unary negated && negated.operation() == UnaryOperation.NEG) {
        return x.add(negated.x());
      }
      return null;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.sub(x, y);
    }
  },

  MUL("mul", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x * y;
    }

    @Override
    public long apply(long x, long y) {
      return x * y;
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return seed.mul(argument == 0 ? y : x);
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      if (x instanceof Expression.Constant) {
        return y.mul(x);
      }
      if (y.is(1)) {
        return x;
      }
      if (y.is(-1)) {
        return x.neg();
      }
      if (x instanceof Expression.Unary negated && negated.operation() == UnaryOperation.NEG) {
        return y instanceof Expression.Constant factor
            ? negated.x().mul(-factor.value())
            : negated.x().mul(y).neg();
      }
      if (y instanceof Expression.Unary negated && negated.operation() == UnaryOperation.NEG) {
        return x.mul(negated.x()).neg();
      }
      return null;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.mul(x, y);
    }
  },

  /** {@code x / y}; integers are cut towards zero, and an integer divided by zero is an error. */
  DIV("div", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x / y;
    }

    @Override
    public long apply(long x, long y) {
      return x / y;
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? seed.div(y) : seed.neg().mul(self).div(y);
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      return y.is(1) ? x : y.is(-1) ? x.neg() : null;
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.isFloatingPoint() ? code.div(x, y) : null;
    }
  },

  /** {@code floor(x / y)}; an integer divided by zero is an error. */
  FLOOR_DIV("floor_divide", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return RealDivision.floorDivide(x, y);
    }

    @Override
    public long apply(long x, long y) {
      return Math.floorDiv(x, y);
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      return null;
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.isFloatingPoint() ? VectorRemainders.floorDivide(code, x, y) : null;
    }
  },

  /** What floor division leaves: the sign is that of {@code y}. */
  REMAINDER("remainder", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return RealDivision.remainder(x, y);
    }

    @Override
    public long apply(long x, long y) {
      return Math.floorMod(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? seed : seed.neg().mul(x.floorDivide(y));
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.isFloatingPoint() ? VectorRemainders.remainder(code, x, y) : null;
    }
  },

  /** What truncated division leaves: the sign is that of {@code x}. */
  FMOD("fmod", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x % y;
    }

    @Override
    public long apply(long x, long y) {
      return x % y;
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? seed : seed.neg().mul(x.div(y).trunc());
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.isFloatingPoint() ? VectorRemainders.fmod(code, x, y) : null;
    }
  },

  /** The smaller operand; NaN when either is NaN. Equal operands share the gradient. */
  MIN("minimum", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return Math.min(x, y);
    }

    @Override
    public long apply(long x, long y) {
      return Math.min(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? ofWinner(x, y, x.gt(y), seed) : ofWinner(y, x, y.gt(x), seed);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.min(x, y);
    }
  },

  /** The larger operand; NaN when either is NaN. Equal operands share the gradient. */
  MAX("maximum", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return Math.max(x, y);
    }

    @Override
    public long apply(long x, long y) {
      return Math.max(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? ofWinner(x, y, x.lt(y), seed) : ofWinner(y, x, y.lt(x), seed);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.max(x, y);
    }
  },

  /**
   * {@code x} to the power {@code y}, as in C: {@code pow(1, NaN)} and {@code pow(NaN, 0)} are 1.
   */
  POW("pow", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return Powers.power(x, y);
    }

    @Override
    public long apply(long x, long y) {
      return Powers.power(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      if (argument == 0) {
        return select(y.eq(0), constant(0), seed.mul(y.mul(x.pow(y.sub(1)))));
      }
      var flat = x.eq(0).logicalAnd(y.ge(0));
      return select(flat, constant(0), seed.mul(self.mul(x.log())));
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y) {
      return y instanceof Expression.Constant exponent ? Powers.expand(x, exponent.value()) : null;
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.isFloatingPoint() ? VectorPowers.pow(code, x, y) : null;
    }
  },

  /**
   * The angle of the point {@code (y, x)}: the first operand is the ordinate. At the origin no
   * gradient passes.
   */
  ATAN2("atan2", Domain.REAL) {
    @Override
    public double apply(double x, double y) {
      return Math.atan2(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      var square = x.mul(x).add(y.mul(y));
      var scaled = seed.div(square);
      return select(square.eq(0), constant(0), argument == 0 ? scaled.mul(y) : scaled.neg().mul(x));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return VectorAngles.atan2(code, x, y);
    }
  },

  /** {@code sqrt(x^2 + y^2)}, without overflow; infinite where either is, even beside NaN. */
  HYPOT("hypot", Domain.REAL) {
    @Override
    public double apply(double x, double y) {
      return Math.hypot(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return seed.mul((argument == 0 ? x : y).div(self));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      var a = code.abs(x);
      var b = code.abs(y);
      var larger = code.max(a, b);
      var ratio = code.div(code.min(a, b), larger);
      var root = code.mul(larger, code.sqrt(code.fma(ratio, ratio, 1)));
      var nonzero = code.select(code.compare("EQ", larger, 0), larger, root);
      var infinite =
          code.logicalOr(
              code.compare("EQ", a, Double.POSITIVE_INFINITY),
              code.compare("EQ", b, Double.POSITIVE_INFINITY));
      return code.select(infinite, code.constant(Double.POSITIVE_INFINITY), nonzero);
    }
  },

  /** The derivative of digamma at y of the order x, which is a constant. */
  POLYGAMMA("polygamma", Domain.REAL) {
    @Override
    public double apply(double x, double y) {
      return GammaFunction.polygamma(x, y);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return argument == 0 ? constant(0) : seed.mul(Expression.binary(POLYGAMMA, x.add(1), y));
    }

    @Override
    @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return VectorPolygamma.emit(code, x, y);
    }
  },

  /** {@code log(exp(x) + exp(y))}, without overflow. */
  LOG_ADD_EXP("logaddexp", Domain.REAL) {
    @Override
    public double apply(double x, double y) {
      return SumsOfPowers.logarithm(x, y, SumsOfPowers.Base.E);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return seed.mul(
          argument == 0
              ? SumsOfPowers.share(x, y, SumsOfPowers.Base.E)
              : SumsOfPowers.share(y, x, SumsOfPowers.Base.E));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return SumsOfPowers.logarithm(code, x, y, SumsOfPowers.Base.E);
    }
  },

  /** {@code log2(2^x + 2^y)}, without overflow. */
  LOG_ADD_EXP2("logaddexp2", Domain.REAL) {
    @Override
    public double apply(double x, double y) {
      return SumsOfPowers.logarithm(x, y, SumsOfPowers.Base.TWO);
    }

    @Override
    Expression pullback(
        int argument, Expression self, Expression x, Expression y, Expression seed) {
      return seed.mul(
          argument == 0
              ? SumsOfPowers.share(x, y, SumsOfPowers.Base.TWO)
              : SumsOfPowers.share(y, x, SumsOfPowers.Base.TWO));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return SumsOfPowers.logarithm(code, x, y, SumsOfPowers.Base.TWO);
    }
  },

  EQ("eq", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x == y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x == y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("EQ", x, y);
    }
  },

  NE("ne", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x != y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x != y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("NE", x, y);
    }
  },

  LT("lt", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x < y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x < y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("LT", x, y);
    }
  },

  LE("le", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x <= y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x <= y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("LE", x, y);
    }
  },

  GT("gt", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x > y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x > y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("GT", x, y);
    }
  },

  GE("ge", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x >= y ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x >= y ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.compare("GE", x, y);
    }
  },

  LOGICAL_AND("logical_and", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x != 0 && y != 0 ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x != 0 && y != 0 ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.logicalAnd(x, y);
    }
  },

  LOGICAL_OR("logical_or", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return x != 0 || y != 0 ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return x != 0 || y != 0 ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.logicalOr(x, y);
    }
  },

  LOGICAL_XOR("logical_xor", Domain.ANY) {
    @Override
    public double apply(double x, double y) {
      return (x != 0) != (y != 0) ? 1 : 0;
    }

    @Override
    public long apply(long x, long y) {
      return (x != 0) != (y != 0) ? 1 : 0;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.logicalXor(x, y);
    }
  },

  BITWISE_AND("bitwise_and", Domain.INTEGER) {
    @Override
    public double apply(double x, double y) {
      return apply((long) x, (long) y);
    }

    @Override
    public long apply(long x, long y) {
      return x & y;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.bitsAnd(code.number(x), code.number(y));
    }
  },

  BITWISE_OR("bitwise_or", Domain.INTEGER) {
    @Override
    public double apply(double x, double y) {
      return apply((long) x, (long) y);
    }

    @Override
    public long apply(long x, long y) {
      return x | y;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.bitsOr(code.number(x), code.number(y));
    }
  },

  BITWISE_XOR("bitwise_xor", Domain.INTEGER) {
    @Override
    public double apply(double x, double y) {
      return apply((long) x, (long) y);
    }

    @Override
    public long apply(long x, long y) {
      return x ^ y;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.bitsXor(code.number(x), code.number(y));
    }
  },

  /** A count that is negative or not below the width gives 0. */
  SHIFT_LEFT("shift_left", Domain.INTEGER) {
    @Override
    public double apply(double x, double y) {
      return apply((long) x, (long) y);
    }

    @Override
    public long apply(long x, long y) {
      return y < 0 || y > 63 ? 0 : x << y;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      return code.select(hasCount(code, y), code.shiftLeft(x, y), code.constant(0));
    }
  },

  /** Arithmetic; a count that is negative or not below the width leaves the sign alone. */
  SHIFT_RIGHT("shift_right", Domain.INTEGER) {
    @Override
    public double apply(double x, double y) {
      return apply((long) x, (long) y);
    }

    @Override
    public long apply(long x, long y) {
      return x >> (y < 0 || y > 63 ? 63 : y);
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
      var count = code.select(hasCount(code, y), y, code.constant(code.laneBits() - 1.0));
      return code.shiftRight(x, count);
    }
  };

  private final String symbol;
  private final Domain domain;

  BinaryOperation(String symbol, Domain domain) {
    this.symbol = symbol;
    this.domain = domain;
  }

  /** The name in formulas and messages. */
  public String symbol() {
    return symbol;
  }

  /** The programs in which this operation may occur. */
  public Domain domain() {
    return domain;
  }

  /** The value in double arithmetic. */
  public abstract double apply(double x, double y);

  /**
   * The value in 64-bit integer arithmetic; defined unless the domain is {@link Domain#REAL}.
   *
   * @throws ArithmeticException for an integer division by zero
   */
  public long apply(long x, long y) {
    throw new IllegalStateException(symbol + " is not defined for integers");
  }

  /**
   * The gradient that reaches operand {@code argument} when {@code seed} reaches {@code self}: 0
   * for the functions that are constant but for jumps.
   */
  Expression pullback(int argument, Expression self, Expression x, Expression y, Expression seed) {
    return constant(0);
  }

  /** A simpler expression of the same value, or null. */
  @Nullable Expression simplify(Expression x, Expression y) {
    return null;
  }

  /** Whether a shift by this many bits leaves bits of an element. */
  private static VectorValue hasCount(VectorCode code, VectorValue count) {
    return code.logicalAnd(
        code.compare("GE", count, 0), code.compare("LT", count, code.laneBits()));
  }

  /** The gradient of an operand that loses in some places, and wins or draws in the others. */
  private static Expression ofWinner(
      Expression mine, Expression other, Expression loses, Expression seed) {
    return select(mine.eq(other), seed.mul(0.5), select(loses, constant(0), seed));
  }

  /**
   * Adds this operation to vector code; null when it has no vector form and the program is to be
   * interpreted.
   */
  @Nullable VectorValue emit(VectorCode code, VectorValue x, VectorValue y) {
    return null;
  }
}
