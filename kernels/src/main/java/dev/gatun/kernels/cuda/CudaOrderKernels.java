package dev.gatun.kernels.cuda;

import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts lines in order. Elements become keys, integers that have their order; pieces of lines are
 * sorted in shared memory, and then merged in pairs: each element finds by bisection how many of
 * the other run come before it. Equal keys are told apart by their positions, so the order is
 * stable.
 */
final class CudaOrderKernels implements OrderKernels {
  /** So many elements are sorted in shared memory. */
  private static final int PIECE = 1024;

  /** Keys of elements, and their order. */
  static final String KEYS =
      """
      static __device__ __forceinline__ long long gatun_key_f32(const float x) {
        const int bits = x != x ? 0x7fc00000 : __float_as_int(x + 0.0f);
        return bits >= 0 ? bits : bits ^ 0x7fffffff;
      }

      static __device__ __forceinline__ long long gatun_key_f64(const double x) {
        const long long bits =
            x != x ? 0x7ff8000000000000LL : __double_as_longlong(x + 0.0);
        return bits >= 0 ? bits : bits ^ 0x7fffffffffffffffLL;
      }

      static __device__ __forceinline__ long long gatun_key_i64(const long long x) {
        return x;
      }

      static __device__ __forceinline__ bool gatun_comes_before(
          const long long x, const int x_place, const long long y, const int y_place) {
        return x < y || (x == y && x_place < y_place);
      }
      """;

  private static final String SORT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          long long *keys, int *positions, const IN *in, const struct gatun_space lines,
          const long long pieces, const long long pieces_of_line, const long long length,
          const long long in_along, const int width, const long long flip) {
        __shared__ long long key[1024];
        __shared__ int position[1024];
        for (long long piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
          const long long line = gatun_quotient(piece, pieces_of_line);
          const long long first = (piece - line * pieces_of_line) * 1024;
          long long at, unused, unneeded;
          gatun_find(&lines, line, &at, &unused, &unneeded);
          for (int i = threadIdx.x; i < width; i += blockDim.x) {
            const bool there = first + i < length;
            key[i] = there ? KEY(load_in(in[at + (first + i) * in_along])) ^ flip
                : 0x7fffffffffffffffLL;
            position[i] = there ? (int)(first + i) : 0x7fffffff;
          }
          __syncthreads();
          for (int size = 2; size <= width; size *= 2) {
            for (int distance = size / 2; distance > 0; distance /= 2) {
              for (int i = threadIdx.x; i < width / 2; i += blockDim.x) {
                const int low = 2 * i - (i & (distance - 1));
                const int high = low + distance;
                const bool ascending = (low & size) == 0;
                if (gatun_comes_before(key[high], position[high], key[low], position[low])
                    == ascending) {
                  const long long other_key = key[low];
                  const int other_position = position[low];
                  key[low] = key[high];
                  position[low] = position[high];
                  key[high] = other_key;
                  position[high] = other_position;
                }
              }
              __syncthreads();
            }
          }
          for (int i = threadIdx.x; i < width && first + i < length; i += blockDim.x) {
            keys[line * length + first + i] = key[i];
            positions[line * length + first + i] = position[i];
          }
          __syncthreads();
        }
      }
      """;

  private static final String MERGE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out_keys, int *out_positions, const long long *keys, const int *positions,
          const long long count, const long long length, const long long width) {
        FOR_EACH {
          const long long line = gatun_quotient(i, length) * length;
          const long long run = gatun_quotient(i - line, width);
          const long long other = line + (run ^ 1) * width;
          const long long end = line + length;
          const long long key = keys[i];
          const int position = positions[i];
          long long low = other < end ? other : end;
          long long high = other + width < end ? other + width : end;
          const long long start = low;
          while (low < high) {
            const long long middle = low + (high - low) / 2;
            if (gatun_comes_before(keys[middle], positions[middle], key, position)) {
              low = middle + 1;
            } else {
              high = middle;
            }
          }
          const long long mine = line + run * width;
          const long long target =
              line + run / 2 * 2 * width + (i - mine) + (low - start);
          out_keys[target] = key;
          out_positions[target] = position;
        }
      }
      """;

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
            if (right != 0 ? !(x > value) : !(x >= value)) {
              low = middle + 1;
            } else {
              high = middle;
            }
          }
          out[target] = low;
        }
      }
      """;

  private static final CudaKernel MERGE_KERNEL =
      new KernelText("order_merge", MERGE).set("FOR_EACH", Grids.FOR_EACH).kernel();

  private static final CudaKernel TAKE_KERNEL =
      new KernelText("order_take", TAKE).set("FOR_EACH", Grids.FOR_EACH).kernel();

  private static final CudaKernel MEDIAN_KERNEL =
      new KernelText("order_median", MEDIAN).set("FOR_EACH", Grids.FOR_EACH).kernel();

  private static final CudaKernel MODE_KERNEL = new KernelText("order_mode", MODE).kernel();

  /** Lines in order: keys, and positions as int32. */
  private record Sorted(StridedArray keys, StridedArray positions) implements AutoCloseable {
    @Override
    public void close() {
      keys.close();
      positions.close();
    }
  }

  private record Variant(boolean search, DType type) {}

  private final Launcher launcher;
  private final CudaScan scans;
  private final ConcurrentHashMap<Variant, CudaKernel> kernels = new ConcurrentHashMap<>();

  CudaOrderKernels(Launcher launcher) {
    this.launcher = launcher;
    scans = new CudaScan(launcher);
  }

  private static void checkLength(String kernel, StridedArray array, long length) {
    if (length > Integer.MAX_VALUE - 8) {
      throw new ArgumentException(
          kernel + ": " + array.layout().shape() + ": longer lines than a Java array can hold");
    }
  }

  @Override
  public void argSort(StridedArray out, StridedArray in, int axis, boolean descending) {
    take("argSort", out, in, axis, descending, 0);
  }

  @Override
  public void argTop(StridedArray out, StridedArray in, int axis, boolean largest) {
    take("argTop", out, in, axis, largest, 0);
  }

  @Override
  public void argRank(StridedArray out, StridedArray in, int axis, long rank) {
    take("argRank", out, in, axis, false, rank);
  }

  private void take(
      String kernel, StridedArray out, StridedArray in, int axis, boolean descending, long first) {
    long count = out.layout().numel();
    long length = in.layout().size(axis);
    checkLength(kernel, in, length);
    if (count == 0) {
      return;
    }
    try (var sorted = sort(in, axis, descending)) {
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.positions())
              .space(linesThenPlaces(out, axis))
              .int64(count)
              .int64(out.layout().size(axis))
              .int64(length)
              .int64(first);
      launcher.launch(TAKE_KERNEL, Grids.elements(count), 1, Grids.THREADS, 0, arguments);
    }
  }

  /** All axes of an output in their order, but the axis of the lines at last. */
  private static AxisSpace linesThenPlaces(StridedArray out, int axis) {
    var space = lines(out, axis);
    space.add(out.layout().size(axis), out.layout().stride(axis), 0, 0);
    return space;
  }

  private static AxisSpace lines(StridedArray array, int axis) {
    var space = new AxisSpace(true);
    for (int other = 0; other < array.layout().rank(); other++) {
      if (other != axis) {
        space.add(array.layout().size(other), array.layout().stride(other), 0, 0);
      }
    }
    return space;
  }

  private Sorted sort(StridedArray in, int axis, boolean descending) {
    long length = in.layout().size(axis);
    long count = in.layout().numel();
    var lines = lines(in, axis);
    long piecesOfLine = (length + PIECE - 1) / PIECE;
    long pieces = lines.count() * piecesOfLine;
    int width = 2;
    while (width < PIECE && width < length) {
      width *= 2;
    }
    var sorted =
        new Sorted(launcher.scratch(DType.INT64, count), launcher.scratch(DType.INT32, count));
    var arguments =
        KernelArguments.begin()
            .array(sorted.keys())
            .array(sorted.positions())
            .array(in)
            .space(lines)
            .int64(pieces)
            .int64(piecesOfLine)
            .int64(length)
            .int64(in.layout().stride(axis))
            .int32(width)
            .int64(descending ? -1 : 0);
    launcher.launch(
        kernel(false, in.dtype()),
        (int) Math.min(pieces, 1 << 20),
        1,
        Math.max(32, width / 2),
        0,
        arguments);
    if (length <= PIECE) {
      return sorted;
    }
    var other =
        new Sorted(launcher.scratch(DType.INT64, count), launcher.scratch(DType.INT32, count));
    for (long run = PIECE; run < length; run *= 2) {
      var merged =
          KernelArguments.begin()
              .array(other.keys())
              .array(other.positions())
              .array(sorted.keys())
              .array(sorted.positions())
              .int64(count)
              .int64(length)
              .int64(run);
      launcher.launch(MERGE_KERNEL, Grids.elements(count), 1, Grids.THREADS, 0, merged);
      var swapped = sorted;
      sorted = other;
      other = swapped;
    }
    other.close();
    return sorted;
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
    checkLength("argMedian", in, length);
    if (lines == 0) {
      return;
    }
    try (var sorted = sort(in, axis, false)) {
      if (!in.dtype().isFloatingPoint()) {
        takeRank(out, sorted, axis, length, (length - 1) / 2);
        return;
      }
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.keys())
              .array(sorted.positions())
              .space(lines(out, axis))
              .int64(lines)
              .int64(length)
              .int64(nanKey(in.dtype()))
              .int32(ignoreNan ? 1 : 0);
      launcher.launch(MEDIAN_KERNEL, Grids.elements(lines), 1, Grids.THREADS, 0, arguments);
    }
  }

  private void takeRank(StridedArray out, Sorted sorted, int axis, long length, long rank) {
    long lines = out.layout().numel();
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(sorted.positions())
            .space(lines(out, axis))
            .int64(lines)
            .int64(1)
            .int64(length)
            .int64(rank);
    launcher.launch(TAKE_KERNEL, Grids.elements(lines), 1, Grids.THREADS, 0, arguments);
  }

  @Override
  public void argMode(StridedArray out, StridedArray in, int axis) {
    long lines = out.layout().numel();
    long length = in.layout().size(axis);
    checkLength("argMode", in, length);
    if (lines == 0) {
      return;
    }
    try (var sorted = sort(in, axis, false)) {
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(sorted.keys())
              .array(sorted.positions())
              .space(lines(out, axis))
              .int64(lines)
              .int64(length)
              .int64(nanKey(in.dtype()))
              .int32(in.dtype().isFloatingPoint() ? 1 : 0);
      launcher.launch(MODE_KERNEL, (int) Math.min(lines, 1 << 20), 1, Grids.THREADS, 0, arguments);
    }
  }

  @Override
  public void argRunning(StridedArray out, StridedArray in, int axis, boolean largest) {
    checkLength("argRunning", in, in.layout().size(axis));
    var mode = largest ? CudaScan.Mode.LARGEST_PLACE : CudaScan.Mode.SMALLEST_PLACE;
    scans.run(mode, out, in, axis);
  }

  @Override
  public void searchSorted(
      StridedArray out, StridedArray sorted, StridedArray values, boolean right) {
    var layout = values.layout();
    int last = sorted.layout().rank() - 1;
    checkLength("searchSorted", sorted, sorted.layout().size(last));
    checkLength("searchSorted", values, layout.size(last));
    if (layout.numel() == 0) {
      return;
    }
    var space = new AxisSpace(true);
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
    launcher.launch(
        kernel(true, sorted.dtype()),
        Grids.elements(layout.numel()),
        1,
        Grids.THREADS,
        0,
        arguments);
  }

  private CudaKernel kernel(boolean search, DType type) {
    return kernels.computeIfAbsent(new Variant(search, type), CudaOrderKernels::make);
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    boolean real = type.isFloatingPoint();
    var compute = real ? KernelText.computeType(type) : DType.INT64;
    String suffix = !real ? "i64" : compute == DType.FLOAT64 ? "f64" : "f32";
    String name = (variant.search() ? "order_search_" : "order_sort_") + type;
    return new KernelText(name, variant.search() ? SEARCH : SORT)
        .set("IN", type)
        .set("NUMBER", compute)
        .set("KEY", "gatun_key_" + suffix)
        .set("FOR_EACH", Grids.FOR_EACH)
        .load("load_in", type, compute)
        .kernel();
  }
}
