package dev.gatun.kernels.cuda;

import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions as matrix products. What the kernel sees of the images is laid out first: a row for
 * each weight of an output channel, a column for each place of the results, image by image. The
 * images of a batch are taken a part at a time, so that this needs not much memory.
 *
 * <p>Takes what has the right layout, and gradients in float32 and float64, whose sums must not be
 * rounded on the way.
 */
final class ColumnConvolution {
  /** So many elements are laid out at once, unless one image has more. */
  private static final long MOST_ELEMENTS = 1L << 26;

  private static final String TO_COLUMNS =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const struct gatun_images ins,
          const struct gatun_steps steps, const long long count, const long long first,
          const long long images, const long long kernel_rows, const long long kernel_columns,
          const long long rows, const long long columns) {
        FOR_EACH {
          const long long line = gatun_quotient(i, columns);
          const long long column = i - line * columns;
          const long long plane = gatun_quotient(line, rows);
          const long long row = line - plane * rows;
          const long long weight = gatun_quotient(plane, images);
          const long long image = plane - weight * images;
          const long long tap_row = gatun_quotient(weight, kernel_columns);
          const long long j = weight - tap_row * kernel_columns;
          const long long channel = gatun_quotient(tap_row, kernel_rows);
          const long long k = tap_row - channel * kernel_rows;
          const long long y = row * steps.stride[0] + k * steps.dilation[0] - steps.padding[0];
          const long long x = column * steps.stride[1] + j * steps.dilation[1] - steps.padding[1];
          const bool inside = y >= 0 && y < ins.size[2] && x >= 0 && x < ins.size[3];
          out[i] = inside ? in[gatun_image_at(&ins, first + image, channel, y, x)] : (ELEMENT)0;
        }
      }
      """;

  private static final String FROM_COLUMNS =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const struct gatun_images outs,
          const struct gatun_steps steps, const long long count, const long long first,
          const long long images, const long long kernel_rows, const long long kernel_columns,
          const long long rows, const long long columns) {
        FOR_EACH {
          const long long line = gatun_quotient(i, outs.size[3]);
          const long long x = i - line * outs.size[3];
          const long long plane = gatun_quotient(line, outs.size[2]);
          const long long y = line - plane * outs.size[2];
          const long long image = gatun_quotient(plane, outs.size[1]);
          const long long channel = plane - image * outs.size[1];
          ELEMENT sum = 0;
          for (long long k = 0; k < kernel_rows; k++) {
            const long long down = y + steps.padding[0] - k * steps.dilation[0];
            const long long row = down / steps.stride[0];
            if (down < 0 || row * steps.stride[0] != down || row >= rows) {
              continue;
            }
            for (long long j = 0; j < kernel_columns; j++) {
              const long long across = x + steps.padding[1] - j * steps.dilation[1];
              const long long column = across / steps.stride[1];
              if (across >= 0 && column * steps.stride[1] == across && column < columns) {
                const long long weight = (channel * kernel_rows + k) * kernel_columns + j;
                sum += in[((weight * images + image) * rows + row) * columns + column];
              }
            }
          }
          out[gatun_image_at(&outs, first + image, channel, y, x)] = sum;
        }
      }
      """;

  private record Variant(boolean toColumns, int byteSize, DType type) {}

  private final Launcher launcher;
  private final MatmulKernels matmul;
  private final ConcurrentHashMap<Variant, CudaKernel> kernels = new ConcurrentHashMap<>();

  ColumnConvolution(Launcher launcher, MatmulKernels matmul) {
    this.launcher = launcher;
    this.matmul = matmul;
  }

  /** The sizes of one convolution. */
  private record Sizes(
      long images,
      long groups,
      long outChannels,
      long channels,
      long kernelRows,
      long kernelColumns,
      long rows,
      long columns) {
    static Sizes of(Layout input, Layout weight, Layout out, ConvolutionGeometry geometry) {
      return new Sizes(
          input.size(0),
          geometry.groups(),
          weight.size(0) / geometry.groups(),
          weight.size(1),
          weight.size(2),
          weight.size(3),
          out.size(2),
          out.size(3));
    }

    /** The number of weights of an output channel. */
    long weights() {
      return channels * kernelRows * kernelColumns;
    }

    /** The number of results of an output channel and an image. */
    long places() {
      return rows * columns;
    }

    boolean isEmpty() {
      return images * groups * outChannels * weights() * places() == 0;
    }

    /** How many images are taken at once. */
    long part() {
      return Math.clamp(MOST_ELEMENTS / (groups * weights() * places()), 1, images);
    }
  }

  /** See {@link dev.gatun.kernels.convolution.ConvolutionKernels#convolve}; tells whether done. */
  boolean convolve(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    var sizes = Sizes.of(input.layout(), weight.layout(), out.layout(), geometry);
    long place = run(out.layout(), 2);
    long step = run(weight.layout(), 1);
    if (sizes.isEmpty() || place < 0 || step < 0) {
      return false;
    }
    for (long first = 0; first < sizes.images(); first += sizes.part()) {
      long images = Math.min(sizes.part(), sizes.images() - first);
      try (var columns = columns(input.dtype(), sizes, images)) {
        layOut(columns, input, sizes, geometry, first, images);
        for (long group = 0; group < sizes.groups(); group++) {
          try (var y = images(out, sizes, place, group, first, images);
              var w = weights(weight, sizes, step, group, false);
              var x = eachImage(columns, sizes, group, images);
              var b = bias == null ? null : biases(bias, sizes, group)) {
            matmul.matmul(y, w, x, 1, 0, null, b);
          }
        }
      }
    }
    return true;
  }

  /** As above, of the gradient of the images. */
  boolean inputGradient(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry) {
    var sizes =
        Sizes.of(inputGradient.layout(), weight.layout(), outputGradient.layout(), geometry);
    long place = run(outputGradient.layout(), 2);
    long step = run(weight.layout(), 1);
    if (sizes.isEmpty() || place < 0 || step < 0 || isNarrow(inputGradient.dtype())) {
      return false;
    }
    for (long first = 0; first < sizes.images(); first += sizes.part()) {
      long images = Math.min(sizes.part(), sizes.images() - first);
      try (var columns = columns(inputGradient.dtype(), sizes, images)) {
        for (long group = 0; group < sizes.groups(); group++) {
          try (var dy = images(outputGradient, sizes, place, group, first, images);
              var w = weights(weight, sizes, step, group, true);
              var dx = eachImage(columns, sizes, group, images)) {
            matmul.matmul(dx, w, dy, 1, 0, null, null);
          }
        }
        var layout = inputGradient.layout();
        long count = images * layout.size(1) * layout.size(2) * layout.size(3);
        launch(false, inputGradient, columns, inputGradient, sizes, geometry, count, first, images);
      }
    }
    return true;
  }

  /** As above, of the gradient of the weights. */
  boolean weightGradient(
      StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry) {
    var sizes =
        Sizes.of(input.layout(), weightGradient.layout(), outputGradient.layout(), geometry);
    long step = run(weightGradient.layout(), 1);
    if (sizes.isEmpty() || step < 0 || isNarrow(input.dtype())) {
      return false;
    }
    for (long first = 0; first < sizes.images(); first += sizes.part()) {
      long images = Math.min(sizes.part(), sizes.images() - first);
      long results = sizes.groups() * sizes.outChannels() * images * sizes.places();
      try (var columns = columns(input.dtype(), sizes, images);
          var gradients = launcher.scratch(input.dtype(), results)) {
        layOut(columns, input, sizes, geometry, first, images);
        var layout = outputGradient.layout().narrow(0, first, images).transpose(0, 1);
        try (var part = view(outputGradient, layout)) {
          Rearrangement.toRow(launcher, "conv2d", gradients, part);
        }
        for (long group = 0; group < sizes.groups(); group++) {
          try (var dw = weights(weightGradient, sizes, step, group, false);
              var dy = allImages(gradients, group, sizes.outChannels(), images * sizes.places());
              var x = allImages(columns, group, sizes.weights(), images * sizes.places());
              var turned = view(x, x.layout().transpose(0, 1))) {
            matmul.matmul(dw, dy, turned, 1, first == 0 ? 0 : 1, null, null);
          }
        }
      }
    }
    return true;
  }

  private static boolean isNarrow(DType type) {
    return type == DType.FLOAT16 || type == DType.BFLOAT16;
  }

  /** The stride at which the elements of the last axes, from one on, follow; -1 if at none. */
  private static long run(Layout layout, int from) {
    long stride = -1;
    long length = 1;
    for (int axis = 3; axis >= from; axis--) {
      if (layout.size(axis) != 1) {
        if (stride >= 0 && layout.stride(axis) != stride * length) {
          return -1;
        }
        stride = stride < 0 ? layout.stride(axis) : stride;
        length *= layout.size(axis);
      }
    }
    return stride < 0 ? 1 : stride;
  }

  private static StridedArray view(StridedArray array, Layout layout) {
    return new StridedArray(array.storage().retain(), array.dtype(), layout);
  }

  /** Of some images a group of channels, [images, channels, places]. */
  private static StridedArray images(
      StridedArray array, Sizes sizes, long place, long group, long first, long images) {
    var layout = array.layout();
    long channels = sizes.outChannels();
    long offset = layout.offset() + first * layout.stride(0) + group * channels * layout.stride(1);
    long[] strides = {layout.stride(0), layout.stride(1), place};
    return view(array, Layout.strided(Shape.of(images, channels, sizes.places()), strides, offset));
  }

  /** The weights of a group, [output channels, weights]. */
  private static StridedArray weights(
      StridedArray array, Sizes sizes, long step, long group, boolean turned) {
    var layout = array.layout();
    long offset = layout.offset() + group * sizes.outChannels() * layout.stride(0);
    long[] strides = {layout.stride(0), step};
    var matrix = Layout.strided(Shape.of(sizes.outChannels(), sizes.weights()), strides, offset);
    return view(array, turned ? matrix.transpose(0, 1) : matrix);
  }

  /** What is added to the channels of a group, [channels, 1]. */
  private static StridedArray biases(StridedArray array, Sizes sizes, long group) {
    var layout = array.layout();
    long offset = layout.offset() + group * sizes.outChannels() * layout.stride(0);
    long[] strides = {layout.stride(0), 0};
    return view(array, Layout.strided(Shape.of(sizes.outChannels(), 1), strides, offset));
  }

  /** What was laid out for a group, [images, weights, places]. */
  private static StridedArray eachImage(
      StridedArray columns, Sizes sizes, long group, long images) {
    long places = sizes.places();
    long[] strides = {places, images * places, 1};
    long offset = group * sizes.weights() * images * places;
    var shape = Shape.of(images, sizes.weights(), places);
    return view(columns, Layout.strided(shape, strides, offset));
  }

  /** Rows of a group, of all places of all images. */
  private static StridedArray allImages(StridedArray array, long group, long rows, long places) {
    long[] strides = {places, 1};
    return view(array, Layout.strided(Shape.of(rows, places), strides, group * rows * places));
  }

  /** Memory for images that are laid out: [weights of all groups, images, places]. */
  private StridedArray columns(DType type, Sizes sizes, long images) {
    return launcher.scratch(type, sizes.groups() * sizes.weights() * images * sizes.places());
  }

  /** Lays images out. */
  private void layOut(
      StridedArray columns,
      StridedArray input,
      Sizes sizes,
      ConvolutionGeometry geometry,
      long first,
      long images) {
    long count = columns.layout().numel();
    launch(true, columns, input, input, sizes, geometry, count, first, images);
  }

  private void launch(
      boolean toColumns,
      StridedArray out,
      StridedArray in,
      StridedArray strided,
      Sizes sizes,
      ConvolutionGeometry geometry,
      long count,
      long first,
      long images) {
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .longs(CudaConvolutionKernels.images(strided))
            .longs(CudaConvolutionKernels.steps(geometry))
            .int64(count)
            .int64(first)
            .int64(images)
            .int64(sizes.kernelRows())
            .int64(sizes.kernelColumns())
            .int64(sizes.rows())
            .int64(sizes.columns());
    // What is only moved needs one kernel for each size.
    var variant =
        new Variant(toColumns, out.dtype().byteSize(), toColumns ? DType.BOOL : out.dtype());
    var kernel = kernels.computeIfAbsent(variant, ColumnConvolution::make);
    launcher.launch(kernel, count, arguments);
  }

  private static CudaKernel make(Variant variant) {
    boolean to = variant.toColumns();
    String name = to ? "to_columns_" + 8 * variant.byteSize() : "from_columns_" + variant.type();
    return new KernelText(name, to ? TO_COLUMNS : FROM_COLUMNS)
        .set(
            "ELEMENT",
            to ? KernelText.element(variant.byteSize()) : ElementText.type(variant.type()))
        .kernel();
  }
}
