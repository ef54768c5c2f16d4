package dev.gatun.kernels.pointwise;

import java.util.List;

/**
 * Sine and cosine of pi times a number that is not negative, by its distance to the nearest
 * integer, up to the sign that they share: what the reflection formulas of the gamma function's kin
 * need.
 *
 * @param distance from the nearest integer, exact: between -1/2 and 1/2, and 0 for infinity
 */
record VectorHalfTurns(VectorValue distance) {
  /** {@code (sin(pi f) / (pi f) - 1) / f^2} in powers of {@code f^2}, in float. */
  private static final List<Double> SINGLE_SINE =
      List.of(-0.00223715557, 0.0261175502, -0.190747961, 0.811742187, -1.64493406);

  /** As {@link #SINGLE_SINE}, in double. */
  private static final List<Double> SINE =
      List.of(
          2.44994759451454e-07,
          -6.972069050537911e-06,
          0.00014842783115575972,
          -0.002346080893923217,
          0.02614784780547771,
          -0.1907518241215023,
          0.8117424252833402,
          -1.6449340668482264);

  /** {@code cos(pi f) / (1 - 4 f^2)} in powers of {@code f^2}, in float. */
  private static final List<Double> SINGLE_COSINE =
      List.of(0.00603851676, -0.0571846366, 0.319497436, -0.934801996, 1.0);

  /** As {@link #SINGLE_COSINE}, in double. */
  private static final List<Double> COSINE =
      List.of(
          -1.032968905367558e-06,
          2.587881286599373e-05,
          -0.000475917426405145,
          0.006332742398376681,
          -0.057249471879770364,
          0.3195033242373329,
          -0.9348022005446706,
          1.0);

  static VectorHalfTurns of(VectorCode code, VectorValue magnitude) {
    // From here on all numbers are integers, and adding this rounds to one.
    double integersFrom = code.isSingle() ? 0x1p23 : 0x1p52;
    var bounded =
        code.select(
            code.compare("GT", magnitude, integersFrom), code.constant(integersFrom), magnitude);
    var nearest = code.sub(code.add(bounded, integersFrom), integersFrom);
    return new VectorHalfTurns(code.sub(bounded, nearest));
  }

  /** {@code sin(pi f) / pi} of the distance f. */
  VectorValue sineOverPi(VectorCode code) {
    var square = code.mul(distance, distance);
    return code.timesOnePlus(distance, square, code.isSingle() ? SINGLE_SINE : SINE);
  }

  /** {@code cos(pi f)} of the distance f. */
  VectorValue cosine(VectorCode code) {
    var square = code.mul(distance, distance);
    var zeros = code.mul(code.fma(distance, -2, 1), code.fma(distance, 2, 1));
    return code.mul(zeros, code.polynomial(square, code.isSingle() ? SINGLE_COSINE : COSINE));
  }
}
