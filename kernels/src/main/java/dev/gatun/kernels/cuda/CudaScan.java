package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;

/**
 * Running sums, products, logarithms of sums of exponentials, and places of extrema along fibres. A
 * block goes along a fibre piece by piece and carries what came before; integers in int64, reals in
 * float64.
 */
final class CudaScan {
  /** What is computed. */
  enum Mode {
    SUM("cumsum"),
    PRODUCT("cumprod"),
    LOG_SUM_EXP("logcumsumexp"),
    LARGEST_PLACE("cummax"),
    SMALLEST_PLACE("cummin");

    private final String operation;

    Mode(String operation) {
      this.operation = operation;
    }
  }

  /** A sum of exponentials is {@code exp(largest) * scaled}. */
  private static final String EXPONENTIALS =
      """
      struct ENTRY_sum {
        double largest;
        double scaled;
      };

      static __device__ __forceinline__ struct ENTRY_sum ENTRY_of(const double x) {
        struct ENTRY_sum sum;
        const bool low = x == NEGATIVE_INFINITY;
        sum.largest = x != x ? NEGATIVE_INFINITY : x;
        sum.scaled = x != x ? x : low ? 0.0 : 1.0;
        return sum;
      }

      static __device__ __forceinline__ struct ENTRY_sum ENTRY_join(
          const struct ENTRY_sum x, const struct ENTRY_sum y) {
        struct ENTRY_sum sum;
        sum.largest = x.largest > y.largest ? x.largest : y.largest;
        sum.scaled =
            (x.largest == sum.largest ? x.scaled : x.scaled * exp(x.largest - sum.largest))
            + (y.largest == sum.largest ? y.scaled : y.scaled * exp(y.largest - sum.largest));
        return sum;
      }

      """;

  /** An element and its place, negative for none. */
  private static final String PLACES =
      """
      struct ENTRY_sum {
        NUMBER value;
        long long place;
      };

      static __device__ __forceinline__ struct ENTRY_sum ENTRY_of(
          const NUMBER x, const long long place) {
        struct ENTRY_sum sum;
        sum.value = x;
        sum.place = place;
        return sum;
      }

      static __device__ __forceinline__ struct ENTRY_sum ENTRY_join(
          const struct ENTRY_sum x, const struct ENTRY_sum y) {
        if (y.place < 0) {
          return x;
        }
        const bool replaces = x.place < 0 || y.value != y.value
            || (x.value == x.value && y.value BEATS x.value);
        return replaces ? y : x;
      }

      """;

  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          OUT *out, const IN *in, const struct gatun_space fibres, const long long fibres_count,
          const long long length, const long long out_along, const long long in_along,
          const int columns, const int depth, const int columns_first) {
        __shared__ SUM shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < fibres_count; group += gridDim.x) {
          const long long fibre = group * columns + column;
          const long long count = fibre < fibres_count ? length : 0;
          long long at = 0, target = 0, none = 0;
          if (count > 0) {
            gatun_find(&fibres, fibre, &at, &target, &none);
          }
          SUM before = NOTHING;
          for (long long first = 0; first < length; first += depth) {
            const long long i = first + along;
            SUM mine = i < count ? TERM : NOTHING;
            if (depth > 1) {
              shared[threadIdx.x] = mine;
              __syncthreads();
              for (int distance = 1; distance < depth; distance *= 2) {
                SUM earlier = NOTHING;
                if (along >= distance) {
                  earlier = shared[threadIdx.x - distance * step];
                }
                __syncthreads();
                mine = along >= distance ? JOINED(earlier, mine) : mine;
                shared[threadIdx.x] = mine;
                __syncthreads();
              }
            }
            mine = JOINED(before, mine);
            if (i < count) {
              out[target + i * out_along] = store_out(RESULT);
            }
            if (depth > 1) {
              before = JOINED(before, shared[threadIdx.x + (depth - 1 - along) * step]);
              __syncthreads();
            } else {
              before = mine;
            }
          }
        }
      }
      """;

  private record Variant(Mode mode, DType out, DType in) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaScan(Launcher launcher) {
    this.launcher = launcher;
  }

  void run(Mode mode, StridedArray out, StridedArray in, int axis) {
    if (out.layout().numel() == 0) {
      return;
    }
    var fibres = Operands.fibres(mode.operation, axis, in, out, null);
    long length = Operands.size(in, axis);
    long stride = Operands.stride(in, axis);
    boolean neighbouring = fibres.axes() > 0 && fibres.stride(0, 0) < stride;
    var grid = grid(fibres.count(), length, neighbouring);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .space(fibres)
            .int64(fibres.count())
            .int64(length)
            .int64(Operands.stride(out, axis))
            .int64(stride);
    grid.add(arguments);
    int index = KernelTable.index(mode.ordinal(), out.dtype(), in.dtype());
    var kernel = kernels.get(index);
    if (kernel == null) {
      kernel = kernels.make(index, new Variant(mode, out.dtype(), in.dtype()), CudaScan::make);
    }
    launcher.launch(kernel, grid, fibres.count(), arguments);
  }

  /** Spreads threads over fibres that are scanned. */
  static FibreGrid grid(long fibres, long length, boolean neighbouring) {
    // Beside each other fibres are fast enough with a thread each; alone they need many.
    return neighbouring && fibres >= 1 << 12
        ? FibreGrid.THREAD_EACH
        : FibreGrid.of(fibres, length, neighbouring, false);
  }

  private static CudaKernel make(Variant variant) {
    var mode = variant.mode();
    var in = variant.in();
    var out = variant.out();
    boolean places = mode == Mode.LARGEST_PLACE || mode == Mode.SMALLEST_PLACE;
    boolean real = in.isFloatingPoint() || (!places && out.isFloatingPoint());
    var compute = real ? DType.FLOAT64 : DType.INT64;
    String entry = "scan_" + mode + "_" + in + "_" + out;
    String structure = places ? PLACES : mode == Mode.LOG_SUM_EXP ? EXPONENTIALS : "";
    String template = structure + TEXT;
    var text =
        new KernelText(entry, template.replace("ENTRY_", entry + "_"))
            .reals(DType.FLOAT64)
            .set("IN", in)
            .set("OUT", out)
            .set("NUMBER", compute)
            .load("load_in", in, compute)
            .store("store_out", out, places ? DType.INT64 : compute);
    String term = "load_in(in[at + i * in_along])";
    switch (mode) {
      case LOG_SUM_EXP ->
          text.set("SUM", "struct " + entry + "_sum")
              .set("NOTHING", entry + "_of(NEGATIVE_INFINITY)")
              .set("TERM", entry + "_of(" + term + ")")
              .set("JOINED", entry + "_join")
              .set("RESULT", "mine.largest + log(mine.scaled)");
      case LARGEST_PLACE, SMALLEST_PLACE ->
          text.set("SUM", "struct " + entry + "_sum")
              .set("BEATS", mode == Mode.LARGEST_PLACE ? ">=" : "<=")
              .set("NOTHING", entry + "_of(0, -1)")
              .set("TERM", entry + "_of(" + term + ", i)")
              .set("JOINED", entry + "_join")
              .set("RESULT", "mine.place");
      case SUM, PRODUCT -> {
        String sign = mode == Mode.SUM ? "sum" : "product";
        text.set("SUM", compute)
            .set("NOTHING", mode == Mode.SUM ? "0" : "1")
            .set("TERM", term)
            .set("JOINED", "gatun_join_" + sign + (real ? "_f64" : "_i64"))
            .set("RESULT", "mine");
      }
    }
    return text.kernel();
  }
}
