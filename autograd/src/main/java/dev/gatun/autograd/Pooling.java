package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The largest element or the mean of windows that move over images, [batch, channels, height,
 * width]; the batch may be missing.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Pooling {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * How means are taken.
   *
   * @param geometry how the window moves
   * @param countPadding whether padding counts as zeros
   * @param divisor what sums are divided by, or null for the number of elements that count
   */
  record Average(PoolingGeometry geometry, boolean countPadding, @Nullable Long divisor) {
    long divisorOrZero() {
      return divisor == null ? 0 : divisor;
    }
  }

  /**
   * What the gradient of means is computed from besides tensors.
   *
   * @param average how the means were taken
   * @param height the number of rows of the images
   * @param width the number of columns of the images
   */
  record AverageExtent(Average average, long height, long width) {}

  /**
   * The sizes of a plane.
   *
   * @param height the number of rows
   * @param width the number of columns
   */
  record Plane(long height, long width) {}

  /** The largest element of each window. */
  StructuralOp<PoolingGeometry> MAX_POOL2D =
      StructuralOp.<PoolingGeometry>named(
              "max_pool2d",
              call -> {
                Tensor x = call.input(0);
                Tensor result =
                    call.result(x.dtype(), PoolingRules.result(call, call.attributes()));
                Kernels.provider().pooling().max(result, x, call.attributes());
                return result;
              })
          .gradient(
              StructuralOp.input(0),
              (call, g) -> Pooling.MAX_POOL2D_BACKWARD.apply(call.attributes(), g, call.input(0)))
          .pytorch((geometry, inputs) ->
              PoolingRules.pytorch("torch.max_pool2d(a, p, q, r, s, t)", geometry))
          .drawn(DrawnSamples::maxPools)
          .samples(PoolingRules::maxSamples);

  /** Where the largest element of each window lies. */
  StructuralOp<PoolingGeometry> MAX_POOL2D_POSITIONS =
      StructuralOp.<PoolingGeometry>named(
              "max_pool2d_positions",
              call -> {
                Tensor x = call.input(0);
                Tensor result =
                    call.result(DType.INT64, PoolingRules.result(call, call.attributes()));
                Kernels.provider().pooling().maxPositions(result, x, call.attributes());
                return result;
              })
          .withoutGradient("positions are integers")
          .pytorch((geometry, inputs) ->
              PoolingRules.pytorch("torch.max_pool2d_with_indices(a, p, q, r, s, t)[1]", geometry))
          .drawn(DrawnSamples::maxPools)
          .samples(PoolingRules::maxSamples);

  /** The gradient of windows, added where their largest elements lie. */
  StructuralOp<PoolingGeometry> MAX_POOL2D_BACKWARD =
      StructuralOp.<PoolingGeometry>named(
              "max_pool2d_backward",
              call -> {
                Tensor x = PoolingRules.checkGradient(call, call.attributes());
                Tensor result = call.result(x.dtype(), x.shape());
                Kernels.provider()
                    .pooling()
                    .maxBackward(result, call.input(0), x, call.attributes());
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) -> Pooling.MAX_POOL2D_TAKE.apply(call.attributes(), g, call.input(1)))
          // where the largest elements lie does not change with the images
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .withoutPyTorch("the gradient of max_pool2d")
          .samples(PoolingRules::maxBackwardSamples);

  /** What lies in one tensor where another has the largest elements of windows. */
  StructuralOp<PoolingGeometry> MAX_POOL2D_TAKE =
      StructuralOp.<PoolingGeometry>named(
              "max_pool2d_take",
              call -> {
                Shape shape = PoolingRules.checkSource(call, call.attributes());
                Tensor source = call.input(0);
                Tensor result = call.result(source.dtype(), shape);
                Kernels.provider()
                    .pooling()
                    .takeAtMax(result, source, call.input(1), call.attributes());
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) -> MAX_POOL2D_BACKWARD.apply(call.attributes(), g, call.input(1)))
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .withoutPyTorch("the gradient of the gradient of max_pool2d")
          .samples(PoolingRules::takeSamples);

  /** The mean of each window. */
  StructuralOp<Average> AVG_POOL2D =
      StructuralOp.<Average>named(
              "avg_pool2d",
              call -> {
                Average average = call.attributes();
                Tensor x = call.input(0);
                Tensor result = call.result(x.dtype(), PoolingRules.result(call, average));
                Kernels.provider()
                    .pooling()
                    .average(
                        result, x, average.geometry, average.countPadding, average.divisorOrZero());
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) ->
                  Pooling.AVG_POOL2D_BACKWARD.apply(
                      new AverageExtent(
                          call.attributes(), call.shape(0).size(2), call.shape(0).size(3)),
                      g))
          .pytorch((average, inputs) ->
              PyTorchCall.of(
                  "torch.avg_pool2d(a, p, q, r, s, t, u)",
                  PoolingRules.kernel(average.geometry),
                  PoolingRules.stride(average.geometry),
                  PoolingRules.padding(average.geometry),
                  average.geometry.ceilMode(),
                  average.countPadding,
                  average.divisor))
          .drawn(DrawnSamples::averagePools)
          .samples(PoolingRules::averageSamples);

  /** The gradients of means, spread over their windows. */
  StructuralOp<AverageExtent> AVG_POOL2D_BACKWARD =
      StructuralOp.<AverageExtent>named(
              "avg_pool2d_backward",
              call -> {
                Average average = call.attributes().average;
                Tensor gradient = call.input(0);
                Shape shape = PoolingRules.image(call);
                Tensor result = call.result(gradient.dtype(), shape);
                Kernels.provider()
                    .pooling()
                    .averageBackward(
                        result,
                        gradient,
                        average.geometry,
                        average.countPadding,
                        average.divisorOrZero());
                return result;
              })
          .gradient(
              StructuralOp.NOTHING, (call, g) -> AVG_POOL2D.apply(call.attributes().average, g))
          .withoutPyTorch("the gradient of avg_pool2d")
          .samples(PoolingRules::averageBackwardSamples);

  /** Means of windows that cover an image, as many as are asked for. */
  StructuralOp<Plane> ADAPTIVE_AVG_POOL2D =
      StructuralOp.<Plane>named(
              "adaptive_avg_pool2d",
              call -> {
                Tensor x = call.input(0);
                Tensor result = call.result(x.dtype(), PoolingRules.adaptive(call));
                Kernels.provider().pooling().adaptiveAverage(result, x);
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) ->
                  Pooling.ADAPTIVE_AVG_POOL2D_BACKWARD.apply(
                      new Plane(call.shape(0).size(2), call.shape(0).size(3)), g))
          .pytorch((plane, inputs) ->
              PyTorchCall.of(
                  "torch.adaptive_avg_pool2d(a, p)", new long[] {plane.height, plane.width}))
          .drawn(DrawnSamples::planes)
          .samples(PoolingRules::adaptiveSamples);

  /** The gradients of means of windows that cover an image, spread over their windows. */
  StructuralOp<Plane> ADAPTIVE_AVG_POOL2D_BACKWARD =
      StructuralOp.<Plane>named(
              "adaptive_avg_pool2d_backward",
              call -> {
                Tensor gradient = call.input(0);
                Tensor result = call.result(gradient.dtype(), PoolingRules.adaptive(call));
                Kernels.provider().pooling().adaptiveAverageBackward(result, gradient);
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) ->
                  ADAPTIVE_AVG_POOL2D.apply(
                      new Plane(call.shape(0).size(2), call.shape(0).size(3)), g))
          .withoutPyTorch("the gradient of adaptive_avg_pool2d")
          .samples(PoolingRules::adaptiveSamples);

  private static Tensor apply(Tensor self, String name, UnaryOperator<Tensor> operation) {
    Tensor images = ConvolutionRules.batched(name, self, 3);
    Tensor result = operation.apply(images);
    return images == self ? result : result.squeeze(0);
  }

  /**
   * Returns the largest elements of windows that lie side by side.
   *
   * @param kernel the number of rows and columns of a window
   * @return a new tensor
   * @throws ShapeException when the window does not fit
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor maxPool2d(long kernel) {
    return maxPool2d(PoolingGeometry.of(kernel));
  }

  /**
   * Returns the largest elements of windows. NaN counts as the largest; padding never does.
   *
   * @param geometry how the window moves
   * @return a new tensor, [batch, channels, height, width]; without batch when this has none
   * @throws ShapeException when the window does not fit
   * @throws ArgumentException when the geometry is out of range
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor maxPool2d(PoolingGeometry geometry) {
    return apply(self(), "max_pool2d", images -> MAX_POOL2D.apply(geometry, images));
  }

  /**
   * As {@link #maxPool2d(PoolingGeometry)}, into a given tensor. There is a batch.
   *
   * @param geometry how the window moves
   * @param out the tensor to write, of the result's shape and type
   * @return {@code out}
   */
  default Tensor maxPool2dOut(PoolingGeometry geometry, Tensor out) {
    return MAX_POOL2D.applyOut(out, geometry, self());
  }

  /**
   * Returns where the largest elements of windows lie.
   *
   * @param geometry how the window moves
   * @return a new int64 tensor of {@code row * width + column}
   * @throws ShapeException when the window does not fit
   * @throws ArgumentException when the geometry is out of range
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor maxPool2dPositions(PoolingGeometry geometry) {
    return apply(
        self(), "max_pool2d_positions", images -> MAX_POOL2D_POSITIONS.apply(geometry, images));
  }

  /**
   * Returns the means of windows that lie side by side.
   *
   * @param kernel the number of rows and columns of a window
   * @return a new tensor
   * @throws ShapeException when the window does not fit
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor avgPool2d(long kernel) {
    return avgPool2d(PoolingGeometry.of(kernel), true, null);
  }

  /**
   * Returns the means of windows.
   *
   * @param geometry how the window moves; without dilation
   * @param countIncludePad whether padding counts as zeros, or not at all
   * @param divisorOverride what sums are divided by, or null for the number of elements
   * @return a new tensor, [batch, channels, height, width]; without batch when this has none
   * @throws ShapeException when the window does not fit
   * @throws ArgumentException when the geometry or the divisor is out of range
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor avgPool2d(
      PoolingGeometry geometry, boolean countIncludePad, @Nullable Long divisorOverride) {
    Average average = new Average(geometry, countIncludePad, divisorOverride);
    return apply(self(), "avg_pool2d", images -> AVG_POOL2D.apply(average, images));
  }

  /**
   * Returns means of windows that cover the image: along an axis of n elements, result i of m is
   * the mean of elements floor(i n / m) to ceil((i + 1) n / m).
   *
   * @param height the number of rows of the result
   * @param width the number of columns of the result
   * @return a new tensor, [batch, channels, height, width]; without batch when this has none
   * @throws ShapeException when the image is empty
   * @throws ArgumentException when a size is not positive
   * @throws DTypeException when this tensor is not floating point
   */
  default Tensor adaptiveAvgPool2d(long height, long width) {
    Plane plane = new Plane(height, width);
    return apply(self(), "adaptive_avg_pool2d", images -> ADAPTIVE_AVG_POOL2D.apply(plane, images));
  }
}
