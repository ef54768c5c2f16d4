package dev.gatun.kernels.pooling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class PoolingKernelsTest {
  private record Case(
      long batch, long channels, long height, long width, PoolingGeometry geometry) {}

  private static final List<Case> CASES =
      List.of(
          new Case(1, 1, 1, 1, PoolingGeometry.of(1)),
          new Case(2, 3, 8, 8, PoolingGeometry.of(2)),
          new Case(2, 3, 9, 37, PoolingGeometry.of(2)),
          new Case(2, 3, 9, 38, PoolingGeometry.of(2).ceilMode(true)),
          new Case(1, 4, 56, 112, PoolingGeometry.of(3).stride(2).padding(1)),
          new Case(1, 2, 15, 70, PoolingGeometry.of(3).stride(1).padding(1)),
          new Case(1, 2, 12, 13, PoolingGeometry.of(3).stride(2).dilation(2)),
          new Case(2, 2, 11, 20, PoolingGeometry.of(2, 5).stride(3, 4).padding(1, 2)),
          new Case(
              1, 2, 11, 50, PoolingGeometry.of(4, 3).stride(3, 2).padding(2, 1).ceilMode(true)),
          new Case(1, 1, 7, 7, PoolingGeometry.of(7)),
          new Case(0, 3, 4, 4, PoolingGeometry.of(2)),
          new Case(1, 1, 5, 40, PoolingGeometry.of(1, 2).stride(1, 3)));

  private static StridedArray images(Case test, Kind kind, DType dtype, long seed) {
    var random = new Random(seed);
    return Layouts.filled(
        kind,
        dtype,
        () -> random.nextInt(20) == 0 ? 1 : random.nextDouble(-1, 1),
        test.batch,
        test.channels,
        test.height,
        test.width);
  }

  private static StridedArray results(Case test, Kind kind, DType dtype, long seed) {
    var random = new Random(seed);
    return Layouts.filled(
        kind,
        dtype,
        () -> random.nextDouble(-1, 1),
        test.batch,
        test.channels,
        test.geometry.outputHeight(test.height),
        test.geometry.outputWidth(test.width));
  }

  /** Runs something with the scalar kernels and all others, and compares what it wrote. */
  private static void compare(
      Object what, StridedArray out, BiConsumer<PoolingKernels, StridedArray> call) {
    call.accept(ScalarProvider.instance().pooling(), out);
    double[] expected = Layouts.values(out);
    double tolerance =
        switch (out.dtype()) {
          case FLOAT64 -> 1e-14;
          case FLOAT32 -> 2e-6;
          case FLOAT16 -> 1e-3;
          default -> 1e-2;
        };
    for (KernelProvider provider : CudaOnHost.andProviders()) {
      for (long i = 0; i < out.layout().numel(); i++) {
        out.dtype().setDouble(out.segment(), Layouts.offset(out, i), Double.NaN);
      }
      call.accept(provider.pooling(), out);
      double[] actual = Layouts.values(out);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(
            expected[i], actual[i], tolerance, provider.name() + " " + what + " element " + i);
      }
    }
  }

  private static void compareAll(Case test, Kind kind, DType dtype) {
    var in = images(test, kind, dtype, 1);
    var other = images(test, kind, dtype, 2);
    var gradient = results(test, kind, dtype, 3);
    var out = results(test, kind, dtype, 4);
    var back = images(test, kind, dtype, 5);
    var positions = results(test, kind, DType.INT64, 6);
    var geometry = test.geometry;
    String what = test + " " + kind + " " + dtype + " ";
    compare(what + "max", out, (kernels, to) -> kernels.max(to, in, geometry));
    compare(what + "take", out, (kernels, to) -> kernels.takeAtMax(to, other, in, geometry));
    compare(what + "positions", positions, (kernels, to) -> kernels.maxPositions(to, in, geometry));
    compare(
        what + "max backward",
        back,
        (kernels, to) -> kernels.maxBackward(to, gradient, in, geometry));
    if (geometry.dilationHeight() == 1) {
      for (boolean counts : new boolean[] {true, false}) {
        for (long divisor : new long[] {0, 3}) {
          compare(
              what + "average " + counts + divisor,
              out,
              (kernels, to) -> kernels.average(to, in, geometry, counts, divisor));
          compare(
              what + "average backward " + counts + divisor,
              back,
              (kernels, to) -> kernels.averageBackward(to, gradient, geometry, counts, divisor));
        }
      }
    }
    compare(what + "adaptive", out, (kernels, to) -> kernels.adaptiveAverage(to, in));
    compare(
        what + "adaptive backward",
        back,
        (kernels, to) -> kernels.adaptiveAverageBackward(to, gradient));
  }

  @Test
  void allKernelsAgreeWithTheirDefinition() {
    for (Case test : CASES) {
      compareAll(test, Kind.CONTIGUOUS, DType.FLOAT32);
      compareAll(test, Kind.CONTIGUOUS, DType.FLOAT64);
    }
  }

  @Test
  void anyLayoutAndHalfPrecisionAreAllowed() {
    for (Case test : CASES.subList(1, 6)) {
      compareAll(test, Kind.SLICED, DType.FLOAT32);
      compareAll(test, Kind.TRANSPOSED, DType.FLOAT64);
      compareAll(test, Kind.CONTIGUOUS, DType.FLOAT16);
      compareAll(test, Kind.CONTIGUOUS, DType.BFLOAT16);
    }
  }

  private static StridedArray image(double... values) {
    int[] next = {0};
    return Layouts.filled(
        Kind.CONTIGUOUS, DType.FLOAT32, () -> values[next[0]++], 1, 1, 3, values.length / 3);
  }

  @Test
  void numbersComputedByHand() {
    var in = image(1, 2, 3, 4, 5, 6, 7, 8, 9);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 2, 2);
    var geometry = PoolingGeometry.of(2).padding(1);
    for (KernelProvider provider : CudaOnHost.andProviders()) {
      var kernels = provider.pooling();
      kernels.max(out, in, geometry);
      assertArrayEquals(new double[] {1, 3, 7, 9}, Layouts.values(out), provider.name());
      kernels.average(out, in, geometry, true, 0);
      assertArrayEquals(new double[] {0.25, 1.25, 2.75, 7}, Layouts.values(out), provider.name());
      kernels.average(out, in, geometry, false, 0);
      assertArrayEquals(new double[] {1, 2.5, 5.5, 7}, Layouts.values(out), provider.name());
      kernels.average(out, in, PoolingGeometry.of(2).ceilMode(true), true, 0);
      assertArrayEquals(new double[] {3, 4.5, 7.5, 9}, Layouts.values(out), provider.name());
      kernels.adaptiveAverage(out, in);
      assertArrayEquals(new double[] {3, 4, 6, 7}, Layouts.values(out), provider.name());
    }
  }

  @Test
  void nanIsTheLargestAndTheFirstOfEqualsIsChosen() {
    var in = image(1, 1, 0, Double.NaN, 1, 2, 0, 0, 2);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 2, 2);
    var positions = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1, 1, 2, 2);
    var geometry = PoolingGeometry.of(2).stride(1);
    for (KernelProvider provider : CudaOnHost.andProviders()) {
      provider.pooling().max(out, in, geometry);
      assertArrayEquals(
          new double[] {Double.NaN, 2, Double.NaN, 2}, Layouts.values(out), provider.name());
      provider.pooling().maxPositions(positions, in, geometry);
      assertArrayEquals(new double[] {3, 5, 3, 5}, Layouts.values(positions), provider.name());
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    int before = Workers.threads();
    var test = new Case(3, 40, 30, 30, PoolingGeometry.of(3).stride(2).padding(1));
    var in = images(test, Kind.CONTIGUOUS, DType.FLOAT32, 1);
    var gradient = results(test, Kind.CONTIGUOUS, DType.FLOAT32, 2);
    var back = images(test, Kind.CONTIGUOUS, DType.FLOAT32, 3);
    try {
      for (KernelProvider provider : CudaOnHost.andProviders()) {
        double[][] expected = null;
        for (int threads : new int[] {1, 2, 5}) {
          Workers.setThreads(threads);
          var kernels = provider.pooling();
          kernels.maxBackward(back, gradient, in, test.geometry);
          double[] max = Layouts.values(back);
          kernels.averageBackward(back, gradient, test.geometry, true, 0);
          double[][] actual = {max, Layouts.values(back)};
          if (expected == null) {
            expected = actual;
          }
          assertArrayEquals(expected[0], actual[0], provider.name());
          assertArrayEquals(expected[1], actual[1], provider.name());
        }
      }
    } finally {
      Workers.setThreads(before);
    }
  }
}
