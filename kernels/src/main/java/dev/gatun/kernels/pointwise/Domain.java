package dev.gatun.kernels.pointwise;

/** The numbers that an operation is defined for. */
public enum Domain {
  /** Floating-point programs only. */
  REAL,
  /** Integer programs only. */
  INTEGER,
  /** Every program. */
  ANY;

  /**
   * Whether an operation of this domain may occur in a program that computes in reals or integers.
   */
  boolean contains(boolean floatingPoint) {
    return this == ANY || floatingPoint == (this == REAL);
  }
}
