package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation and its gradients, in float32, or for float64 in float64. Gradients of
 * weights and biases are summed in parts of rows by different blocks, and the parts are added in
 * order.
 */
final class CudaNorm {
  private static final String FORWARD =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *out, NUMBER *means, NUMBER *rstds, const IN *in, const IN *weight, const IN *bias,
          const long long rows, const long long length, const long long out_stride,
          const long long in_stride, const int columns, const int depth, const int columns_first,
          const double epsilon) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < rows; group += gridDim.x) {
          const long long row = group * columns + column;
          const long long count = row < rows ? length : 0;
          const IN *x = in + (count > 0 ? row * in_stride : 0);
          IN *y = out + (count > 0 ? row * out_stride : 0);
          NUMBER mean = 0;
          NUMBER mine = 0;
          if (means != 0) {
            for (long long i = along; i < count; i += depth) {
              mine += load_in(x[i]);
            }
            const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
            mean = (NUMBER)((double)sum / (double)length);
          }
          mine = 0;
          for (long long i = along; i < count; i += depth) {
            const NUMBER centered = load_in(x[i]) - mean;
            mine += centered * centered;
          }
          const NUMBER squares = BLOCK_SUM(shared, mine, along, depth, step);
          const NUMBER rstd =
              (NUMBER)(1.0 / sqrt((double)squares / (double)length + epsilon));
          for (long long i = along; i < count; i += depth) {
            NUMBER normal = (load_in(x[i]) - mean) * rstd;
            normal = weight != 0 ? normal * load_in(weight[i]) : normal;
            normal = bias != 0 ? normal + load_in(bias[i]) : normal;
            y[i] = store_out(normal);
          }
          if (along == 0 && row < rows) {
            rstds[row] = rstd;
            if (means != 0) {
              means[row] = mean;
            }
          }
        }
      }
      """;

  private static final String INPUT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *out, const IN *gradient, const IN *in, const NUMBER *means, const NUMBER *rstds,
          const IN *weight, const long long rows, const long long length,
          const long long out_stride, const long long gradient_stride, const long long in_stride,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < rows; group += gridDim.x) {
          const long long row = group * columns + column;
          const long long count = row < rows ? length : 0;
          const IN *x = in + (count > 0 ? row * in_stride : 0);
          const IN *g = gradient + (count > 0 ? row * gradient_stride : 0);
          IN *y = out + (count > 0 ? row * out_stride : 0);
          const NUMBER mean = means != 0 && count > 0 ? means[row] : ZERO;
          const NUMBER rstd = count > 0 ? rstds[row] : ZERO;
          NUMBER mine = 0;
          NUMBER dots = 0;
          for (long long i = along; i < count; i += depth) {
            const NUMBER slope = load_in(g[i]) * (weight != 0 ? load_in(weight[i]) : ONE);
            mine += slope;
            dots += slope * (load_in(x[i]) - mean);
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          const NUMBER dot = BLOCK_SUM(shared, dots, along, depth, step);
          const NUMBER shift = means != 0 ? (NUMBER)((double)sum / (double)length) : ZERO;
          const NUMBER tilt = (NUMBER)((double)dot / (double)length * rstd * rstd);
          for (long long i = along; i < count; i += depth) {
            const NUMBER slope = load_in(g[i]) * (weight != 0 ? load_in(weight[i]) : ONE);
            y[i] = store_out((slope - shift - (load_in(x[i]) - mean) * tilt) * rstd);
          }
        }
      }
      """;

  private static final String PARAMETERS =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          NUMBER *parts, const IN *gradient, const IN *in, const NUMBER *means,
          const NUMBER *rstds, const long long rows, const long long length,
          const long long split, const long long gradient_stride, const long long in_stride,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        const long long from = blockIdx.y * split;
        const long long to = from + split < rows ? from + split : rows;
        for (long long group = blockIdx.x; group * columns < length; group += gridDim.x) {
          const long long i = group * columns + column;
          NUMBER weights = 0;
          NUMBER biases = 0;
          for (long long row = from + along; i < length && row < to; row += depth) {
            const NUMBER mean = means != 0 ? means[row] : ZERO;
            const NUMBER g = load_in(gradient[row * gradient_stride + i]);
            weights += g * (load_in(in[row * in_stride + i]) - mean) * rstds[row];
            biases += g;
          }
          const NUMBER weight = BLOCK_SUM(shared, weights, along, depth, step);
          const NUMBER bias = BLOCK_SUM(shared, biases, along, depth, step);
          if (along == 0 && i < length) {
            parts[blockIdx.y * 2 * length + i] = weight;
            parts[blockIdx.y * 2 * length + length + i] = bias;
          }
        }
      }
      """;

  private static final String JOIN =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *weights, IN *biases, const NUMBER *parts, const long long count,
          const long long splits) {
        FOR_EACH {
          NUMBER weight = 0;
          NUMBER bias = 0;
          for (long long part = 0; part < splits; part++) {
            weight += parts[part * 2 * count + i];
            bias += parts[part * 2 * count + count + i];
          }
          if (weights != 0) {
            weights[i] = store_out(weight);
          }
          if (biases != 0) {
            biases[i] = store_out(bias);
          }
        }
      }
      """;

  /** What is computed by a kernel. */
  private enum Mode {
    FORWARD(CudaNorm.FORWARD),
    INPUT(CudaNorm.INPUT),
    PARAMETERS(CudaNorm.PARAMETERS),
    JOIN(CudaNorm.JOIN);

    private final String text;

    Mode(String text) {
      this.text = text;
    }
  }

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaNorm(Launcher launcher) {
    this.launcher = launcher;
  }

  void forward(
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray rstd,
      StridedArray x,
      @Nullable StridedArray weight,
      @Nullable StridedArray bias,
      double epsilon) {
    long rows = x.layout().size(0);
    long length = x.layout().size(1);
    if (rows == 0) {
      return;
    }
    var grid = FibreGrid.of(rows, length, false, false);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(mean)
            .array(rstd)
            .array(x)
            .array(weight)
            .array(bias)
            .int64(rows)
            .int64(length)
            .int64(out.layout().stride(0))
            .int64(x.layout().stride(0));
    grid.add(arguments);
    arguments.float64(epsilon);
    launcher.launch(kernel(Mode.FORWARD, x.dtype()), grid, rows, arguments);
  }

  void backward(
      @Nullable StridedArray gradX,
      @Nullable StridedArray gradWeight,
      @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    // The parameters first: the gradient of the input may take the place of that of the output.
    if (gradWeight != null || gradBias != null) {
      parameters(gradWeight, gradBias, gradOut, x, mean, rstd);
    }
    if (gradX != null) {
      input(gradX, gradOut, x, mean, rstd, weight);
    }
  }

  private void input(
      StridedArray gradX,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    long rows = x.layout().size(0);
    long length = x.layout().size(1);
    if (rows == 0 || length == 0) {
      return;
    }
    var grid = FibreGrid.of(rows, length, false, false);
    var arguments =
        KernelArguments.begin()
            .array(gradX)
            .array(gradOut)
            .array(x)
            .array(mean)
            .array(rstd)
            .array(weight)
            .int64(rows)
            .int64(length)
            .int64(gradX.layout().stride(0))
            .int64(gradOut.layout().stride(0))
            .int64(x.layout().stride(0));
    grid.add(arguments);
    launcher.launch(kernel(Mode.INPUT, x.dtype()), grid, rows, arguments);
  }

  private void parameters(
      @Nullable StridedArray gradWeight,
      @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd) {
    long rows = x.layout().size(0);
    long length = x.layout().size(1);
    if (length == 0) {
      return;
    }
    var grid = FibreGrid.of(length, rows, true, true);
    try (var parts =
        launcher.scratch(KernelText.computeType(x.dtype()), 2 * length * grid.splits())) {
      var arguments =
          KernelArguments.begin()
              .array(parts)
              .array(gradOut)
              .array(x)
              .array(mean)
              .array(rstd)
              .int64(rows)
              .int64(length)
              .int64(grid.perSplit(rows))
              .int64(gradOut.layout().stride(0))
              .int64(x.layout().stride(0));
      grid.add(arguments);
      launcher.launch(kernel(Mode.PARAMETERS, x.dtype()), grid, length, arguments);
      var joined =
          KernelArguments.begin()
              .array(gradWeight)
              .array(gradBias)
              .array(parts)
              .int64(length)
              .int64(grid.splits());
      launcher.launch(kernel(Mode.JOIN, x.dtype()), length, joined);
    }
  }

  private CudaKernel kernel(Mode mode, DType type) {
    int index = KernelTable.index(mode.ordinal(), type);
    var known = kernels.get(index);
    return known != null ? known : kernels.make(index, new Variant(mode, type), CudaNorm::make);
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    var compute = KernelText.computeType(type);
    return new KernelText("layer_norm_" + variant.mode() + "_" + type, variant.mode().text)
        .reals(compute)
        .set("IN", type)
        .load("load_in", type, compute)
        .store("store_out", type, compute)
        .kernel();
  }
}
