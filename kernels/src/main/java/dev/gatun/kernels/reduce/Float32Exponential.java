package dev.gatun.kernels.reduce;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The exponential function of float32 vectors. */
final class Float32Exponential {
  private static final float LOG2_E = 1.4426950408889634f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding this rounds a small number to an integer, which then stands in the lowest bits. */
  private static final float ROUNDER = 0x1.8p23f;

  private static final float SMALLEST = -87.33654f;

  private Float32Exponential() {}

  /**
   * Computes {@code exp(x)} for x up to 88 within 2 units in the last place; results that would be
   * subnormal are 0. NaN gives NaN.
   */
  static FloatVector exp(FloatVector x) {
    var shifted = x.fma(broadcast(x, LOG2_E), broadcast(x, ROUNDER));
    var n = shifted.sub(ROUNDER);
    var r = n.fma(broadcast(x, -LN2_HIGH), x);
    r = n.fma(broadcast(x, -LN2_LOW), r);
    var p = r.fma(broadcast(x, 1.9875691500e-4f), broadcast(x, 1.3981999507e-3f));
    p = p.fma(r, broadcast(x, 8.3334519073e-3f));
    p = p.fma(r, broadcast(x, 4.1665795894e-2f));
    p = p.fma(r, broadcast(x, 1.6666665459e-1f));
    p = p.fma(r, broadcast(x, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    var scale =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(Float.floatToRawIntBits(1f))
            .reinterpretAsFloats();
    return p.mul(scale).blend(0f, x.compare(VectorOperators.LT, SMALLEST));
  }

  private static FloatVector broadcast(FloatVector like, float value) {
    return FloatVector.broadcast(like.species(), value);
  }
}
