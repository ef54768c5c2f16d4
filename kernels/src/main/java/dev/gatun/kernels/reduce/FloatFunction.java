package dev.gatun.kernels.reduce;

import jdk.incubator.vector.FloatVector;

/** A function of float32 vectors of one shape. */
abstract class FloatFunction {
  /** Computes the function of each lane. */
  abstract FloatVector of(FloatVector x);
}
