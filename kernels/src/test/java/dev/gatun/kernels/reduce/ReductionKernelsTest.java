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
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestScope.class)
class ReductionKernelsTest {
  private static final long[][] SHAPES = {
    {1},
    {3},
    {15},
    {16},
    {17},
    {33},
    {65},
    {5003},
    {1, 10},
    {5, 7},
    {300, 17},
    {17, 300},
    {2, 5000},
    {3, 1, 5},
    {4, 33, 7},
    {1100, 70}
  };

  /** The shapes worth testing in a layout: the large ones only where rows or columns are whole. */
  private static List<long[]> shapes(Kind layout) {
    boolean all = layout == Kind.CONTIGUOUS || layout == Kind.TRANSPOSED;
    return Arrays.stream(SHAPES)
        .filter(shape -> all || Arrays.stream(shape).reduce(1, (x, y) -> x * y) < 1000)
        .toList();
  }

  static List<KernelProvider> providers() {
    return CudaOnHost.andProviders();
  }

  /** All sets of axes of a shape. */
  private static List<boolean[]> axisSets(long[] shape) {
    var sets = new java.util.ArrayList<boolean[]>();
    for (int bits = 0; bits < 1 << shape.length; bits++) {
      boolean[] set = new boolean[shape.length];
      for (int axis = 0; axis < shape.length; axis++) {
        set[axis] = (bits >> axis & 1) == 1;
      }
      sets.add(set);
    }
    return sets;
  }

  private static long[] outShape(long[] shape, boolean[] folded) {
    long[] out = shape.clone();
    for (int axis = 0; axis < out.length; axis++) {
      if (folded[axis]) {
        out[axis] = 1;
      }
    }
    return out;
  }

  /** For each element of the input, the row-major index of the output it is folded into. */
  private static int[] targets(long[] shape, boolean[] folded) {
    int numel = 1;
    for (long size : shape) {
      numel *= (int) size;
    }
    int[] targets = new int[numel];
    for (int i = 0; i < numel; i++) {
      int rest = i;
      int stride = 1;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        if (!folded[axis]) {
          targets[i] += rest % (int) shape[axis] * stride;
          stride *= (int) shape[axis];
        }
        rest /= (int) shape[axis];
      }
    }
    return targets;
  }

  private static double[] fold(Reduction kind, double[] in, int[] targets, int outputs) {
    double[] result = new double[outputs];
    double[] lost = new double[outputs];
    Arrays.fill(result, kind.identity());
    for (int i = 0; i < in.length; i++) {
      double x = kind.mapping().apply(in[i]);
      double before = result[targets[i]];
      double after = kind.combination().apply(before, x);
      result[targets[i]] = after;
      if (kind.combination() == Reduction.Combination.ADD && Double.isFinite(after)) {
        lost[targets[i]] +=
            Math.abs(before) >= Math.abs(x) ? before - after + x : x - after + before;
      }
    }
    for (int i = 0; i < outputs; i++) {
      result[i] += lost[i];
    }
    if (kind == Reduction.MEAN) {
      for (int i = 0; i < outputs; i++) {
        result[i] /= (double) in.length / outputs;
      }
    }
    return result;
  }

  private static double tolerance(DType type) {
    return switch (type) {
      case FLOAT32 -> 2e-6;
      case FLOAT64 -> 1e-13;
      case FLOAT16 -> 2e-3;
      case BFLOAT16 -> 1e-2;
      default -> 0;
    };
  }

  private static void assertClose(double[] expected, double[] actual, double bound, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]);
      boolean same = Double.compare(expected[i], actual[i]) == 0 || error <= bound;
      if (!same) {
        assertEquals(expected[i], actual[i], bound, what + " at " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reduction.class)
  void foldsMatchPlainLoops(Reduction kind) {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (var layout : Kind.values()) {
          for (long[] shape : shapes(layout)) {
            checkFold(provider, kind, type, layout, shape);
          }
        }
      }
    }
  }

  private static void checkFold(
      KernelProvider provider, Reduction kind, DType type, Kind layout, long[] shape) {
    try (var _ = Scope.open()) {
      var in =
          kind == Reduction.PROD
              ? nearOne(layout, type, shape)
              : Layouts.gaussian(layout, type, shape);
      double[] values = Layouts.values(in);
      double scale = 1 + Arrays.stream(values).map(x -> x * x).sum();
      for (boolean[] folded : axisSets(shape)) {
        for (var outLayout : new Kind[] {Kind.CONTIGUOUS, Kind.SLICED}) {
          var out = Layouts.allocate(outLayout, type, outShape(shape, folded));
          provider.reductions().reduce(kind, out, in);
          int outputs = Math.toIntExact(out.layout().numel());
          double[] expected = fold(kind, values, targets(shape, folded), outputs);
          double largest = 1 + Arrays.stream(expected).map(Math::abs).max().orElse(0);
          double bound = tolerance(type) * (kind == Reduction.PROD ? 50 * largest : scale);
          String what =
              provider
                  + " "
                  + kind
                  + " "
                  + type
                  + " "
                  + layout
                  + Arrays.toString(shape)
                  + Arrays.toString(folded);
          assertClose(expected, Layouts.values(out), bound, what);
        }
      }
    }
  }

  private static StridedArray nearOne(Kind layout, DType type, long[] shape) {
    var random = new java.util.Random(5);
    return Layouts.filled(layout, type, () -> 1 + 0.001 * random.nextGaussian(), shape);
  }

  @Test
  void integralFoldsAreExact() {
    for (var provider : providers()) {
      var in = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 0, 3, 2);
      long[] values = {Long.MAX_VALUE - 1, 1, -5, 7, (1L << 53) + 1, 2};
      for (int i = 0; i < values.length; i++) {
        DType.INT64.setLong(in.segment(), 8L * i, values[i]);
      }
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3, 1);
      provider.reductions().reduce(Reduction.SUM, out, in);
      assertArrayEquals(new long[] {Long.MAX_VALUE, 2, (1L << 53) + 3}, Layouts.longs(out));
      provider.reductions().reduce(Reduction.MAX, out, in);
      assertArrayEquals(new long[] {Long.MAX_VALUE - 1, 7, (1L << 53) + 1}, Layouts.longs(out));
      provider.reductions().reduce(Reduction.MIN, out, in);
      assertArrayEquals(new long[] {1, -5, 2}, Layouts.longs(out));
      provider.reductions().reduce(Reduction.PROD, out, in);
      assertArrayEquals(new long[] {Long.MAX_VALUE - 1, -35, (1L << 54) + 2}, Layouts.longs(out));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL"})
  void integralFoldsMatchPlainLoops(DType type) {
    var kinds =
        List.of(
            Reduction.SUM,
            Reduction.SUM_SQUARES,
            Reduction.COUNT_NONZERO,
            Reduction.PROD,
            Reduction.MAX,
            Reduction.MIN,
            Reduction.ANY,
            Reduction.ALL);
    long[][] shapes = {{1}, {7}, {9, 5}, {3, 1100}, {1100, 3}, {130, 1030}, {4, 33, 7}};
    for (var provider : providers()) {
      for (var layout : Kind.values()) {
        for (long[] shape : shapes) {
          var random = new java.util.Random(3);
          var in = Layouts.filled(layout, type, () -> random.nextInt(90) - 20, shape);
          long[] x = Layouts.longs(in);
          for (boolean[] folded : axisSets(shape)) {
            int[] targets = targets(shape, folded);
            var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, outShape(shape, folded));
            for (var kind : kinds) {
              long[] expected = new long[(int) out.layout().numel()];
              Arrays.fill(expected, kind.integralIdentity());
              for (int i = 0; i < x.length; i++) {
                long mapped = kind.mapping().apply(x[i]);
                expected[targets[i]] = kind.combination().apply(expected[targets[i]], mapped);
              }
              provider.reductions().reduce(kind, out, in);
              String what = provider + " " + kind + layout + Arrays.toString(shape);
              assertArrayEquals(expected, Layouts.longs(out), what);
            }
          }
        }
      }
    }
  }

  @Test
  void smallTypesAndTruthValuesFoldIntoWiderOnes() {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.INT8, DType.UINT8, DType.INT16, DType.INT32, DType.BOOL}) {
        int[] next = {0};
        var in = Layouts.filled(Kind.TRANSPOSED, type, () -> next[0]++ % 2, 9, 5);
        var sum = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1, 1);
        provider.reductions().reduce(Reduction.SUM, sum, in);
        assertArrayEquals(new long[] {22}, Layouts.longs(sum));
        var any = Layouts.allocate(Kind.CONTIGUOUS, DType.BOOL, 1, 5);
        provider.reductions().reduce(Reduction.ANY, any, in);
        assertArrayEquals(new long[] {1, 1, 1, 1, 1}, Layouts.longs(any));
        provider.reductions().reduce(Reduction.ALL, any, in);
        assertArrayEquals(new long[] {0, 0, 0, 0, 0}, Layouts.longs(any));
        var mean = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1);
        provider.reductions().reduce(Reduction.MEAN, mean, in);
        assertEquals((float) (22.0 / 45), Layouts.values(mean)[0]);
      }
      for (var type : new DType[] {DType.FLOAT16, DType.BFLOAT16}) {
        var in = Layouts.filled(Kind.SLICED, type, () -> 0.5, 100, 100);
        var sum = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1);
        provider.reductions().reduce(Reduction.SUM, sum, in);
        assertEquals(5000, Layouts.values(sum)[0]);
      }
    }
  }

  @Test
  void nothingFoldsToTheIdentity() {
    for (var provider : providers()) {
      var in = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2, 0);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 2, 1);
      provider.reductions().reduce(Reduction.SUM, out, in);
      assertArrayEquals(new double[] {0, 0}, Layouts.values(out));
      provider.reductions().reduce(Reduction.PROD, out, in);
      assertArrayEquals(new double[] {1, 1}, Layouts.values(out));
      provider.reductions().reduce(Reduction.MEAN, out, in);
      assertArrayEquals(new double[] {Double.NaN, Double.NaN}, Layouts.values(out));
      provider.reductions().logSumExp(out, in);
      double low = Double.NEGATIVE_INFINITY;
      assertArrayEquals(new double[] {low, low}, Layouts.values(out));
      provider.reductions().variance(out, null, in, 1);
      assertArrayEquals(new double[] {Double.NaN, Double.NaN}, Layouts.values(out));
    }
  }

  @Test
  void extremaOfNanAreNan() {
    for (var provider : providers()) {
      for (int size : new int[] {1, 5, 16, 40, 100}) {
        for (int at = 0; at < size; at += 3) {
          var in = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 1, size);
          DType.FLOAT32.setDouble(in.segment(), 4L * at, Double.NaN);
          var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1);
          provider.reductions().reduce(Reduction.MAX, out, in);
          assertEquals(Double.NaN, Layouts.values(out)[0]);
          provider.reductions().reduce(Reduction.MIN, out, in);
          assertEquals(Double.NaN, Layouts.values(out)[0]);
          var position = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 1, 1);
          provider.reductions().argMax(position, in, 1);
          assertEquals(at, Layouts.longs(position)[0], provider + " " + size);
          provider.reductions().argMin(position, in, 1);
          assertEquals(at, Layouts.longs(position)[0]);
        }
      }
    }
  }

  @Test
  void extremaOfInfinitiesAreInfinite() {
    double high = Double.POSITIVE_INFINITY;
    for (var provider : providers()) {
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
        for (int size : new int[] {1, 7, 64, 65, 200}) {
          for (int at = 0; at < size; at += 9) {
            var in = Layouts.gaussian(Kind.CONTIGUOUS, type, 3, size);
            type.setDouble(in.segment(), (long) (size + at) << type.byteShift(), high);
            type.setDouble(in.segment(), (long) (2 * size + at) << type.byteShift(), -high);
            var out = Layouts.allocate(Kind.CONTIGUOUS, type, 3, 1);
            double[] x = Layouts.values(in);
            provider.reductions().reduce(Reduction.MAX, out, in);
            double largest = Arrays.stream(x, 0, size).max().orElseThrow();
            double others = Arrays.stream(x, 2 * size, 3 * size).max().orElseThrow();
            assertArrayEquals(new double[] {largest, high, others}, Layouts.values(out));
            provider.reductions().reduce(Reduction.MIN, out, in);
            double smallest = Arrays.stream(x, 0, size).min().orElseThrow();
            double rest = Arrays.stream(x, size, 2 * size).min().orElseThrow();
            assertArrayEquals(new double[] {smallest, rest, -high}, Layouts.values(out));
          }
        }
      }
    }
  }

  @Test
  void positionsOfExtremaAreTheFirst() {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.FLOAT16}) {
        for (var layout : Kind.values()) {
          for (int size : new int[] {1, 7, 16, 17, 33, 100, 1000}) {
            var random = new java.util.Random(size);
            var in = Layouts.filled(layout, type, () -> random.nextInt(10), 3, size);
            var max = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3, 1);
            var min = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3, 1);
            provider.reductions().argMax(max, in, 1);
            provider.reductions().argMin(min, in, 1);
            double[] values = Layouts.values(in);
            for (int row = 0; row < 3; row++) {
              int largest = 0;
              int smallest = 0;
              for (int i = 1; i < size; i++) {
                double x = values[row * size + i];
                largest = x > values[row * size + largest] ? i : largest;
                smallest = x < values[row * size + smallest] ? i : smallest;
              }
              assertEquals(largest, Layouts.longs(max)[row], provider + " " + type + layout);
              assertEquals(smallest, Layouts.longs(min)[row], provider + " " + type + layout);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void softmaxAndItsGradientsMatchPlainLoops(KernelProvider provider) {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
      for (var layout : Kind.values()) {
        if (type == DType.BFLOAT16 && layout != Kind.SLICED) {
          continue;
        }
        var outLayout = layout == Kind.CONTIGUOUS ? Kind.CONTIGUOUS : Kind.SLICED;
        for (long[] shape : shapes(layout)) {
          for (int axis = 0; axis < shape.length; axis++) {
            checkSoftmax(provider, type, layout, outLayout, shape, axis);
          }
        }
      }
    }
  }

  private static void checkSoftmax(
      KernelProvider provider, DType type, Kind layout, Kind outLayout, long[] shape, int axis) {
    try (var _ = Scope.open()) {
      var kernels = provider.reductions();
      String what = provider + " " + type + layout + Arrays.toString(shape) + axis;
      var in = Layouts.gaussian(layout, type, shape);
      double[] x = Layouts.values(in);
      boolean[] along = new boolean[shape.length];
      along[axis] = true;
      int[] targets = targets(shape, along);
      int fibres = (int) (x.length / shape[axis]);
      double[] largest = fold(Reduction.MAX, x, targets, fibres);
      double[] exponentials = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        exponentials[i] = Math.exp(x[i] - largest[targets[i]]);
      }
      double[] sums = fold(Reduction.SUM, exponentials, targets, fibres);
      double[] softmax = new double[x.length];
      double[] log = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        softmax[i] = exponentials[i] / sums[targets[i]];
        log[i] = x[i] - largest[targets[i]] - Math.log(sums[targets[i]]);
      }
      var out = Layouts.allocate(outLayout, type, shape);
      kernels.softmax(out, in, axis);
      double near = type == DType.BFLOAT16 ? 4e-3 : type == DType.FLOAT32 ? 1e-6 : 1e-14;
      assertClose(softmax, Layouts.values(out), near, "softmax " + what);
      double logNear = 32 * near;
      var logOut = Layouts.allocate(outLayout, type, shape);
      kernels.logSoftmax(logOut, in, axis);
      assertClose(log, Layouts.values(logOut), logNear, "logSoftmax " + what);
      var logSum = Layouts.allocate(outLayout, type, outShape(shape, along));
      kernels.logSumExp(logSum, in);
      double[] expected = new double[fibres];
      for (int i = 0; i < fibres; i++) {
        expected[i] = largest[i] + Math.log(sums[i]);
      }
      assertClose(expected, Layouts.values(logSum), logNear, "logSumExp " + what);

      var gradient = Layouts.gaussian(layout, type, shape);
      double[] g = Layouts.values(gradient);
      double[] y = Layouts.values(out);
      double[] products = new double[g.length];
      for (int i = 0; i < g.length; i++) {
        products[i] = g[i] * y[i];
      }
      double[] dots = fold(Reduction.SUM, products, targets, fibres);
      double[] gradientSums = fold(Reduction.SUM, g, targets, fibres);
      double[] logY = Layouts.values(logOut);
      double[] backward = new double[g.length];
      double[] logBackward = new double[g.length];
      double magnitude = 1;
      for (int i = 0; i < g.length; i++) {
        backward[i] = y[i] * (g[i] - dots[targets[i]]);
        logBackward[i] = g[i] - Math.exp(logY[i]) * gradientSums[targets[i]];
        magnitude = Math.max(magnitude, Math.abs(gradientSums[targets[i]]));
      }
      var result = Layouts.allocate(Kind.CONTIGUOUS, type, shape);
      kernels.softmaxBackward(result, gradient, out, axis);
      assertClose(backward, Layouts.values(result), 20 * near, "softmaxBackward " + what);
      kernels.logSoftmaxBackward(result, gradient, logOut, axis);
      assertClose(
          logBackward, Layouts.values(result), 30 * near * magnitude, "logBackward " + what);
    }
  }

  @Test
  void softmaxOfExtremesIsSafe() {
    double low = Double.NEGATIVE_INFINITY;
    for (var provider : providers()) {
      for (int size : new int[] {4, 40}) {
        for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
          int[] next = {0};
          var in =
              Layouts.filled(Kind.CONTIGUOUS, type, () -> next[0]++ % 2 == 0 ? 1000 : low, size);
          var out = Layouts.allocate(Kind.CONTIGUOUS, type, size);
          provider.reductions().softmax(out, in, 0);
          double[] values = Layouts.values(out);
          for (int i = 0; i < size; i++) {
            assertEquals(i % 2 == 0 ? 2.0 / size : 0, values[i], 1e-7);
          }
          provider.reductions().logSoftmax(out, in, 0);
          assertEquals(-Math.log(size / 2.0), Layouts.values(out)[0], 1e-6);
          assertEquals(low, Layouts.values(out)[1]);
          var one = Layouts.allocate(Kind.CONTIGUOUS, type, 1);
          provider.reductions().logSumExp(one, in);
          assertEquals(1000 + Math.log(size / 2.0), Layouts.values(one)[0], 1e-3);
          var lowest = Layouts.filled(Kind.CONTIGUOUS, type, () -> low, size);
          provider.reductions().logSumExp(one, lowest);
          assertEquals(low, Layouts.values(one)[0]);
          type.setDouble(in.segment(), (long) (size - 1) * type.byteSize(), Double.NaN);
          provider.reductions().softmax(out, in, 0);
          assertEquals(Double.NaN, Layouts.values(out)[0]);
        }
      }
    }
  }

  /** Columns are worked on side by side; what one holds must not show in the others, or later. */
  @ParameterizedTest
  @MethodSource("providers")
  void softmaxOfColumnsOfExtremesIsThatOfRows(KernelProvider provider) {
    var kernels = provider.reductions();
    int rows = 70;
    int columns = 11;
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      var next = new int[1];
      var byColumns =
          Layouts.filled(
              Kind.CONTIGUOUS,
              type,
              () -> extreme(next[0] / columns, next[0]++ % columns),
              rows,
              columns);
      next[0] = 0;
      var byRows =
          Layouts.filled(
              Kind.CONTIGUOUS,
              type,
              () -> extreme(next[0] % rows, next[0]++ / rows),
              columns,
              rows);
      for (boolean log : new boolean[] {false, true}) {
        var expected = Layouts.allocate(Kind.CONTIGUOUS, type, columns, rows);
        var inPlace = Layouts.allocate(Kind.CONTIGUOUS, type, rows, columns);
        inPlace.segment().copyFrom(byColumns.segment());
        if (log) {
          kernels.logSoftmax(expected, byRows, 1);
          kernels.logSoftmax(inPlace, inPlace, 0);
        } else {
          kernels.softmax(expected, byRows, 1);
          kernels.softmax(inPlace, inPlace, 0);
        }
        double[] wanted = Layouts.values(expected);
        double[] values = Layouts.values(inPlace);
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < columns; column++) {
            String what = provider + " " + type + (log ? " log " : " ") + row + " " + column;
            double value = wanted[column * rows + row];
            assertEquals(column < 3, Double.isNaN(value), what);
            double near = Double.isFinite(value) ? 1e-5 * Math.abs(value) : 0;
            assertEquals(value, values[row * columns + column], near, what);
          }
        }
      }
    }
  }

  /** Columns of NaN at the end, of infinities, of nothing but the lowest, with large numbers. */
  private static double extreme(int row, int column) {
    return switch (column) {
      case 0 -> row == 69 ? Double.NaN : row;
      case 1 -> row == 3 ? Double.POSITIVE_INFINITY : row;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> row % 2 == 0 ? 1000 : Double.NEGATIVE_INFINITY;
      case 4 -> row == 66 ? -1000 : -2000;
      default -> Math.sin(row * 11.0 + column) * column;
    };
  }

  @Test
  void logSumExpFoldsSeveralAxes() {
    for (var provider : providers()) {
      var in = Layouts.gaussian(Kind.TRANSPOSED, DType.FLOAT64, 3, 4, 5);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 1, 4, 1);
      provider.reductions().logSumExp(out, in);
      double[] x = Layouts.values(in);
      for (int j = 0; j < 4; j++) {
        double sum = 0;
        for (int i = 0; i < 3; i++) {
          for (int k = 0; k < 5; k++) {
            sum += Math.exp(x[(i * 4 + j) * 5 + k]);
          }
        }
        assertEquals(Math.log(sum), Layouts.values(out)[j], 1e-13);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void varianceMatchesPlainLoops(KernelProvider provider) {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (var layout : Kind.values()) {
        for (long[] shape : shapes(layout)) {
          for (boolean[] folded : axisSets(shape)) {
            try (var _ = Scope.open()) {
              var in = Layouts.filled(layout, type, shifted(), shape);
              var out = Layouts.allocate(Kind.TRANSPOSED, type, outShape(shape, folded));
              var mean = Layouts.allocate(Kind.SLICED, type, outShape(shape, folded));
              provider.reductions().variance(out, mean, in, 1);
              double[] x = Layouts.values(in);
              int outputs = (int) out.layout().numel();
              int[] targets = targets(shape, folded);
              double[] means = fold(Reduction.MEAN, x, targets, outputs);
              double[] variances = new double[outputs];
              for (int i = 0; i < x.length; i++) {
                double deviation = x[i] - means[targets[i]];
                variances[targets[i]] += deviation * deviation;
              }
              int each = x.length / outputs;
              for (int i = 0; i < outputs; i++) {
                variances[i] /= Math.max(0, each - 1);
              }
              String what = provider + " " + type + layout + Arrays.toString(shape);
              double near = type == DType.FLOAT32 ? 1e-4 : 1e-10;
              assertClose(variances, Layouts.values(out), near, "variance " + what);
              assertClose(means, Layouts.values(mean), near, "mean " + what);
            }
          }
        }
      }
    }
  }

  private static java.util.function.DoubleSupplier shifted() {
    var random = new java.util.Random(3);
    return () -> 100 + random.nextGaussian();
  }

  @Test
  void runningTotalsMatchPlainLoops() {
    for (var provider : providers()) {
      for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT64}) {
        for (var layout : Kind.values()) {
          for (int axis = 0; axis < 2; axis++) {
            int[] next = {0};
            var in = Layouts.filled(layout, type, () -> next[0]++ % 3 - 1, 4, 6);
            var sums = Layouts.allocate(Kind.SLICED, type, 4, 6);
            var products = Layouts.allocate(Kind.CONTIGUOUS, type, 4, 6);
            provider.reductions().cumulativeSum(sums, in, axis);
            provider.reductions().cumulativeProduct(products, in, axis);
            double[] x = Layouts.values(in);
            int back = axis == 0 ? 6 : 1;
            double[] sum = x.clone();
            double[] product = x.clone();
            for (int i = 0; i < x.length; i++) {
              if (axis == 0 ? i >= 6 : i % 6 > 0) {
                sum[i] += sum[i - back];
                product[i] *= product[i - back];
              }
            }
            assertClose(sum, Layouts.values(sums), 0, "sum");
            assertClose(product, Layouts.values(products), 0, "product");
          }
        }
      }
    }
  }

  /** Sizes that end within blocks and at their ends, and columns more than are taken at once. */
  private static final long[][] RUNNING_PRODUCTS = {{4, 6}, {1, 1}, {129, 3}, {2, 256}, {40, 37}};

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void gradientsOfRunningProductsAreThoseOfTheDefinition(DType type) {
    for (var provider : providers()) {
      for (long[] shape : RUNNING_PRODUCTS) {
        for (var layout : Kind.values()) {
          for (int axis = 0; axis < 2; axis++) {
            int[] next = {0};
            // Zeros are seldom enough for fibres with none, one and several of them.
            var in = Layouts.filled(layout, type, () -> next[0]++ % 31 == 7 ? 0 : -1, shape);
            var g = Layouts.filled(Kind.TRANSPOSED, type, () -> next[0]++ % 5 - 2, shape);
            var gradient = Layouts.allocate(Kind.SLICED, type, shape);
            provider.reductions().cumulativeProductBackward(gradient, g, in, axis);
            double[] expected = productGradient(Layouts.values(in), Layouts.values(g), shape, axis);
            assertClose(expected, Layouts.values(gradient), 0, provider + " " + layout);
          }
        }
      }
    }
  }

  /** By the definition: for each element, what each later product would be without it. */
  private static double[] productGradient(double[] x, double[] g, long[] shape, int axis) {
    int columns = (int) shape[1];
    int length = (int) shape[axis];
    int step = axis == 0 ? columns : 1;
    double[] gradient = new double[x.length];
    for (int at = 0; at < x.length; at++) {
      int place = axis == 0 ? at / columns : at % columns;
      int first = at - place * step;
      double product = 1;
      for (int j = 0; j < length; j++) {
        product *= j == place ? 1 : x[first + j * step];
        gradient[at] += j < place ? 0 : g[first + j * step] * product;
      }
    }
    return gradient;
  }

  @Test
  void gradientsOfRunningProductsOfMoreThanTheRangeOfTheirType() {
    for (var provider : providers()) {
      var in = StridedArray.allocate(DType.FLOAT32, Shape.of(8));
      double[] x = {1e-30, 1e-30, 1e-30, 1e30, 1e30, 1e30, 3, 0};
      var g = StridedArray.allocate(DType.FLOAT32, Shape.of(8));
      for (int i = 0; i < x.length; i++) {
        DType.FLOAT32.setDouble(in.segment(), in.byteOffset() + 4L * i, x[i]);
        DType.FLOAT32.setDouble(g.segment(), g.byteOffset() + 4L * i, i == 6 ? 1 : 0);
      }
      var gradient = StridedArray.allocate(DType.FLOAT32, Shape.of(8));
      provider.reductions().cumulativeProductBackward(gradient, g, in, 0);
      double[] expected = {3e30, 3e30, 3e30, 3e-30, 3e-30, 3e-30, 1, 0};
      double[] found = Layouts.values(gradient);
      for (int i = 0; i < x.length; i++) {
        assertEquals(expected[i], found[i], 1e-6 * expected[i], provider + " at " + i);
      }
    }
  }

  /** The gradient of one fibre. */
  private static double[] productGradientOf(
      KernelProvider provider, DType type, double[] x, double[] g) {
    var in = StridedArray.allocate(type, Shape.of(x.length));
    var out = StridedArray.allocate(type, Shape.of(x.length));
    for (int i = 0; i < x.length; i++) {
      type.setDouble(in.segment(), in.byteOffset() + (long) type.byteSize() * i, x[i]);
      type.setDouble(out.segment(), out.byteOffset() + (long) type.byteSize() * i, g[i]);
    }
    var gradient = StridedArray.allocate(type, Shape.of(x.length));
    provider.reductions().cumulativeProductBackward(gradient, out, in, 0);
    return Layouts.values(gradient);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 500})
  void gradientsOfRunningProductsDoNotOverflowWhereNothingIsOwed(int zero) {
    double[] x = new double[1000];
    double[] g = new double[1000];
    Arrays.fill(x, 20);
    Arrays.fill(g, 0, 10, 1);
    if (zero >= 0) {
      // Of what is owed here nothing gets beyond the zero.
      x[zero] = 0;
      g[zero + 100] = 1;
    }
    double[] expected = new double[1000];
    for (int i = 0; i < 10; i++) {
      for (int j = i; j < 10; j++) {
        expected[i] += Math.pow(20, j);
      }
    }
    for (var provider : providers()) {
      double[] found = productGradientOf(provider, DType.FLOAT64, x, g);
      // As far as the products of what comes before are numbers.
      for (int i = 0; i < 200; i++) {
        assertEquals(expected[i], found[i], 1e-12 * expected[i], provider + " at " + i);
      }
    }
  }

  @Test
  void gradientsOfRunningProductsOfInfinity() {
    for (var provider : providers()) {
      double[] x = {2, Double.POSITIVE_INFINITY};
      double[] found = productGradientOf(provider, DType.FLOAT32, x, new double[] {1, 1});
      double[] expected = {Double.POSITIVE_INFINITY, 2};
      assertArrayEquals(expected, found, provider.toString());
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    int before = Workers.threads();
    try {
      for (var provider : providers()) {
        for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
          for (long[] shape : new long[][] {{200_003}, {3, 70_001}, {70_001, 3}, {300, 301}}) {
            for (boolean[] folded : axisSets(shape)) {
              try (var _ = Scope.open()) {
                var in = Layouts.gaussian(Kind.CONTIGUOUS, type, shape);
                var out = Layouts.allocate(Kind.CONTIGUOUS, type, outShape(shape, folded));
                Workers.setThreads(1);
                provider.reductions().reduce(Reduction.SUM, out, in);
                double[] alone = Layouts.values(out);
                for (int threads : new int[] {2, 3, 8}) {
                  Workers.setThreads(threads);
                  provider.reductions().reduce(Reduction.SUM, out, in);
                  assertArrayEquals(alone, Layouts.values(out), provider + Arrays.toString(shape));
                }
              }
            }
          }
        }
      }
    } finally {
      Workers.setThreads(before);
    }
  }

  @Test
  void longFloat32SumsStayAccurate() {
    for (var provider : providers()) {
      var in = Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT32, () -> 0.1, 3_000_000);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1);
      provider.reductions().reduce(Reduction.SUM, out, in);
      assertEquals(3_000_000 * (double) 0.1f, Layouts.values(out)[0], 0.1);
    }
  }

  /** Their roundings all go one way, and add up in a long run of one sum. */
  @Test
  void meansOfEqualElementsAreOffByFewUnits() {
    for (var provider : Layouts.providers()) {
      for (var layout : Kind.values()) {
        for (double value : new double[] {0.037, 0.1, 0.333, 0.7, 1.1}) {
          for (long[] shape : new long[][] {{1000}, {1000, 1}, {1, 1000}, {9, 1000}, {1000, 9}}) {
            try (var _ = Scope.open()) {
              boolean[] folded = new boolean[shape.length];
              folded[shape[0] == 1000 ? 0 : 1] = true;
              var in = Layouts.filled(layout, DType.FLOAT64, () -> value, shape);
              var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, outShape(shape, folded));
              provider.reductions().reduce(Reduction.MEAN, out, in);
              for (double mean : Layouts.values(out)) {
                String what = provider + " " + layout + Arrays.toString(shape);
                assertEquals(value, mean, 8 * Math.ulp(value), what);
              }
            }
          }
        }
      }
    }
  }

  @Test
  void scalarsAreTheirOwnReductions() {
    for (var provider : providers()) {
      var in = Layouts.filled(Kind.OFFSET, DType.FLOAT32, () -> 2.5);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32);
      provider.reductions().reduce(Reduction.SUM, out, in);
      assertEquals(2.5, Layouts.values(out)[0]);
      provider.reductions().softmax(out, in, 0);
      assertEquals(1, Layouts.values(out)[0]);
      provider.reductions().cumulativeSum(out, in, 0);
      assertEquals(2.5, Layouts.values(out)[0]);
    }
  }
}
