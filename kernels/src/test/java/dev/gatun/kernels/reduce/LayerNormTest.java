package dev.gatun.kernels.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layer normalisation and its gradients against plain loops in float64. */
@ExtendWith(TestScope.class)
class LayerNormTest {
  private static final double EPSILON = 1e-5;
  private static final int[][] SHAPES = {
    {1, 1}, {3, 5}, {2, 16}, {5, 33}, {70, 49}, {1100, 7}, {130, 300}, {3, 9001}, {0, 4}
  };

  static List<KernelProvider> providers() {
    return CudaOnHost.andProviders();
  }

  private static double tolerance(DType type) {
    return type == DType.FLOAT64 ? 1e-12 : type == DType.FLOAT32 ? 2e-5 : 0.05;
  }

  private static void assertClose(double[] expected, StridedArray actual, String what) {
    double[] values = Layouts.values(actual);
    double largest = 1;
    for (double x : expected) {
      largest = Math.max(largest, Math.abs(x));
    }
    assertArrayEquals(expected, values, tolerance(actual.dtype()) * largest, what);
  }

  /** What plain loops give. */
  private record Expected(
      double[] out, double[] mean, double[] rstd, double[] x, double[] weight, double[] bias) {
    static Expected of(
        double[] x,
        double @Nullable [] weight,
        double @Nullable [] bias,
        double[] g,
        int rows,
        int length,
        boolean centered) {
      double[] out = new double[x.length];
      double[] mean = new double[rows];
      double[] rstd = new double[rows];
      double[] gradX = new double[x.length];
      double[] gradWeight = new double[length];
      double[] gradBias = new double[length];
      for (int row = 0; row < rows; row++) {
        int at = row * length;
        double sum = 0;
        for (int i = 0; i < length; i++) {
          sum += x[at + i];
        }
        mean[row] = centered ? sum / length : 0;
        double squares = 0;
        for (int i = 0; i < length; i++) {
          squares += (x[at + i] - mean[row]) * (x[at + i] - mean[row]);
        }
        rstd[row] = 1 / Math.sqrt(squares / length + EPSILON);
        double gradientSum = 0;
        double gradientDot = 0;
        for (int i = 0; i < length; i++) {
          double normal = (x[at + i] - mean[row]) * rstd[row];
          double w = weight == null ? 1 : weight[i];
          out[at + i] = normal * w + (bias == null ? 0 : bias[i]);
          gradWeight[i] += g[at + i] * normal;
          gradBias[i] += g[at + i];
          gradientSum += g[at + i] * w;
          gradientDot += g[at + i] * w * normal;
        }
        for (int i = 0; i < length; i++) {
          double normal = (x[at + i] - mean[row]) * rstd[row];
          double w = weight == null ? 1 : weight[i];
          double rest = g[at + i] * w - (centered ? gradientSum / length : 0);
          gradX[at + i] = rstd[row] * (rest - normal * gradientDot / length);
        }
      }
      return new Expected(out, mean, rstd, gradX, gradWeight, gradBias);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void matchesPlainLoops(KernelProvider provider) {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
      for (int[] shape : SHAPES) {
        for (int variant = 0; variant < 8; variant++) {
          try (var _ = Scope.open()) {
            check(provider, type, shape, (variant & 1) != 0, (variant & 2) != 0, variant < 4);
          }
        }
      }
    }
  }

  private static void check(
      KernelProvider provider,
      DType type,
      int[] shape,
      boolean weighted,
      boolean biased,
      boolean centered) {
    int rows = shape[0];
    int length = shape[1];
    var statistics = type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    var x = Layouts.gaussian(Kind.CONTIGUOUS, type, rows, length);
    var g = Layouts.gaussian(Kind.CONTIGUOUS, type, rows, length);
    var weight = weighted ? Layouts.gaussian(Kind.CONTIGUOUS, type, length) : null;
    var bias = biased ? Layouts.gaussian(Kind.CONTIGUOUS, type, length) : null;
    var expected =
        Expected.of(
            Layouts.values(x),
            weight == null ? null : Layouts.values(weight),
            bias == null ? null : Layouts.values(bias),
            Layouts.values(g),
            rows,
            length,
            centered);
    var out = Layouts.allocate(Kind.CONTIGUOUS, type, rows, length);
    var mean = centered ? Layouts.allocate(Kind.CONTIGUOUS, statistics, rows) : null;
    var rstd = Layouts.allocate(Kind.CONTIGUOUS, statistics, rows);
    String what = provider + " " + type + " " + rows + "x" + length + (weighted ? " w" : "");
    provider.reductions().layerNorm(out, mean, rstd, x, weight, bias, EPSILON);
    assertClose(expected.out, out, what + " out");
    assertClose(expected.rstd, rstd, what + " rstd");
    if (mean != null) {
      assertClose(expected.mean, mean, what + " mean");
    }
    var gradX = Layouts.allocate(Kind.CONTIGUOUS, type, rows, length);
    var gradWeight = Layouts.allocate(Kind.CONTIGUOUS, type, length);
    var gradBias = Layouts.allocate(Kind.CONTIGUOUS, type, length);
    provider.reductions().layerNormBackward(gradX, gradWeight, gradBias, g, x, mean, rstd, weight);
    assertClose(expected.weight, gradWeight, what + " weight");
    assertClose(expected.bias, gradBias, what + " bias");
    assertClose(expected.x, gradX, what + " x");
    provider.reductions().layerNormBackward(g, null, null, g, x, mean, rstd, weight);
    assertClose(expected.x, g, what + " in place");
    provider.reductions().layerNorm(x, mean, rstd, x, weight, bias, EPSILON);
    assertClose(expected.out, x, what + " in place");
  }

  @Test
  void bitsDoNotDependOnTheNumberOfThreads() {
    int before = Workers.threads();
    for (var provider : providers()) {
      var x = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 2000, 70);
      var g = Layouts.gaussian(Kind.TRANSPOSED, DType.FLOAT32, 2000, 70);
      var gradient = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2000, 70);
      provider.indexing().copy(gradient, g);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2000, 70);
      var mean = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2000);
      var rstd = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2000);
      double[][] results = new double[2][];
      try {
        for (int threads = 1; threads <= 2; threads++) {
          Workers.setThreads(threads);
          var gradWeight = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 70);
          provider.reductions().layerNorm(out, mean, rstd, x, null, null, EPSILON);
          provider
              .reductions()
              .layerNormBackward(null, gradWeight, null, gradient, x, mean, rstd, null);
          results[threads - 1] = Layouts.values(gradWeight);
        }
      } finally {
        Workers.setThreads(before);
      }
      assertArrayEquals(results[0], results[1], provider.name());
      assertEquals(70, results[0].length);
    }
  }
}
