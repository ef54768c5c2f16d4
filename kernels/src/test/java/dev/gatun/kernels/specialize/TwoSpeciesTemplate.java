package dev.gatun.kernels.specialize;

import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Has vectors of two widths, and of another type. */
final class TwoSpeciesTemplate implements IntToDoubleFunction {
  private static final VectorSpecies<Float> NARROW = FloatVector.SPECIES_128;
  private static final VectorSpecies<Float> WIDE = FloatVector.SPECIES_256;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;

  TwoSpeciesTemplate() {}

  @Override
  public double applyAsDouble(int value) {
    return FloatVector.broadcast(NARROW, value).reduceLanes(VectorOperators.ADD)
        + FloatVector.broadcast(WIDE, value).reduceLanes(VectorOperators.ADD)
        + DoubleVector.broadcast(DOUBLES, value).reduceLanes(VectorOperators.ADD)
        + FloatVector.broadcast(value > 0 ? NARROW : WIDE, 1).length();
  }
}
