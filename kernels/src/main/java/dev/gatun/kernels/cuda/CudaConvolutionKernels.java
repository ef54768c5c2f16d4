package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudnnConvolution;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions: by cuDNN where it takes them; else as matrix products where operands lie right for
 * that ({@link ColumnConvolution}), and else as their definition says them. Then a thread sums each
 * element of a result or of the images' gradient, and a block each element of the weights'
 * gradient. Sums are kept in float32, for float64 in float64, in an order that shapes and layouts
 * alone determine.
 */
final class CudaConvolutionKernels implements ConvolutionKernels {
  /** An array of four axes: its sizes and strides. */
  static final String IMAGES =
      """
      struct gatun_images {
        long long size[4];
        long long stride[4];
      };

      static __device__ __forceinline__ long long gatun_image_at(const struct gatun_images *images,
          const long long a, const long long b, const long long y, const long long x) {
        return a * images->stride[0] + b * images->stride[1] + y * images->stride[2]
            + x * images->stride[3];
      }

      struct gatun_steps {
        long long stride[2];
        long long padding[2];
        long long dilation[2];
        long long groups;
      };
      """;

  /** Goes through the elements of the results, and says of each where it is. */
  private static final String EACH_RESULT =
      """
        FOR_EACH {
          const long long row_of_all = gatun_quotient(i, outs.size[3]);
          const long long column = i - row_of_all * outs.size[3];
          const long long plane = gatun_quotient(row_of_all, outs.size[2]);
          const long long row = row_of_all - plane * outs.size[2];
          const long long image = gatun_quotient(plane, outs.size[1]);
          const long long o = plane - image * outs.size[1];
      """;

  private static final String FORWARD =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const ELEMENT *weight, const ELEMENT *bias,
          const struct gatun_images outs, const struct gatun_images ins,
          const struct gatun_images weights, const struct gatun_steps steps,
          const long long count, const long long bias_stride) {
      """
          + EACH_RESULT
          + """
              const long long first = o / (outs.size[1] / steps.groups) * weights.size[1];
              NUMBER sum = 0;
              for (long long c = 0; c < weights.size[1]; c++) {
                for (long long k = 0; k < weights.size[2]; k++) {
                  const long long y =
                      row * steps.stride[0] + k * steps.dilation[0] - steps.padding[0];
                  for (long long j = 0; y >= 0 && y < ins.size[2] && j < weights.size[3]; j++) {
                    const long long x =
                        column * steps.stride[1] + j * steps.dilation[1] - steps.padding[1];
                    if (x >= 0 && x < ins.size[3]) {
                      sum = FMA(load_in(weight[gatun_image_at(&weights, o, c, k, j)]),
                          load_in(in[gatun_image_at(&ins, image, first + c, y, x)]), sum);
                    }
                  }
                }
              }
              sum += bias != 0 ? load_in(bias[o * bias_stride]) : ZERO;
              out[gatun_image_at(&outs, image, o, row, column)] = store_out(sum);
            }
          }
          """;

  private static final String INPUT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *gradient, const ELEMENT *weight, const ELEMENT *bias,
          const struct gatun_images outs, const struct gatun_images gradients,
          const struct gatun_images weights, const struct gatun_steps steps,
          const long long count, const long long bias_stride) {
        FOR_EACH {
          const long long row_of_all = gatun_quotient(i, outs.size[3]);
          const long long column = i - row_of_all * outs.size[3];
          const long long plane = gatun_quotient(row_of_all, outs.size[2]);
          const long long row = row_of_all - plane * outs.size[2];
          const long long image = gatun_quotient(plane, outs.size[1]);
          const long long c = plane - image * outs.size[1];
          const long long of_group = weights.size[0] / steps.groups;
          const long long first = c / weights.size[1] * of_group;
          const long long within = c % weights.size[1];
          NUMBER sum = 0;
          for (long long k = 0; k < weights.size[2]; k++) {
            const long long down = row + steps.padding[0] - k * steps.dilation[0];
            const long long y = down / steps.stride[0];
            if (down < 0 || y * steps.stride[0] != down || y >= gradients.size[2]) {
              continue;
            }
            for (long long j = 0; j < weights.size[3]; j++) {
              const long long across = column + steps.padding[1] - j * steps.dilation[1];
              const long long x = across / steps.stride[1];
              if (across < 0 || x * steps.stride[1] != across || x >= gradients.size[3]) {
                continue;
              }
              for (long long o = first; o < first + of_group; o++) {
                sum = FMA(load_in(weight[gatun_image_at(&weights, o, within, k, j)]),
                    load_in(gradient[gatun_image_at(&gradients, image, o, y, x)]), sum);
              }
            }
          }
          out[gatun_image_at(&outs, image, c, row, column)] = store_out(sum);
        }
      }
      """;

  private static final String WEIGHT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *gradient, const ELEMENT *in,
          const struct gatun_images outs, const struct gatun_images gradients,
          const struct gatun_images ins, const struct gatun_steps steps,
          const long long weights, const long long terms) {
        __shared__ NUMBER shared[256];
        for (long long i = blockIdx.x; i < weights; i += gridDim.x) {
          const long long j = i % outs.size[3];
          const long long k = i / outs.size[3] % outs.size[2];
          const long long c = i / (outs.size[3] * outs.size[2]) % outs.size[1];
          const long long o = i / (outs.size[3] * outs.size[2] * outs.size[1]);
          const long long channel = o / (outs.size[0] / steps.groups) * outs.size[1] + c;
          NUMBER mine = 0;
          for (long long term = threadIdx.x; term < terms; term += 256) {
            const long long row_of_all = gatun_quotient(term, gradients.size[3]);
            const long long column = term - row_of_all * gradients.size[3];
            const long long image = gatun_quotient(row_of_all, gradients.size[2]);
            const long long row = row_of_all - image * gradients.size[2];
            const long long y = row * steps.stride[0] + k * steps.dilation[0] - steps.padding[0];
            const long long x =
                column * steps.stride[1] + j * steps.dilation[1] - steps.padding[1];
            if (y >= 0 && y < ins.size[2] && x >= 0 && x < ins.size[3]) {
              mine = FMA(load_in(gradient[gatun_image_at(&gradients, image, o, row, column)]),
                  load_in(in[gatun_image_at(&ins, image, channel, y, x)]), mine);
            }
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, threadIdx.x, 256, 1);
          if (threadIdx.x == 0) {
            out[gatun_image_at(&outs, o, c, k, j)] = store_out(sum);
          }
        }
      }
      """;

  private static final String BIAS =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *bias, const struct gatun_images outs,
          const long long count, const long long bias_stride) {
      """
          + EACH_RESULT
          + """
              ELEMENT *at = out + gatun_image_at(&outs, image, o, row, column);
              *at = store_out(load_in(*at) + load_in(bias[o * bias_stride]));
            }
          }
          """;

  /** Which pass a kernel computes. */
  private enum Pass {
    FORWARD(CudaConvolutionKernels.FORWARD),
    INPUT(CudaConvolutionKernels.INPUT),
    WEIGHT(CudaConvolutionKernels.WEIGHT),
    BIAS(CudaConvolutionKernels.BIAS);

    private final String text;

    Pass(String text) {
      this.text = text;
    }
  }

  private record Variant(Pass pass, DType type) {}

  private final Launcher launcher;
  private final ColumnConvolution products;
  private final @Nullable LibraryConvolutions library;
  private final KernelTable kernels = new KernelTable();

  /**
   * Makes kernels.
   *
   * @param matmul computes the products that convolutions are laid out as
   * @param library cuDNN; null for none
   */
  CudaConvolutionKernels(
      Launcher launcher, MatmulKernels matmul, @Nullable LibraryConvolutions library) {
    this.launcher = launcher;
    this.library = library;
    products = new ColumnConvolution(launcher, matmul);
  }

  @Override
  public void convolve(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    if (!isTaken(out, input, weight, bias, geometry)
        && !products.convolve(out, input, weight, bias, geometry)) {
      gather(Pass.FORWARD, out, input, weight, bias, geometry);
    }
  }

  /**
   * Tells whether cuDNN has taken it: the bias within, or else, where that rounds no more, after.
   */
  private boolean isTaken(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    var cudnn = library;
    if (cudnn == null) {
      return false;
    }
    var pass = CudnnConvolution.Pass.FORWARD;
    if (cudnn.take(pass, input, weight, out, bias, geometry)) {
      return true;
    }
    if (bias == null
        || out.dtype().isHalfPrecision()
        || !cudnn.take(pass, input, weight, out, null, geometry)) {
      return false;
    }
    addBias(out, bias);
    return true;
  }

  /** Adds a number to each channel. */
  void addBias(StridedArray out, StridedArray bias) {
    long count = out.layout().numel();
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(bias)
            .longs(images(out))
            .int64(count)
            .int64(bias.layout().stride(0));
    launcher.launch(kernel(Pass.BIAS, out.dtype()), count, arguments);
  }

  @Override
  public void inputGradient(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry) {
    var pass = CudnnConvolution.Pass.IMAGE_GRADIENT;
    if (library != null
        && library.take(pass, inputGradient, weight, outputGradient, null, geometry)) {
      return;
    }
    if (!products.inputGradient(inputGradient, outputGradient, weight, geometry)) {
      gather(Pass.INPUT, inputGradient, outputGradient, weight, null, geometry);
    }
  }

  private void gather(
      Pass pass,
      StridedArray out,
      StridedArray in,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    long count = out.layout().numel();
    if (count == 0) {
      return;
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .array(weight)
            .array(bias)
            .longs(images(out))
            .longs(images(in))
            .longs(images(weight))
            .longs(steps(geometry))
            .int64(count)
            .int64(bias == null ? 0 : bias.layout().stride(0));
    var kernel = kernel(pass, out.dtype());
    launcher.launch(kernel, count, arguments);
  }

  @Override
  public void weightGradient(
      StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry) {
    long weights = weightGradient.layout().numel();
    var pass = CudnnConvolution.Pass.WEIGHT_GRADIENT;
    if (weights == 0
        || library != null
            && library.take(pass, input, weightGradient, outputGradient, null, geometry)
        || products.weightGradient(weightGradient, outputGradient, input, geometry)) {
      return;
    }
    var gradient = outputGradient.layout();
    var arguments =
        KernelArguments.begin()
            .array(weightGradient)
            .array(outputGradient)
            .array(input)
            .longs(images(weightGradient))
            .longs(images(outputGradient))
            .longs(images(input))
            .longs(steps(geometry))
            .int64(weights)
            .int64(gradient.size(0) * gradient.size(2) * gradient.size(3));
    launcher.launch(
        kernel(Pass.WEIGHT, weightGradient.dtype()),
        (int) Math.min(weights, 1 << 20),
        1,
        Grids.THREADS,
        0,
        arguments);
  }

  /** What {@code struct gatun_images} says of an array. */
  static long[] images(StridedArray array) {
    var layout = array.layout();
    long[] fields = new long[8];
    for (int axis = 0; axis < 4; axis++) {
      fields[axis] = layout.size(axis);
      fields[4 + axis] = layout.stride(axis);
    }
    return fields;
  }

  /** What {@code struct gatun_steps} says. */
  static long[] steps(ConvolutionGeometry geometry) {
    return new long[] {
      geometry.strideHeight(),
      geometry.strideWidth(),
      geometry.paddingHeight(),
      geometry.paddingWidth(),
      geometry.dilationHeight(),
      geometry.dilationWidth(),
      geometry.groups()
    };
  }

  @Override
  public void warmUp(DType dtype) {
    // Compiled for the types that come up, when they do.
  }

  private CudaKernel kernel(Pass pass, DType type) {
    int index = KernelTable.index(pass.ordinal(), type);
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(index, new Variant(pass, type), CudaConvolutionKernels::make);
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    var compute = KernelText.computeType(type);
    return new KernelText("convolution_" + variant.pass() + "_" + type, variant.pass().text)
        .reals(compute)
        .set("ELEMENT", type)
        .set("FMA", compute == DType.FLOAT32 ? "fmaf" : "fma")
        .load("load_in", type, compute)
        .store("store_out", type, compute)
        .kernel();
  }
}
