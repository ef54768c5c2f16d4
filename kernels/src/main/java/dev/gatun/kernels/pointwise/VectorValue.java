package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * One value of a vector computation: an operation, the values it reads, and a literal where the
 * operation has one. Made by {@link VectorCode}, once for each distinct value, so identity is
 * equality.
 */
final class VectorValue {
  /** What the lanes hold. */
  enum Kind {
    /** Numbers of the compute type. */
    NUMBER,
    /** The bit patterns of floating-point numbers, as integers of the same width. */
    BITS,
    /** Truth values. */
    MASK
  }

  private final int index;
  private final VectorOperation operation;
  private final Kind kind;
  private final List<VectorValue> arguments;
  private final Object literal;

  VectorValue(
      int index,
      VectorOperation operation,
      Kind kind,
      List<VectorValue> arguments,
      Object literal) {
    this.index = index;
    this.operation = operation;
    this.kind = kind;
    this.arguments = arguments;
    this.literal = literal;
  }

  /** The position in the order of creation: arguments come before the values that read them. */
  int index() {
    return index;
  }

  VectorOperation operation() {
    return operation;
  }

  Kind kind() {
    return kind;
  }

  List<VectorValue> arguments() {
    return arguments;
  }

  /**
   * An operator's name, an input's or parameter's number, or a constant; empty where there is none.
   */
  Object literal() {
    return literal;
  }
}
