package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.pointwise.Expression.constant;
import static dev.gatun.kernels.pointwise.Expression.select;

import org.jspecify.annotations.Nullable;

/** The functions of three operands. Each constant declares all there is to its function. */
public enum TernaryOperation {
  /** The second operand where the first is not zero, the third elsewhere. */
  SELECT("select") {
    @Override
    public double apply(double x, double y, double z) {
      return x != 0 ? y : z;
    }

    @Override
    public long apply(long x, long y, long z) {
      return x != 0 ? y : z;
    }

    @Override
    Expression pullback(int argument, Expression x, Expression y, Expression z, Expression seed) {
      return switch (argument) {
        case 1 -> select(x, seed, constant(0));
        case 2 -> select(x, constant(0), seed);
        default -> constant(0);
      };
    }

    @Override
    @Nullable Expression simplify(Expression x, Expression y, Expression z) {
      if (x instanceof Expression.Constant condition) {
        return condition.value() != 0 ? y : z;
      }
      return y == z ? y : null;
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z) {
      return code.select(x, y, z);
    }
  },

  /**
   * {@code x} within {@code y} and {@code z}, of which {@code z} wins when they cross. On a limit
   * {@code x} itself, a negative zero for instance, but no gradient passes to it there.
   */
  HARDTANH("hardtanh") {
    @Override
    public double apply(double x, double y, double z) {
      double above = x < y ? y : x;
      return above > z ? z : above;
    }

    @Override
    public long apply(long x, long y, long z) {
      return Math.min(Math.max(x, y), z);
    }

    @Override
    Expression pullback(int argument, Expression x, Expression y, Expression z, Expression seed) {
      var atLimit = x.le(y).logicalOr(x.ge(z));
      var atUpper = x.ge(z).logicalOr(y.gt(z));
      return switch (argument) {
        case 0 -> select(atLimit, constant(0), seed);
        case 1 -> select(atUpper, constant(0), select(x.le(y), seed, constant(0)));
        default -> select(atUpper, seed, constant(0));
      };
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z) {
      var above = code.select(code.compare("LT", x, y), y, x);
      return code.select(code.compare("GT", above, z), z, above);
    }
  },

  /**
   * {@code x} within {@code y} and {@code z}, of which {@code z} wins when they cross; NaN where
   * one of the three is. A gradient goes to {@code x} on a limit, too; to a limit only where {@code
   * x} is beyond it, and to a lower one only where it is below the upper one.
   */
  CLAMP("clamp") {
    @Override
    public double apply(double x, double y, double z) {
      double within = HARDTANH.apply(x, y, z);
      return Double.isNaN(y) || Double.isNaN(z) ? Double.NaN : within;
    }

    @Override
    public long apply(long x, long y, long z) {
      return HARDTANH.apply(x, y, z);
    }

    @Override
    Expression pullback(int argument, Expression x, Expression y, Expression z, Expression seed) {
      var taken =
          switch (argument) {
            case 0 -> x.ge(y).logicalAnd(x.le(z));
            case 1 -> x.lt(y).logicalAnd(y.lt(z));
            default -> x.gt(z).logicalOr(z.lt(y));
          };
      return select(taken, seed, constant(0));
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z) {
      var within = HARDTANH.emit(code, x, y, z);
      var unknown = code.logicalOr(code.compare("NE", y, y), code.compare("NE", z, z));
      return code.select(unknown, code.constant(Double.NaN), within);
    }
  },

  /**
   * The point between {@code x}, at a weight {@code z} of 0, and {@code y}, at 1; counted from the
   * nearer of the two. At 1 the share of the distance is -0, so that -0 above {@code x} stays -0.
   */
  LERP("lerp") {
    @Override
    public Domain domain() {
      return Domain.REAL;
    }

    @Override
    public double apply(double x, double y, double z) {
      return Math.abs(z) < 0.5 ? Math.fma(z, y - x, x) : Math.fma(-(1 - z), y - x, y);
    }

    @Override
    public long apply(long x, long y, long z) {
      throw new IllegalStateException("lerp is not defined for integers");
    }

    @Override
    Expression pullback(int argument, Expression x, Expression y, Expression z, Expression seed) {
      return switch (argument) {
        case 0 -> seed.mul(constant(1).sub(z));
        case 1 -> seed.mul(z);
        default -> seed.mul(y.sub(x));
      };
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z) {
      var near = code.compare("LT", code.abs(z), 0.5);
      var share = code.select(near, z, code.neg(code.sub(code.constant(1), z)));
      return code.fma(share, code.sub(y, x), code.select(near, x, y));
    }
  },

  /** {@code x * y + z} with one rounding. */
  FMA("fma") {
    @Override
    public double apply(double x, double y, double z) {
      return Math.fma(x, y, z);
    }

    @Override
    public long apply(long x, long y, long z) {
      return x * y + z;
    }

    @Override
    Expression pullback(int argument, Expression x, Expression y, Expression z, Expression seed) {
      return switch (argument) {
        case 0 -> seed.mul(y);
        case 1 -> seed.mul(x);
        default -> seed;
      };
    }

    @Override
    VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z) {
      return code.fma(x, y, z);
    }
  };

  private final String symbol;

  TernaryOperation(String symbol) {
    this.symbol = symbol;
  }

  /** The name in formulas and messages. */
  public String symbol() {
    return symbol;
  }

  /** The programs in which this operation may occur. */
  public Domain domain() {
    return Domain.ANY;
  }

  /** The value in double arithmetic. */
  public abstract double apply(double x, double y, double z);

  /** The value in 64-bit integer arithmetic. */
  public abstract long apply(long x, long y, long z);

  /** The gradient that reaches operand {@code argument} when {@code seed} reaches the result. */
  abstract Expression pullback(
      int argument, Expression x, Expression y, Expression z, Expression seed);

  /** A simpler expression of the same value, or null. */
  @Nullable Expression simplify(Expression x, Expression y, Expression z) {
    return null;
  }

  /** Adds this operation to vector code. */
  abstract VectorValue emit(VectorCode code, VectorValue x, VectorValue y, VectorValue z);
}
