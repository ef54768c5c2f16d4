package dev.gatun.nn.loss;

/** How single losses are joined into one. */
public enum Reduction {
  /** Not at all. */
  NONE,
  /** By their mean; for weighted classes, by the sum over the sum of the weights. */
  MEAN,
  /** By their sum. */
  SUM
}
