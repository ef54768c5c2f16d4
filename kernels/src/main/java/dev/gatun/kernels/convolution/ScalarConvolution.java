package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in plain Java, as their definition says: the reference for other kernels, and what
 * computes where they do not. Sums are kept in double.
 */
public final class ScalarConvolution implements ConvolutionKernels {
  private static final ScalarConvolution INSTANCE = new ScalarConvolution();

  private static final double SMALLEST_PART_WORK = 50_000;

  private ScalarConvolution() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance
   */
  public static ScalarConvolution instance() {
    return INSTANCE;
  }

  /** Runs over planes of a result, each of which takes some multiplications. */
  private static void overPlanes(Layout result, double workOfEach, RangeTask task) {
    long planes = result.numel() == 0 ? 0 : result.size(0) * result.size(1);
    Workers.parallelFor(planes, (long) (1 + SMALLEST_PART_WORK / (workOfEach + 1)), task);
  }

  @Override
  public void convolve(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    var y = ImageView.of(out);
    var x = ImageView.of(input);
    var w = ImageView.of(weight);
    Layout result = out.layout();
    Layout kernel = weight.layout();
    long height = input.layout().size(2);
    long width = input.layout().size(3);
    long channels = kernel.size(1);
    long outChannels = kernel.size(0);
    double work = (double) result.size(2) * result.size(3) * channels * kernel.size(2);
    overPlanes(
        result,
        work * kernel.size(3),
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            long image = plane / outChannels;
            long o = plane % outChannels;
            long firstChannel = o / (outChannels / geometry.groups()) * channels;
            double start = bias == null ? 0 : element(bias, o);
            for (long row = 0; row < result.size(2); row++) {
              for (long column = 0; column < result.size(3); column++) {
                double sum = start;
                for (long c = 0; c < channels; c++) {
                  for (long i = 0; i < kernel.size(2); i++) {
                    long atRow = inputRow(geometry, row, i);
                    for (long j = 0; j < kernel.size(3); j++) {
                      long atColumn = inputColumn(geometry, column, j);
                      if (isInside(atRow, height) && isInside(atColumn, width)) {
                        sum += w.get(o, c, i, j) * x.get(image, firstChannel + c, atRow, atColumn);
                      }
                    }
                  }
                }
                y.set(image, o, row, column, sum);
              }
            }
          }
        });
  }

  @Override
  public void warmUp(DType dtype) {
    // Plain loops are compiled soon enough.
  }

  @Override
  public void inputGradient(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry) {
    var dx = ImageView.of(inputGradient);
    var dy = ImageView.of(outputGradient);
    var w = ImageView.of(weight);
    Layout result = inputGradient.layout();
    Layout kernel = weight.layout();
    long height = outputGradient.layout().size(2);
    long width = outputGradient.layout().size(3);
    long channels = kernel.size(1);
    long outChannels = kernel.size(0) / geometry.groups();
    double work = (double) result.size(2) * result.size(3) * outChannels * kernel.size(2);
    overPlanes(
        result,
        work * kernel.size(3),
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            long image = plane / result.size(1);
            long c = plane % result.size(1);
            long firstOut = c / channels * outChannels;
            for (long row = 0; row < result.size(2); row++) {
              for (long column = 0; column < result.size(3); column++) {
                double sum = 0;
                for (long o = firstOut; o < firstOut + outChannels; o++) {
                  for (long i = 0; i < kernel.size(2); i++) {
                    long down = row + geometry.paddingHeight() - i * geometry.dilationHeight();
                    for (long j = 0; j < kernel.size(3); j++) {
                      long across = column + geometry.paddingWidth() - j * geometry.dilationWidth();
                      if (down % geometry.strideHeight() == 0
                          && across % geometry.strideWidth() == 0
                          && isInside(down / geometry.strideHeight(), height)
                          && isInside(across / geometry.strideWidth(), width)
                          && down >= 0
                          && across >= 0) {
                        sum +=
                            w.get(o, c % channels, i, j)
                                * dy.get(
                                    image,
                                    o,
                                    down / geometry.strideHeight(),
                                    across / geometry.strideWidth());
                      }
                    }
                  }
                }
                dx.set(image, c, row, column, sum);
              }
            }
          }
        });
  }

  @Override
  public void weightGradient(
      StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry) {
    var dw = ImageView.of(weightGradient);
    var dy = ImageView.of(outputGradient);
    var x = ImageView.of(input);
    Layout kernel = weightGradient.layout();
    Layout gradient = outputGradient.layout();
    long height = input.layout().size(2);
    long width = input.layout().size(3);
    long channels = kernel.size(1);
    long outChannels = kernel.size(0) / geometry.groups();
    overPlanes(
        kernel,
        (double) gradient.size(0)
            * gradient.size(2)
            * gradient.size(3)
            * kernel.size(2)
            * kernel.size(3),
        (from, to) -> {
          for (long plane = from; plane < to; plane++) {
            long o = plane / channels;
            long c = plane % channels;
            long inChannel = o / outChannels * channels + c;
            for (long i = 0; i < kernel.size(2); i++) {
              for (long j = 0; j < kernel.size(3); j++) {
                double sum = 0;
                for (long image = 0; image < gradient.size(0); image++) {
                  for (long row = 0; row < gradient.size(2); row++) {
                    long atRow = inputRow(geometry, row, i);
                    for (long column = 0; column < gradient.size(3); column++) {
                      long atColumn = inputColumn(geometry, column, j);
                      if (isInside(atRow, height) && isInside(atColumn, width)) {
                        sum +=
                            dy.get(image, o, row, column)
                                * x.get(image, inChannel, atRow, atColumn);
                      }
                    }
                  }
                }
                dw.set(o, c, i, j, sum);
              }
            }
          }
        });
  }

  private static long inputRow(ConvolutionGeometry geometry, long row, long tap) {
    return row * geometry.strideHeight()
        + tap * geometry.dilationHeight()
        - geometry.paddingHeight();
  }

  private static long inputColumn(ConvolutionGeometry geometry, long column, long tap) {
    return column * geometry.strideWidth()
        + tap * geometry.dilationWidth()
        - geometry.paddingWidth();
  }

  private static boolean isInside(long position, long size) {
    return position >= 0 && position < size;
  }

  private static double element(StridedArray vector, long index) {
    var layout = vector.layout();
    return vector
        .dtype()
        .getDouble(
            vector.segment(),
            (layout.offset() + index * layout.stride(0)) << vector.dtype().byteShift());
  }
}
