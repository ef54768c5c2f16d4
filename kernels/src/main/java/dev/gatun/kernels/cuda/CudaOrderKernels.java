package dev.gatun.kernels.cuda;

import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/** Finds positions in the order of lines: by sorting them whole, or by bisection. */
final class CudaOrderKernels implements OrderKernels {
  private static final String TAKE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out, const int *positions, const struct gatun_space space,
          const long long count, const long long taken, const long long length,
          const long long first) {
        FOR_EACH {
          const long long line = gatun_quotient(i, taken);
          long long target, unused, unneeded;
          gatun_find(&space, i, &target, &unused, &unneeded);
          out[target] = positions[line * length + first + (i - line * taken)];
        }
      }
      """;

  private static final String MEDIAN =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out, const long long *keys, const int *positions,
          const struct gatun_space space, const long long count, const long long length,
          const long long nan, const int ignore_nan) {
        FOR_EACH {
          long long low = 0;
          long long high = length;
          while (low < high) {
            const long long middle = low + (high - low) / 2;
            if (keys[i * length + middle] < nan) {
              low = middle + 1;
            } else {
              high = middle;
            }
          }
          const bool has_nan = low < length && keys[i * length + low] == nan;
          const long long numbers = has_nan ? low : length;
          const long long rank = numbers > 1 ? (numbers - 1) / 2 : 0;
          long long target, unused, unneeded;
          gatun_find(&space, i, &target, &unused, &unneeded);
          out[target] =
              positions[i * length + (has_nan && ignore_nan == 0 ? low : rank)];
        }
      }
      """;

  /** Each end of a run of equal keys knows its length by bisection. */
  private static final String MODE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out, const long long *keys, const int *positions,
          const struct gatun_space space, const long long count, const long long length,
          const long long nan, const int has_nan) {
        __shared__ long long shared[256];
        for (long long line = blockIdx.x; line < count; line += gridDim.x) {
          const long long *key = keys + line * length;
          long long best = -1;
          for (long long i = threadIdx.x; i < length; i += 256) {
            const bool is_nan = has_nan != 0 && key[i] == nan;
            if (is_nan || i + 1 == length || key[i + 1] != key[i]) {
              long long low = 0;
              long long high = i;
              while (low < high) {
                const long long middle = low + (high - low) / 2;
                if (key[middle] < key[i]) {
                  low = middle + 1;
                } else {
                  high = middle;
                }
              }
              const long long equal = is_nan ? 1 : i - low + 1;
              const long long mine = (equal << 31) + (0x7fffffff - i);
              best = mine > best ? mine : best;
            }
          }
          const long long all = gatun_block_max_i64(shared, best, threadIdx.x, 256, 1);
          if (threadIdx.x == 0) {
            long long target, unused, unneeded;
            gatun_find(&space, line, &target, &unused, &unneeded);
            out[target] = positions[line * length + (0x7fffffff - (all & 0x7fffffff))];
          }
        }
      }
      """;

  private static final String SEARCH =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out, const IN *sorted, const IN *values, const struct gatun_space space,
          const long long count, const long long length, const long long along,
          const int right) {
        FOR_EACH {
          long long target, at, value_at;
          gatun_find(&space, i, &target, &at, &value_at);
          const NUMBER value = load_in(values[value_at]);
          long long low = 0;
          long long high = length;
          while (low < high) {
            const long long middle = low + (high - low) / 2;
            const NUMBER x = load_in(sorted[at + middle * along]);
            if (value != value || (right != 0 ? x <= value : x < value)) {
              low = middle + 1;
            } else {
              high = middle;
            }
          }
          out[target] = low;
        }
      }
      """;

  private static final CudaKernel TAKE_KERNEL = new KernelText("order_take", TAKE).kernel();

  private static final CudaKernel MEDIAN_KERNEL = new KernelText("order_median", MEDIAN).kernel();

  private static final CudaKernel MODE_KERNEL = new KernelText("order_mode", MODE).kernel();

  private final Launcher launcher;
  private final CudaScan scans;
  private final LineSort sorts;
  private final ConcurrentHashMap<DType, CudaKernel> searches = new ConcurrentHashMap<>();

  CudaOrderKernels(Launcher launcher) {
    this.launcher = launcher;
    scans = new CudaScan(launcher);
    sorts = new LineSort(launcher);
  }

  private static void checkLength(String kernel, StridedArray array, long length) {
    if (length > Integer.MAX_VALUE - 8) {
      throw new ArgumentException(
          kernel + ": " + array.layout().shape() + ": longer lines than a Java array can hold");
    }
  }

  @Override
  public void argSort(StridedArray out, StridedArray in, int axis, boolean descending) {
    take("argsort", out, in, axis, descending, 0);
  }

  @Override
  public void argTop(StridedArray out, StridedArray in, int axis, boolean largest) {
    take("topk", out, in, axis, largest, 0);
  }

  @Override
  public void argRank(StridedArray out, StridedArray in, int axis, long rank) {
    take("kthvalue", out, in, axis, false, rank);
  }

  private void take(
      String kernel, StridedArray out, StridedArray in, int axis, boolean descending, long first) {
    long count = out.layout().numel();
    long length = in.layout().size(axis);
    checkLength(kernel, in, length);
    if (count == 0) {
      return;
    }
    try (var sorted = sorts.sort(kernel, in, axis, descending)) {
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.positions())
              .space(linesThenPlaces(kernel, out, axis))
              .int64(count)
              .int64(out.layout().size(axis))
              .int64(length)
              .int64(first);
      launcher.launch(TAKE_KERNEL, count, arguments);
    }
  }

  /** All axes of an output in their order, but the axis of the lines at last. */
  private static AxisSpace linesThenPlaces(String kernel, StridedArray out, int axis) {
    var space = LineSort.lines(kernel, out, axis);
    space.add(out.layout().size(axis), out.layout().stride(axis), 0, 0);
    return space;
  }

  /** The key of NaN, of types that have it. */
  private static long nanKey(DType type) {
    return type == DType.FLOAT64
        ? Double.doubleToLongBits(Double.NaN)
        : Float.floatToIntBits(Float.NaN);
  }

  @Override
  public void argMedian(StridedArray out, StridedArray in, int axis, boolean ignoreNan) {
    long lines = out.layout().numel();
    long length = in.layout().size(axis);
    checkLength("median", in, length);
    if (lines == 0) {
      return;
    }
    try (var sorted = sorts.sort("median", in, axis, false)) {
      if (!in.dtype().isFloatingPoint()) {
        takeRank(out, sorted, axis, length, (length - 1) / 2);
        return;
      }
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.keys())
              .array(sorted.positions())
              .space(LineSort.lines("median", out, axis))
              .int64(lines)
              .int64(length)
              .int64(nanKey(in.dtype()))
              .int32(ignoreNan ? 1 : 0);
      launcher.launch(MEDIAN_KERNEL, lines, arguments);
    }
  }

  private void takeRank(
      StridedArray out, LineSort.Sorted sorted, int axis, long length, long rank) {
    long lines = out.layout().numel();
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(sorted.positions())
            .space(LineSort.lines("median", out, axis))
            .int64(lines)
            .int64(1)
            .int64(length)
            .int64(rank);
    launcher.launch(TAKE_KERNEL, lines, arguments);
  }

  @Override
  public void argMode(StridedArray out, StridedArray in, int axis) {
    long lines = out.layout().numel();
    long length = in.layout().size(axis);
    checkLength("mode", in, length);
    if (lines == 0) {
      return;
    }
    try (var sorted = sorts.sort("mode", in, axis, false)) {
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.keys())
              .array(sorted.positions())
              .space(LineSort.lines("mode", out, axis))
              .int64(lines)
              .int64(length)
              .int64(nanKey(in.dtype()))
              .int32(in.dtype().isFloatingPoint() ? 1 : 0);
      launcher.launch(MODE_KERNEL, (int) Math.min(lines, 1 << 20), 1, Grids.THREADS, 0, arguments);
    }
  }

  @Override
  public void argRunning(StridedArray out, StridedArray in, int axis, boolean largest) {
    checkLength(largest ? "cummax" : "cummin", in, in.layout().size(axis));
    var mode = largest ? CudaScan.Mode.LARGEST_PLACE : CudaScan.Mode.SMALLEST_PLACE;
    scans.run(mode, out, in, axis);
  }

  @Override
  public void searchSorted(
      StridedArray out, StridedArray sorted, StridedArray values, boolean right) {
    var layout = values.layout();
    int last = sorted.layout().rank() - 1;
    checkLength("searchsorted", sorted, sorted.layout().size(last));
    checkLength("searchsorted", values, layout.size(last));
    if (layout.numel() == 0) {
      return;
    }
    var space = AxisSpace.of("searchsorted", true);
    for (int axis = 0; axis <= last; axis++) {
      space.add(
          layout.size(axis),
          out.layout().stride(axis),
          axis == last ? 0 : sorted.layout().stride(axis),
          layout.stride(axis));
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(sorted)
            .array(values)
            .space(space)
            .int64(layout.numel())
            .int64(sorted.layout().size(last))
            .int64(sorted.layout().stride(last))
            .int32(right ? 1 : 0);
    var kernel = searches.computeIfAbsent(sorted.dtype(), CudaOrderKernels::search);
    launcher.launch(kernel, layout.numel(), arguments);
  }

  private static CudaKernel search(DType type) {
    var compute = type.isFloatingPoint() ? KernelText.computeType(type) : DType.INT64;
    return new KernelText("order_search_" + type, SEARCH)
        .set("IN", type)
        .set("NUMBER", compute)
        .load("load_in", type, compute)
        .kernel();
  }
}
