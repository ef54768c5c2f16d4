package dev.gatun.kernels.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestScope.class)
class RandomKernelsTest {
  private static final DType[] FLOATING = {
    DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16
  };

  static List<KernelProvider> providers() {
    return CudaOnHost.andProviders();
  }

  /** Fills an array in one of the ways there are. */
  private interface Filling {
    void fill(RandomKernels kernels, StridedArray out, Generator generator);
  }

  private static final List<Filling> FILLINGS =
      List.of(
          (kernels, out, generator) -> kernels.uniform(out, -2, 3, generator),
          (kernels, out, generator) -> kernels.normal(out, 1, 2, generator),
          (kernels, out, generator) -> kernels.exponential(out, 0.5, generator),
          (kernels, out, generator) -> kernels.bernoulli(out, 0.3, generator),
          (kernels, out, generator) -> kernels.integers(out, -5, 100, generator));

  @ParameterizedTest
  @MethodSource("providers")
  void everyProviderMakesTheSameNumbers(KernelProvider provider) {
    var oracle = ScalarProvider.instance().random();
    for (var type : FLOATING) {
      for (int size : new int[] {0, 1, 15, 16, 17, 63, 64, 65, 1000, 1025, 40_000}) {
        for (var filling : FILLINGS) {
          var expected = Layouts.allocate(Kind.CONTIGUOUS, type, size);
          var actual = Layouts.allocate(Kind.CONTIGUOUS, type, size);
          filling.fill(oracle, expected, new Generator(-42));
          filling.fill(provider.random(), actual, new Generator(-42));
          double[] x = Layouts.values(expected);
          double[] y = Layouts.values(actual);
          if (provider instanceof CudaOnHost && isRounded(filling)) {
            assertArrayEquals(x, y, 16 * lastPlace(type), type + " " + size);
          } else {
            assertArrayEquals(x, y, type + " " + size);
          }
        }
      }
    }
  }

  /** Tells whether logarithms or angles are computed, which others may round in another way. */
  private static boolean isRounded(Filling filling) {
    int place = FILLINGS.indexOf(filling);
    return place == 1 || place == 2;
  }

  private static double lastPlace(DType type) {
    return switch (type) {
      case FLOAT64 -> 0x1p-52;
      case FLOAT32 -> 0x1p-23;
      case FLOAT16 -> 0x1p-10;
      default -> 0x1p-7;
    };
  }

  @ParameterizedTest
  @MethodSource("providers")
  void numbersDependOnThePositionAlone(KernelProvider provider) {
    int before = Workers.threads();
    try {
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (var filling : FILLINGS) {
          Workers.setThreads(1);
          var whole = Layouts.allocate(Kind.CONTIGUOUS, type, 300, 251);
          filling.fill(provider.random(), whole, new Generator(7));
          double[] expected = Layouts.values(whole);
          for (int threads : new int[] {2, 5}) {
            Workers.setThreads(threads);
            filling.fill(provider.random(), whole, new Generator(7));
            assertArrayEquals(expected, Layouts.values(whole));
          }
          var part = Layouts.allocate(Kind.CONTIGUOUS, type, 777);
          filling.fill(provider.random(), part, new Generator(7));
          assertArrayEquals(Arrays.copyOf(expected, 777), Layouts.values(part));
          for (var layout : new Kind[] {Kind.TRANSPOSED, Kind.SLICED, Kind.OFFSET}) {
            var strided = Layouts.allocate(layout, type, 300, 251);
            filling.fill(provider.random(), strided, new Generator(7));
            assertArrayEquals(expected, Layouts.values(strided));
          }
        }
      }
    } finally {
      Workers.setThreads(before);
    }
  }

  @Test
  void laterCallsMakeOtherNumbers() {
    var kernels = ScalarProvider.instance().random();
    var generator = new Generator(1);
    var state = generator.state();
    var first = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 100);
    var second = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 100);
    kernels.uniform(first, 0, 1, generator);
    kernels.uniform(second, 0, 1, generator);
    for (int i = 0; i < 100; i++) {
      assertNotEquals(Layouts.values(first)[i], Layouts.values(second)[i]);
    }
    generator.setState(state);
    kernels.uniform(second, 0, 1, generator);
    assertArrayEquals(Layouts.values(first), Layouts.values(second));
    generator.manualSeed(1);
    kernels.uniform(second, 0, 1, generator);
    assertArrayEquals(Layouts.values(first), Layouts.values(second));
    assertThrows(ArgumentException.class, () -> new Generator.State(1, -1));
    assertThrows(ArgumentException.class, () -> generator.advance(-1));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void momentsAreThoseOfTheDistribution(KernelProvider provider) {
    int n = 400_000;
    var generator = new Generator(123);
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      var out = Layouts.allocate(Kind.CONTIGUOUS, type, n);
      provider.random().uniform(out, 2, 5, generator);
      check(Layouts.values(out), 3.5, 9.0 / 12, 1.8);
      provider.random().normal(out, -1, 2, generator);
      check(Layouts.values(out), -1, 4, 3);
      provider.random().exponential(out, 2, generator);
      check(Layouts.values(out), 0.5, 0.25, 9);
      provider.random().bernoulli(out, 0.2, generator);
      check(Layouts.values(out), 0.2, 0.16, 3.25);
      provider.random().integers(out, 0, 10, generator);
      check(Layouts.values(out), 4.5, 8.25, 1.78);
    }
  }

  /** Compares mean, variance and kurtosis; bounds are about five standard errors. */
  private static void check(double[] x, double mean, double variance, double kurtosis) {
    double sum = Arrays.stream(x).sum();
    double average = sum / x.length;
    double second = Arrays.stream(x).map(y -> Math.pow(y - average, 2)).sum() / x.length;
    double fourth = Arrays.stream(x).map(y -> Math.pow(y - average, 4)).sum() / x.length;
    double error = 5 / Math.sqrt(x.length);
    assertEquals(mean, average, error * Math.sqrt(variance));
    assertEquals(variance, second, error * variance * Math.sqrt(Math.max(kurtosis - 1, 0.3)));
    assertEquals(kurtosis, fourth / (second * second), kurtosis * 0.15);
  }

  @Test
  void neighboursAreNotCorrelated() {
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 100_000);
    ScalarProvider.instance().random().normal(out, 0, 1, new Generator(5));
    double[] x = Layouts.values(out);
    for (int distance : new int[] {1, 2, 4, 16, 32, 64}) {
      double sum = 0;
      for (int i = distance; i < x.length; i++) {
        sum += x[i] * x[i - distance];
      }
      assertEquals(0, sum / x.length, 5 / Math.sqrt(x.length), "distance " + distance);
    }
  }

  @Test
  void uniformNumbersStayBelowTheBound() {
    for (var provider : providers()) {
      for (var type : FLOATING) {
        for (double[] range : new double[][] {{0, 1}, {-1, 0}, {1, 1.01}, {3, 3}, {-5, -4.9}}) {
          var out = Layouts.allocate(Kind.CONTIGUOUS, type, 50_000);
          provider.random().uniform(out, range[0], range[1], new Generator(3));
          for (double x : Layouts.values(out)) {
            assertTrue(
                x < range[1] || range[0] == range[1],
                () -> type + " " + x + " in " + Arrays.toString(range));
          }
        }
      }
    }
  }

  @Test
  void certainEventsAreCertain() {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.FLOAT32, DType.BOOL}) {
        var out = Layouts.allocate(Kind.CONTIGUOUS, type, 1000);
        provider.random().bernoulli(out, 1, new Generator(1));
        assertEquals(1000, Arrays.stream(Layouts.values(out)).sum());
        provider.random().bernoulli(out, 0, new Generator(1));
        assertEquals(0, Arrays.stream(Layouts.values(out)).sum());
      }
    }
  }

  @Test
  void eventsDoNotDependOnTheElementType() {
    var floats = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 500);
    for (var provider : providers()) {
      provider.random().bernoulli(floats, 0.5, new Generator(8));
      for (var type : DType.values()) {
        var out = Layouts.allocate(Kind.CONTIGUOUS, type, 500);
        provider.random().bernoulli(out, 0.5, new Generator(8));
        assertArrayEquals(Layouts.values(floats), Layouts.values(out));
      }
    }
  }

  @Test
  void integersCoverTheirRange() {
    for (var provider : providers()) {
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 10_000);
      provider.random().integers(out, -3, 4, new Generator(2));
      int[] counts = new int[7];
      for (long x : Layouts.longs(out)) {
        counts[(int) x + 3]++;
      }
      for (int count : counts) {
        assertEquals(10_000 / 7.0, count, 200);
      }
      provider.random().integers(out, Long.MIN_VALUE, Long.MAX_VALUE, new Generator(2));
      assertTrue(Arrays.stream(Layouts.longs(out)).anyMatch(x -> x < 0));
      assertTrue(Arrays.stream(Layouts.longs(out)).anyMatch(x -> x > 0));
    }
  }

  @Test
  void permutationsHoldEachNumberOnce() {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.INT64, DType.INT32, DType.FLOAT32}) {
        for (int size : new int[] {0, 1, 2, 100, 5000}) {
          for (var layout : new Kind[] {Kind.CONTIGUOUS, Kind.SLICED}) {
            var out = Layouts.allocate(layout, type, size);
            provider.random().permutation(out, new Generator(6));
            long[] sorted = Layouts.longs(out);
            Arrays.sort(sorted);
            for (int i = 0; i < size; i++) {
              assertEquals(i, sorted[i]);
            }
          }
        }
      }
    }
  }

  @Test
  void permutationsAreEquallyProbable() {
    var generator = new Generator(11);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3);
    int[] counts = new int[27];
    for (int i = 0; i < 6000; i++) {
      ScalarProvider.instance().random().permutation(out, generator);
      long[] order = Layouts.longs(out);
      counts[(int) (order[0] * 9 + order[1] * 3 + order[2])]++;
    }
    assertEquals(6, Arrays.stream(counts).filter(count -> count > 0).count());
    Arrays.stream(counts).filter(count -> count > 0).forEach(c -> assertEquals(1000, c, 150));
  }

  @Test
  void threadsNeverShareBlocks() throws InterruptedException {
    var generator = new Generator(0);
    var threads = new Thread[4];
    long[] firsts = new long[4000];
    for (int t = 0; t < threads.length; t++) {
      int start = t * 1000;
      threads[t] =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 1000; i++) {
                  firsts[start + i] = generator.advance(3);
                }
              });
    }
    for (var thread : threads) {
      thread.join();
    }
    Arrays.sort(firsts);
    for (int i = 0; i < firsts.length; i++) {
      assertEquals(3L * i, firsts[i]);
    }
  }
}
