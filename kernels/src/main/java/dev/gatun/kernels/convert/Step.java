package dev.gatun.kernels.convert;

/** A step of the elements of a block on their way from one type to another. Holds no state. */
@FunctionalInterface
interface Step {
  /** Where there is nothing to do. */
  Step NONE = (_, _) -> {};

  /**
   * Works on the first {@code length} elements.
   *
   * @param block the elements
   * @param length how many there are
   */
  void apply(Block block, int length);

  /** Returns this step and then another one. */
  default Step then(Step next) {
    if (this == NONE) {
      return next;
    }
    if (next == NONE) {
      return this;
    }
    return (block, length) -> {
      apply(block, length);
      next.apply(block, length);
    };
  }
}
