package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Means and variances, and logarithms of sums of exponentials, along axes: in two passes, moments
 * in float64, the others in float32 unless elements are float64. Where there are few results,
 * several blocks compute the moments of parts, and a second kernel joins them by the formula of
 * Chan, Golub and LeVeque, in order.
 */
final class CudaMoments {
  private static final String HEAD =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          OUT *out, MEAN *means, const IN *in, const struct gatun_space kept,
          const struct gatun_space folded, const long long outputs, const long long length,
          const long long split, const int columns, const int depth, const int columns_first,
          const double correction) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        const long long from = blockIdx.y * split;
        const long long to = from + split < length ? from + split : length;
        for (long long group = blockIdx.x; group * columns < outputs; group += gridDim.x) {
          const long long output = group * columns + column;
          long long at = 0, target = 0, mean_target = 0, unused, unneeded, within;
          const long long end = output < outputs ? to : from;
          if (output < outputs) {
            gatun_find(&kept, output, &at, &target, &mean_target);
          }
      """;

  private static final String EACH =
      """
      for (long long i = from + along; i < end; i += depth) {
            gatun_find(&folded, i, &within, &unused, &unneeded);
            const NUMBER x = load_in(in[at + within]);\
      """;

  private static final String MOMENTS =
      HEAD
          + """
              NUMBER mine = 0;
              EACH
                mine += x;
              }
              const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
              const double mean = to > from ? (double)sum / (double)(to - from) : 0.0;
              const NUMBER center = (NUMBER)mean;
              mine = 0;
              EACH
                mine += (x - center) * (x - center);
              }
              const NUMBER squares = BLOCK_SUM(shared, mine, along, depth, step);
              if (along == 0 && output < outputs) {
                FINISH
              }
            }
          }
          """;

  private static final String WHOLE =
      """
      const double divisor = (double)length - correction;
            out[target] = store_out(SPREAD((double)squares / (divisor > 0.0 ? divisor : 0.0)));
            if (means != 0) {
              means[mean_target] = store_mean(length > 0 ? mean : NAN_VALUE);
            }\
      """;

  private static final String PART =
      """
      out[2 * (target + blockIdx.y)] = mean;
            out[2 * (target + blockIdx.y) + 1] = (double)squares;\
      """;

  private static final String JOIN =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          OUT *out, MEAN *means, const double *parts, const struct gatun_space kept,
          const long long outputs, const long long length, const long long split,
          const long long splits, const double correction) {
        const long long step = (long long)gridDim.x * blockDim.x;
        for (long long output = (long long)blockIdx.x * blockDim.x + threadIdx.x; output < outputs;
            output += step) {
          long long at, target, mean_target;
          gatun_find(&kept, output, &at, &target, &mean_target);
          double mean = 0.0, squares = 0.0;
          double count = 0.0;
          for (long long part = 0; part < splits; part++) {
            const long long left = length - part * split;
            const double more = (double)(left < split ? left : split);
            if (left > 0) {
              const double distance = parts[2 * (at + part)] - mean;
              const double both = count + more;
              mean += distance * (more / both);
              squares += parts[2 * (at + part) + 1] + distance * distance * (count * more / both);
              count = both;
            }
          }
          const double divisor = (double)length - correction;
          out[target] = store_out(SPREAD(squares / (divisor > 0.0 ? divisor : 0.0)));
          if (means != 0) {
            means[mean_target] = store_mean(mean);
          }
        }
      }
      """;

  private static final String LOG_SUM_EXP =
      HEAD
          + """
              NUMBER mine = NEGATIVE_INFINITY;
              EACH
                mine = LARGER(mine, x);
              }
              const NUMBER largest = BLOCK_MAX(shared, mine, along, depth, step);
              const bool finite = FABS(largest) < POSITIVE_INFINITY;
              mine = 0;
              EACH
                mine += finite ? EXP(x - largest) : ZERO;
              }
              const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
              if (along == 0 && output < outputs) {
                out[target] = store_out((double)(finite ? largest + LOG(sum) : largest));
              }
            }
          }
          """;

  /** What is computed by a kernel. */
  private enum Mode {
    MOMENTS,
    PARTS,
    JOIN,
    LOG_SUM_EXP
  }

  private record Variant(Mode mode, DType out, DType mean, DType in, boolean root) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaMoments(Launcher launcher) {
    this.launcher = launcher;
  }

  void variance(StridedArray out, @Nullable StridedArray mean, StridedArray in, double correction) {
    run(Mode.MOMENTS, out, mean, in, correction, false);
  }

  void standardDeviation(StridedArray out, StridedArray in, double correction) {
    run(Mode.MOMENTS, out, null, in, correction, true);
  }

  void logSumExp(StridedArray out, StridedArray in) {
    run(Mode.LOG_SUM_EXP, out, null, in, 0, false);
  }

  private void run(
      Mode mode,
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray in,
      double correction,
      boolean root) {
    long outputs = out.layout().numel();
    if (outputs == 0) {
      return;
    }
    String operation = mode == Mode.LOG_SUM_EXP ? "logsumexp" : root ? "std" : "var";
    var kept = AxisSpace.of(operation, false);
    var folded = AxisSpace.of(operation, false);
    var layout = in.layout();
    for (int axis = 0; axis < layout.rank(); axis++) {
      long size = layout.size(axis);
      long stride = layout.stride(axis);
      if (size != 1 && out.layout().size(axis) == 1) {
        folded.add(size, stride, 0, 0);
      } else {
        long meanStride = mean == null ? 0 : mean.layout().stride(axis);
        kept.add(size, stride, out.layout().stride(axis), meanStride);
      }
    }
    long length = folded.count();
    boolean neighbouring = Operands.areFibresNeighbours(kept, folded);
    var grid = FibreGrid.of(outputs, length, neighbouring, mode == Mode.MOMENTS);
    if (grid.splits() == 1) {
      launch(mode, out, mean, in, kept, folded, grid, correction, root);
      return;
    }
    try (var parts = launcher.scratch(DType.FLOAT64, 2 * outputs * grid.splits())) {
      var first = AxisSpace.of(operation, false);
      first.copy(kept);
      first.makeContiguous(1, grid.splits());
      launch(Mode.PARTS, parts, null, in, first, folded, grid, correction, false);
      var second = AxisSpace.of(operation, true);
      second.copy(kept);
      second.makeContiguous(0, grid.splits());
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(mean)
              .array(parts)
              .space(second)
              .int64(outputs)
              .int64(length)
              .int64(grid.perSplit(length))
              .int64(grid.splits())
              .float64(correction);
      launcher.launch(kernel(Mode.JOIN, out, mean, in, root), outputs, arguments);
    }
  }

  private void launch(
      Mode mode,
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray in,
      AxisSpace kept,
      AxisSpace folded,
      FibreGrid grid,
      double correction,
      boolean root) {
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(mean)
            .array(in)
            .space(kept)
            .space(folded)
            .int64(kept.count())
            .int64(folded.count())
            .int64(grid.perSplit(folded.count()));
    grid.add(arguments);
    arguments.float64(correction);
    launcher.launch(kernel(mode, out, mean, in, root), grid, kept.count(), arguments);
  }

  private CudaKernel kernel(
      Mode mode, StridedArray out, @Nullable StridedArray mean, StridedArray in, boolean root) {
    var type = mean == null ? out.dtype() : mean.dtype();
    int index =
        KernelTable.index(2 * mode.ordinal() + (root ? 1 : 0), out.dtype(), type, in.dtype());
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(
            index, new Variant(mode, out.dtype(), type, in.dtype(), root), CudaMoments::make);
  }

  private static CudaKernel make(Variant variant) {
    var mode = variant.mode();
    var in = variant.in();
    var out = variant.out();
    // Squares of float32 may overflow it or vanish in it where the deviation does not.
    var compute = mode == Mode.LOG_SUM_EXP ? KernelText.computeType(in) : DType.FLOAT64;
    String template =
        switch (mode) {
          case MOMENTS -> MOMENTS.replace("FINISH", WHOLE);
          case PARTS -> MOMENTS.replace("FINISH", PART);
          case JOIN -> JOIN;
          case LOG_SUM_EXP -> LOG_SUM_EXP;
        };
    var text =
        new KernelText(
                mode + (variant.root() ? "_ROOT_" : "_") + in + "_" + out + "_" + variant.mean(),
                template.replace("EACH", EACH))
            .reals(compute)
            .set("IN", in)
            .set("OUT", out)
            .set("SPREAD", variant.root() ? "sqrt" : "")
            .set("NAN_VALUE", "__longlong_as_double(0x7ff8000000000000LL)")
            .set("MEAN", variant.mean())
            .store("store_out", out, DType.FLOAT64)
            .store("store_mean", variant.mean(), DType.FLOAT64);
    if (mode != Mode.JOIN) {
      text.load("load_in", in, compute);
    }
    return text.kernel();
  }
}
