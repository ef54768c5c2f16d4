package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The gradient of running products along fibres: the product of the elements before each one, times
 * what the products from there on owe to it. A block goes along a fibre piece by piece for the
 * products, and back for what is owed, which each element makes of what is owed to the next one: a
 * factor times it and a summand. Both are joined in float64; nothing is divided.
 */
final class CudaProductGradient {
  private static final String TEXT =
      """
      struct ENTRY_owed {
        double factor;
        double summand;
      };

      static __device__ __forceinline__ struct ENTRY_owed ENTRY_of(
          const double factor, const double summand) {
        struct ENTRY_owed owed;
        owed.factor = factor;
        owed.summand = summand;
        return owed;
      }

      // A factor of several elements may have left the range of float64 where nothing is owed, or
      // a zero lets nothing through: element after element, nothing would have come of it.
      static __device__ __forceinline__ struct ENTRY_owed ENTRY_join(
          const struct ENTRY_owed next, const struct ENTRY_owed mine) {
        const int closed = next.factor == 0.0 || mine.factor == 0.0;
        return ENTRY_of(
            closed ? 0.0 : next.factor * mine.factor,
            next.summand == 0.0 ? mine.summand : mine.summand + mine.factor * next.summand);
      }

      static __device__ __forceinline__ struct ENTRY_owed ENTRY_scan(
          struct ENTRY_owed *shared, struct ENTRY_owed mine, const int along, const int depth,
          const int step, const int back) {
        for (int distance = 1; distance < depth; distance *= 2) {
          __syncthreads();
          shared[threadIdx.x] = mine;
          __syncthreads();
          if (along >= distance) {
            const struct ENTRY_owed other = shared[threadIdx.x - distance * step];
            mine = back ? ENTRY_join(other, mine) : ENTRY_of(other.factor * mine.factor, 0.0);
          }
        }
        __syncthreads();
        shared[threadIdx.x] = mine;
        __syncthreads();
        return mine;
      }

      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *out, const IN *gradient, const IN *in, double *products,
          const struct gatun_space fibres, const long long fibres_count, const long long length,
          const long long out_along, const long long gradient_along, const long long in_along,
          const long long products_along, const long long products_next,
          const int columns, const int depth, const int columns_first) {
        __shared__ struct ENTRY_owed shared[512];
      THREAD_AT
        const int last = threadIdx.x + (depth - 1 - along) * step;
        for (long long group = blockIdx.x; group * columns < fibres_count; group += gridDim.x) {
          const long long fibre = group * columns + column;
          const long long count = fibre < fibres_count ? length : 0;
          long long at = 0, target = 0, from = 0;
          if (count > 0) {
            gatun_find(&fibres, fibre, &at, &target, &from);
          }
          double *const before = products + fibre * products_next;
          double product = 1;
          for (long long first = 0; first < length; first += depth) {
            const long long i = first + along;
            const double x = i < count ? load_in(in[at + i * in_along]) : 1.0;
            ENTRY_scan(shared, ENTRY_of(x, 0.0), along, depth, step, 0);
            if (i < count) {
              before[i * products_along] =
                  along > 0 ? product * shared[threadIdx.x - step].factor : product;
            }
            product *= shared[last].factor;
          }
          struct ENTRY_owed next = ENTRY_of(1.0, 0.0);
          for (long long first = 0; first < length; first += depth) {
            const long long i = count - 1 - first - along;
            struct ENTRY_owed mine = ENTRY_of(1.0, 0.0);
            if (i >= 0) {
              mine.factor = i + 1 < count ? load_in(in[at + (i + 1) * in_along]) : 0.0;
              mine.summand = load_in(gradient[from + i * gradient_along]);
            }
            mine = ENTRY_join(next, ENTRY_scan(shared, mine, along, depth, step, 1));
            if (i >= 0) {
              product = before[i * products_along];
              out[target + i * out_along] =
                  store_out(product == 0.0 ? 0.0 : product * mine.summand);
            }
            next = ENTRY_join(next, shared[last]);
          }
        }
      }
      """;

  private final Launcher launcher;
  private final ConcurrentHashMap<DType, CudaKernel> kernels = new ConcurrentHashMap<>();

  CudaProductGradient(Launcher launcher) {
    this.launcher = launcher;
  }

  void run(StridedArray gradIn, StridedArray gradOut, StridedArray in, int axis) {
    long elements = in.layout().numel();
    if (elements == 0) {
      return;
    }
    var fibres = Operands.fibres("cumprod_backward", axis, in, gradIn, gradOut);
    long length = Operands.size(in, axis);
    long stride = Operands.stride(in, axis);
    boolean neighbouring = fibres.axes() > 0 && fibres.stride(0, 0) < stride;
    var grid = CudaScan.grid(fibres.count(), length, neighbouring);
    boolean rows = grid.columnsFirst();
    try (var products = launcher.scratch(DType.FLOAT64, elements)) {
      var arguments =
          KernelArguments.begin()
              .array(gradIn)
              .array(gradOut)
              .array(in)
              .array(products)
              .space(fibres)
              .int64(fibres.count())
              .int64(length)
              .int64(Operands.stride(gradIn, axis))
              .int64(Operands.stride(gradOut, axis))
              .int64(stride)
              .int64(rows ? fibres.count() : 1)
              .int64(rows ? 1 : length);
      grid.add(arguments);
      var kernel = kernels.computeIfAbsent(in.dtype(), CudaProductGradient::make);
      launcher.launch(kernel, grid, fibres.count(), arguments);
    }
  }

  private static CudaKernel make(DType type) {
    String entry = "cumprod_backward_" + type;
    return new KernelText(entry, TEXT.replace("ENTRY_", entry + "_"))
        .set("IN", type)
        .load("load_in", type, DType.FLOAT64)
        .store("store_out", type, DType.FLOAT64)
        .kernel();
  }
}
