package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Inlined;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The natural logarithm of numbers that are positive, normal and finite, or NaN, such as sums of
 * exponentials. Within 2 units in the last place. The same arithmetic at every width of vectors and
 * in every state of the compiler.
 */
final class Logarithm {
  private Logarithm() {}

  /** Computes the logarithm of each lane. */
  @Inlined
  static FloatVector of(FloatVector x) {
    // x = 2^e * (1 + f), where 1 + f is from 2/3 to 4/3.
    var distance = x.reinterpretAsInts().sub(0x3f2a_aaab);
    var e =
        distance
            .lanewise(VectorOperators.ASHR, 23)
            .add(0x4b40_0000)
            .reinterpretAsFloats()
            .sub(0x1.8p23f);
    var f = distance.and(0x007f_ffff).add(0x3f2a_aaab).reinterpretAsFloats().sub(1f);
    var p =
        f.fma(
            FloatVector.broadcast(x.species(), 0.113306172f),
            FloatVector.broadcast(x.species(), -0.124222003f));
    p = p.fma(f, FloatVector.broadcast(x.species(), 0.109156549f));
    p = p.fma(f, FloatVector.broadcast(x.species(), -0.122887217f));
    p = p.fma(f, FloatVector.broadcast(x.species(), 0.142918676f));
    p = p.fma(f, FloatVector.broadcast(x.species(), -0.166733161f));
    p = p.fma(f, FloatVector.broadcast(x.species(), 0.199999481f));
    p = p.fma(f, FloatVector.broadcast(x.species(), -0.249999449f));
    p = p.fma(f, FloatVector.broadcast(x.species(), 0.333333343f));
    p = p.fma(f, FloatVector.broadcast(x.species(), -0.5f));
    var low = e.fma(FloatVector.broadcast(x.species(), -1.904654299957767e-9f), f.mul(f).mul(p));
    var value = e.fma(FloatVector.broadcast(x.species(), 0x1.62e43p-1f), low.add(f));
    return value.blend(x, x.compare(VectorOperators.NE, x));
  }

  /** Computes the logarithm of each lane. */
  @Inlined
  static DoubleVector of(DoubleVector x) {
    // x = 2^e * (1 + f), where 1 + f is from 2/3 to 4/3.
    var distance = x.reinterpretAsLongs().sub(0x3fe5_5555_5555_5555L);
    var e =
        distance
            .lanewise(VectorOperators.ASHR, 52)
            .add(0x4338_0000_0000_0000L)
            .reinterpretAsDoubles()
            .sub(0x1.8p52);
    var f =
        distance
            .and(0x000f_ffff_ffff_ffffL)
            .add(0x3fe5_5555_5555_5555L)
            .reinterpretAsDoubles()
            .sub(1.0);
    var p =
        f.fma(
            DoubleVector.broadcast(x.species(), 0.07609353355775217),
            DoubleVector.broadcast(x.species(), -0.07939220738959506));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.03860324706782373));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.04062135417874393));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.05395653842182605));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.05693364746433829));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.05870654482025902));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.06237833409568958));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.0666731219503017));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.07143528467736171));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.07692285500730395));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.08333310255758067));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.09090909547670026));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.10000000474985592));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.11111111105958205));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.1249999999464158));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.14285714285740883));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.16666666666694324));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.1999999999999996));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.24999999999999958));
    p = p.fma(f, DoubleVector.broadcast(x.species(), 0.3333333333333333));
    p = p.fma(f, DoubleVector.broadcast(x.species(), -0.5));
    var low = e.fma(DoubleVector.broadcast(x.species(), 0x1.abc9e3b39803fp-56), f.mul(f).mul(p));
    var value = e.fma(DoubleVector.broadcast(x.species(), 0x1.62e42fefa39efp-1), low.add(f));
    return value.blend(x, x.compare(VectorOperators.NE, x));
  }
}
