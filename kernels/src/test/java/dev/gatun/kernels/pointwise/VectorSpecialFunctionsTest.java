package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kin of the error function and of the gamma function in vectors: in double against values that
 * were computed with 40 digits, at limits and below 0 against scalar code. {@link
 * FunctionAccuracyTest} has floats.
 */
class VectorSpecialFunctionsTest {
  private static final double[][] ERFC = {
    {-5.5, 1.9999999999999927},
    {-1.5, 1.9661051464753108},
    {-0.75, 1.7111556336535152},
    {-0.25, 1.276326390168237},
    {1e-09, 0.9999999988716208},
    {0.125, 0.8596837951986662},
    {0.4375, 0.536101864250067},
    {0.5, 0.4795001221869535},
    {0.53125, 0.45247155460045535},
    {0.8125, 0.25053597441363795},
    {1.0, 0.15729920705028513},
    {1.4375, 0.042059393943539934},
    {1.96875, 0.0053654483661057135},
    {2.71875, 0.00012060499236929191},
    {3.75, 1.1372725656979665e-07},
    {4.84375, 7.379995978129356e-12},
    {6.5, 3.8421483271206475e-20},
    {8.125, 1.47282375446827e-30},
    {9.96875, 3.9100996233420373e-45},
    {15.0625, 1.0972840579739035e-100},
    {21.34375, 3.770230240395526e-200},
    {26.171875, 7.17575472289956e-300},
    {26.9375, 1.5280556e-317},
  };

  private static final double[][] ERFINV = {
    {-0.999, -2.3267537655135246},
    {-0.875, -1.0847870400692832},
    {-0.3, -0.2724627147267543},
    {1e-12, 8.86226925452758e-13},
    {0.125, 0.11123545184094996},
    {0.4375, 0.4095082791341315},
    {0.625, 0.627307347788559},
    {0.796875, 0.8999338395927327},
    {0.84375, 1.00253397062404},
    {0.85, 1.0179024648320276},
    {0.859375, 1.041898916224913},
    {0.9375, 1.3171503349861307},
    {0.99, 1.8213863677184494},
    {0.99951171875, 2.465754958722755},
    {0.9999999, 3.7665625816384707},
    {0.999999999999, 5.042031898572696},
    {0.9999999999990905, 5.05125408524939},
    {0.9999999999999999, 5.8635847487551676},
  };

  private static final double[][] LGAMMA = {
    {1e-300, 690.7755278982137},
    {1e-10, 23.025850929882736},
    {0.125, 2.0194183575537963},
    {0.4375, 0.7054761459854453},
    {0.75, 0.20328095143129538},
    {0.9375, 0.039390901734582304},
    {0.999999, 5.772164873855652e-07},
    {0.9999999999999999, 6.408381213480008e-17},
    {1.0000000000000002, -1.2816762426960008e-16},
    {1.000001, -5.772148423874147e-07},
    {1.25, -0.09827183642181316},
    {1.4375, -0.12120242719902266},
    {1.75, -0.08440112102048555},
    {1.96875, -0.01289502598016741},
    {1.9999999999999998, -9.387698065543117e-17},
    {2.0000000000000004, 1.8775396131086244e-16},
    {2.015625, 0.006684476830232185},
    {2.25, 0.1248717148923966},
    {2.625, 0.3763336820249054},
    {2.6875, 0.4248957667897986},
    {3.5, 1.2009736023470743},
    {5.25, 3.561375910386697},
    {7.875, 8.274252119110479},
    {12.125, 17.808317033220973},
    {33.5, 83.30242550295006},
    {171.625, 709.7859168294837},
    {100000.0, 1051287.7089736569},
    {1000000000000000.0, 3.3538776394910668e+16},
    {1e+300, 6.897755278982137e+302},
    {-1e-10, 23.025850929998178},
    {-0.375, 1.3416587485006664},
    {-0.9375, 2.8041701430837747},
    {-1.5, 0.860047015376481},
    {-3.625, -1.405365388615543},
    {-7.75, -8.581847763551867},
    {-20.125, -40.608285145280576},
  };

  private static final double[][] DIGAMMA = {
    {1e-300, -9.999999999999999e+299},
    {1e-10, -10000000000.577215},
    {0.125, -8.388492663295855},
    {0.4375, -2.3093278297195834},
    {0.75, -1.0858608797864722},
    {0.9375, -0.6850006744956978},
    {0.9999999999999999, -0.5772156649015331},
    {1.0, -0.5772156649015329},
    {1.25, -0.22745353337626542},
    {1.4375, -0.023613544005297898},
    {1.4616321449683622, -9.241265521729427e-17},
    {1.4616321449683625, 1.2245374622004068e-16},
    {1.46875, 0.006865411470735777},
    {1.75, 0.24747245354686118},
    {1.96875, 0.40243027626744043},
    {2.0, 0.42278433509846713},
    {2.625, 0.7626758508080488},
    {3.5, 1.103156640645243},
    {5.25, 1.5599773364075455},
    {7.875, 1.9988595242685323},
    {12.125, 2.453465874567355},
    {33.5, 3.496545816722825},
    {171.625, 5.1423957064590144},
    {100000.0, 11.512920464961896},
    {1000000000000000.0, 34.538776394910684},
    {1e+300, 690.7755278982137},
    {-1e-10, 9999999999.422785},
    {-0.375, 1.2139579020901001},
    {-0.9375, -15.412186823393437},
    {-1.25, 3.714139120213528},
    {-3.625, 0.11820001615737401},
    {-7.75, -1.0307688328309315},
    {-20.125, 10.611077432912593},
  };

  private static final double[][] TRIGAMMA = {
    {1e-150, 1e+300},
    {1e-10, 1e+20},
    {0.125, 65.38813344498803},
    {0.4375, 6.213992713813995},
    {0.75, 2.5418796476716063},
    {0.9375, 1.808971117885678},
    {1.0, 1.6449340668482264},
    {1.25, 1.1973291545071107},
    {1.4375, 0.9895029178956272},
    {1.75, 0.7641018698938287},
    {1.96875, 0.6578083966452627},
    {2.625, 0.46248494818833746},
    {3.5, 0.3303577561002349},
    {5.25, 0.20976041229725417},
    {7.875, 0.13538679222109248},
    {12.125, 0.08596859752028209},
    {33.5, 0.030300712174923455},
    {171.625, 0.00584366489008738},
    {100000.0, 1.0000050000166667e-05},
    {1000000000000000.0, 1.0000000000000005e-15},
    {1e+300, 1e-300},
    {-1e-10, 1e+20},
    {-0.375, 10.512294284151519},
    {-0.9375, 258.6441978206932},
    {-1.5, 9.379246644989124},
    {-3.625, 11.321700455260803},
    {-7.75, 19.61814433435229},
    {-20.125, 67.34539904473097},
    {-100.5, 9.859703491870086},
  };

  private static final double[] LIMITS = {
    0.0,
    -0.0,
    0x1p-1074,
    -0x1p-1074,
    0x1p-149,
    -0x1p-149,
    1e-310,
    -1e-310,
    1e-40,
    -1e-40,
    1e-25,
    -1e-25,
    1,
    -1,
    2,
    -2,
    -3,
    -171,
    0x1p22 + 0.5,
    -0x1p22 - 0.5,
    -0x1p22,
    -0x1p23,
    -0x1p24,
    -0x1p51 - 0.5,
    -0x1p52,
    -0x1p53,
    -1e30,
    -1e300,
    1.0000001,
    -1.0000001,
    9.1,
    10.05,
    10.06,
    10.5,
    11,
    -11,
    26.6,
    27.2,
    27.25,
    27.3,
    27.5,
    28,
    -28,
    4e36,
    4.08e36,
    4.09e36,
    1e38,
    2.5e305,
    2.55e305,
    2.56e305,
    1e308,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private record Function(String name, Expression formula, double[][] known) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final Expression X = Expression.input(0);

  private static final List<Function> FUNCTIONS =
      List.of(
          new Function("erfc", X.erfc(), ERFC),
          new Function("erfinv", X.erfinv(), ERFINV),
          new Function("lgamma", X.lgamma(), LGAMMA),
          new Function("digamma", X.digamma(), DIGAMMA),
          new Function("trigamma", X.polygamma(1), TRIGAMMA));

  static List<Arguments> cases() {
    var cases = new ArrayList<Arguments>();
    for (int width : VectorProvider.availableWidths()) {
      FUNCTIONS.forEach(function -> cases.add(Arguments.of(function, width)));
    }
    return cases;
  }

  private static PointwiseKernel vector(Function function, DType type, int width) {
    var program = PointwiseProgram.of(function.name(), type, 1, function.formula());
    return assertInstanceOf(
        VectorPointwiseKernel.class, VectorProvider.ofWidth(width).pointwise(program));
  }

  private static PointwiseKernel scalar(Function function, DType type) {
    return new ScalarPointwiseKernel(
        PointwiseProgram.of(function.name(), type, 1, function.formula()));
  }

  /** The results of a kernel for arguments that are rounded to a type. */
  private static double[] run(PointwiseKernel kernel, DType type, double[] arguments) {
    try (var _ = Scope.open()) {
      var in = StridedArray.allocate(type, Shape.of(arguments.length));
      var out = StridedArray.allocate(type, Shape.of(arguments.length));
      for (int i = 0; i < arguments.length; i++) {
        type.setDouble(in.segment(), (long) i * type.byteSize(), arguments[i]);
      }
      kernel.run(out, in, 0, 0);
      double[] results = new double[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        results[i] = type.getDouble(out.segment(), (long) i * type.byteSize());
      }
      return results;
    }
  }

  private static double ulp(DType type, double value) {
    return type == DType.FLOAT32 ? Math.ulp((float) value) : Math.ulp(value);
  }

  @ParameterizedTest(name = "{0} {1} bits")
  @MethodSource("cases")
  void valuesKnown(Function function, int width) {
    double[][] known = function.known();
    double[] arguments = new double[known.length];
    for (int i = 0; i < known.length; i++) {
      arguments[i] = known[i][0];
    }
    double[] got = run(vector(function, DType.FLOAT64, width), DType.FLOAT64, arguments);
    for (int i = 0; i < known.length; i++) {
      double x = arguments[i];
      double wanted = known[i][1];
      // Near the zeros below 0, where terms of up to some 3 cancel, as much of these terms.
      double unit = Math.ulp(x < 0 && x > -10 ? Math.max(3, Math.abs(wanted)) : wanted);
      assertEquals(wanted, got[i], 6 * unit, () -> function + " of " + x);
    }
  }

  /** Infinities, zeros and what is no number are those of scalar code; others are close. */
  @ParameterizedTest(name = "{0} {1} bits")
  @MethodSource("cases")
  void limits(Function function, int width) {
    for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      double[] wanted = run(scalar(function, type), type, LIMITS);
      double[] got = run(vector(function, type, width), type, LIMITS);
      for (int i = 0; i < LIMITS.length; i++) {
        double x = LIMITS[i];
        double value = wanted[i];
        boolean singular = value == 0 || !Double.isFinite(value);
        if (singular) {
          // Without a tolerance, zeros are told apart by their sign.
          assertEquals(value, got[i], () -> function + " of " + x + " in " + type);
        } else {
          double units = 8 * ulp(type, value);
          assertEquals(value, got[i], units, () -> function + " of " + x + " in " + type);
        }
      }
    }
  }

  /** Reflection: close to scalar code by the larger of the two terms. */
  @ParameterizedTest(name = "{0} {1} bits")
  @MethodSource("cases")
  void negativeArguments(Function function, int width) {
    var random = new SplittableRandom(7);
    double[] arguments = new double[10_007];
    for (int i = 0; i < arguments.length; i++) {
      double x = -random.nextDouble() * (i % 2 == 0 ? 12 : 1000);
      arguments[i] = function.name().equals("erfinv") ? x / 1000 : (float) x;
    }
    for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      double[] reflected = arguments.clone();
      for (int i = 0; i < reflected.length; i++) {
        reflected[i] = 1 - arguments[i];
      }
      double[] wanted = run(scalar(function, type), type, arguments);
      double[] terms = run(scalar(function, type), type, reflected);
      double[] got = run(vector(function, type, width), type, arguments);
      for (int i = 0; i < arguments.length; i++) {
        double x = arguments[i];
        double size = Math.abs(wanted[i]);
        double larger = Double.isFinite(terms[i]) ? Math.max(size, Math.abs(terms[i])) : size;
        double unit = ulp(type, larger);
        assertEquals(wanted[i], got[i], 8 * unit, () -> function + " of " + x + " in " + type);
      }
    }
  }
}
