package dev.gatun.kernels.reduce;

/**
 * A way of folding many elements into one: each element is mapped, then the results are combined.
 *
 * <p>An empty set of elements folds to the identity of the combination, divided by the number of
 * elements in the case of {@link #MEAN}, which is NaN for floating-point results.
 */
public enum Reduction {
  /** The sum. */
  SUM(Mapping.IDENTITY, Combination.ADD),
  /** The sum divided by the number of elements. */
  MEAN(Mapping.IDENTITY, Combination.ADD),
  /** The sum of squares. */
  SUM_SQUARES(Mapping.SQUARE, Combination.ADD),
  /** The sum of absolute values. */
  SUM_ABS(Mapping.ABSOLUTE, Combination.ADD),
  /** The number of elements that differ from zero; NaN does. */
  COUNT_NONZERO(Mapping.NONZERO, Combination.ADD),
  /** The product. */
  PROD(Mapping.IDENTITY, Combination.MULTIPLY),
  /** The largest element; NaN if there is one. */
  MAX(Mapping.IDENTITY, Combination.MAX),
  /** The smallest element; NaN if there is one. */
  MIN(Mapping.IDENTITY, Combination.MIN),
  /** The largest absolute value; NaN if there is one. */
  MAX_ABS(Mapping.ABSOLUTE, Combination.MAX),
  /** 1 if some element differs from zero (NaN does), else 0. */
  ANY(Mapping.NONZERO, Combination.MAX),
  /** 1 if every element differs from zero (NaN does), else 0. */
  ALL(Mapping.NONZERO, Combination.MIN);

  /** What happens to an element before it is combined with others. */
  enum Mapping {
    IDENTITY,
    SQUARE,
    ABSOLUTE,
    NONZERO;

    double apply(double x) {
      return switch (this) {
        case IDENTITY -> x;
        case SQUARE -> x * x;
        case ABSOLUTE -> Math.abs(x);
        case NONZERO -> x != 0 ? 1 : 0;
      };
    }

    long apply(long x) {
      return switch (this) {
        case IDENTITY -> x;
        case SQUARE -> x * x;
        case ABSOLUTE -> Math.abs(x);
        case NONZERO -> x != 0 ? 1 : 0;
      };
    }
  }

  /** An associative operation of two values; the maximum and minimum of anything and NaN is NaN. */
  enum Combination {
    ADD(0, 0),
    MULTIPLY(1, 1),
    MAX(Double.NEGATIVE_INFINITY, Long.MIN_VALUE),
    MIN(Double.POSITIVE_INFINITY, Long.MAX_VALUE);

    private final double identity;
    final long integralIdentity;

    Combination(double identity, long integralIdentity) {
      this.identity = identity;
      this.integralIdentity = integralIdentity;
    }

    double apply(double a, double b) {
      return switch (this) {
        case ADD -> a + b;
        case MULTIPLY -> a * b;
        case MAX -> Math.max(a, b);
        case MIN -> Math.min(a, b);
      };
    }

    long apply(long a, long b) {
      return switch (this) {
        case ADD -> a + b;
        case MULTIPLY -> a * b;
        case MAX -> Math.max(a, b);
        case MIN -> Math.min(a, b);
      };
    }
  }

  private final Mapping mapping;
  private final Combination combination;

  Reduction(Mapping mapping, Combination combination) {
    this.mapping = mapping;
    this.combination = combination;
  }

  Mapping mapping() {
    return mapping;
  }

  Combination combination() {
    return combination;
  }

  /** The fold of no floating-point elements, before any division by their number. */
  double identity() {
    return switch (this) {
      case ANY, MAX_ABS -> 0;
      case ALL -> 1;
      default -> combination.identity;
    };
  }

  /** The fold of no integral elements, before any division by their number. */
  long integralIdentity() {
    return switch (this) {
      case ANY, MAX_ABS -> 0;
      case ALL -> 1;
      default -> combination.integralIdentity;
    };
  }
}
