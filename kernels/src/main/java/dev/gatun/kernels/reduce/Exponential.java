package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Inlined;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function of numbers that are not large: up to 88 in float32, up to 709 in
 * float64. Within 2 units in the last place; results that would be subnormal are 0, NaN gives NaN.
 * The same arithmetic at every width of vectors and in every state of the compiler.
 */
final class Exponential {
  private Exponential() {}

  /** Computes the exponential of each lane. */
  @Inlined
  static FloatVector of(FloatVector x) {
    // Asked for once: every call counts where the compiler's budget for inlining is concerned.
    var species = x.species();
    // Adding this rounds a small number to an integer, which then stands in the lowest bits.
    var rounder = FloatVector.broadcast(species, 0x1.8p23f);
    var shifted = x.fma(FloatVector.broadcast(species, 1.4426950408889634f), rounder);
    var n = shifted.sub(rounder);
    var r = n.fma(FloatVector.broadcast(species, -0.693359375f), x);
    r = n.fma(FloatVector.broadcast(species, 2.12194440e-4f), r);
    var p =
        r.fma(
            FloatVector.broadcast(species, 1.9875691500e-4f),
            FloatVector.broadcast(species, 1.3981999507e-3f));
    p = p.fma(r, FloatVector.broadcast(species, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(species, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(species, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(species, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    var scale =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, 23)
            .add(0x3f80_0000)
            .reinterpretAsFloats();
    return p.mul(scale).blend(0f, x.compare(VectorOperators.LT, -87.33654f));
  }

  /** Computes the exponential of each lane. */
  @Inlined
  static DoubleVector of(DoubleVector x) {
    var species = x.species();
    var rounder = DoubleVector.broadcast(species, 0x1.8p52);
    var shifted = x.fma(DoubleVector.broadcast(species, 1.4426950408889634), rounder);
    var n = shifted.sub(rounder);
    var r = n.fma(DoubleVector.broadcast(species, -0x1.62e42fefa39efp-1), x);
    r = n.fma(DoubleVector.broadcast(species, -0x1.abc9e3b39803fp-56), r);
    var p =
        r.fma(
            DoubleVector.broadcast(species, 2.0915442297780116e-09),
            DoubleVector.broadcast(species, 2.5106274733573296e-08));
    p = p.fma(r, DoubleVector.broadcast(species, 2.75572718102198e-07));
    p = p.fma(r, DoubleVector.broadcast(species, 2.755725283351691e-06));
    p = p.fma(r, DoubleVector.broadcast(species, 2.4801587327007187e-05));
    p = p.fma(r, DoubleVector.broadcast(species, 0.00019841269876864356));
    p = p.fma(r, DoubleVector.broadcast(species, 0.0013888888888883327));
    p = p.fma(r, DoubleVector.broadcast(species, 0.008333333333325544));
    p = p.fma(r, DoubleVector.broadcast(species, 0.04166666666666667));
    p = p.fma(r, DoubleVector.broadcast(species, 0.1666666666666667));
    p = p.fma(r, DoubleVector.broadcast(species, 0.5));
    p = p.fma(r.mul(r), r).add(1.0);
    var scale =
        shifted
            .reinterpretAsLongs()
            .lanewise(VectorOperators.LSHL, 52)
            .add(0x3ff0_0000_0000_0000L)
            .reinterpretAsDoubles();
    return p.mul(scale).blend(0.0, x.compare(VectorOperators.LT, -708.0));
  }
}
