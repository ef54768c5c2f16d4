package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;

/** Finds the largest or smallest element of fibres: the first one of equals, the first NaN. */
final class CudaExtremum {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          long long *out, const IN *in, const struct gatun_space fibres, const long long fibres_count,
          const long long length, const long long in_along,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER numbers[512];
        __shared__ long long places[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < fibres_count; group += gridDim.x) {
          const long long fibre = group * columns + column;
          NUMBER best = 0;
          long long place = -1;
          long long at = 0, target = 0, none = 0;
          if (fibre < fibres_count) {
            gatun_find(&fibres, fibre, &at, &target, &none);
            for (long long i = along; i < length; i += depth) {
              const NUMBER x = load_in(in[at + i * in_along]);
              if (place < 0 || x BEATS best || (x != x && best == best)) {
                best = x;
                place = i;
              }
            }
          }
          numbers[threadIdx.x] = best;
          places[threadIdx.x] = place;
          __syncthreads();
          for (int half = depth / 2; half > 0; half /= 2) {
            if (along < half) {
              const NUMBER x = numbers[threadIdx.x + half * step];
              const long long other = places[threadIdx.x + half * step];
              const bool nan = best != best;
              const bool equal = x == best || (x != x && nan);
              if (other >= 0 && (place < 0 || (equal && other < place)
                  || (!nan && (x BEATS best || x != x)))) {
                best = x;
                place = other;
                numbers[threadIdx.x] = best;
                places[threadIdx.x] = place;
              }
            }
            __syncthreads();
          }
          if (along == 0 && fibre < fibres_count) {
            out[target] = place;
          }
          __syncthreads();
        }
      }
      """;

  private record Variant(boolean smallest, DType in) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaExtremum(Launcher launcher) {
    this.launcher = launcher;
  }

  void run(boolean smallest, StridedArray out, StridedArray in, int axis) {
    long outputs = out.layout().numel();
    if (outputs == 0) {
      return;
    }
    var fibres = Operands.fibres(smallest ? "argmin" : "argmax", axis, in, out, null);
    long length = Operands.size(in, axis);
    long stride = Operands.stride(in, axis);
    boolean neighbouring = fibres.axes() > 0 && fibres.stride(0, 0) < stride;
    var grid = FibreGrid.of(outputs, length, neighbouring, false);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .space(fibres)
            .int64(outputs)
            .int64(length)
            .int64(stride);
    grid.add(arguments);
    int index = KernelTable.index(smallest ? 1 : 0, in.dtype());
    var kernel = kernels.get(index);
    if (kernel == null) {
      kernel = kernels.make(index, new Variant(smallest, in.dtype()), CudaExtremum::make);
    }
    launcher.launch(kernel, grid, outputs, arguments);
  }

  private static CudaKernel make(Variant variant) {
    var in = variant.in();
    var type = in.isFloatingPoint() ? KernelText.computeType(in) : DType.INT64;
    return new KernelText((variant.smallest() ? "arg_min_" : "arg_max_") + in, TEXT)
        .set("IN", in)
        .set("NUMBER", type)
        .set("BEATS", variant.smallest() ? "<" : ">")
        .load("load_in", in, type)
        .kernel();
  }
}
