package dev.gatun.kernels.specialize;

import java.lang.invoke.MethodHandles;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Takes vectors for such of integers, and back: doubles a number by means of its exponent. */
final class ReinterpretingTemplate implements IntToDoubleFunction {
  private static final int EXPONENT_UNIT = 1 << 23;

  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);

  ReinterpretingTemplate() {}

  @Override
  public double applyAsDouble(int value) {
    var x = FloatVector.broadcast(SPECIES, value).reinterpretAsInts();
    return x.add(EXPONENT_UNIT).reinterpretAsFloats().reduceLanes(VectorOperators.ADD);
  }
}
