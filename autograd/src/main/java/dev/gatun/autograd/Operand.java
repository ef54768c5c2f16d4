package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;

/**
 * What an input of a sample looks like. The tests draw its values at random, in every element type
 * that fits and in awkward layouts.
 *
 * @param kind what its values mean
 * @param shape its sizes
 * @param low the lowest value
 * @param high the highest value; for {@link Kind#INDEX} and {@link Kind#PLACES} the size of the
 *     axis addressed
 */
public record Operand(Kind kind, Shape shape, double low, double high) {
  /** What the values of an operand mean. */
  public enum Kind {
    /** Numbers of any type; gradients flow to them when they are floating point. */
    REAL,
    /** As {@link #REAL}, no two alike, so that the order of elements is not in doubt. */
    DISTINCT,
    /** As {@link #REAL}, ascending along the last axis. */
    ASCENDING,
    /** As {@link #REAL}, in symmetric matrices that are positive definite. */
    DEFINITE,
    /** Positions along an axis, of type int64. */
    INDEX,
    /** As {@link #INDEX}, no two alike. */
    PLACES,
    /** Truth values. */
    CONDITION,
    /** Numbers of type bfloat16, whatever the type of the others. */
    BFLOAT16,
    /** Whole numbers of type int8, whatever the type of the others. */
    INT8
  }

  /**
   * Returns an operand of random numbers from -2 to 2.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand real(long... sizes) {
    return new Operand(Kind.REAL, Shape.of(sizes), -2, 2);
  }

  /**
   * Returns an operand of random numbers from 0.2 to 3.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand positive(long... sizes) {
    return new Operand(Kind.REAL, Shape.of(sizes), 0.2, 3);
  }

  /**
   * Returns an operand of random numbers, no two of which are alike.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand distinct(long... sizes) {
    return new Operand(Kind.DISTINCT, Shape.of(sizes), -2, 2);
  }

  /**
   * Returns an operand of random numbers from -2 to 2 that ascend along the last axis.
   *
   * @param sizes the sizes of the axes, one at least
   * @return the operand
   */
  public static Operand ascending(long... sizes) {
    return new Operand(Kind.ASCENDING, Shape.of(sizes), -2, 2);
  }

  /**
   * Returns an operand of random symmetric matrices, which are positive definite.
   *
   * @param sizes the sizes of the axes, of which the last two are equal
   * @return the operand
   */
  public static Operand definite(long... sizes) {
    return new Operand(Kind.DEFINITE, Shape.of(sizes), -1, 1);
  }

  /**
   * Returns an operand of random positions, no two of which are alike.
   *
   * @param bound the size of the axis that they address
   * @param count how many, not above {@code bound}
   * @return the operand, a vector
   */
  public static Operand places(long bound, long count) {
    return new Operand(Kind.PLACES, Shape.of(count), 0, bound);
  }

  /**
   * Returns an operand of random positions.
   *
   * @param bound the size of the axis that they address
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand index(long bound, long... sizes) {
    return new Operand(Kind.INDEX, Shape.of(sizes), 0, bound);
  }

  /**
   * Returns an operand of random truth values.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand condition(long... sizes) {
    return new Operand(Kind.CONDITION, Shape.of(sizes), 0, 1);
  }

  /**
   * Returns an operand of random numbers from -2 to 2, of type bfloat16.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand bfloat16(long... sizes) {
    return new Operand(Kind.BFLOAT16, Shape.of(sizes), -2, 2);
  }

  /**
   * Returns an operand of random whole numbers from -128 to 127, of type int8.
   *
   * @param sizes the sizes of the axes
   * @return the operand
   */
  public static Operand int8(long... sizes) {
    return new Operand(Kind.INT8, Shape.of(sizes), -128, 128);
  }

  /**
   * Tells whether gradients flow to this operand.
   *
   * @return whether its values are numbers
   */
  public boolean isDifferentiable() {
    return switch (kind) {
      case REAL, DISTINCT, ASCENDING, DEFINITE -> true;
      case INDEX, PLACES, CONDITION, BFLOAT16, INT8 -> false;
    };
  }

  /**
   * Tells whether this operand can be of an element type.
   *
   * @param dtype the type
   * @return whether its values mean the same in that type
   */
  public boolean accepts(DType dtype) {
    return switch (kind) {
      case REAL, DISTINCT, ASCENDING, DEFINITE -> dtype != DType.BOOL;
      case INDEX, PLACES -> dtype == DType.INT64;
      case CONDITION -> dtype == DType.BOOL;
      case BFLOAT16 -> dtype == DType.BFLOAT16;
      case INT8 -> dtype == DType.INT8;
    };
  }
}
