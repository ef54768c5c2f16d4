package dev.gatun.kernels.cuda;

import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.kernels.pooling.PoolingKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Pooling, a thread for each element that is written: gradients are gathered from the windows that
 * an element lies in, in their order, so that nothing is added to by two threads. Sums are kept in
 * float32, for float64 in float64.
 */
final class CudaPoolingKernels implements PoolingKernels {
  /** How windows lie along the two axes of an image; adaptive ones have a kernel size of 0. */
  static final String GEOMETRY =
      """
      struct gatun_windows {
        long long image[2];
        long long count[2];
        long long kernel[2];
        long long stride[2];
        long long padding[2];
        long long dilation[2];
      };

      static __device__ __forceinline__ long long gatun_window_start(
          const struct gatun_windows *windows, const int axis, const long long window) {
        if (windows->kernel[axis] == 0) {
          return window * windows->image[axis] / windows->count[axis];
        }
        const long long start = window * windows->stride[axis] - windows->padding[axis];
        return start > 0 ? start : 0;
      }

      // The end with padding, and without.
      static __device__ __forceinline__ long long gatun_window_padded(
          const struct gatun_windows *windows, const int axis, const long long window) {
        const long long image = windows->image[axis];
        if (windows->kernel[axis] == 0) {
          return ((window + 1) * image + windows->count[axis] - 1) / windows->count[axis];
        }
        const long long end =
            window * windows->stride[axis] - windows->padding[axis] + windows->kernel[axis];
        return end < image + windows->padding[axis] ? end : image + windows->padding[axis];
      }

      static __device__ __forceinline__ long long gatun_window_end(
          const struct gatun_windows *windows, const int axis, const long long window) {
        const long long end = gatun_window_padded(windows, axis, window);
        return end < windows->image[axis] ? end : windows->image[axis];
      }

      static __device__ __forceinline__ long long gatun_window_counted(
          const struct gatun_windows *windows, const int axis, const long long window,
          const int padding) {
        if (padding != 0 && windows->kernel[axis] != 0) {
          return gatun_window_padded(windows, axis, window)
              - (window * windows->stride[axis] - windows->padding[axis]);
        }
        return gatun_window_end(windows, axis, window)
            - gatun_window_start(windows, axis, window);
      }

      // The first window that may see a place, and the one behind the last.
      static __device__ __forceinline__ long long gatun_first_window(
          const struct gatun_windows *windows, const int axis, const long long place) {
        long long first;
        if (windows->kernel[axis] == 0) {
          first = place * windows->count[axis] / windows->image[axis] - 1;
        } else {
          const long long room = place + windows->padding[axis]
              - windows->dilation[axis] * (windows->kernel[axis] - 1);
          first = room <= 0 ? 0 : (room + windows->stride[axis] - 1) / windows->stride[axis];
        }
        return first > 0 ? first : 0;
      }

      static __device__ __forceinline__ long long gatun_last_window(
          const struct gatun_windows *windows, const int axis, const long long place) {
        const long long last = windows->kernel[axis] == 0
            ? (place + 1) * windows->count[axis] / windows->image[axis] + 1
            : (place + windows->padding[axis]) / windows->stride[axis] + 1;
        return last < windows->count[axis] ? last : windows->count[axis];
      }

      static __device__ __forceinline__ bool gatun_window_sees(
          const struct gatun_windows *windows, const int axis, const long long window,
          const long long place) {
        return gatun_window_start(windows, axis, window) <= place
            && place < gatun_window_end(windows, axis, window);
      }
      """;

  private static final String HEAD =
      """
      // An element of the output: planes are [images, channels].
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          OUT *out, const IN *in, const IN *other, const long long *places,
          const struct gatun_space target_space, const struct gatun_space space,
          const long long count, const long long rows, const long long columns,
          const struct gatun_windows windows, const long long row_stride,
          const long long column_stride, const long long other_row_stride,
          const long long other_column_stride, const int count_padding, const long long divisor) {
        FOR_EACH {
          const long long line = gatun_quotient(i, columns);
          const long long column = i - line * columns;
          const long long plane = gatun_quotient(line, rows);
          const long long row = line - plane * rows;
          long long target, at, other_at, unused, unneeded;
          gatun_find(&target_space, i, &target, &unused, &unneeded);
          gatun_find(&space, plane, &at, &other_at, &unused);
          BODY
        }
      }
      """;

  private static final String FIND_LARGEST =
      """
      const long long top = row * windows.stride[0] - windows.padding[0];
          const long long left = column * windows.stride[1] - windows.padding[1];
          long long max_row = -1, max_column = -1;
          NUMBER largest = NEGATIVE_INFINITY;
          for (long long k = 0; k < windows.kernel[0]; k++) {
            const long long y = top + k * windows.dilation[0];
            for (long long j = 0; y >= 0 && y < windows.image[0] && j < windows.kernel[1]; j++) {
              const long long x = left + j * windows.dilation[1];
              if (x >= 0 && x < windows.image[1]) {
                const NUMBER value = load_in(in[at + y * row_stride + x * column_stride]);
                if (value > largest || value != value || max_row < 0) {
                  largest = value;
                  max_row = y;
                  max_column = x;
                }
              }
            }
          }
      """;

  private static final String MAX =
      FIND_LARGEST
          + """
              out[target] = store_out(max_row < 0 ? largest
                  : load_in(in[at + max_row * row_stride + max_column * column_stride]));\
          """;

  private static final String POSITIONS =
      FIND_LARGEST
          + "    out[target] = max_row < 0 ? -1 : max_row * windows.image[1] + max_column;";

  private static final String TAKE =
      FIND_LARGEST
          + """
              out[target] = store_out(max_row < 0 ? ZERO : load_in(
                  other[other_at + max_row * other_row_stride + max_column * other_column_stride]));\
          """;

  /** Places are those of the largest elements, contiguous: planes of windows. */
  private static final String MAX_BACKWARD =
      """
      const long long me = row * windows.image[1] + column;
          NUMBER sum = 0;
          for (long long y = gatun_first_window(&windows, 0, row);
              y < gatun_last_window(&windows, 0, row); y++) {
            for (long long x = gatun_first_window(&windows, 1, column);
                x < gatun_last_window(&windows, 1, column); x++) {
              if (places[(plane * windows.count[0] + y) * windows.count[1] + x] == me) {
                sum += load_in(in[at + y * row_stride + x * column_stride]);
              }
            }
          }
          out[target] = store_out(sum);\
      """;

  private static final String COUNTED =
      """
      divisor != 0 ? (NUMBER)divisor
              : (NUMBER)(gatun_window_counted(&windows, 0, Y, count_padding)
                  * gatun_window_counted(&windows, 1, X, count_padding))\
      """;

  private static final String AVERAGE =
      """
      NUMBER sum = 0;
          for (long long y = gatun_window_start(&windows, 0, row);
              y < gatun_window_end(&windows, 0, row); y++) {
            for (long long x = gatun_window_start(&windows, 1, column);
                x < gatun_window_end(&windows, 1, column); x++) {
              sum += load_in(in[at + y * row_stride + x * column_stride]);
            }
          }
          const NUMBER counted = COUNTED;
          out[target] = store_out(sum / counted);\
      """
          .replace("COUNTED", COUNTED.replace("Y", "row").replace("X", "column"));

  private static final String AVERAGE_BACKWARD =
      """
      NUMBER sum = 0;
          for (long long y = gatun_first_window(&windows, 0, row);
              y < gatun_last_window(&windows, 0, row); y++) {
            for (long long x = gatun_first_window(&windows, 1, column);
                x < gatun_last_window(&windows, 1, column); x++) {
              if (gatun_window_sees(&windows, 0, y, row)
                  && gatun_window_sees(&windows, 1, x, column)) {
                const NUMBER counted = COUNTED;
                sum += load_in(in[at + y * row_stride + x * column_stride]) / counted;
              }
            }
          }
          out[target] = store_out(sum);\
      """
          .replace("COUNTED", COUNTED.replace("Y", "y").replace("X", "x"));

  /** What is computed. */
  private enum Mode {
    MAX(CudaPoolingKernels.MAX),
    POSITIONS(CudaPoolingKernels.POSITIONS),
    TAKE(CudaPoolingKernels.TAKE),
    MAX_BACKWARD(CudaPoolingKernels.MAX_BACKWARD),
    AVERAGE(CudaPoolingKernels.AVERAGE),
    AVERAGE_BACKWARD(CudaPoolingKernels.AVERAGE_BACKWARD);

    private final String body;

    Mode(String body) {
      this.body = body;
    }
  }

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaPoolingKernels(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void max(StridedArray out, StridedArray input, PoolingGeometry geometry) {
    run(Mode.MAX, out, input, null, null, input, out, geometry, false, 0);
  }

  @Override
  public void maxPositions(StridedArray positions, StridedArray input, PoolingGeometry geometry) {
    run(Mode.POSITIONS, positions, input, null, null, input, positions, geometry, false, 0);
  }

  @Override
  public void maxBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry) {
    var shape = outputGradient.layout().shape();
    try (var row = launcher.scratch(DType.INT64, shape.numel());
        var places =
            new StridedArray(row.storage().retain(), DType.INT64, Layout.contiguous(shape))) {
      maxPositions(places, input, geometry);
      run(
          Mode.MAX_BACKWARD,
          inputGradient,
          outputGradient,
          null,
          places,
          inputGradient,
          outputGradient,
          geometry,
          false,
          0);
    }
  }

  @Override
  public void takeAtMax(
      StridedArray out, StridedArray source, StridedArray input, PoolingGeometry geometry) {
    run(Mode.TAKE, out, input, source, null, input, out, geometry, false, 0);
  }

  @Override
  public void average(
      StridedArray out,
      StridedArray input,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    run(Mode.AVERAGE, out, input, null, null, input, out, geometry, countPadding, divisor);
  }

  @Override
  public void averageBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    run(
        Mode.AVERAGE_BACKWARD,
        inputGradient,
        outputGradient,
        null,
        null,
        inputGradient,
        outputGradient,
        geometry,
        countPadding,
        divisor);
  }

  @Override
  public void adaptiveAverage(StridedArray out, StridedArray input) {
    run(Mode.AVERAGE, out, input, null, null, input, out, null, false, 0);
  }

  @Override
  public void adaptiveAverageBackward(StridedArray inputGradient, StridedArray outputGradient) {
    run(
        Mode.AVERAGE_BACKWARD,
        inputGradient,
        outputGradient,
        null,
        null,
        inputGradient,
        outputGradient,
        null,
        false,
        0);
  }

  private void run(
      Mode mode,
      StridedArray out,
      StridedArray in,
      @Nullable StridedArray other,
      @Nullable StridedArray places,
      StridedArray images,
      StridedArray results,
      @Nullable PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    var layout = out.layout();
    long count = layout.numel();
    if (count == 0) {
      return;
    }
    var space = AxisSpace.of("pool2d", true);
    for (int axis = 0; axis < 2; axis++) {
      long otherStride = other == null ? 0 : other.layout().stride(axis);
      space.add(layout.size(axis), in.layout().stride(axis), otherStride, 0);
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .array(other)
            .array(places)
            .space(Operands.elements("pool2d", true, out, null, null))
            .space(space)
            .int64(count)
            .int64(layout.size(2))
            .int64(layout.size(3));
    windows(arguments, images, results, geometry);
    arguments
        .int64(in.layout().stride(2))
        .int64(in.layout().stride(3))
        .int64(other == null ? 0 : other.layout().stride(2))
        .int64(other == null ? 0 : other.layout().stride(3))
        .int32(countPadding ? 1 : 0)
        .int64(divisor);
    int index = KernelTable.index(mode.ordinal(), in.dtype());
    var kernel = kernels.get(index);
    if (kernel == null) {
      kernel = kernels.make(index, new Variant(mode, in.dtype()), CudaPoolingKernels::make);
    }
    launcher.launch(kernel, count, arguments);
  }

  private static void windows(
      KernelArguments arguments,
      StridedArray images,
      StridedArray results,
      @Nullable PoolingGeometry geometry) {
    arguments
        .struct(12)
        .field(images.layout().size(2))
        .field(images.layout().size(3))
        .field(results.layout().size(2))
        .field(results.layout().size(3))
        .field(geometry == null ? 0 : geometry.kernelHeight())
        .field(geometry == null ? 0 : geometry.kernelWidth())
        .field(geometry == null ? 1 : geometry.strideHeight())
        .field(geometry == null ? 1 : geometry.strideWidth())
        .field(geometry == null ? 0 : geometry.paddingHeight())
        .field(geometry == null ? 0 : geometry.paddingWidth())
        .field(geometry == null ? 1 : geometry.dilationHeight())
        .field(geometry == null ? 1 : geometry.dilationWidth());
  }

  private static CudaKernel make(Variant variant) {
    var mode = variant.mode();
    var type = variant.type();
    var compute = KernelText.computeType(type);
    return new KernelText("pooling_" + mode + "_" + type, HEAD.replace("BODY", mode.body))
        .reals(compute)
        .set("OUT", mode == Mode.POSITIONS ? DType.INT64 : type)
        .set("IN", type)
        .load("load_in", type, compute)
        .store("store_out", type, compute)
        .kernel();
  }
}
