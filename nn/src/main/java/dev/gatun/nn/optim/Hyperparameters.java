package dev.gatun.nn.optim;

import dev.gatun.memory.ArgumentException;

/** Checks of the numbers that optimizers are made with. */
final class Hyperparameters {
  private Hyperparameters() {}

  static void check(boolean holds, String message) {
    if (!holds) {
      throw new ArgumentException(message);
    }
  }

  static double checkNotNegative(String optimizer, String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new ArgumentException(
          optimizer + ": " + name + " " + value + ": is finite and not negative");
    }
    return value;
  }

  static double checkFraction(String optimizer, String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new ArgumentException(
          optimizer + ": " + name + " " + value + ": is at least 0 and below 1");
    }
    return value;
  }
}
