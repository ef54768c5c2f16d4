package dev.gatun.bench.cases;

/** Which operands of a product are stored transposed, in the letters of BLAS. */
public enum ProductLayout {
  /** Neither. */
  NN(false, false),

  /** The right one. */
  NT(false, true),

  /** The left one. */
  TN(true, false);

  private final boolean transposesA;
  private final boolean transposesB;

  ProductLayout(boolean transposesA, boolean transposesB) {
    this.transposesA = transposesA;
    this.transposesB = transposesB;
  }

  /**
   * The left operand.
   *
   * @return whether it is stored transposed
   */
  public boolean transposesA() {
    return transposesA;
  }

  /**
   * The right operand.
   *
   * @return whether it is stored transposed
   */
  public boolean transposesB() {
    return transposesB;
  }
}
