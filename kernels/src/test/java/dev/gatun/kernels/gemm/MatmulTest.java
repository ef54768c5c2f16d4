package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.kernels.gemm.Matrices.Placement;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix products of every vector width against sums in double, in plain Java. */
@ExtendWith(TestScope.class)
class MatmulTest {
  private static final int[] SIZES = {0, 1, 2, 3, 5, 6, 7, 16, 17, 33, 63, 64, 65, 130};

  /** Makes an epilogue for a result. */
  @FunctionalInterface
  private interface Completion {
    Epilogue of(StridedArray out);
  }

  /** Shows when an element is left out, completed twice, or before its sum is whole. */
  private static final Completion HALVE_AND_ADD_ONE =
      out ->
          (matrix, row, column, rows, columns) -> {
            var layout = out.layout();
            int rank = layout.rank();
            for (long i = row; i < row + rows; i++) {
              for (long j = column; j < column + columns; j++) {
                long position =
                    layout.offset() + i * layout.stride(rank - 2) + j * layout.stride(rank - 1);
                long rest = matrix;
                for (int axis = rank - 3; axis >= 0; axis--) {
                  position += rest % layout.size(axis) * layout.stride(axis);
                  rest /= layout.size(axis);
                }
                long at = position * out.dtype().byteSize();
                out.dtype()
                    .setDouble(out.segment(), at, out.dtype().getDouble(out.segment(), at) / 2 + 1);
              }
            }
          };

  /** The kernels of a provider for an element type. */
  record Kind(KernelProvider provider, DType dtype) {
    MatmulKernels kernels() {
      return provider.matmul();
    }
  }

  private static final List<MatmulKernels> KERNELS =
      VectorProvider.availableWidths().stream()
          .map(width -> VectorProvider.ofWidth(width).matmul())
          .toList();

  private static List<MatmulKernels> kernelsOfAll() {
    return CudaOnHost.andProviders().stream().map(KernelProvider::matmul).toList();
  }

  static Stream<Kind> kinds() {
    return CudaOnHost.andProviders().stream()
        .filter(provider -> provider != ScalarProvider.instance())
        .flatMap(each -> Stream.of(new Kind(each, DType.FLOAT32), new Kind(each, DType.FLOAT64)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyCombinationOfAwkwardSizes(Kind kind) {
    for (int m : SIZES) {
      for (int n : SIZES) {
        for (int k : new int[] {0, 1, 3, 17, 64, 130}) {
          check(
              kind,
              random(kind, Placement.ROW_MAJOR, 1, m, k),
              random(kind, Placement.ROW_MAJOR, 2, k, n),
              Placement.ROW_MAJOR,
              1,
              0,
              null,
              null);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyPlacementOfEveryOperand(Kind kind) {
    int[][] shapes = {
      {5, 7, 9}, {1, 33, 65}, {65, 33, 1}, {17, 1, 130}, {67, 130, 70}, {3, 200, 40}, {40, 200, 3}
    };
    for (int[] shape : shapes) {
      for (var left : Placement.values()) {
        for (var right : Placement.values()) {
          for (var out : Placement.values()) {
            check(
                kind,
                random(kind, left, 3, shape[0], shape[1]),
                random(kind, right, 4, shape[1], shape[2]),
                out,
                1,
                0,
                null,
                null);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void blocksLargerThanTheCaches(Kind kind) {
    for (var placement : List.of(Placement.ROW_MAJOR, Placement.COLUMN_MAJOR)) {
      check(
          kind,
          random(kind, placement, 5, 211, 1201),
          random(kind, placement, 6, 1201, 77),
          Placement.PADDED_ROWS,
          0.5,
          -2,
          HALVE_AND_ADD_ONE,
          random(kind, Placement.ROW_MAJOR, 7, 1, 77));
    }
  }

  /** So long that columns of the left operand are copied before they are used. */
  @ParameterizedTest
  @MethodSource("kinds")
  void longColumnsOfTheLeftOperand(Kind kind) {
    for (long columns : new long[] {1, 3, 9, 40}) {
      check(
          kind,
          random(kind, Placement.COLUMN_MAJOR, 11, 397, 2207),
          random(kind, Placement.ROW_MAJOR, 12, 2207, columns),
          Placement.PADDED_ROWS,
          0.5,
          -2,
          HALVE_AND_ADD_ONE,
          random(kind, Placement.ROW_MAJOR, 13, 1, columns));
    }
  }

  /** Such an operand is read row by row, its sums being carried from a few rows to the next. */
  @ParameterizedTest
  @MethodSource("kinds")
  void fewRowsTimesMoreThanTheCachesHold(Kind kind) {
    long columns = 1037;
    long least = 4 * CacheSizes.ofThisMachine().second() / kind.dtype.byteSize();
    long depth = least / columns + 15;
    for (long rows : new long[] {1, 3, 8}) {
      check(
          kind,
          random(kind, Placement.ROW_MAJOR, 8, rows, depth),
          random(kind, Placement.ROW_MAJOR, 9, depth, columns),
          Placement.PADDED_ROWS,
          0.5,
          0,
          HALVE_AND_ADD_ONE,
          random(kind, Placement.ROW_MAJOR, 10, 1, columns));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void factorsBiasAndEpilogue(Kind kind) {
    for (int[] shape : new int[][] {{1, 20, 40}, {13, 400, 70}, {9, 0, 70}, {70, 33, 2}}) {
      for (var out : List.of(Placement.ROW_MAJOR, Placement.COLUMN_MAJOR, Placement.SPARSE)) {
        for (double alpha : new double[] {1, -0.5, 0}) {
          for (double beta : new double[] {0, 1, 0.25}) {
            var a = random(kind, Placement.ROW_MAJOR, 8, shape[0], shape[1]);
            var b = random(kind, Placement.COLUMN_MAJOR, 9, shape[1], shape[2]);
            check(kind, a, b, out, alpha, beta, null, null);
            check(kind, a, b, out, alpha, beta, HALVE_AND_ADD_ONE, null);
            var row = random(kind, Placement.ROW_MAJOR, 10, 1, shape[2]);
            check(kind, a, b, out, alpha, beta, HALVE_AND_ADD_ONE, row);
            var vector = Matrices.view(row, Layout.contiguous(Shape.of(shape[2])));
            check(kind, a, b, out, alpha, beta, null, vector);
            var column = random(kind, Placement.ROW_MAJOR, 11, shape[0], 1);
            check(kind, a, b, out, alpha, beta, HALVE_AND_ADD_ONE, column);
            var matrix = random(kind, Placement.PADDED_COLUMNS, 12, shape[0], shape[2]);
            check(kind, a, b, out, alpha, beta, HALVE_AND_ADD_ONE, matrix);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void batchesAndBroadcastLeadingAxes(Kind kind) {
    long[][][] shapes = {
      {{3, 4, 5}, {3, 5, 6}, {3, 4, 6}},
      {{3, 4, 5}, {5, 6}, {3, 4, 6}},
      {{4, 5}, {3, 5, 60}, {3, 4, 60}},
      {{2, 1, 7, 33}, {1, 3, 33, 20}, {2, 3, 7, 20}},
      {{2, 3, 1, 33}, {33, 20}, {2, 3, 1, 20}},
      {{2, 3, 4, 33}, {1, 1, 33, 20}, {2, 3, 4, 20}},
      {{0, 3, 4, 33}, {1, 1, 33, 20}, {0, 3, 4, 20}},
      {{40, 70, 70}, {40, 70, 70}, {40, 70, 70}},
    };
    for (var shape : shapes) {
      for (var out : Placement.values()) {
        for (var in : Placement.values()) {
          var result = Matrices.random(kind.dtype, out, 1, shape[2]);
          check(
              kind,
              random(kind, in, 13, shape[0]),
              random(kind, in, 14, shape[1]),
              result,
              1,
              in == out ? 0 : 1,
              HALVE_AND_ADD_ONE,
              random(kind, Placement.ROW_MAJOR, 15, 1, shape[2][shape[2].length - 1]));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void repeatedElements(Kind kind) {
    var a = random(kind, Placement.ROW_MAJOR, 16, 20, 30);
    var rows = Matrices.view(a, Layout.strided(Shape.of(50, 30), new long[] {0, 1}, 30));
    var columns = Matrices.view(a, Layout.strided(Shape.of(30, 70), new long[] {1, 0}, 3));
    var one = Matrices.view(a, Layout.strided(Shape.of(30, 70), new long[] {0, 0}, 3));
    var b = random(kind, Placement.ROW_MAJOR, 17, 30, 70);
    check(kind, rows, b, Placement.ROW_MAJOR, 1, 0, null, null);
    check(kind, rows, columns, Placement.ROW_MAJOR, 1, 0, null, null);
    check(kind, rows, one, Placement.ROW_MAJOR, 1, 0, null, null);
    check(kind, a, columns, Placement.ROW_MAJOR, 1, 0, null, null);
    check(kind, a, one, Placement.COLUMN_MAJOR, 1, 0, null, null);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void formerContentsAreNotReadWithoutBeta(Kind kind) {
    for (int n : new int[] {1, 5, 64, 70}) {
      for (int m : new int[] {1, 5, 30}) {
        var a = random(kind, Placement.ROW_MAJOR, 18, m, 9);
        var b = random(kind, Placement.ROW_MAJOR, 19, 9, n);
        var out = Matrices.filled(kind.dtype, Placement.ROW_MAJOR, Double.NaN, m, n);
        check(kind, a, b, out, 1, 0, null, null);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void notANumberAndInfinitySpreadAsInPlainSums(Kind kind) {
    for (int n : new int[] {1, 7, 64, 70}) {
      for (int m : new int[] {1, 7, 30}) {
        var a = random(kind, Placement.ROW_MAJOR, 20, m, 40);
        var b = random(kind, Placement.ROW_MAJOR, 21, 40, n);
        set(a, Double.NaN, m / 2, 17);
        set(b, Double.POSITIVE_INFINITY, 3, n / 2);
        set(b, 0, 4, n - 1);
        check(kind, a, b, Placement.ROW_MAJOR, 1, 0, null, null);
        check(kind, a, b, Placement.ROW_MAJOR, 0, 1, null, null);
      }
    }
  }

  /** Those that work on the host's threads. */
  static Stream<Kind> kindsOfTheHost() {
    return kinds().filter(kind -> kind.provider() instanceof VectorProvider);
  }

  @ParameterizedTest
  @MethodSource("kindsOfTheHost")
  void theNumberOfThreadsDoesNotShow(Kind kind) {
    int before = Workers.threads();
    int[][] shapes = {
      {200, 500, 300},
      {100, 900, 259},
      {900, 700, 65},
      {1, 3000, 2000},
      {2000, 3000, 1},
      {3, 1000, 1000},
      {1000, 900, 5}
    };
    try {
      for (int[] shape : shapes) {
        for (var placement : List.of(Placement.ROW_MAJOR, Placement.COLUMN_MAJOR)) {
          var a = random(kind, Placement.ROW_MAJOR, 22, shape[0], shape[1]);
          var b = random(kind, placement, 23, shape[1], shape[2]);
          Workers.setThreads(1);
          var alone = random(kind, Placement.ROW_MAJOR, 24, shape[0], shape[2]);
          kind.kernels().matmul(alone, a, b, 1, 0, null, null);
          for (int threads : new int[] {2, 3, 7}) {
            Workers.setThreads(threads);
            var shared = random(kind, Placement.ROW_MAJOR, 24, shape[0], shape[2]);
            kind.kernels().matmul(shared, a, b, 1, 0, null, null);
            assertEquals(
                -1,
                bytes(alone).mismatch(bytes(shared)),
                () -> kind + " " + Layout.contiguous(shared.layout().shape()));
          }
        }
      }
    } finally {
      Workers.setThreads(before);
    }
  }

  @Test
  void integersWrapAroundAndCountExactly() {
    for (var dtype : List.of(DType.INT32, DType.INT64, DType.INT8, DType.UINT8, DType.INT16)) {
      var a = Matrices.random(dtype, Placement.PADDED_ROWS, 26, 5, 9);
      var b = Matrices.random(dtype, Placement.COLUMN_MAJOR, 27, 9, 4);
      var expected = Matrices.filled(dtype, Placement.ROW_MAJOR, 0, 5, 4);
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 4; j++) {
          long sum = 1;
          for (int p = 0; p < 9; p++) {
            sum += 2 * (long) Matrices.get(a, i, p) * (long) Matrices.get(b, p, j);
          }
          dtype.setLong(expected.segment(), (i * 4L + j) * dtype.byteSize(), sum);
        }
      }
      for (var kernels : kernelsOfAll()) {
        var target = Matrices.filled(dtype, Placement.ROW_MAJOR, 1, 5, 4);
        kernels.matmul(target, a, b, 2, 1, null, null);
        for (int i = 0; i < 20; i++) {
          assertEquals(
              Matrices.get(expected, i / 4, i % 4),
              Matrices.get(target, i / 4, i % 4),
              dtype::name);
        }
      }
    }
  }

  @Test
  void halfPrecisionIsRoundedOnce() {
    for (var dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
      var a = Matrices.random(dtype, Placement.PADDED_ROWS, 28, 2, 7, 100);
      var b = Matrices.random(dtype, Placement.COLUMN_MAJOR, 29, 100, 20);
      var bias = Matrices.random(dtype, Placement.ROW_MAJOR, 30, 1, 20);
      var out = Matrices.random(dtype, Placement.ROW_MAJOR, 31, 2, 7, 20);
      var expected = Matrices.random(dtype, Placement.ROW_MAJOR, 31, 2, 7, 20);
      KERNELS.getLast().matmul(out, a, b, 1, 0.5, HALVE_AND_ADD_ONE.of(out), bias);
      ScalarMatmul.instance().matmul(expected, a, b, 1, 0.5, HALVE_AND_ADD_ONE.of(expected), bias);
      double ulp = dtype == DType.FLOAT16 ? 0x1p-10 : 0x1p-7;
      for (int i = 0; i < 280; i++) {
        double want = Matrices.get(expected, i / 140, i / 20 % 7, i % 20);
        double got = Matrices.get(out, i / 140, i / 20 % 7, i % 20);
        assertEquals(want, got, ulp * Math.max(Math.abs(want), 1e-3), dtype::name);
      }
    }
  }

  @Test
  void halfPrecisionWidensRepeatedMatricesOnce() {
    var a = Matrices.random(DType.FLOAT16, Placement.ROW_MAJOR, 35, 500, 1, 64);
    var b = Matrices.random(DType.FLOAT16, Placement.ROW_MAJOR, 36, 64, 32);
    var repeated =
        StridedArray.borrow(
            b.storage(),
            DType.FLOAT16,
            Layout.strided(Shape.of(500, 64, 32), new long[] {0, 32, 1}, b.layout().offset()));
    var out = Matrices.random(DType.FLOAT16, Placement.ROW_MAJOR, 37, 500, 1, 32);
    var expected = Matrices.random(DType.FLOAT16, Placement.ROW_MAJOR, 38, 500, 1, 32);
    var pool = MemoryPool.shared();
    pool.resetPeak();
    long before = pool.inUseBytes();
    KERNELS.getLast().matmul(out, a, repeated, 1, 0, null, null);
    assertTrue(pool.statistics().peakBytes() - before < 500 * 64 * 32 * Float.BYTES / 4);
    ScalarMatmul.instance().matmul(expected, a, repeated, 1, 0, null, null);
    for (int i = 0; i < 500 * 32; i++) {
      double want = Matrices.get(expected, i / 32, 0, i % 32);
      double got = Matrices.get(out, i / 32, 0, i % 32);
      assertEquals(want, got, 0x1p-10 * Math.max(Math.abs(want), 1e-3), "at " + i);
    }
  }

  @Test
  void theScalarKernelsSumInDouble() {
    var random = new SplittableRandom(32);
    var a = Matrices.random(DType.FLOAT32, Placement.SPARSE, 33, 4, 50);
    var b = Matrices.random(DType.FLOAT32, Placement.PADDED_COLUMNS, 34, 50, 3);
    var out = Matrices.random(DType.FLOAT32, Placement.SPARSE, random.nextLong(), 4, 3);
    ScalarMatmul.instance().matmul(out, a, b, 1, 0, null, null);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 3; j++) {
        double sum = 0;
        for (int p = 0; p < 50; p++) {
          sum += Matrices.get(a, i, p) * Matrices.get(b, p, j);
        }
        assertEquals((float) sum, Matrices.get(out, i, j));
      }
    }
  }

  private static StridedArray random(Kind kind, Placement placement, long seed, long... sizes) {
    return Matrices.random(kind.dtype, placement, seed, sizes);
  }

  private static void set(StridedArray array, double value, long row, long column) {
    var layout = array.layout();
    long position = layout.offset() + row * layout.stride(0) + column * layout.stride(1);
    array.dtype().setDouble(array.segment(), position * array.dtype().byteSize(), value);
  }

  private static void check(
      Kind kind,
      StridedArray a,
      StridedArray b,
      Placement placement,
      double alpha,
      double beta,
      @Nullable Completion completion,
      @Nullable StridedArray bias) {
    var out = random(kind, placement, 99, a.layout().size(0), b.layout().size(1));
    check(kind, a, b, out, alpha, beta, completion, bias);
    out.close();
  }

  private static void check(
      Kind kind,
      StridedArray a,
      StridedArray b,
      StridedArray out,
      double alpha,
      double beta,
      @Nullable Completion completion,
      @Nullable StridedArray bias) {
    var copy = StridedArray.allocate(kind.dtype, Shape.of(storageElements(out)));
    copy.segment().copyFrom(out.segment().asSlice(0, copy.segment().byteSize()));
    var expected = Matrices.view(copy, out.layout());
    var expectedEpilogue = completion == null ? null : completion.of(expected);
    var epilogue = completion == null ? null : completion.of(out);
    ScalarMatmul.instance().matmul(expected, a, b, alpha, beta, expectedEpilogue, bias);
    kind.kernels().matmul(out, a, b, alpha, beta, epilogue, bias);
    long depth = a.layout().size(a.layout().rank() - 1);
    double epsilon = kind.dtype == DType.FLOAT32 ? 0x1p-23 : 0x1p-51;
    double tolerance = epsilon * (8 + 0.5 * depth);
    // Gaps between the elements are compared as well: nothing may be written there.
    for (long i = 0; i < storageElements(out); i++) {
      double want = kind.dtype.getDouble(expected.segment(), i * kind.dtype.byteSize());
      double got = kind.dtype.getDouble(out.segment(), i * kind.dtype.byteSize());
      boolean same =
          Double.compare(want, got) == 0
              || Math.abs(want - got) <= tolerance * Math.max(1, Math.abs(want));
      if (!same) {
        fail(
            kind
                + " "
                + a
                + " x "
                + b
                + " "
                + out.layout()
                + " alpha "
                + alpha
                + " beta "
                + beta
                + " bias "
                + bias
                + ": element "
                + i
                + ": expected "
                + want
                + " but got "
                + got);
      }
    }
    expected.close();
    copy.close();
  }

  private static MemorySegment bytes(StridedArray array) {
    return array.segment().asSlice(0, array.storage().byteSize());
  }

  private static long storageElements(StridedArray array) {
    return array.storage().byteSize() / array.dtype().byteSize();
  }
}
