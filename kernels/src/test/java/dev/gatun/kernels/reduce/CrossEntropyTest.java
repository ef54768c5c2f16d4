package dev.gatun.kernels.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cross entropy with class indices and its gradient against plain loops in float64. */
@ExtendWith(TestScope.class)
class CrossEntropyTest {
  private static final int IGNORED = 1;
  private static final int[][] SHAPES = {{1, 3}, {9, 10}, {5, 16}, {200, 100}, {40, 1003}};

  static List<KernelProvider> providers() {
    return CudaOnHost.andProviders();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void matchesPlainLoops(KernelProvider provider) {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.FLOAT16}) {
      for (int[] shape : SHAPES) {
        for (int variant = 0; variant < 8; variant++) {
          try (var _ = Scope.open()) {
            double smoothing = (variant & 2) != 0 ? 0.3 : 0;
            check(provider, type, shape, (variant & 1) != 0, smoothing, variant < 4);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void weightsWhoseReciprocalOverflowsAverageAsOthersDo(KernelProvider provider) {
    var logits = Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT64, () -> 0, 1, 3);
    var targets = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, 1);
    var weights = Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT64, () -> 0x1p-1030, 3);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 1);
    var statistics = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 2, 1);
    provider.reductions().crossEntropy(out, statistics, logits, targets, weights, IGNORED, 0, true);
    assertEquals(Math.log(3), Layouts.values(out)[0], 1e-10);
  }

  private static void check(
      KernelProvider provider,
      DType type,
      int[] shape,
      boolean weighted,
      double smoothing,
      boolean mean) {
    int samples = shape[0];
    int classes = shape[1];
    var random = new Random(3);
    var logits = Layouts.gaussian(Kind.CONTIGUOUS, type, samples, classes);
    var targets =
        Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> random.nextInt(classes), samples);
    var weights =
        weighted
            ? Layouts.filled(Kind.CONTIGUOUS, type, () -> 0.5 + random.nextInt(4), classes)
            : null;
    var gradient = Layouts.gaussian(Kind.CONTIGUOUS, type, samples);
    double[] x = Layouts.values(logits);
    long[] at = Layouts.longs(targets);
    double[] w = weights == null ? ones(classes) : Layouts.values(weights);
    double[] g = Layouts.values(gradient);
    double[] losses = new double[samples];
    double[] slopes = new double[samples * classes];
    double total = 0;
    for (long target : at) {
      total += target == IGNORED ? 0 : w[(int) target];
    }
    for (int i = 0; i < samples; i++) {
      int target = (int) at[i];
      if (target == IGNORED) {
        continue;
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(x[i * classes + c]);
      }
      double share = mean ? 1 / total : 1;
      for (int c = 0; c < classes; c++) {
        double part =
            share * ((c == target ? (1 - smoothing) * w[target] : 0) + smoothing / classes * w[c]);
        losses[i] += part * (Math.log(sum) - x[i * classes + c]);
        slopes[i * classes + c] -= part * g[i];
        for (int k = 0; k < classes; k++) {
          slopes[i * classes + k] +=
              part == 0 ? 0 : part * g[i] * Math.exp(x[i * classes + k]) / sum;
        }
      }
    }
    var statisticsType = type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    var out = Layouts.allocate(Kind.CONTIGUOUS, type, samples);
    var statistics = Layouts.allocate(Kind.CONTIGUOUS, statisticsType, 2, samples);
    var slope = Layouts.allocate(Kind.CONTIGUOUS, type, samples, classes);
    var kernels = provider.reductions();
    kernels.crossEntropy(out, statistics, logits, targets, weights, IGNORED, smoothing, mean);
    kernels.crossEntropyBackward(
        slope, gradient, statistics, logits, targets, weights, IGNORED, smoothing, mean);
    double bound = type == DType.FLOAT64 ? 1e-12 : type == DType.FLOAT32 ? 2e-5 : 2e-2;
    String what = provider + " " + type + " " + samples + "x" + classes + " " + smoothing;
    assertArrayEquals(losses, Layouts.values(out), bound, what);
    assertArrayEquals(slopes, Layouts.values(slope), bound, what);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void nothingIsWrittenForATargetThatIsNoClass() {
    for (var provider : providers()) {
      var logits = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 3, 4);
      var targets = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 2, 3);
      DType.INT64.setLong(targets.segment(), targets.byteOffset() + 16, 4);
      var losses = Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT32, () -> 7, 3);
      var statistics = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2, 3);
      var e =
          assertThrows(
              IndexRangeException.class,
              () ->
                  provider
                      .reductions()
                      .crossEntropy(losses, statistics, logits, targets, null, -100, 0, true));
      assertEquals("cross_entropy: target 4 of sample 2 is outside 4 classes", e.getMessage());
      assertArrayEquals(new double[] {7, 7, 7}, Layouts.values(losses));
    }
  }

  @Test
  void infinitiesAndNanComeThroughSumsOfExponentials() {
    for (var provider : providers()) {
      double[][] rows = {
        {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY},
        {Double.NEGATIVE_INFINITY, 3},
        {Double.POSITIVE_INFINITY, 3},
        {Double.NaN, 3},
        {Double.NEGATIVE_INFINITY, Double.NaN},
        {Double.NaN, Double.POSITIVE_INFINITY},
        {1000, 1000}
      };
      double[] expected = {
        Double.NEGATIVE_INFINITY,
        3,
        Double.POSITIVE_INFINITY,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        1000 + Math.log(2)
      };
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        int[] next = {0};
        var in =
            Layouts.filled(
                Kind.CONTIGUOUS, type, () -> rows[next[0] / 2][next[0]++ % 2], rows.length, 2);
        var out = Layouts.allocate(Kind.CONTIGUOUS, type, rows.length, 1);
        provider.reductions().logSumExp(out, in);
        assertArrayEquals(expected, Layouts.values(out), 1e-3, provider.name());
      }
    }
  }
}
