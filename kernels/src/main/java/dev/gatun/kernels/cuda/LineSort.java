package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts lines in order. Elements become keys, integers that have their order; pieces of lines are
 * sorted in shared memory, and then merged in pairs: each element finds by bisection how many of
 * the other run come before it. Equal keys are told apart by their positions, so the order is
 * stable.
 */
final class LineSort {
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

  private static final CudaKernel MERGE_KERNEL = new KernelText("order_merge", MERGE).kernel();

  /** Lines in order: keys, and positions as int32. */
  record Sorted(StridedArray keys, StridedArray positions) implements AutoCloseable {
    private static Sorted lent(Launcher launcher, long count) {
      var keys = launcher.scratch(DType.INT64, count);
      try {
        return new Sorted(keys, launcher.scratch(DType.INT32, count));
      } catch (RuntimeException failed) {
        keys.close();
        throw failed;
      }
    }

    @Override
    public void close() {
      keys.close();
      positions.close();
    }
  }

  private final Launcher launcher;
  private final ConcurrentHashMap<DType, CudaKernel> kernels = new ConcurrentHashMap<>();

  LineSort(Launcher launcher) {
    this.launcher = launcher;
  }

  /** All axes of an array but that of its lines, in their order. */
  static AxisSpace lines(String operation, StridedArray array, int axis) {
    var space = AxisSpace.of(operation, true);
    for (int other = 0; other < array.layout().rank(); other++) {
      if (other != axis) {
        space.add(array.layout().size(other), array.layout().stride(other), 0, 0);
      }
    }
    return space;
  }

  /**
   * Sorts lines.
   *
   * @param operation what errors call the operation
   * @param in what is sorted, not empty; lines shorter than 2^31 - 8
   * @param axis the axis of the lines
   * @param descending whether the largest comes first; equal elements stay as they are
   * @return the lines one behind the other, to be closed
   */
  Sorted sort(String operation, StridedArray in, int axis, boolean descending) {
    long length = in.layout().size(axis);
    long count = in.layout().numel();
    var first = Sorted.lent(launcher, count);
    Sorted second = null;
    Sorted result = null;
    try {
      sortPieces(operation, first, in, axis, descending);
      if (length > PIECE) {
        second = Sorted.lent(launcher, count);
        result = merge(first, second, length);
      } else {
        result = first;
      }
      return result;
    } finally {
      if (result != first) {
        first.close();
      }
      if (second != null && result != second) {
        second.close();
      }
    }
  }

  private void sortPieces(
      String operation, Sorted sorted, StridedArray in, int axis, boolean descending) {
    long length = in.layout().size(axis);
    var lines = lines(operation, in, axis);
    long piecesOfLine = (length + PIECE - 1) / PIECE;
    long pieces = lines.count() * piecesOfLine;
    int width = 2;
    while (width < PIECE && width < length) {
      width *= 2;
    }
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
        kernels.computeIfAbsent(in.dtype(), LineSort::make),
        (int) Math.min(pieces, 1 << 20),
        1,
        Math.max(32, width / 2),
        0,
        arguments);
  }

  /** Merges pieces of lines to lines, from one to the other and back; returns where they are. */
  private Sorted merge(Sorted pieces, Sorted beside, long length) {
    long count = pieces.keys().layout().numel();
    var from = pieces;
    var to = beside;
    for (long run = PIECE; run < length; run *= 2) {
      var arguments =
          KernelArguments.begin()
              .array(to.keys())
              .array(to.positions())
              .array(from.keys())
              .array(from.positions())
              .int64(count)
              .int64(length)
              .int64(run);
      launcher.launch(MERGE_KERNEL, count, arguments);
      var swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  private static CudaKernel make(DType type) {
    boolean real = type.isFloatingPoint();
    var compute = real ? KernelText.computeType(type) : DType.INT64;
    String suffix = !real ? "i64" : compute == DType.FLOAT64 ? "f64" : "f32";
    return new KernelText("order_sort_" + type, SORT)
        .set("IN", type)
        .set("KEY", "gatun_key_" + suffix)
        .load("load_in", type, compute)
        .kernel();
  }
}
