package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers with narrow weights, against sums in double in the test. */
@ExtendWith(TestScope.class)
class NarrowLinearTest {
  private static final List<DType> WEIGHTS = List.of(DType.BFLOAT16, DType.INT8);

  static List<KernelProvider> providers() {
    return CudaOnHost.andProviders();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void awkwardSizes(KernelProvider provider) {
    for (var weights : WEIGHTS) {
      for (int inputs : new int[] {0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 100, 300}) {
        for (int outputs : new int[] {0, 1, 3, 4, 16, 17, 21}) {
          for (int rows : new int[] {0, 1, 2, 3, 7}) {
            check(
                provider,
                random(Kind.CONTIGUOUS, DType.FLOAT32, 1, rows, inputs),
                random(Kind.CONTIGUOUS, weights, 2, outputs, inputs),
                random(Kind.CONTIGUOUS, DType.FLOAT32, 3, outputs),
                random(Kind.CONTIGUOUS, DType.FLOAT32, 4, outputs),
                random(Kind.CONTIGUOUS, DType.FLOAT32, 5, rows, outputs));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void awkwardLayouts(KernelProvider provider) {
    for (var weights : WEIGHTS) {
      for (var kind : Kind.values()) {
        for (var outKind : List.of(Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED)) {
          check(
              provider,
              random(kind, DType.FLOAT32, 1, 2, 3, 75),
              random(kind, weights, 2, 37, 75),
              null,
              random(kind, DType.FLOAT32, 4, 37),
              random(outKind, DType.FLOAT32, 5, 2, 3, 37));
          check(
              provider,
              random(kind, DType.FLOAT32, 1, 75),
              random(kind, weights, 2, 37, 75),
              random(kind, DType.FLOAT32, 3, 37),
              null,
              random(outKind, DType.FLOAT32, 5, 37));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void infiniteWeightsBeyondARowDoNotSpread(KernelProvider provider) {
    var x = random(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 70);
    var weight = random(Kind.CONTIGUOUS, DType.BFLOAT16, 2, 5, 70);
    // Counted once in the first step, and within reach of the last vector of the row.
    weight.dtype().setDouble(weight.segment(), Layouts.offset(weight, 2 * 70 + 20), 1.0 / 0);
    var out = random(Kind.CONTIGUOUS, DType.FLOAT32, 3, 1, 5);
    check(provider, x, weight, null, null, out);
  }

  @Test
  void theNumberOfThreadsDoesNotShow() {
    int before = Workers.threads();
    try {
      for (var weights : WEIGHTS) {
        var x = random(Kind.CONTIGUOUS, DType.FLOAT32, 1, 5, 1000);
        var weight = random(Kind.CONTIGUOUS, weights, 2, 1001, 1000);
        var kernels = widest().narrowLinear();
        var alone = random(Kind.CONTIGUOUS, DType.FLOAT32, 3, 5, 1001);
        var shared = random(Kind.CONTIGUOUS, DType.FLOAT32, 4, 5, 1001);
        Workers.setThreads(1);
        kernels.linear(alone, x, weight, null, null);
        Workers.setThreads(3);
        kernels.linear(shared, x, weight, null, null);
        assertArrayEquals(Layouts.values(alone), Layouts.values(shared), weights::name);
      }
    } finally {
      Workers.setThreads(before);
    }
  }

  private static KernelProvider widest() {
    return VectorProvider.ofWidth(VectorProvider.availableWidths().getLast());
  }

  private static StridedArray random(Kind kind, DType type, long seed, long... sizes) {
    var random = new SplittableRandom(seed);
    return Layouts.filled(
        kind,
        type,
        () -> type == DType.INT8 ? random.nextInt(-128, 128) : random.nextDouble(-1, 1),
        sizes);
  }

  private static void check(
      KernelProvider provider,
      StridedArray x,
      StridedArray weight,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias,
      StridedArray out) {
    provider.narrowLinear().linear(out, x, weight, scales, bias);
    double[] inputs = Layouts.values(x);
    double[] weights = Layouts.values(weight);
    double[] results = Layouts.values(out);
    int depth = (int) weight.layout().size(1);
    int outputs = (int) weight.layout().size(0);
    for (int i = 0; i < results.length; i++) {
      int row = i / outputs;
      int output = i % outputs;
      double sum = 0;
      double magnitude = 1;
      for (int step = 0; step < depth; step++) {
        double product = inputs[row * depth + step] * weights[output * depth + step];
        sum += product;
        magnitude += Math.abs(product);
      }
      double scale = scales == null ? 1 : Layouts.values(scales)[output];
      double summand = bias == null ? 0 : Layouts.values(bias)[output];
      double want = sum * scale + summand;
      double tolerance = Double.isFinite(magnitude) ? 1e-6 * magnitude : 0;
      assertEquals(want, results[i], tolerance, () -> provider + " " + x + " " + weight);
    }
  }
}
