package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rectangles of matrices, against a whole run: what is inside changes, and nothing else does. */
@ExtendWith(TestScope.class)
class RectangleTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);
  private static final long[][] RECTANGLES = {
    {0, 0, 1, 1},
    {2, 3, 1, 17},
    {1, 0, 5, 1},
    {0, 0, 9, 37},
    {3, 5, 6, 32},
    {4, 4, 0, 3},
    {4, 4, 3, 0}
  };
  private static final List<DType> TYPES =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.INT32);

  static List<KernelProvider> providers() {
    return Layouts.providers();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void everyLayoutAndBroadcast(KernelProvider provider) {
    for (var type : TYPES) {
      var kernel = kernel(provider, type, X.sub(Y.mul(2)));
      for (var outKind : List.of(Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED, Kind.OFFSET)) {
        for (var inKind : Kind.values()) {
          check(kernel, type, outKind, inKind, new long[] {9, 37}, new long[] {9, 37});
          check(kernel, type, outKind, inKind, new long[] {9, 37}, new long[] {37});
          check(kernel, type, outKind, inKind, new long[] {2, 3, 9, 37}, new long[] {3, 9, 1});
          check(kernel, type, outKind, inKind, new long[] {2, 3, 9, 37}, new long[] {2, 1, 1, 37});
          check(kernel, type, outKind, inKind, new long[] {2, 3, 9, 37}, new long[] {});
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aProgramThatIsCutIntoStages(KernelProvider provider) {
    var formula = X;
    for (int i = 0; i < 300; i++) {
      formula = i % 2 == 0 ? formula.mul(Y) : formula.sub(X.mul(0.5 + i));
    }
    var kernel = kernel(provider, DType.FLOAT64, formula);
    assertEquals(
        !(provider instanceof ScalarProvider), kernel instanceof SplitPointwiseKernel, "is cut");
    check(
        kernel, DType.FLOAT64, Kind.SLICED, Kind.OFFSET, new long[] {2, 3, 9, 37}, new long[] {37});
  }

  private static PointwiseKernel kernel(KernelProvider provider, DType type, Expression formula) {
    return provider.pointwise(PointwiseProgram.of("rectangle", type, 2, formula));
  }

  private static void check(
      PointwiseKernel kernel, DType type, Kind outKind, Kind inKind, long[] sizes, long[] other) {
    var x = Layouts.gaussian(inKind, type, sizes);
    var y = Layouts.gaussian(inKind, type, other);
    var whole = Layouts.allocate(Kind.CONTIGUOUS, type, sizes);
    StridedArray[] ins = {x, y};
    double[] parameters = {};
    kernel.run(new StridedArray[] {whole}, ins, parameters);
    double[] results = Layouts.values(whole);
    long matrices = results.length / (9 * 37);
    for (long[] at : RECTANGLES) {
      for (long matrix = 0; matrix < matrices; matrix += 2) {
        var out = Layouts.filled(outKind, type, () -> 77, sizes);
        StridedArray[] outs = {out};
        kernel.runRectangle(outs, ins, parameters, matrix, at[0], at[1], at[2], at[3]);
        double[] values = Layouts.values(out);
        for (int i = 0; i < values.length; i++) {
          long row = i / 37 % 9;
          long column = i % 37;
          boolean inside =
              i / (9 * 37) == matrix
                  && row >= at[0]
                  && row < at[0] + at[2]
                  && column >= at[1]
                  && column < at[1] + at[3];
          assertEquals(inside ? results[i] : 77, values[i], () -> type + " " + out + " " + y);
        }
      }
    }
  }
}
