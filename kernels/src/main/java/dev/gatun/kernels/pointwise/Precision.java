package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * What the elementary functions need to know of a floating-point format.
 *
 * @param format how numbers are stored
 * @param ranges where functions leave their general formula
 * @param polynomials approximations that are exact to the last bit
 * @param ln2 the logarithm of 2 as a sum of two numbers of the format
 * @param halfPi half of pi as a sum of three positive numbers of the format: no multiple of theirs
 *     takes the sign off a negative zero
 */
record Precision(
    Format format, Ranges ranges, Polynomials polynomials, List<Double> ln2, List<Double> halfPi) {

  /**
   * How numbers are stored.
   *
   * @param fractionBits the bits of the significand that are stored
   * @param exponentBias what is added to the exponent
   * @param smallestNormal the smallest number of full precision
   * @param twoThirds the bit pattern of 2 / 3
   * @param toInteger adding this leaves the nearest integer in the low bits of the sum
   * @param toIntegerBits its bit pattern
   */
  record Format(
      int fractionBits,
      int exponentBias,
      double smallestNormal,
      long twoThirds,
      double toInteger,
      long toIntegerBits) {}

  /**
   * Where functions leave their general formula.
   *
   * @param expInfinite above this, exp is infinite
   * @param expZero below this, exp is 0
   * @param expm1MinusOne below this, expm1 is -1
   * @param sinhLarge above this, exp may overflow though sinh and cosh do not
   * @param tanhOne above this, tanh is 1
   * @param reducible up to this magnitude, three parts of pi / 2 reduce an angle without loss
   */
  record Ranges(
      double expInfinite,
      double expZero,
      double expm1MinusOne,
      double sinhLarge,
      double tanhOne,
      double reducible) {}

  /**
   * Coefficients, that of the highest power first.
   *
   * @param exp {@code (exp(r) - 1 - r) / r^2} for {@code |r| <= ln(2) / 2}
   * @param log {@code (log1p(f) - f + f^2 / 2) / f^3} for {@code |f| <= 1 / 3}
   * @param tanh {@code (tanh(x) / x - 1) / x^2} in powers of {@code x^2}, for {@code |x| <= 0.625}
   * @param sin {@code (sin(r) / r - 1) / r^2} in powers of {@code r^2}, for {@code |r| <= 0.82}
   * @param cos {@code (cos(r) - 1 + r^2 / 2) / r^4} in powers of {@code r^2}, for {@code |r| <=
   *     0.82}
   * @param atan {@code (atan(x) / x - 1) / x^2} in powers of {@code x^2}, for {@code |x| <= 1}
   */
  record Polynomials(
      List<Double> exp,
      List<Double> log,
      List<Double> tanh,
      List<Double> sin,
      List<Double> cos,
      List<Double> atan) {}

  /** IEEE 754 binary32. */
  static final Precision SINGLE =
      new Precision(
          new Format(
              23, 127, Float.MIN_NORMAL, 0x3f2aaaab, 0x1.8p23, Float.floatToRawIntBits(0x1.8p23f)),
          new Ranges(89, -104, -20, 88, 10, 0x1p17),
          new Polynomials(
              List.of(0.00139269268, 0.00836377405, 0.0416665487, 0.166665733, 0.5),
              List.of(
                  0.113306172,
                  -0.124222003,
                  0.109156549,
                  -0.122887217,
                  0.142918676,
                  -0.166733161,
                  0.199999481,
                  -0.249999449,
                  0.333333343),
              List.of(
                  0.00229274482,
                  -0.00834394526,
                  0.0217689183,
                  -0.0539592579,
                  0.133333042,
                  -0.333333343),
              List.of(2.72224065e-06, -0.000198398644, 0.00833333191, -0.166666672),
              List.of(2.45252304e-05, -0.00138881931, 0.0416666642),
              List.of(
                  -0.000377885794,
                  0.00287548569,
                  -0.0102571659,
                  0.0232483745,
                  -0.0387670211,
                  0.0529439077,
                  -0.0648706257,
                  0.0765429512,
                  -0.0908562392,
                  0.111106664,
                  -0.142856941,
                  0.200000003,
                  -0.333333343)),
          List.of(0x1.62e43p-1, -1.904654299957767e-9),
          List.of(0x1.921fb4p0, 0x1.4442dp-24, 0x1.84698ap-48));

  /** IEEE 754 binary64. */
  static final Precision DOUBLE =
      new Precision(
          new Format(
              52,
              1023,
              Double.MIN_NORMAL,
              0x3fe5555555555555L,
              0x1.8p52,
              Double.doubleToRawLongBits(0x1.8p52)),
          new Ranges(710, -746, -45, 709, 22, 0x1p30),
          new Polynomials(
              List.of(
                  2.0915442297780116e-09,
                  2.5106274733573296e-08,
                  2.75572718102198e-07,
                  2.755725283351691e-06,
                  2.4801587327007187e-05,
                  0.00019841269876864356,
                  0.0013888888888883327,
                  0.008333333333325544,
                  0.04166666666666667,
                  0.1666666666666667,
                  0.5),
              List.of(
                  0.07609353355775217,
                  -0.07939220738959506,
                  0.03860324706782373,
                  -0.04062135417874393,
                  0.05395653842182605,
                  -0.05693364746433829,
                  0.05870654482025902,
                  -0.06237833409568958,
                  0.0666731219503017,
                  -0.07143528467736171,
                  0.07692285500730395,
                  -0.08333310255758067,
                  0.09090909547670026,
                  -0.10000000474985592,
                  0.11111111105958205,
                  -0.1249999999464158,
                  0.14285714285740883,
                  -0.16666666666694324,
                  0.1999999999999996,
                  -0.24999999999999958,
                  0.3333333333333333),
              List.of(
                  6.485163482793113e-06,
                  -3.12011014257974e-05,
                  9.257116129556769e-05,
                  -0.0002375906496055562,
                  0.0005896606577757043,
                  -0.0014557754120478055,
                  0.0035921217511549622,
                  -0.008863235103240878,
                  0.021869488519008305,
                  -0.05396825396789699,
                  0.13333333333333042,
                  -0.3333333333333333),
              List.of(
                  -7.58127458795374e-13,
                  1.6058435489117308e-10,
                  -2.5052105598264978e-08,
                  2.7557319217428917e-06,
                  -0.00019841269841262496,
                  0.00833333333333333,
                  -0.16666666666666666),
              List.of(
                  -1.1374730146226585e-11,
                  2.08760316470707e-09,
                  -2.755731669665198e-07,
                  2.4801587297605684e-05,
                  -0.0013888888888886595,
                  0.041666666666666664),
              List.of(
                  -5.1088410388226665e-06,
                  6.417524965866564e-05,
                  -0.00038394037972999467,
                  0.0014617449054205385,
                  -0.004000209679906822,
                  0.00844989240397037,
                  -0.014503079564732733,
                  0.021121594179966983,
                  -0.02718155333081564,
                  0.03213544133307827,
                  -0.036139320776507194,
                  0.03971908106924452,
                  -0.043407182638729704,
                  0.04760471049395462,
                  -0.05262931380521779,
                  0.0588232553920069,
                  -0.06666664203478607,
                  0.07692307534369985,
                  -0.09090909084093506,
                  0.11111111110929807,
                  -0.14285714285711718,
                  0.19999999999999984,
                  -0.3333333333333333)),
          List.of(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56),
          List.of(0x1.921fb54442d18p0, 0x1.1a62633145c06p-54, 0x1.c1cd129024e09p-107));

  static Precision of(VectorCode code) {
    return code.isSingle() ? SINGLE : DOUBLE;
  }
}
