package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpecialFunctionsTest {
  private static void close(double expected, double actual) {
    assertEquals(expected, actual, 4e-15 * Math.max(1e-300, Math.abs(expected)));
  }

  @Test
  void gammaAtPointsKnown() {
    close(Math.log(Math.sqrt(Math.PI)), GammaFunction.logarithm(0.5));
    close(0, GammaFunction.logarithm(1));
    close(0, GammaFunction.logarithm(2));
    close(Math.log(24), GammaFunction.logarithm(5));
    close(1.2655121234846454, GammaFunction.logarithm(-0.5));
    close(359.1342053695754, GammaFunction.logarithm(100));
    assertEquals(Double.POSITIVE_INFINITY, GammaFunction.logarithm(-3));
    double euler = 0.5772156649015329;
    close(-euler, GammaFunction.digamma(1));
    close(-euler - 2 * Math.log(2), GammaFunction.digamma(0.5));
    assertEquals(0.03648997397857652, GammaFunction.digamma(-0.5), 2e-15);
    assertTrue(Double.isNaN(GammaFunction.digamma(-2)));
    close(Math.PI * Math.PI / 6, GammaFunction.polygamma(1, 1));
    close(Math.PI * Math.PI / 2, GammaFunction.polygamma(1, 0.5));
    close(Math.PI * Math.PI / 2 + 4, GammaFunction.polygamma(1, -0.5));
    close(-2.4041138063191885, GammaFunction.polygamma(2, 1));
  }

  /** Around its least value, between its zeros, nothing cancels. */
  @Test
  void theLogarithmOfGammaIsRightToFewUnits() {
    double[][] known = {
      {1.25, -0.09827183642181316},
      {1.4375, -0.12120242719902266},
      {1.5078125, -0.12046869746330989},
      {1.625, -0.10917413375679537},
      {1.75, -0.08440112102048555},
      {2.25, 0.1248717148923966},
      {2.5, 0.2846828704729192},
    };
    for (double[] pair : known) {
      double unit = Math.ulp(pair[1]);
      assertEquals(pair[1], GammaFunction.logarithm(pair[0]), 3 * unit, () -> "at " + pair[0]);
    }
  }

  @Test
  void gammaIsSmoothWhereFormulasMeet() {
    for (double x = 0.01; x < 30; x += 0.0137) {
      double next = GammaFunction.logarithm(x + 1);
      assertEquals(next, GammaFunction.logarithm(x) + Math.log(x), 3e-15 * (2 + Math.abs(next)));
      double slope = GammaFunction.digamma(x + 1);
      assertEquals(slope, GammaFunction.digamma(x) + 1 / x, 3e-15 * (2 + 1 / x));
    }
  }

  @Test
  void complementOfTheErrorFunction() {
    close(0.4795001221869535, ErrorFunction.erfc(0.5));
    close(1.5374597944280349e-12, ErrorFunction.erfc(5));
    close(4.183825607779414e-23, ErrorFunction.erfc(7));
    close(2.088487583762545e-45, ErrorFunction.erfc(10));
    assertEquals(2, ErrorFunction.erfc(-7));
    assertEquals(0, ErrorFunction.erfc(Double.POSITIVE_INFINITY));
    assertEquals(0, ErrorFunction.erfc(1e200));
    assertTrue(Double.isNaN(ErrorFunction.erfc(Double.NaN)));
  }

  @Test
  void theInverseUndoesTheErrorFunction() {
    for (double x = -0.999; x < 1; x += 0.00713) {
      assertEquals(x, ErrorFunction.erf(ErrorFunction.erfinv(x)), 4e-16);
    }
    for (double rest = 0.5; rest >= 0x1p-53; rest /= 2) {
      assertEquals(rest, ErrorFunction.erfc(ErrorFunction.erfinv(1 - rest)), 4e-14 * rest);
    }
    close(0.4769362762044699, ErrorFunction.erfinv(0.5));
    assertEquals(3.766562581570838, ErrorFunction.erfinv(1 - 1e-7), 1e-9);
    assertEquals(Double.NEGATIVE_INFINITY, ErrorFunction.erfinv(-1));
    assertTrue(Double.isNaN(ErrorFunction.erfinv(1.5)));
    assertEquals(0, ErrorFunction.erfinv(0));
  }

  @Test
  void inverseHyperbolicFunctionsUndoTheOthers() {
    for (double x = 1e-8; x < 700; x *= 1.37) {
      close(x, InverseHyperbolic.asinh(Math.sinh(x)));
      if (x > 0.1) {
        assertEquals(x, InverseHyperbolic.acosh(Math.cosh(x)), 1e-13 * x);
      }
      if (x < 3) {
        assertEquals(x, InverseHyperbolic.atanh(Math.tanh(x)), 1e-13 * x);
      }
    }
    assertTrue(Double.isNaN(InverseHyperbolic.acosh(-1e30)));
    assertTrue(Double.isNaN(InverseHyperbolic.atanh(Double.POSITIVE_INFINITY)));
    assertEquals(Double.POSITIVE_INFINITY, InverseHyperbolic.atanh(1));
  }

  @Test
  void logarithmsOfPowersOfTwoAreExact() {
    for (int exponent = -1022; exponent < 1024; exponent++) {
      assertEquals(exponent, Powers.log2(Math.scalb(1.0, exponent)));
    }
    assertEquals(Double.NEGATIVE_INFINITY, Powers.log2(0));
  }
}
