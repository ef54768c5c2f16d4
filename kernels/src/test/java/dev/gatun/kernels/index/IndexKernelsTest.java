package dev.gatun.kernels.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestScope.class)
@ParameterizedClass
@MethodSource("providers")
class IndexKernelsTest {
  private static final Kind[] OUT_LAYOUTS = {
    Kind.CONTIGUOUS, Kind.TRANSPOSED, Kind.SLICED, Kind.OFFSET
  };

  private final IndexKernels kernels;
  private final boolean onDevice;

  IndexKernelsTest(KernelProvider provider) {
    kernels = provider.indexing();
    onDevice = provider instanceof CudaOnHost;
  }

  static List<KernelProvider> providers() {
    return CudaOnHost.andPlainJava();
  }

  private static StridedArray counting(Kind layout, DType type, long... sizes) {
    int[] next = {0};
    return Layouts.filled(layout, type, () -> next[0]++ % 101, sizes);
  }

  private static StridedArray indices(Kind layout, int bound, long... sizes) {
    var random = new Random(9);
    return Layouts.filled(layout, DType.INT64, () -> random.nextInt(2 * bound) - bound, sizes);
  }

  /** Providers share all but the loops that add; sums of one order are the same to the bit. */
  @Test
  void everyProviderAddsSlicesTheSameWay() {
    for (int width : new int[] {1, 15, 16, 50, 64, 300}) {
      var source = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 700, width);
      var index = indices(Kind.CONTIGUOUS, 5, 700);
      float[] sums = new float[5 * width];
      java.util.Arrays.fill(sums, 1);
      double[] values = Layouts.values(source);
      long[] at = Layouts.longs(index);
      for (int i = 0; i < 700; i++) {
        for (int k = 0; k < width; k++) {
          sums[Math.floorMod(at[i], 5) * width + k] += (float) values[i * width + k];
        }
      }
      for (var provider : CudaOnHost.andProviders()) {
        var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 5, width);
        provider.indexing().fill(out, 1L);
        provider.indexing().indexAdd(out, 0, index, source);
        double[] actual = Layouts.values(out);
        for (int i = 0; i < sums.length; i++) {
          assertEquals(sums[i], (float) actual[i], provider.name());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void copiesKeepElementsInAnyLayout(DType type) {
    long[][] shapes = {
      {},
      {0},
      {1},
      {17},
      {3, 5},
      {4, 4},
      {33, 70},
      {70, 33},
      {2, 65, 66},
      {5, 1, 4},
      {300, 300},
      {40, 3},
      {3, 40, 2},
      {2, 3, 40, 7}
    };
    for (long[] shape : shapes) {
      for (var inLayout : Kind.values()) {
        for (var outLayout : OUT_LAYOUTS) {
          var in =
              type == DType.BOOL
                  ? Layouts.filled(inLayout, type, new Random(1)::nextGaussian, shape)
                  : counting(inLayout, type, shape);
          var out = Layouts.allocate(outLayout, type, shape);
          kernels.copy(out, in);
          assertArrayEquals(Layouts.values(in), Layouts.values(out), inLayout + " " + outLayout);
        }
      }
    }
  }

  @Test
  void largeCopiesKeepElements() {
    for (long[] shape : new long[][] {{1_000_000}, {1000, 1001}, {70_000, 3}, {3, 70_000}}) {
      var in = counting(Kind.TRANSPOSED, DType.FLOAT32, shape);
      for (var outLayout : OUT_LAYOUTS) {
        var out = Layouts.allocate(outLayout, DType.FLOAT32, shape);
        kernels.copy(out, in);
        assertArrayEquals(Layouts.values(in), Layouts.values(out));
        var wide = Layouts.allocate(outLayout, DType.FLOAT64, shape);
        kernels.copy(wide, in);
        assertArrayEquals(Layouts.values(in), Layouts.values(wide));
      }
    }
  }

  @Test
  void copiesConvertLikeSingleElements() {
    double[] values = {0, -0.0, 1, -1, 2.7, -2.7, 1e10, -1e10, 300, 65536.5, Double.NaN, 0.1};
    for (var from : DType.values()) {
      int[] next = {0};
      var in = Layouts.filled(Kind.SLICED, from, () -> values[next[0]++], 3, 4);
      for (var to : DType.values()) {
        var out = Layouts.allocate(Kind.TRANSPOSED, to, 3, 4);
        kernels.copy(out, in);
        var element = Layouts.allocate(Kind.CONTIGUOUS, to, 1);
        for (int i = 0; i < 12; i++) {
          long at = Layouts.offset(in, i);
          if (from.isFloatingPoint()) {
            to.setDouble(element.segment(), 0, from.getDouble(in.segment(), at));
          } else {
            to.setLong(element.segment(), 0, from.getLong(in.segment(), at));
          }
          assertEquals(
              to.getDouble(element.segment(), 0),
              to.getDouble(out.segment(), Layouts.offset(out, i)),
              from + " to " + to + " of " + values[i]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void fillsEveryElementAndNothingElse(DType type) {
    for (var layout : OUT_LAYOUTS) {
      for (double value : new double[] {0, 1, 5}) {
        var out = Layouts.allocate(layout, type, 7, 9);
        kernels.fill(out, value);
        double expected = type == DType.BOOL ? Math.min(value, 1) : value;
        for (double x : Layouts.values(out)) {
          assertEquals(expected, x);
        }
        kernels.fill(out, (long) value);
        for (double x : Layouts.values(out)) {
          assertEquals(expected, x);
        }
      }
      var whole = Layouts.allocate(Kind.CONTIGUOUS, type, 4, 4);
      kernels.fill(whole, 1L);
      var inner =
          new StridedArray(
              whole.storage().retain(), type, whole.layout().narrow(0, 1, 2).narrow(1, 1, 2));
      kernels.fill(inner, 0L);
      double[] expected = {1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1};
      assertArrayEquals(expected, Layouts.values(whole));
    }
  }

  @Test
  void integersFillExactly() {
    var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, 3);
    kernels.fill(out, (1L << 53) + 1);
    assertArrayEquals(
        new long[] {(1L << 53) + 1, (1L << 53) + 1, (1L << 53) + 1}, Layouts.longs(out));
  }

  @Test
  void everyAxisIsFlipped() {
    for (var type : new DType[] {DType.BOOL, DType.BFLOAT16, DType.FLOAT32, DType.INT64}) {
      for (var layout : Kind.values()) {
        for (var outLayout : OUT_LAYOUTS) {
          for (long[] shape : new long[][] {{9}, {3, 70}, {5, 4, 3}, {2, 0, 3}, {300, 401}}) {
            for (int axis = 0; axis < shape.length; axis++) {
              checkFlip(counting(layout, type, shape), outLayout, axis);
            }
          }
        }
      }
    }
  }

  private void checkFlip(StridedArray in, Kind outLayout, int axis) {
    long[] shape = in.layout().shape().toArray();
    var out = Layouts.allocate(outLayout, in.dtype(), shape);
    kernels.flip(out, in, axis);
    double[] x = Layouts.values(in);
    double[] flipped = Layouts.values(out);
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    int size = (int) shape[axis];
    for (int i = 0; i < flipped.length; i++) {
      int along = i / inner % size;
      int source = i + (size - 1 - 2 * along) * inner;
      assertEquals(x[source], flipped[i], in + " axis " + axis + " at " + i);
    }
  }

  @Test
  void slicesAreSelectedAddedAndCopied() {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT64, DType.INT16}) {
      for (var layout : Kind.values()) {
        for (var outLayout : OUT_LAYOUTS) {
          for (int axis = 0; axis < 3; axis++) {
            checkSlices(type, layout, outLayout, axis);
          }
        }
      }
    }
  }

  @Test
  void manyAreSelectedAlongTheLastAxis() {
    for (var type : new DType[] {DType.BOOL, DType.BFLOAT16, DType.FLOAT32, DType.INT64}) {
      for (long[] shape : new long[][] {{100_000}, {300, 401}, {7, 20, 700}}) {
        int last = shape.length - 1;
        var in = counting(Kind.SLICED, type, shape);
        var index = indices(Kind.CONTIGUOUS, (int) shape[last], shape[last] - 3);
        long[] where = Layouts.longs(index);
        long[] picked = shape.clone();
        picked[last] = where.length;
        var out = Layouts.allocate(Kind.OFFSET, type, picked);
        kernels.indexSelect(out, in, last, index);
        double[] x = Layouts.values(in);
        double[] selected = Layouts.values(out);
        int size = (int) shape[last];
        for (int i = 0; i < selected.length; i++) {
          int row = i / where.length;
          int source = row * size + Math.floorMod(where[i % where.length], size);
          assertEquals(x[source], selected[i], type + " " + shape.length + " " + i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void nonzeroElementsAreFoundInOrder(DType type) {
    double[] values = {0, -0.0, 1, 0, -1, 0, 0, 2, Double.NaN, 0, 0.25};
    for (long[] shape : new long[][] {{}, {11}, {0}, {3, 7}, {4, 3, 50}, {2, 3, 1, 5}}) {
      for (var layout : OUT_LAYOUTS) {
        int[] next = {0};
        var in = Layouts.filled(layout, type, () -> values[next[0]++ * 7 % values.length], shape);
        double[] x = Layouts.values(in);
        var expected = new ArrayList<Long>();
        for (int i = 0; i < x.length; i++) {
          if (x[i] != 0) {
            long rest = x.length;
            for (int axis = 0; axis < shape.length; axis++) {
              rest /= shape[axis];
              expected.add(i / rest % shape[axis]);
            }
          }
        }
        long count = kernels.countNonzero(in);
        if (shape.length > 0) {
          assertEquals(expected.size(), count * shape.length);
        }
        var out = Layouts.allocate(Kind.CONTIGUOUS, DType.INT64, count, shape.length);
        kernels.nonzero(out, in);
        assertArrayEquals(
            expected.stream().mapToLong(Long::longValue).toArray(), Layouts.longs(out));
      }
    }
  }

  private void checkSlices(DType type, Kind layout, Kind outLayout, int axis) {
    int[] sizes = {4, 3, 5};
    var in = counting(layout, type, 4, 3, 5);
    var index = indices(Kind.SLICED, sizes[axis], 6);
    long[] where = Layouts.longs(index);
    long[] picked = {4, 3, 5};
    picked[axis] = 6;
    var out = Layouts.allocate(outLayout, type, picked);
    kernels.indexSelect(out, in, axis, index);
    double[] x = Layouts.values(in);
    double[] selected = Layouts.values(out);
    var sum = Layouts.allocate(outLayout, type, 4, 3, 5);
    kernels.fill(sum, 1L);
    kernels.indexAdd(sum, axis, index, out);
    var last = Layouts.allocate(outLayout, type, 4, 3, 5);
    kernels.fill(last, -1L);
    kernels.indexCopy(last, axis, index, out);
    double[] expectedSum = new double[60];
    java.util.Arrays.fill(expectedSum, 1);
    double[] expectedLast = new double[60];
    java.util.Arrays.fill(expectedLast, -1);
    int element = 0;
    for (int i = 0; i < picked[0]; i++) {
      for (int j = 0; j < picked[1]; j++) {
        for (int k = 0; k < picked[2]; k++) {
          int[] at = {i, j, k};
          at[axis] = Math.floorMod(where[at[axis]], sizes[axis]);
          int source = (at[0] * 3 + at[1]) * 5 + at[2];
          assertEquals(x[source], selected[element], type + " " + layout + " " + axis);
          expectedSum[source] += selected[element];
          expectedLast[source] = selected[element];
          element++;
        }
      }
    }
    assertArrayEquals(expectedSum, Layouts.values(sum));
    assertArrayEquals(expectedLast, Layouts.values(last));
  }

  @Test
  void elementsAreGatheredAndScattered() {
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT8, DType.BFLOAT16}) {
      for (var layout : Kind.values()) {
        for (var outLayout : OUT_LAYOUTS) {
          for (int axis = 0; axis < 2; axis++) {
            checkElements(type, layout, outLayout, axis);
          }
        }
      }
    }
  }

  /** Something that writes to an array by way of kernels. */
  private interface Writing {
    void write(IndexKernels kernels, StridedArray out);
  }

  /** Few long lines, whose indices meet often: to the bits of plain Java, in order. */
  @Test
  void longLinesAreAddedInOrder() {
    for (var type : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.INT32}) {
      for (int axis = 0; axis < 2; axis++) {
        long[] shape = axis == 0 ? new long[] {1500, 3} : new long[] {3, 1500};
        long[] outShape = axis == 0 ? new long[] {9, 3} : new long[] {3, 9};
        int along = axis;
        var source = Layouts.gaussian(Kind.TRANSPOSED, type, shape);
        var index = indices(Kind.SLICED, 9, shape);
        var slices = indices(Kind.SLICED, 9, 1500);
        var writings = new ArrayList<Writing>();
        writings.add((each, out) -> each.scatterAdd(out, along, index, source));
        writings.add((each, out) -> each.scatter(out, along, index, source));
        writings.add((each, out) -> each.indexAdd(out, along, slices, source));
        writings.add((each, out) -> each.indexCopy(out, along, slices, source));
        for (var how : Combination.values()) {
          writings.add((each, out) -> each.scatterCombine(out, along, index, source, how));
        }
        for (var writing : writings) {
          var expected = Layouts.gaussian(Kind.CONTIGUOUS, type, outShape);
          writing.write(ScalarProvider.instance().indexing(), expected);
          var actual = Layouts.gaussian(Kind.CONTIGUOUS, type, outShape);
          writing.write(kernels, actual);
          assertArrayEquals(Layouts.values(expected), Layouts.values(actual), type.toString());
        }
      }
    }
  }

  @Test
  void indicesOutsideAreFoundInLongLines() {
    var index = indices(Kind.CONTIGUOUS, 9, 1500);
    DType.INT64.setLong(index.segment(), 1000 * Long.BYTES, -10);
    var source = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 1500);
    var out = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 9);
    var e =
        assertThrows(IndexRangeException.class, () -> kernels.scatterAdd(out, 0, index, source));
    assertEquals(
        "scatter_add: index -10 (number 1000) is outside axis 0 of size 9", e.getMessage());
  }

  private void checkElements(DType type, Kind layout, Kind outLayout, int axis) {
    int[] sizes = {6, 7};
    int next = 0;
    var in = Layouts.allocate(Kind.CONTIGUOUS, type, 6, 7);
    for (int i = 0; i < 42; i++) {
      type.setDouble(in.segment(), (long) i << type.byteShift(), next++ % 9);
    }
    var index = indices(layout, sizes[axis], 4, 5);
    long[] where = Layouts.longs(index);
    var out = Layouts.allocate(outLayout, type, 4, 5);
    kernels.gather(out, in, axis, index);
    double[] x = Layouts.values(in);
    double[] gathered = Layouts.values(out);
    var sum = Layouts.allocate(outLayout, type, 6, 7);
    kernels.fill(sum, 0L);
    kernels.scatterAdd(sum, axis, index, out);
    var last = Layouts.allocate(outLayout, type, 6, 7);
    kernels.fill(last, 0L);
    kernels.scatter(last, axis, index, out);
    double[] expectedSum = new double[42];
    double[] expectedLast = new double[42];
    for (int i = 0; i < 20; i++) {
      int at = Math.floorMod(where[i], sizes[axis]);
      int source = axis == 0 ? at * 7 + i % 5 : i / 5 * 7 + at;
      assertEquals(x[source], gathered[i]);
      expectedSum[source] += gathered[i];
      expectedLast[source] = gathered[i];
    }
    assertArrayEquals(expectedSum, Layouts.values(sum));
    assertArrayEquals(expectedLast, Layouts.values(last));
  }

  @Test
  void indicesOutsideAreRefusedBeforeAnythingIsWritten() {
    var in = counting(Kind.CONTIGUOUS, DType.FLOAT32, 5, 4);
    for (long bad : new long[] {5, -6, Long.MIN_VALUE, Long.MAX_VALUE}) {
      var index = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 0, 3);
      DType.INT64.setLong(index.segment(), 16, bad);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 3, 4);
      kernels.fill(out, 7L);
      var e = assertThrows(IndexRangeException.class, () -> kernels.indexSelect(out, in, 0, index));
      assertEquals(
          "index_select: index " + bad + " (number 2) is outside axis 0 of size 5", e.getMessage());
      assertThrows(IndexRangeException.class, () -> kernels.indexAdd(in, 0, index, out));
      assertThrows(IndexRangeException.class, () -> kernels.indexCopy(in, 0, index, out));
      for (double x : Layouts.values(out)) {
        assertTrue(x == 7 || onDevice);
      }
      var wide = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, () -> 0, 1, 3);
      DType.INT64.setLong(wide.segment(), 8, bad);
      var picked = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 3);
      assertThrows(IndexRangeException.class, () -> kernels.gather(picked, in, 0, wide));
      assertThrows(IndexRangeException.class, () -> kernels.scatter(in, 0, wide, picked));
      assertThrows(IndexRangeException.class, () -> kernels.scatterAdd(in, 0, wide, picked));
      var hot = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 3, 5);
      assertThrows(IndexRangeException.class, () -> kernels.oneHot(hot, index));
    }
    if (!onDevice) {
      assertArrayEquals(
          Layouts.values(counting(Kind.CONTIGUOUS, DType.FLOAT32, 5, 4)), Layouts.values(in));
    }
  }

  @Test
  void masksSelectInRowMajorOrder() {
    for (var layout : OUT_LAYOUTS) {
      var in = counting(layout, DType.FLOAT32, 3, 4);
      int[] next = {0};
      var mask = Layouts.filled(layout, DType.BOOL, () -> next[0]++ % 3 == 0 ? 1 : 0, 3, 4);
      assertEquals(4, kernels.countNonzero(mask));
      assertEquals(11, kernels.countNonzero(in));
      var picked = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 4);
      kernels.maskedSelect(picked, in, mask);
      assertArrayEquals(new double[] {0, 3, 6, 9}, Layouts.values(picked));
      var where = Layouts.allocate(Kind.TRANSPOSED, DType.INT64, 4, 2);
      kernels.nonzero(where, mask);
      assertArrayEquals(new long[] {0, 0, 0, 3, 1, 2, 2, 1}, Layouts.longs(where));
      kernels.fill(in, 0L);
      kernels.maskedScatter(in, mask, picked);
      assertArrayEquals(new double[] {0, 0, 0, 3, 0, 0, 6, 0, 0, 9, 0, 0}, Layouts.values(in));
    }
  }

  @Test
  void trianglesKeepOneSide() {
    for (var layout : OUT_LAYOUTS) {
      for (long diagonal = -5; diagonal <= 5; diagonal++) {
        for (boolean upper : new boolean[] {true, false}) {
          var in = counting(Kind.TRANSPOSED, DType.FLOAT64, 2, 3, 4);
          var out = Layouts.allocate(layout, DType.FLOAT64, 2, 3, 4);
          kernels.triangle(out, in, diagonal, upper);
          double[] x = Layouts.values(in);
          double[] y = Layouts.values(out);
          for (int i = 0; i < 24; i++) {
            int row = i / 4 % 3;
            int column = i % 4;
            boolean kept = upper ? column - row >= diagonal : column - row <= diagonal;
            assertEquals(kept ? x[i] : 0, y[i], "diagonal " + diagonal + " at " + i);
          }
        }
      }
    }
  }

  @Test
  void onesStandAtTheIndices() {
    var index = Layouts.filled(Kind.CONTIGUOUS, DType.INT64, new Random(2)::nextDouble, 2);
    DType.INT64.setLong(index.segment(), 8, 2);
    var out = Layouts.allocate(Kind.TRANSPOSED, DType.FLOAT32, 2, 3);
    kernels.oneHot(out, index);
    assertArrayEquals(new double[] {1, 0, 0, 0, 0, 1}, Layouts.values(out));
  }

  @Test
  void rangesCountFromTheStart() {
    var integers = Layouts.allocate(Kind.TRANSPOSED, DType.INT64, 2, 2);
    kernels.range(integers, 5, -2);
    assertArrayEquals(new long[] {5, 3, 1, -1}, Layouts.longs(integers));
    var numbers = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT64, 3);
    kernels.range(numbers, 0.5, 0.25);
    assertArrayEquals(new double[] {0.5, 0.75, 1}, Layouts.values(numbers));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void rangesConvertLikeSingleElements(DType type) {
    double[][] rules = {{5, -2}, {0.25, 0.1}, {-3, 70_000}, {1e15, 1e10}, {0, 0}, {-7.5, 1}};
    long[][] shapes = {{}, {0}, {1}, {33}, {3, 0}, {2, 1030}};
    for (double[] rule : rules) {
      for (long[] shape : shapes) {
        for (var layout : OUT_LAYOUTS) {
          checkRange(Layouts.allocate(layout, type, shape), rule[0], rule[1]);
        }
      }
    }
    checkRange(Layouts.allocate(Kind.CONTIGUOUS, type, 70_001), 0, 1);
    checkRange(Layouts.allocate(Kind.TRANSPOSED, type, 3, 300, 80), 0.5, 0.1);
  }

  private void checkRange(StridedArray out, double start, double step) {
    kernels.range(out, start, step);
    var type = out.dtype();
    boolean isWhole = start == Math.rint(start) && step == Math.rint(step) && type.isIntegral();
    var element = Layouts.allocate(Kind.CONTIGUOUS, type, 1).segment();
    for (long i = 0; i < out.layout().numel(); i++) {
      if (isWhole) {
        type.setLong(element, 0, (long) start + i * (long) step);
      } else {
        type.setDouble(element, 0, start + i * step);
      }
      double wanted = type.getDouble(element, 0);
      double got = type.getDouble(out.segment(), Layouts.offset(out, i));
      if (wanted != got) {
        assertEquals(wanted, got, out.layout() + " at " + i);
      }
    }
  }
}
