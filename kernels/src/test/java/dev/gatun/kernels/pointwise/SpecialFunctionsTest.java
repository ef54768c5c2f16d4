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

  /** Against values that were computed with 40 digits. */
  @Test
  void derivativesOfManyOrders() {
    double[][] known = {
      {2, 0.001, -2000000002.3976321},
      {2, 0.5, -16.82879664423432},
      {2, 1.0, -2.4041138063191885},
      {2, 1.75, -0.5618924755968989},
      {2, 3.0, -0.15411380631918858},
      {2, 6.5, -0.0275879107068768},
      {2, 11.0, -0.009049834970802067},
      {2, 14.875, -0.004833481157288017},
      {2, 15.25, -0.004591112762281199},
      {2, 40.0, -0.0006408202718352986},
      {2, 1000.0, -1.0010004999998333e-06},
      {2, -0.25, 122.69736678366236},
      {2, -2.625, -30.19345716152726},
      {3, 0.001, 6000000000006.469},
      {3, 0.5, 97.40909103400244},
      {3, 1.0, 6.493939402266829},
      {3, 1.75, 0.8003495718876368},
      {3, 3.0, 0.11893940226682916},
      {3, 6.5, 0.00913366350437814},
      {3, 11.0, 0.0017199013042898683},
      {3, 14.875, 0.0006716743230187114},
      {3, 15.25, 0.0006218114160149824},
      {3, 40.0, 3.24414001515635e-05},
      {3, 1000.0, 2.003001999999e-09},
      {3, -0.25, 1555.7633125348507},
      {3, -2.625, 345.662536234519},
      {4, 0.001, -2.4000000000000024e+16},
      {4, 0.5, -771.4742498266672},
      {4, 1.0, -24.88626612344088},
      {4, 1.75, -1.66480334628167},
      {4, 3.0, -0.13626612344087824},
      {4, 6.5, -0.004525930280322061},
      {4, 11.0, -0.0004899311682352867},
      {4, 14.875, -0.00013995074602617653},
      {4, 15.25, -0.00012627745220451366},
      {4, 40.0, -2.463377839277213e-06},
      {4, 1000.0, -6.0120099999930004e-12},
      {4, -0.25, 24473.199394184583},
      {4, -2.625, -2987.657572527107},
      {5, 0.001, 1.1999999999999998e+20},
      {5, 0.5, 7691.113548602436},
      {5, 1.0, 122.0811674381339},
      {5, 1.75, 4.5146597470076975},
      {5, 3.0, 0.20616743813389676},
      {5, 6.5, 0.0029838209567377757},
      {5, 11.0, 0.0001859451621172682},
      {5, 14.875, 3.886489867420074e-05},
      {5, 15.25, 3.417962978744631e-05},
      {5, 40.0, 2.4938943509996704e-07},
      {5, 1000.0, 2.4060059999944e-14},
      {5, -0.25, 492198.7533428746},
      {5, -2.625, 45189.957681523716},
      {8, 0.001, -4.0319999999999994e+31},
      {8, 0.5, -20644899.96176004},
      {8, 1.0, -40400.97839874763},
      {8, 1.75, -266.72381970800757},
      {8, 3.0, -2.2283987476348854},
      {8, 6.5, -0.002770689227780286},
      {8, 11.0, -3.321051793554838e-05},
      {8, 14.875, -2.7246694465076864e-06},
      {8, 15.25, -2.2189731099912124e-06},
      {8, 40.0, -8.488278799223605e-10},
      {8, 1000.0, -5.06019023994456e-21},
      {8, -0.25, 10569108819.622774},
      {8, -2.625, -272171776.74615663},
      {12, 0.001, -4.7900159999999986e+47},
      {12, 0.5, -3923983571677.6094},
      {12, 1.0, -479060379.8898314},
      {12, 1.75, -332722.4747411314},
      {12, 3.0, -308.0148314524269},
      {12, 6.5, -0.015498964669830504},
      {12, 11.0, -2.098513381558793e-05},
      {12, 14.875, -4.970327282435879e-07},
      {12, 15.25, -3.6546262014146236e-07},
      {12, 40.0, -2.755399787284401e-12},
      {12, 1000.0, -4.01568197165838e-29},
      {12, -0.25, 3.2145233067527972e+16},
      {12, -2.625, -164954023040510.16},
      {20, 0.001, -2.432902008176639e+81},
      {20, 0.5, -5.10216531273943e+24},
      {20, 1.0, -2.4329031685078615e+18},
      {20, 1.75, -19158364039221.695},
      {20, 3.0, -233141556.11225682},
      {20, 6.5, -21.756076736507733},
      {20, 11.0, -0.0003942315567513425},
      {20, 14.875, -7.891618663650974e-07},
      {20, 15.25, -4.73405198885362e-07},
      {20, 40.0, -1.4070197752355848e-15},
      {20, 1000.0, -1.2286580895552956e-43},
      {20, -0.25, 1.0700016187896275e+31},
      {20, -2.625, -2.1451539598769718e+27},
    };
    for (double[] each : known) {
      double value = each[2];
      double got = GammaFunction.polygamma(each[0], each[1]);
      assertEquals(
          value, got, 2e-14 * Math.abs(value), () -> "order " + each[0] + " at " + each[1]);
    }
  }

  /** Sums whose terms are 0 or infinite end. */
  @Test
  void derivativesOfHugeOrders() {
    assertEquals(Double.POSITIVE_INFINITY, GammaFunction.polygamma(1e10 + 1, 0.5));
    assertEquals(Double.NEGATIVE_INFINITY, GammaFunction.polygamma(1e300, 1));
    assertTrue(Double.isNaN(GammaFunction.polygamma(1e10, -0.5)));
    assertTrue(Double.isNaN(GammaFunction.polygamma(1e10, 3)));
    assertEquals(0, GammaFunction.polygamma(1, Double.POSITIVE_INFINITY));
    assertEquals(1e-300, GammaFunction.polygamma(1, 1e300), 1e-315);
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
