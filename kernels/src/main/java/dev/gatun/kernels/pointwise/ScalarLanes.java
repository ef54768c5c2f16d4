package dev.gatun.kernels.pointwise;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Functions for the few lanes that vector formulas do not reach. Called by generated code, by name.
 */
final class ScalarLanes {
  private ScalarLanes() {}

  static FloatVector sin(FloatVector value, FloatVector x, VectorMask<Float> lanes) {
    return replace(value, x, lanes, UnaryOperation.SIN::apply);
  }

  static FloatVector cos(FloatVector value, FloatVector x, VectorMask<Float> lanes) {
    return replace(value, x, lanes, UnaryOperation.COS::apply);
  }

  static FloatVector tan(FloatVector value, FloatVector x, VectorMask<Float> lanes) {
    return replace(value, x, lanes, UnaryOperation.TAN::apply);
  }

  static DoubleVector sin(DoubleVector value, DoubleVector x, VectorMask<Double> lanes) {
    return replace(value, x, lanes, UnaryOperation.SIN::apply);
  }

  static DoubleVector cos(DoubleVector value, DoubleVector x, VectorMask<Double> lanes) {
    return replace(value, x, lanes, UnaryOperation.COS::apply);
  }

  static DoubleVector tan(DoubleVector value, DoubleVector x, VectorMask<Double> lanes) {
    return replace(value, x, lanes, UnaryOperation.TAN::apply);
  }

  static FloatVector pow(FloatVector value, FloatVector x, FloatVector y, VectorMask<Float> lanes) {
    float[] results = value.toArray();
    for (int i = 0; i < results.length; i++) {
      if (lanes.laneIsSet(i)) {
        results[i] = (float) Powers.power(x.lane(i), y.lane(i));
      }
    }
    return FloatVector.fromArray(value.species(), results, 0);
  }

  static DoubleVector pow(
      DoubleVector value, DoubleVector x, DoubleVector y, VectorMask<Double> lanes) {
    double[] results = value.toArray();
    for (int i = 0; i < results.length; i++) {
      if (lanes.laneIsSet(i)) {
        results[i] = Powers.power(x.lane(i), y.lane(i));
      }
    }
    return DoubleVector.fromArray(value.species(), results, 0);
  }

  private static FloatVector replace(
      FloatVector value, FloatVector x, VectorMask<Float> lanes, DoubleUnaryOperator function) {
    float[] results = value.toArray();
    float[] arguments = x.toArray();
    for (int i = 0; i < results.length; i++) {
      if (lanes.laneIsSet(i)) {
        results[i] = (float) function.applyAsDouble(arguments[i]);
      }
    }
    return FloatVector.fromArray(value.species(), results, 0);
  }

  private static DoubleVector replace(
      DoubleVector value, DoubleVector x, VectorMask<Double> lanes, DoubleUnaryOperator function) {
    double[] results = value.toArray();
    double[] arguments = x.toArray();
    for (int i = 0; i < results.length; i++) {
      if (lanes.laneIsSet(i)) {
        results[i] = function.applyAsDouble(arguments[i]);
      }
    }
    return DoubleVector.fromArray(value.species(), results, 0);
  }
}
