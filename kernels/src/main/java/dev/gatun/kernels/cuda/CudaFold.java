package dev.gatun.kernels.cuda;

import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;

/**
 * Folds along axes. Sums of float16 and bfloat16 are kept in float32, counts and those of integers
 * in int64. Where there are few results, each is folded in parts by several blocks, and a second
 * kernel folds the parts, in order.
 */
final class CudaFold {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          OUT *out, const IN *in, const struct gatun_space kept, const struct gatun_space folded,
          const long long outputs, const long long length, const long long split,
          const int columns, const int depth, const int columns_first, const double divisor) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        const long long from = blockIdx.y * split;
        const long long to = from + split < length ? from + split : length;
        for (long long group = blockIdx.x; group * columns < outputs; group += gridDim.x) {
          const long long output = group * columns + column;
          NUMBER mine = IDENTITY;
          long long at = 0, target = 0, none = 0;
          if (output < outputs) {
            gatun_find(&kept, output, &at, &target, &none);
      #pragma unroll 4
            for (long long i = from + along; i < to; i += depth) {
              long long within, unused, unneeded;
              gatun_find(&folded, i, &within, &unused, &unneeded);
              const NUMBER x = MAPPED;
              const NUMBER y = mine;
              mine = COMBINED;
            }
          }
          const NUMBER all = BLOCK_FOLD(shared, mine, along, depth, step);
          if (along == 0 && output < outputs) {
            out[target + blockIdx.y] = RESULT;
          }
        }
      }
      """;

  /** What a kernel is made for. */
  private record Variant(Reduction kind, DType out, DType in) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaFold(Launcher launcher) {
    this.launcher = launcher;
  }

  void run(Reduction kind, StridedArray out, StridedArray in) {
    long outputs = out.layout().numel();
    if (outputs == 0) {
      return;
    }
    var kept = AxisSpace.of(kind, false);
    var folded = AxisSpace.of(kind, false);
    Operands.divide(out, in, kept, folded);
    long length = folded.count();
    boolean neighbouring = Operands.areFibresNeighbours(kept, folded);
    var grid = FibreGrid.of(outputs, length, neighbouring, true);
    if (grid.splits() == 1) {
      launch(kernel(kind, out.dtype(), in.dtype()), out, in, kept, folded, grid, length);
      return;
    }
    var type = numberType(kind, in.dtype());
    try (var parts = launcher.scratch(type, outputs * grid.splits())) {
      var first = AxisSpace.of(kind, false);
      var second = AxisSpace.of(kind, true);
      first.copy(kept);
      first.makeContiguous(1, grid.splits());
      launch(kernel(part(kind), type, in.dtype()), parts, in, first, folded, grid, length);
      second.copy(kept);
      second.makeContiguous(0, grid.splits());
      var all = AxisSpace.of(kind, true);
      all.add(grid.splits(), 1, 0, 0);
      var grid2 = FibreGrid.of(outputs, grid.splits(), false, false);
      launch(kernel(whole(kind), out.dtype(), type), out, parts, second, all, grid2, length);
    }
  }

  private void launch(
      CudaKernel kernel,
      StridedArray out,
      StridedArray in,
      AxisSpace kept,
      AxisSpace folded,
      FibreGrid grid,
      long divisor) {
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .space(kept)
            .space(folded)
            .int64(kept.count())
            .int64(folded.count())
            .int64(grid.perSplit(folded.count()));
    grid.add(arguments);
    arguments.float64(divisor);
    launcher.launch(kernel, grid, kept.count(), arguments);
  }

  /** What is done with the elements of a part. */
  private static Reduction part(Reduction kind) {
    return kind == Reduction.MEAN ? Reduction.SUM : kind;
  }

  /** What is done with the results of parts. */
  private static Reduction whole(Reduction kind) {
    return switch (kind) {
      case SUM, SUM_SQUARES, SUM_ABS, COUNT_NONZERO -> Reduction.SUM;
      case ANY -> Reduction.MAX;
      case ALL -> Reduction.MIN;
      case MAX_ABS -> Reduction.MAX;
      case MEAN, PROD, MAX, MIN -> kind;
    };
  }

  /** In what is folded. */
  private static DType numberType(Reduction kind, DType in) {
    boolean counts =
        kind == Reduction.COUNT_NONZERO || kind == Reduction.ANY || kind == Reduction.ALL;
    return counts || !in.isFloatingPoint() ? DType.INT64 : KernelText.computeType(in);
  }

  private CudaKernel kernel(Reduction kind, DType out, DType in) {
    int index = KernelTable.index(kind.ordinal(), out, in);
    var known = kernels.get(index);
    return known != null ? known : kernels.make(index, new Variant(kind, out, in), CudaFold::make);
  }

  private static CudaKernel make(Variant variant) {
    var kind = variant.kind();
    var in = variant.in();
    var out = variant.out();
    var type = numberType(kind, in);
    var loaded = in.isFloatingPoint() ? KernelText.computeType(in) : DType.INT64;
    String name = "fold_" + kind + "_" + in + "_" + out;
    var text = new KernelText(name, TEXT).set("OUT", out).set("IN", in).load("load_in", in, loaded);
    if (type == DType.INT64) {
      text.set("NUMBER", type);
    } else {
      text.reals(type);
    }
    String suffix = type == DType.INT64 ? "i64" : type == DType.FLOAT64 ? "f64" : "f32";
    String element = "load_in(in[at + within])";
    text.set(
        "MAPPED",
        switch (kind) {
          case SUM, MEAN, PROD, MAX, MIN -> element;
          case SUM_SQUARES -> "gatun_square_" + suffix + "(" + element + ")";
          case SUM_ABS, MAX_ABS -> "gatun_magnitude_" + suffix + "(" + element + ")";
          case COUNT_NONZERO, ANY, ALL -> element + " != 0";
        });
    boolean real = type != DType.INT64;
    switch (kind) {
      case SUM, MEAN, SUM_SQUARES, SUM_ABS, COUNT_NONZERO ->
          fold(text, "sum", suffix, "y + x", "0");
      case PROD -> fold(text, "product", suffix, "y * x", "1");
      case MAX ->
          fold(
              text,
              "max",
              suffix,
              "gatun_max_" + suffix + "(x, y)",
              real ? "NEGATIVE_INFINITY" : "(-9223372036854775807LL - 1)");
      case MAX_ABS, ANY -> fold(text, "max", suffix, "gatun_max_" + suffix + "(x, y)", "0");
      case MIN ->
          fold(
              text,
              "min",
              suffix,
              "gatun_min_" + suffix + "(x, y)",
              real ? "POSITIVE_INFINITY" : "9223372036854775807LL");
      case ALL -> fold(text, "min", suffix, "gatun_min_" + suffix + "(x, y)", "1");
    }
    if (kind == Reduction.MEAN) {
      text.store("store_out", out, DType.FLOAT64).set("RESULT", "store_out((double)all / divisor)");
    } else {
      text.store("store_out", out, type).set("RESULT", "store_out(all)");
    }
    return text.kernel();
  }

  private static void fold(
      KernelText text, String name, String suffix, String combined, String identity) {
    text.set("BLOCK_FOLD", "gatun_block_" + name + "_" + suffix)
        .set("COMBINED", combined)
        .set("IDENTITY", identity);
  }
}
