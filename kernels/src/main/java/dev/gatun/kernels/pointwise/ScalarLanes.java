package dev.gatun.kernels.pointwise;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Functions for the few lanes that vector formulas do not reach. Called by generated code, by name,
 * with an array of as many elements of each: the results, the first arguments and, of functions of
 * two, the second arguments. What is computed are the results whose bit in the mask is set.
 */
final class ScalarLanes {
  private ScalarLanes() {}

  static void sin(float[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.SIN::apply);
  }

  static void cos(float[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.COS::apply);
  }

  static void tan(float[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.TAN::apply);
  }

  static void pow(float[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.POW::apply);
  }

  static void fmod(float[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.FMOD::apply);
  }

  static void remainder(float[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.REMAINDER::apply);
  }

  static void floorDivide(float[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.FLOOR_DIV::apply);
  }

  static void sin(double[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.SIN::apply);
  }

  static void cos(double[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.COS::apply);
  }

  static void tan(double[] lanes, long mask) {
    replace(lanes, mask, UnaryOperation.TAN::apply);
  }

  static void pow(double[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.POW::apply);
  }

  static void fmod(double[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.FMOD::apply);
  }

  static void remainder(double[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.REMAINDER::apply);
  }

  static void floorDivide(double[] lanes, long mask) {
    replace(lanes, mask, BinaryOperation.FLOOR_DIV::apply);
  }

  private static void replace(float[] lanes, long mask, DoubleUnaryOperator function) {
    int count = lanes.length / 2;
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      lanes[i] = (float) function.applyAsDouble(lanes[count + i]);
    }
  }

  private static void replace(float[] lanes, long mask, DoubleBinaryOperator function) {
    int count = lanes.length / 3;
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      lanes[i] = (float) function.applyAsDouble(lanes[count + i], lanes[2 * count + i]);
    }
  }

  private static void replace(double[] lanes, long mask, DoubleUnaryOperator function) {
    int count = lanes.length / 2;
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      lanes[i] = function.applyAsDouble(lanes[count + i]);
    }
  }

  private static void replace(double[] lanes, long mask, DoubleBinaryOperator function) {
    int count = lanes.length / 3;
    for (long rest = mask; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      lanes[i] = function.applyAsDouble(lanes[count + i], lanes[2 * count + i]);
    }
  }
}
