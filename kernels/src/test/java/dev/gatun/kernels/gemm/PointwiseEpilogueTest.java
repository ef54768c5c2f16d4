package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.gemm.Matrices.Placement;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Elementwise programs at the end of a product, against the product followed by the program. */
@ExtendWith(TestScope.class)
class PointwiseEpilogueTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);
  private static final long[][][] SHAPES = {
    {{1, 8}, {8, 1}, {1, 1}},
    {{7, 33}, {33, 70}, {7, 70}},
    {{70, 33}, {33, 7}, {70, 7}},
    {{130, 40}, {40, 130}, {130, 130}},
    {{3, 4, 9}, {9, 65}, {3, 4, 65}},
    {{2, 3, 7, 9}, {3, 9, 20}, {2, 3, 7, 20}},
    {{5, 1, 9}, {9, 40}, {5, 1, 40}},
  };

  static List<KernelProvider> providers() {
    return Layouts.providers();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anActivationInPlace(KernelProvider provider) {
    var formula = X.mul(X).add(Y.mul(Expression.parameter(0)));
    var kernel = provider.pointwise(PointwiseProgram.of("square_add", DType.FLOAT64, 2, formula));
    for (var shape : SHAPES) {
      for (var placement : Placement.values()) {
        var a = Matrices.random(DType.FLOAT64, Placement.ROW_MAJOR, 1, shape[0]);
        var b = Matrices.random(DType.FLOAT64, placement, 2, shape[1]);
        var out = Matrices.random(DType.FLOAT64, placement, 3, shape[2]);
        var expected = Matrices.random(DType.FLOAT64, Placement.ROW_MAJOR, 3, shape[2]);
        int rank = shape[2].length;
        var column = Matrices.random(DType.FLOAT64, Placement.SPARSE, 4, shape[2][rank - 2], 1);
        var epilogue =
            new PointwiseEpilogue(
                kernel,
                new StridedArray[] {out},
                new StridedArray[] {out, column},
                new double[] {0.75});
        provider.matmul().matmul(out, a, b, 1, 0, epilogue, null);
        ScalarMatmul.instance().matmul(expected, a, b, 1, 0, null, null);
        double[] products = Layouts.values(expected);
        double[] results = Layouts.values(out);
        for (int i = 0; i < results.length; i++) {
          int row = (int) (i / shape[2][rank - 1] % shape[2][rank - 2]);
          double want = products[i] * products[i] + 0.75 * Matrices.get(column, row, 0);
          assertEquals(want, results[i], 1e-11 * Math.max(1, Math.abs(want)), () -> "" + out);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anOptimizerStepOnOtherArrays(KernelProvider provider) {
    var step = Y.sub(X.mul(Expression.parameter(0)));
    var kernel = provider.pointwise(PointwiseProgram.of("step", DType.FLOAT32, 2, step));
    for (var placement : Placement.values()) {
      var a = Matrices.random(DType.FLOAT32, Placement.COLUMN_MAJOR, 1, 75, 20);
      var b = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 2, 20, 150);
      var gradient = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 3, 75, 150);
      var weight = Matrices.random(DType.FLOAT32, placement, 4, 75, 150);
      double[] before = Layouts.values(weight);
      var epilogue =
          new PointwiseEpilogue(
              kernel,
              new StridedArray[] {weight},
              new StridedArray[] {gradient, weight},
              new double[] {0.5});
      provider.matmul().matmul(gradient, a, b, 1, 0, epilogue, null);
      var expected = Matrices.random(DType.FLOAT32, Placement.ROW_MAJOR, 3, 75, 150);
      ScalarMatmul.instance().matmul(expected, a, b, 1, 0, null, null);
      double[] products = Layouts.values(expected);
      double[] after = Layouts.values(weight);
      for (int i = 0; i < after.length; i++) {
        assertEquals(before[i] - 0.5 * products[i], after[i], 1e-5, placement::name);
      }
    }
  }
}
