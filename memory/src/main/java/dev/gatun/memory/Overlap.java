package dev.gatun.memory;

/** Whether two arrays have bytes in common, so that a write to one is seen through the other. */
public enum Overlap {
  /** No element of one shares a byte with an element of the other. */
  NONE,
  /** Some element of one shares a byte with an element of the other. */
  SOME,
  /** There may be such elements; to find out would take too long. */
  UNDECIDED
}
