package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Powers of bases of any sign, in vectors, against those of C. */
class VectorPowersTest {
  private static final double[] MAGNITUDES = {
    0,
    0x1p-1074,
    0x1p-149,
    1e-310,
    1e-40,
    1e-30,
    0.3,
    0.5,
    1,
    1.5,
    2,
    3,
    1e30,
    0x1p127,
    1e300,
    Double.POSITIVE_INFINITY,
    Double.NaN
  };

  private static final double[] EXPONENTS = {
    0,
    0x1p-149,
    0.3,
    0.5,
    0.7,
    1,
    1.5,
    2,
    2.5,
    3,
    4,
    5,
    11,
    12,
    12.5,
    127,
    128,
    1021,
    999_999,
    1_000_000,
    1_000_001,
    0x1p24,
    0x1p53,
    1e30,
    Double.POSITIVE_INFINITY,
    Double.NaN
  };

  static List<Integer> widths() {
    return VectorProvider.availableWidths();
  }

  private static double[] withNegatives(double[] values) {
    var all = new double[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      all[2 * i] = values[i];
      all[2 * i + 1] = -values[i];
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("widths")
  void zerosSignsAndInfinitiesAreThoseOfC(int width) {
    for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      check(width, type);
    }
  }

  private static void check(int width, DType type) {
    var kernel =
        VectorProvider.ofWidth(width)
            .pointwise(
                PointwiseProgram.of("pow", type, 2, Expression.input(0).pow(Expression.input(1))));
    assertInstanceOf(VectorPointwiseKernel.class, kernel);
    double[] bases = withNegatives(MAGNITUDES);
    double[] exponents = withNegatives(EXPONENTS);
    try (var _ = Scope.open()) {
      var shape = Shape.of(bases.length * exponents.length);
      var x = StridedArray.allocate(type, shape);
      var y = StridedArray.allocate(type, shape);
      var out = StridedArray.allocate(type, shape);
      long size = type.byteSize();
      for (int i = 0; i < shape.numel(); i++) {
        type.setDouble(x.segment(), i * size, bases[i / exponents.length]);
        type.setDouble(y.segment(), i * size, exponents[i % exponents.length]);
      }
      kernel.run(new StridedArray[] {out}, new StridedArray[] {x, y}, new double[0]);
      for (int i = 0; i < shape.numel(); i++) {
        double base = type.getDouble(x.segment(), i * size);
        double exponent = type.getDouble(y.segment(), i * size);
        double got = type.getDouble(out.segment(), i * size);
        double power = Powers.power(base, exponent);
        double wanted = type == DType.FLOAT32 ? (float) power : power;
        boolean singular = wanted == 0 || !Double.isFinite(wanted) || Math.abs(wanted) == 1;
        double ulp = type == DType.FLOAT32 ? Math.ulp((float) wanted) : Math.ulp(wanted);
        assertEquals(
            wanted,
            got,
            singular ? 0 : 12 * ulp,
            () -> base + " to the power of " + exponent + " in " + type);
        if (singular) {
          // Tells zeros apart by their sign, which a distance of 0 does not.
          assertEquals(wanted, got, () -> base + " to the power of " + exponent + " in " + type);
        }
      }
    }
  }
}
