package dev.gatun.kernels.order;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestScope.class)
@ParameterizedClass
@MethodSource("providers")
class OrderKernelsTest {
  private static final double[] SPECIAL = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1, -1, 2.5
  };

  private final OrderKernels kernels;

  OrderKernelsTest(KernelProvider provider) {
    kernels = provider.ordering();
  }

  static List<KernelProvider> providers() {
    return CudaOnHost.andPlainJava();
  }

  /** Rows in which many elements are equal, with NaN, infinities and both zeros among them. */
  private static StridedArray rows(Kind layout, DType type, int count, int length) {
    var random = new Random(length);
    return Layouts.filled(
        layout,
        type,
        () ->
            type.isFloatingPoint() && random.nextInt(4) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : random.nextInt(length > 100 ? 100 : 7) - (type == DType.UINT8 ? 0 : 3),
        count,
        length);
  }

  /** Ascending, NaN last, both zeros equal. */
  private static int compare(double x, double y) {
    return x == y ? 0 : Double.compare(x + 0.0, y + 0.0);
  }

  private static int[] expectedOrder(double[] row, boolean descending) {
    Comparator<Integer> ascending = (i, j) -> compare(row[i], row[j]);
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(descending ? ascending.reversed() : ascending)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double[] row(StridedArray in, int index, int length) {
    return Arrays.copyOfRange(Layouts.values(in), index * length, (index + 1) * length);
  }

  private static long[] row(long[] positions, int index, int length) {
    return Arrays.copyOfRange(positions, index * length, (index + 1) * length);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void sortsStablyInAnyLayout(DType type) {
    for (Kind layout : new Kind[] {Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED}) {
      for (int length : new int[] {1, 2, 31, 49, 300, 3000}) {
        var in = rows(layout, type, 5, length);
        for (boolean descending : new boolean[] {false, true}) {
          var out = Layouts.allocate(layout, DType.INT64, 5, length);
          kernels.argSort(out, in, 1, descending);
          long[] positions = Layouts.longs(out);
          for (int i = 0; i < 5; i++) {
            int[] expected = expectedOrder(row(in, i, length), descending);
            assertArrayEquals(
                Arrays.stream(expected).asLongStream().toArray(),
                row(positions, i, length),
                type + " " + layout + " " + length);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void topAndRanksAreThoseOfTheOrder(DType type) {
    for (int length : new int[] {1, 7, 64, 1000}) {
      var in = rows(Kind.CONTIGUOUS, type, 3, length);
      for (int count : new int[] {1, length / 10, length / 2, length}) {
        var top = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3, count);
        kernels.argTop(top, in, 1, true);
        long[] positions = Layouts.longs(top);
        for (int i = 0; i < 3; i++) {
          int[] expected = Arrays.copyOf(expectedOrder(row(in, i, length), true), count);
          assertArrayEquals(
              Arrays.stream(expected).asLongStream().toArray(), row(positions, i, count));
        }
        if (count > 0) {
          var ranked = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3, 1);
          kernels.argRank(ranked, in, 1, count - 1);
          for (int i = 0; i < 3; i++) {
            assertEquals(
                expectedOrder(row(in, i, length), false)[count - 1], Layouts.longs(ranked)[i]);
          }
        }
      }
    }
  }

  @Test
  void extremesOfWideTypesAreInOrder() {
    long[] values = {Long.MAX_VALUE, 0, Long.MIN_VALUE, -1, 1};
    int[] next = {0};
    var in = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 5);
    for (long value : values) {
      DType.INT64.setLong(in.segment(), 8L * next[0]++, value);
    }
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 5);
    kernels.argSort(out, in, 0, false);
    assertArrayEquals(new long[] {2, 3, 1, 4, 0}, Layouts.longs(out));
    kernels.argSort(out, in, 0, true);
    assertArrayEquals(new long[] {0, 4, 1, 3, 2}, Layouts.longs(out));
  }

  private StridedArray vector(double... values) {
    int[] next = {0};
    return Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT32, () -> values[next[0]++], values.length);
  }

  private long median(boolean ignoreNan, double... values) {
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1);
    kernels.argMedian(out, vector(values), 0, ignoreNan);
    return Layouts.longs(out)[0];
  }

  @Test
  void mediansAreTheLowerOfTheMiddle() {
    assertEquals(0, median(false, 5));
    assertEquals(2, median(false, 4, 1, 2, 3));
    assertEquals(1, median(false, 4, Double.NaN, 2, Double.NaN));
    assertEquals(2, median(true, 4, Double.NaN, 2, Double.NaN));
    assertEquals(0, median(true, Double.NaN, Double.NaN));
  }

  @Test
  void modesAreTheLastOfTheSmallest() {
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1);
    kernels.argMode(out, vector(3, 1, 3, 1, 2), 0);
    assertEquals(3, Layouts.longs(out)[0]);
  }

  @Test
  void runningExtremaTakeTheLastOfEquals() {
    var in = vector(1, 3, 2, 3, Double.NaN, 9, Double.NaN);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 7);
    kernels.argRunning(out, in, 0, true);
    assertArrayEquals(new long[] {0, 1, 1, 3, 4, 4, 6}, Layouts.longs(out));
    kernels.argRunning(out, in, 0, false);
    assertArrayEquals(new long[] {0, 0, 0, 0, 4, 4, 6}, Layouts.longs(out));
  }

  @Test
  void searchesFindBothEndsOfEquals() {
    var sorted = vector(1, 2, 2, 4);
    var values = vector(0, 2, 3, 4, 5, Double.NaN);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 6);
    kernels.searchSorted(out, sorted, values, false);
    assertArrayEquals(new long[] {0, 1, 3, 3, 4, 4}, Layouts.longs(out));
    kernels.searchSorted(out, sorted, values, true);
    assertArrayEquals(new long[] {0, 3, 3, 4, 4, 4}, Layouts.longs(out));
  }

  @Test
  void searchesFindNumbersBeforeNan() {
    double[] line = new double[9];
    var values = vector(0, 1, 2.5, Double.POSITIVE_INFINITY, Double.NaN);
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 5);
    for (int numbers = 0; numbers <= line.length; numbers++) {
      Arrays.fill(line, Double.NaN);
      for (int i = 0; i < numbers; i++) {
        line[i] = i;
      }
      var sorted = vector(line);
      kernels.searchSorted(out, sorted, values, false);
      assertArrayEquals(
          new long[] {0, Math.min(numbers, 1), Math.min(numbers, 3), numbers, line.length},
          Layouts.longs(out));
      kernels.searchSorted(out, sorted, values, true);
      assertArrayEquals(
          new long[] {
            Math.min(numbers, 1), Math.min(numbers, 2), Math.min(numbers, 3), numbers, line.length
          },
          Layouts.longs(out));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void searchesAgreeWithCountingInAnyLayout(DType type) {
    for (Kind layout : new Kind[] {Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED}) {
      for (int length : new int[] {0, 1, 2, 63, 64, 65}) {
        var random = new Random(length);
        double[] numbers =
            IntStream.range(0, length).mapToDouble(i -> random.nextInt(40)).sorted().toArray();
        int[] next = {0};
        var sorted = Layouts.filled(layout, type, () -> numbers[next[0]++ % length], 1, length);
        double[] line = Layouts.values(sorted);
        Arrays.sort(line);
        var values = Layouts.filled(layout, type, () -> random.nextInt(44) - 2.0, 1, 50);
        double[] wanted = Layouts.values(values);
        var out = Layouts.allocate(layout, DType.INT64, 1, 50);
        for (boolean right : new boolean[] {false, true}) {
          kernels.searchSorted(out, sorted, values, right);
          assertArrayEquals(
              Arrays.stream(wanted)
                  .mapToLong(value ->
                      Arrays.stream(line).filter(x -> right ? x <= value : x < value).count())
                  .toArray(),
              Layouts.longs(out),
              type + " " + layout + " " + length);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void runningExtremaAgreeWithSearchesOfPrefixes(DType type) {
    for (Kind layout : new Kind[] {Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED}) {
      var in = rows(layout, type, 3, 70);
      var out = Layouts.allocate(layout, DType.INT64, 3, 70);
      for (boolean largest : new boolean[] {false, true}) {
        kernels.argRunning(out, in, 1, largest);
        long[] positions = Layouts.longs(out);
        for (int i = 0; i < 3; i++) {
          double[] row = row(in, i, 70);
          long[] expected = new long[70];
          for (int end = 0; end < 70; end++) {
            int best = 0;
            for (int at = 1; at <= end; at++) {
              boolean replaces = largest ? row[at] >= row[best] : row[at] <= row[best];
              best = replaces || Double.isNaN(row[at]) ? at : best;
            }
            expected[end] = best;
          }
          assertArrayEquals(expected, row(positions, i, 70), type + " " + layout);
        }
      }
    }
  }

  @Test
  void topOfManyIsThatOfTheOrderHoweverTheyCome() {
    int length = 5000;
    for (int pattern = 0; pattern < 4; pattern++) {
      int[] next = {0};
      int kind = pattern;
      var in =
          Layouts.filled(
              Kind.CONTIGUOUS,
              DType.FLOAT32,
              () -> {
                int i = next[0]++;
                return switch (kind) {
                  case 0 -> i;
                  case 1 -> -i;
                  case 2 -> i * 7919 % 5003;
                  default -> i % 3;
                };
              },
              1,
              length);
      double[] row = Layouts.values(in);
      for (int count : new int[] {1, 5, 64, 65, 1000}) {
        for (boolean largest : new boolean[] {false, true}) {
          var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1, count);
          kernels.argTop(out, in, 1, largest);
          int[] expected = Arrays.copyOf(expectedOrder(row, largest), count);
          assertArrayEquals(
              Arrays.stream(expected).asLongStream().toArray(),
              Layouts.longs(out),
              "pattern " + kind + ", " + count + ", " + largest);
        }
      }
    }
  }
}
