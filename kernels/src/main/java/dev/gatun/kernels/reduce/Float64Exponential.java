package dev.gatun.kernels.reduce;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;

/** The exponential function of float64 vectors. */
final class Float64Exponential {
  private Float64Exponential() {}

  static DoubleVector exp(DoubleVector x) {
    return x.lanewise(VectorOperators.EXP);
  }
}
