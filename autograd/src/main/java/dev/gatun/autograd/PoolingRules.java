package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;

/** Which shapes, types and geometries the declarations of {@link Pooling} take. */
final class PoolingRules {
  private PoolingRules() {}

  private static void checkInputs(Invocation<?> call) {
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor x = call.input(i);
      if (x.rank() != 4) {
        throw new ShapeException(
            call.name() + ": " + x.shape() + ": four axes, [batch, channels, height, width]");
      }
      if (!x.dtype().isFloatingPoint() || x.dtype() != call.input(0).dtype()) {
        throw new DTypeException(
            call.name()
                + ": "
                + x.describe()
                + ": the operands are floating point, and of one type");
      }
    }
  }

  private static void checkGeometry(String name, PoolingGeometry geometry) {
    if (geometry.kernelHeight() < 1
        || geometry.kernelWidth() < 1
        || geometry.strideHeight() < 1
        || geometry.strideWidth() < 1
        || geometry.dilationHeight() < 1
        || geometry.dilationWidth() < 1) {
      throw new ArgumentException(
          name + ": " + geometry + ": sizes, strides and dilations of windows are at least 1");
    }
    ConvolutionRules.checkNotHuge(
        name,
        geometry,
        geometry.kernelHeight(),
        geometry.kernelWidth(),
        geometry.strideHeight(),
        geometry.strideWidth(),
        geometry.dilationHeight(),
        geometry.dilationWidth());
    long height = geometry.dilationHeight() * (geometry.kernelHeight() - 1) + 1;
    long width = geometry.dilationWidth() * (geometry.kernelWidth() - 1) + 1;
    if (geometry.paddingHeight() < 0
        || geometry.paddingWidth() < 0
        || geometry.paddingHeight() > height / 2
        || geometry.paddingWidth() > width / 2) {
      throw new ArgumentException(
          name + ": " + geometry + ": padding is from 0 to half of the window");
    }
  }

  private static Shape pooled(String name, Shape image, PoolingGeometry geometry) {
    checkGeometry(name, geometry);
    long height = geometry.outputHeight(image.size(2));
    long width = geometry.outputWidth(image.size(3));
    if (height < 1 || width < 1 || image.size(2) == 0 || image.size(3) == 0) {
      throw new ShapeException(
          name + ": image " + image + ", " + geometry + ": the window does not fit");
    }
    return image.with(2, height).with(3, width);
  }

  /** Returns the shape of largest elements, after checking the input. */
  static Shape result(Invocation<?> call, PoolingGeometry geometry) {
    checkInputs(call);
    return pooled(call.name(), call.input(0).shape(), geometry);
  }

  /** Returns the shape of means, after checking the input. */
  static Shape result(Invocation<?> call, Pooling.Average average) {
    checkInputs(call);
    checkAverage(call.name(), average);
    return pooled(call.name(), call.input(0).shape(), average.geometry());
  }

  private static void checkAverage(String name, Pooling.Average average) {
    PoolingGeometry geometry = average.geometry();
    if (geometry.dilationHeight() != 1 || geometry.dilationWidth() != 1) {
      throw new ArgumentException(name + ": " + geometry + ": means have no dilation");
    }
    Long divisor = average.divisor();
    if (divisor != null && divisor == 0) {
      throw new ArgumentException(name + ": divisor 0: the divisor is not zero");
    }
  }

  /** Returns the images whose gradient is asked for, after checking the inputs. */
  static Tensor checkGradient(Invocation<?> call, PoolingGeometry geometry) {
    checkInputs(call);
    Tensor x = call.input(1);
    checkConsistent(call, pooled(call.name(), x.shape(), geometry));
    return x;
  }

  private static void checkConsistent(Invocation<?> call, Shape pooled) {
    Shape gradient = call.input(0).shape();
    if (!gradient.equals(pooled)) {
      throw new ShapeException(call.name() + ": gradient " + gradient + ": windows give " + pooled);
    }
  }

  /** Returns the shape of what is taken from a tensor, after checking the inputs. */
  static Shape checkSource(Invocation<?> call, PoolingGeometry geometry) {
    checkInputs(call);
    Shape image = call.input(1).shape();
    if (!call.input(0).shape().equals(image)) {
      throw new ShapeException(
          call.name() + ": " + call.input(0).shape() + " and " + image + ": the shapes agree");
    }
    return pooled(call.name(), image, geometry);
  }

  /** Returns the shape of the images that a gradient of means is for, after checking the input. */
  static Shape image(Invocation<Pooling.AverageExtent> call) {
    checkInputs(call);
    Pooling.AverageExtent extent = call.attributes();
    checkAverage(call.name(), extent.average());
    Shape image = call.input(0).shape().with(2, extent.height()).with(3, extent.width());
    checkConsistent(call, pooled(call.name(), image, extent.average().geometry()));
    return image;
  }

  /** Returns the shape of adaptive means or of their gradient, after checking the input. */
  static Shape adaptive(Invocation<Pooling.Plane> call) {
    checkInputs(call);
    Pooling.Plane plane = call.attributes();
    Shape image = call.input(0).shape();
    if (plane.height() < 1 || plane.width() < 1) {
      throw new ArgumentException(
          call.name() + ": " + plane.height() + " x " + plane.width() + ": sizes are at least 1");
    }
    if (image.size(2) == 0 || image.size(3) == 0) {
      throw new ShapeException(call.name() + ": " + image + ": the image is not empty");
    }
    return image.with(2, plane.height()).with(3, plane.width());
  }

  private static final PoolingGeometry AWKWARD =
      PoolingGeometry.of(3, 2).stride(2, 3).padding(1, 1).ceilMode(true);

  static List<Sample<PoolingGeometry>> maxSamples() {
    return List.of(
        Sample.of(PoolingGeometry.of(1), distinct(1, 1, 1, 1)),
        Sample.of(PoolingGeometry.of(2), distinct(2, 2, 4, 5)),
        Sample.of(PoolingGeometry.of(3).stride(2).padding(1), distinct(1, 2, 7, 6)),
        Sample.of(PoolingGeometry.of(3).stride(1).padding(1), distinct(1, 1, 5, 20)),
        Sample.of(PoolingGeometry.of(2).stride(1).dilation(2), distinct(1, 2, 5, 5)),
        Sample.of(AWKWARD, distinct(1, 2, 6, 8)),
        Sample.of(PoolingGeometry.of(2), distinct(0, 2, 4, 4)),
        Sample.refused(
            ShapeException.class, "does not fit", PoolingGeometry.of(3), real(1, 1, 2, 2)),
        Sample.refused(
            ArgumentException.class,
            "half of the window",
            PoolingGeometry.of(3).padding(2),
            real(1, 1, 4, 4)),
        Sample.refused(
            ArgumentException.class, "at least 1", PoolingGeometry.of(0), real(1, 1, 4, 4)),
        Sample.refused(ShapeException.class, "four axes", PoolingGeometry.of(2), real(4, 4)));
  }

  static List<Sample<PoolingGeometry>> maxBackwardSamples() {
    return List.of(
        Sample.of(PoolingGeometry.of(2), real(2, 2, 2, 2), distinct(2, 2, 4, 5)),
        Sample.of(
            PoolingGeometry.of(3).stride(2).padding(1), real(1, 2, 4, 3), distinct(1, 2, 7, 6)),
        Sample.of(
            PoolingGeometry.of(3).stride(1).padding(1), real(1, 1, 5, 6), distinct(1, 1, 5, 6)),
        Sample.refused(
            ShapeException.class,
            "windows give",
            PoolingGeometry.of(2),
            real(1, 1, 4, 4),
            real(1, 1, 4, 4)));
  }

  static List<Sample<PoolingGeometry>> takeSamples() {
    return List.of(
        Sample.of(PoolingGeometry.of(2), real(2, 2, 4, 5), distinct(2, 2, 4, 5)),
        Sample.of(
            PoolingGeometry.of(3).stride(2).padding(1), real(1, 2, 7, 6), distinct(1, 2, 7, 6)),
        Sample.refused(
            ShapeException.class,
            "the shapes agree",
            PoolingGeometry.of(2),
            real(1, 1, 4, 5),
            real(1, 1, 4, 4)));
  }

  private static Pooling.Average mean(PoolingGeometry geometry) {
    return new Pooling.Average(geometry, true, null);
  }

  static List<Sample<Pooling.Average>> averageSamples() {
    return List.of(
        Sample.of(mean(PoolingGeometry.of(1)), real(1, 1, 1, 1)),
        Sample.of(mean(PoolingGeometry.of(2)), real(2, 2, 4, 5)),
        Sample.of(mean(PoolingGeometry.of(3).stride(2).padding(1)), real(1, 2, 7, 6)),
        Sample.of(
            new Pooling.Average(PoolingGeometry.of(3).stride(1).padding(1), false, null),
            real(1, 1, 5, 20)),
        Sample.of(mean(AWKWARD), real(1, 2, 6, 8)),
        Sample.of(new Pooling.Average(AWKWARD, false, 5L), real(1, 2, 6, 8)),
        Sample.of(mean(PoolingGeometry.of(2)), real(0, 2, 4, 4)),
        Sample.refused(
            ArgumentException.class,
            "no dilation",
            mean(PoolingGeometry.of(2).dilation(2)),
            real(1, 1, 4, 4)),
        Sample.refused(
            ArgumentException.class,
            "not zero",
            new Pooling.Average(PoolingGeometry.of(2), true, 0L),
            real(1, 1, 4, 4)));
  }

  static List<Sample<Pooling.AverageExtent>> averageBackwardSamples() {
    return List.of(
        Sample.of(new Pooling.AverageExtent(mean(PoolingGeometry.of(2)), 4, 5), real(2, 2, 2, 2)),
        Sample.of(
            new Pooling.AverageExtent(
                new Pooling.Average(PoolingGeometry.of(3).stride(2).padding(1), false, null), 7, 6),
            real(1, 2, 4, 3)),
        Sample.refused(
            ShapeException.class,
            "windows give",
            new Pooling.AverageExtent(mean(PoolingGeometry.of(2)), 4, 4),
            real(1, 1, 3, 3)));
  }

  static List<Sample<Pooling.Plane>> adaptiveSamples() {
    return List.of(
        Sample.of(new Pooling.Plane(1, 1), real(2, 3, 4, 5)),
        Sample.of(new Pooling.Plane(3, 2), real(1, 2, 7, 5)),
        Sample.of(new Pooling.Plane(5, 7), real(1, 1, 3, 4)),
        Sample.refused(
            ArgumentException.class, "at least 1", new Pooling.Plane(0, 1), real(1, 1, 2, 2)),
        Sample.refused(
            ShapeException.class, "not empty", new Pooling.Plane(1, 1), real(1, 1, 0, 2)));
  }

  static long[] kernel(PoolingGeometry geometry) {
    return new long[] {geometry.kernelHeight(), geometry.kernelWidth()};
  }

  static long[] stride(PoolingGeometry geometry) {
    return new long[] {geometry.strideHeight(), geometry.strideWidth()};
  }

  static long[] padding(PoolingGeometry geometry) {
    return new long[] {geometry.paddingHeight(), geometry.paddingWidth()};
  }

  /** Returns a call of PyTorch with the whole geometry as its arguments. */
  static PyTorchCall pytorch(String expression, PoolingGeometry geometry) {
    return PyTorchCall.of(
        expression,
        kernel(geometry),
        stride(geometry),
        padding(geometry),
        new long[] {geometry.dilationHeight(), geometry.dilationWidth()},
        geometry.ceilMode());
  }
}
