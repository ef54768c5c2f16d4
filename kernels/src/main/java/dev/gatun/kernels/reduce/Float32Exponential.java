package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Specialization;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential function of numbers up to 88 within 2 units in the last place; results that would
 * be subnormal are 0, NaN gives NaN.
 *
 * <p>A {@linkplain Specialization template}; its constant is the shape of vectors. Coefficients are
 * constant vectors because broadcasting each where it is used makes code that is too large to
 * inline twice.
 */
final class Float32Exponential extends FloatFunction {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);

  private static final FloatVector LOG2_E = broadcast(1.4426950408889634f);
  private static final FloatVector MINUS_LN2_HIGH = broadcast(-0.693359375f);
  private static final FloatVector MINUS_LN2_LOW = broadcast(2.12194440e-4f);

  /** Adding this rounds a small number to an integer, which then stands in the lowest bits. */
  private static final FloatVector ROUNDER = broadcast(0x1.8p23f);

  private static final FloatVector C7 = broadcast(1.9875691500e-4f);
  private static final FloatVector C6 = broadcast(1.3981999507e-3f);
  private static final FloatVector C5 = broadcast(8.3334519073e-3f);
  private static final FloatVector C4 = broadcast(4.1665795894e-2f);
  private static final FloatVector C3 = broadcast(1.6666665459e-1f);
  private static final FloatVector C2 = broadcast(5.0000001201e-1f);
  private static final FloatVector ONE = broadcast(1);
  private static final IntVector BITS_OF_ONE = ONE.reinterpretAsInts();
  private static final FloatVector ZERO = broadcast(0);
  private static final FloatVector SMALLEST = broadcast(-87.33654f);

  Float32Exponential() {}

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  @Override
  FloatVector of(FloatVector x) {
    var shifted = x.fma(LOG2_E, ROUNDER);
    var n = shifted.sub(ROUNDER);
    var r = n.fma(MINUS_LN2_HIGH, x);
    r = n.fma(MINUS_LN2_LOW, r);
    var p = r.fma(C7, C6);
    p = p.fma(r, C5);
    p = p.fma(r, C4);
    p = p.fma(r, C3);
    p = p.fma(r, C2);
    p = p.fma(r.mul(r), r).add(ONE);
    var scale =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(BITS_OF_ONE)
            .reinterpretAsFloats();
    return p.mul(scale).blend(ZERO, x.compare(VectorOperators.LT, SMALLEST));
  }
}
