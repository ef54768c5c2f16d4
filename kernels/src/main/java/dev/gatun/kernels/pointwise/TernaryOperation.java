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
