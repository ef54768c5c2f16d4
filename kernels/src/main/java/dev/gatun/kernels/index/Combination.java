package dev.gatun.kernels.index;

/** How an element is combined with another one that comes to its place. NaN stays. */
public enum Combination {
  /** Their product. */
  PRODUCT,
  /** The larger one. */
  LARGEST,
  /** The smaller one. */
  SMALLEST;

  double of(double a, double b) {
    return switch (this) {
      case PRODUCT -> a * b;
      case LARGEST -> Math.max(a, b);
      case SMALLEST -> Math.min(a, b);
    };
  }

  long of(long a, long b) {
    return switch (this) {
      case PRODUCT -> a * b;
      case LARGEST -> Math.max(a, b);
      case SMALLEST -> Math.min(a, b);
    };
  }
}
