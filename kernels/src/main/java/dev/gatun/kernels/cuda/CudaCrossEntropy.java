package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Cross entropies with class indices, and their gradients. One block checks all targets and adds
 * their weights first; then each sample has a row of threads. Samples whose target is no class are
 * treated as ignored ones, and told of.
 */
final class CudaCrossEntropy {
  private static final String TOTALS =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          double *totals, const long long *targets, const IN *weights, const long long samples,
          const long long classes, const long long ignored, const int mean, long long *fault,
          const long long number) {
        __shared__ double shared[512];
        double mine = 0.0;
        for (long long i = threadIdx.x; i < samples; i += blockDim.x) {
          const long long target = targets[i];
          if (target != ignored) {
            if (target < 0 || target >= classes) {
              gatun_fault(fault, number, target, i);
            } else {
              mine += weights != 0 ? (double)load_in(weights[target]) : 1.0;
            }
          }
        }
        const double total =
            gatun_block_sum_f64(shared, mine, threadIdx.x, blockDim.x, 1);
        mine = 0.0;
        for (long long i = threadIdx.x; i < classes; i += blockDim.x) {
          mine += weights != 0 ? (double)load_in(weights[i]) : 1.0;
        }
        const double all = gatun_block_sum_f64(shared, mine, threadIdx.x, blockDim.x, 1);
        if (threadIdx.x == 0) {
          totals[0] = mean != 0 ? total : 1.0;
          totals[1] = all;
        }
      }
      """;

  private static final String FORWARD =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *losses, NUMBER *statistics, const double *totals, const IN *logits,
          const long long *targets, const IN *weights, const long long samples,
          const long long classes, const long long loss_stride, const long long logits_stride,
          const long long ignored, const double smoothing,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < samples; group += gridDim.x) {
          const long long sample = group * columns + column;
          const long long target = sample < samples ? targets[sample] : -1;
          const bool counts = sample < samples && target != ignored && target >= 0
              && target < classes;
          const long long count = counts ? classes : 0;
          const IN *x = logits + (counts ? sample * logits_stride : 0);
          NUMBER mine = NEGATIVE_INFINITY;
          for (long long i = along; i < count; i += depth) {
            mine = LARGER(mine, load_in(x[i]));
          }
          const NUMBER largest = BLOCK_MAX(shared, mine, along, depth, step);
          mine = 0;
          NUMBER spread = 0;
          for (long long i = along; i < count; i += depth) {
            const NUMBER below = load_in(x[i]) - largest;
            mine += EXP(below);
            spread += (weights != 0 ? load_in(weights[i]) : ONE) * below;
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          const NUMBER spreads =
              smoothing > 0.0 ? BLOCK_SUM(shared, spread, along, depth, step) : ZERO;
          if (along == 0 && sample < samples) {
            double loss = 0.0;
            if (counts) {
              const double logarithm = log((double)sum);
              const double weight = weights != 0 ? (double)load_in(weights[target]) : 1.0;
              loss = (1.0 - smoothing) * weight
                  * (logarithm - (double)(load_in(x[target]) - largest));
              if (smoothing > 0.0) {
                loss += smoothing / (double)classes * (totals[1] * logarithm - (double)spreads);
              }
              loss /= totals[0];
            }
            losses[sample * loss_stride] = store_out(loss);
            statistics[sample] = counts ? largest : ZERO;
            statistics[samples + sample] = counts ? sum : ONE;
          }
        }
      }
      """;

  private static final String BACKWARD =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *out, const IN *gradients, const NUMBER *statistics, const double *totals,
          const IN *logits, const long long *targets, const IN *weights, const long long samples,
          const long long classes, const long long out_stride, const long long gradient_stride,
          const long long logits_stride, const long long ignored, const double smoothing,
          const int columns, const int depth, const int columns_first) {
      COLUMN_AT
        for (long long group = blockIdx.x; group * columns < samples; group += gridDim.x) {
          const long long sample = group * columns + column;
          if (sample < samples) {
            const long long target = targets[sample];
            const bool counts = target != ignored && target >= 0 && target < classes;
            const IN *x = logits + sample * logits_stride;
            IN *y = out + sample * out_stride;
            double factor = 0.0, hit = 0.0, each = 0.0, scale = 0.0;
            if (counts) {
              factor = (double)load_in(gradients[sample * gradient_stride]);
              hit = (1.0 - smoothing) * (weights != 0 ? (double)load_in(weights[target]) : 1.0)
                  / totals[0];
              each = smoothing / (double)classes / totals[0];
              scale = factor * (hit + each * totals[1]) / (double)statistics[samples + sample];
            }
            const NUMBER largest = statistics[sample];
            const NUMBER steep = (NUMBER)scale;
            const NUMBER minus = (NUMBER)(factor * each);
            // Written as the scale is: of one class alone both are equal, and nothing is left.
            const NUMBER jump = (NUMBER)(factor
                * (hit + each * (counts && weights != 0 ? (double)load_in(weights[target]) : 1.0)));
            for (long long i = along; i < classes; i += depth) {
              NUMBER slope = 0;
              if (counts) {
                slope = EXP(load_in(x[i]) - largest) * steep;
                if (i == target) {
                  slope -= jump;
                } else if (smoothing > 0.0) {
                  slope -= weights != 0 ? minus * load_in(weights[i]) : minus;
                }
              }
              y[i] = store_slope(slope);
            }
          }
        }
      }
      """;

  /** What is computed by a kernel. */
  private enum Mode {
    TOTALS(CudaCrossEntropy.TOTALS),
    FORWARD(CudaCrossEntropy.FORWARD),
    BACKWARD(CudaCrossEntropy.BACKWARD);

    private final String text;

    Mode(String text) {
      this.text = text;
    }
  }

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaCrossEntropy(Launcher launcher) {
    this.launcher = launcher;
  }

  void forward(
      StridedArray losses,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    long samples = logits.layout().size(0);
    long classes = logits.layout().size(1);
    if (samples == 0) {
      return;
    }
    try (var totals = launcher.scratch(DType.FLOAT64, 2)) {
      total(totals, logits, targets, weights, ignoreIndex, mean);
      var grid = FibreGrid.of(samples, classes, false, false);
      var arguments =
          KernelArguments.begin()
              .array(losses)
              .array(statistics)
              .array(totals)
              .array(logits)
              .array(targets)
              .array(weights)
              .int64(samples)
              .int64(classes)
              .int64(losses.layout().stride(0))
              .int64(logits.layout().stride(0))
              .int64(ignoreIndex)
              .float64(smoothing);
      grid.add(arguments);
      launcher.launch(kernel(Mode.FORWARD, logits.dtype()), grid, samples, arguments);
    }
  }

  void backward(
      StridedArray gradLogits,
      StridedArray gradOut,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    long samples = logits.layout().size(0);
    long classes = logits.layout().size(1);
    if (samples == 0 || classes == 0) {
      return;
    }
    try (var totals = launcher.scratch(DType.FLOAT64, 2)) {
      total(totals, logits, targets, weights, ignoreIndex, mean);
      var grid = FibreGrid.of(samples, classes, false, false);
      var arguments =
          KernelArguments.begin()
              .array(gradLogits)
              .array(gradOut)
              .array(statistics)
              .array(totals)
              .array(logits)
              .array(targets)
              .array(weights)
              .int64(samples)
              .int64(classes)
              .int64(gradLogits.layout().stride(0))
              .int64(gradOut.layout().stride(0))
              .int64(logits.layout().stride(0))
              .int64(ignoreIndex)
              .float64(smoothing);
      grid.add(arguments);
      launcher.launch(kernel(Mode.BACKWARD, logits.dtype()), grid, samples, arguments);
    }
  }

  /** Finds the share of a sample of weight 1 in the loss, and the sum of the classes' weights. */
  private void total(
      StridedArray totals,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      boolean mean) {
    long classes = logits.layout().size(1);
    long fault = Fault.TARGET.number(0, classes);
    var arguments =
        KernelArguments.begin()
            .array(totals)
            .array(targets)
            .array(weights)
            .int64(logits.layout().size(0))
            .int64(classes)
            .int64(ignoreIndex)
            .int32(mean ? 1 : 0)
            .fault(launcher, fault);
    launcher.launch(
        kernel(Mode.TOTALS, logits.dtype()), 1, 1, BlockFolds.MOST_THREADS, 0, arguments);
  }

  private CudaKernel kernel(Mode mode, DType type) {
    int index = KernelTable.index(mode.ordinal(), type);
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(index, new Variant(mode, type), CudaCrossEntropy::make);
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    var compute = KernelText.computeType(type);
    return new KernelText("cross_entropy_" + variant.mode() + "_" + type, variant.mode().text)
        .reals(compute)
        .set("IN", type)
        .load("load_in", type, compute)
        .store("store_out", type, DType.FLOAT64)
        .store("store_slope", type, compute)
        .kernel();
  }
}
