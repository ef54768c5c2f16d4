package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;

/** Which shapes, types and geometries the declarations of {@link Convolutions} take. */
final class ConvolutionRules {
  private static final long LARGEST_STEP = 1 << 20;

  private ConvolutionRules() {}

  /** Returns images with a batch of one in front where there is none. */
  static Tensor batched(String name, Tensor images, int rank) {
    if (images.rank() != rank && images.rank() != rank + 1) {
      throw new ShapeException(
          name
              + ": "
              + images.shape()
              + ": "
              + (rank == 2 ? "[batch, channels, length]" : "[batch, channels, height, width]")
              + ", or the same without batch");
    }
    return images.rank() == rank ? images.unsqueeze(0) : images;
  }

  private static void checkTypes(Invocation<?> call) {
    for (int i = 0; i < call.inputCount(); i++) {
      if (!call.input(i).dtype().isFloatingPoint()) {
        throw new DTypeException(
            call.name() + ": " + call.input(i).describe() + ": the operands are floating point");
      }
      if (call.input(i).dtype() != call.input(0).dtype()) {
        throw new DTypeException(
            call.name()
                + ": "
                + call.input(0).describe()
                + " and "
                + call.input(i).describe()
                + ": the types agree");
      }
    }
  }

  private static void checkRanks(Invocation<?> call) {
    for (int i = 0; i < 2; i++) {
      if (call.input(i).rank() != 4) {
        throw new ShapeException(
            call.name()
                + ": "
                + call.input(0).shape()
                + " and "
                + call.input(1).shape()
                + ": four axes each");
      }
    }
  }

  private static void checkGeometry(String name, ConvolutionGeometry geometry) {
    if (geometry.strideHeight() < 1
        || geometry.strideWidth() < 1
        || geometry.dilationHeight() < 1
        || geometry.dilationWidth() < 1
        || geometry.groups() < 1) {
      throw new ArgumentException(
          name + ": " + geometry + ": strides, dilations and groups are at least 1");
    }
    if (geometry.paddingHeight() < 0 || geometry.paddingWidth() < 0) {
      throw new ArgumentException(name + ": " + geometry + ": padding is not negative");
    }
    checkNotHuge(
        name,
        geometry,
        geometry.strideHeight(),
        geometry.strideWidth(),
        geometry.dilationHeight(),
        geometry.dilationWidth(),
        geometry.paddingHeight(),
        geometry.paddingWidth());
  }

  /** Refuses steps with which positions would not fit the numbers that kernels count in. */
  static void checkNotHuge(String name, Object geometry, long... steps) {
    for (long step : steps) {
      if (step > LARGEST_STEP) {
        throw new ArgumentException(
            name + ": " + geometry + ": " + step + ": at most " + LARGEST_STEP);
      }
    }
  }

  /** Checks channels of images, of a kernel and of a result against each other. */
  private static void checkChannels(
      String name, long channels, Shape kernel, long results, ConvolutionGeometry geometry) {
    long groups = geometry.groups();
    if (channels % groups != 0 || results % groups != 0) {
      throw new ShapeException(
          name
              + ": "
              + channels
              + " channels to "
              + results
              + ": "
              + groups
              + " groups divide both");
    }
    if (kernel.size(0) != results || kernel.size(1) * groups != channels) {
      throw new ShapeException(
          name
              + ": weight "
              + kernel
              + ": for "
              + channels
              + " channels to "
              + results
              + " in "
              + groups
              + " groups it is ["
              + results
              + ", "
              + channels / groups
              + ", ...]");
    }
    if (kernel.size(2) < 1 || kernel.size(3) < 1) {
      throw new ShapeException(name + ": weight " + kernel + ": the kernel is not empty");
    }
  }

  private static void checkFits(
      String name, Shape image, Shape kernel, ConvolutionGeometry geometry) {
    if (geometry.outputHeight(image.size(2), kernel.size(2)) < 1
        || geometry.outputWidth(image.size(3), kernel.size(3)) < 1) {
      throw new ShapeException(
          name
              + ": image "
              + image
              + ", weight "
              + kernel
              + ", "
              + geometry
              + ": the kernel does not fit into the padded image");
    }
  }

  static void checkBias(String name, Tensor bias, long results) {
    if (bias.rank() != 1 || bias.size(0) != results) {
      throw new ShapeException(
          name + ": bias " + bias.shape() + " for " + results + " output channels: one for each");
    }
  }

  /** Returns the shape of a convolution, after checking its inputs. */
  static Shape result(Invocation<?> call, ConvolutionGeometry geometry) {
    checkRanks(call);
    checkTypes(call);
    checkGeometry(call.name(), geometry);
    Shape image = call.input(0).shape();
    Shape kernel = call.input(1).shape();
    checkChannels(call.name(), image.size(1), kernel, kernel.size(0), geometry);
    checkFits(call.name(), image, kernel, geometry);
    if (call.inputCount() > 2) {
      checkBias(call.name(), call.input(2), kernel.size(0));
    }
    return Shape.of(
        image.size(0),
        kernel.size(0),
        geometry.outputHeight(image.size(2), kernel.size(2)),
        geometry.outputWidth(image.size(3), kernel.size(3)));
  }

  /** Returns the shape of the images that a gradient is for, after checking the inputs. */
  static Shape image(Invocation<Convolutions.Extent> call) {
    checkRanks(call);
    checkTypes(call);
    Convolutions.Extent extent = call.attributes();
    ConvolutionGeometry geometry = extent.geometry();
    checkGeometry(call.name(), geometry);
    Shape gradient = call.input(0).shape();
    Shape kernel = call.input(1).shape();
    long channels = kernel.size(1) * geometry.groups();
    checkChannels(call.name(), channels, kernel, gradient.size(1), geometry);
    Shape image = Shape.of(gradient.size(0), channels, extent.height(), extent.width());
    checkConsistent(call.name(), image, kernel, gradient, geometry);
    return image;
  }

  /** Returns the shape of the weights that a gradient is for, after checking the inputs. */
  static Shape kernel(Invocation<Convolutions.Extent> call) {
    checkRanks(call);
    checkTypes(call);
    Convolutions.Extent extent = call.attributes();
    ConvolutionGeometry geometry = extent.geometry();
    checkGeometry(call.name(), geometry);
    Shape gradient = call.input(0).shape();
    Shape image = call.input(1).shape();
    Shape kernel =
        Shape.of(
            gradient.size(1), image.size(1) / geometry.groups(), extent.height(), extent.width());
    checkChannels(call.name(), image.size(1), kernel, gradient.size(1), geometry);
    checkConsistent(call.name(), image, kernel, gradient, geometry);
    return kernel;
  }

  private static void checkConsistent(
      String name, Shape image, Shape kernel, Shape gradient, ConvolutionGeometry geometry) {
    checkFits(name, image, kernel, geometry);
    if (image.size(0) != gradient.size(0)
        || geometry.outputHeight(image.size(2), kernel.size(2)) != gradient.size(2)
        || geometry.outputWidth(image.size(3), kernel.size(3)) != gradient.size(3)) {
      throw new ShapeException(
          name
              + ": image "
              + image
              + ", weight "
              + kernel
              + ", gradient "
              + gradient
              + ": the gradient is of the convolution's shape");
    }
  }

  /** Returns what a transposed convolution is a gradient of. */
  static Convolutions.Extent transposed(
      Tensor images, Tensor weight, ConvolutionGeometry geometry, long outputPadding) {
    String name = "conv_transpose2d";
    if (weight.rank() != 4) {
      throw new ShapeException(name + ": weight " + weight.shape() + ": four axes");
    }
    checkGeometry(name, geometry);
    if (outputPadding < 0
        || (outputPadding >= geometry.strideHeight() && outputPadding >= geometry.dilationHeight())
        || (outputPadding >= geometry.strideWidth() && outputPadding >= geometry.dilationWidth())) {
      throw new ArgumentException(
          name
              + ": output padding "
              + outputPadding
              + ", "
              + geometry
              + ": not negative, and below the stride or the dilation");
    }
    long height =
        (images.size(2) - 1) * geometry.strideHeight()
            - 2 * geometry.paddingHeight()
            + geometry.dilationHeight() * (weight.size(2) - 1)
            + outputPadding
            + 1;
    long width =
        (images.size(3) - 1) * geometry.strideWidth()
            - 2 * geometry.paddingWidth()
            + geometry.dilationWidth() * (weight.size(3) - 1)
            + outputPadding
            + 1;
    if (height < 1 || width < 1) {
      throw new ShapeException(
          name
              + ": image "
              + images.shape()
              + ", weight "
              + weight.shape()
              + ", "
              + geometry
              + ": nothing is left of the result without its padding");
    }
    return new Convolutions.Extent(geometry, height, width);
  }

  private static final ConvolutionGeometry PLAIN = ConvolutionGeometry.DEFAULT;

  static List<Sample<ConvolutionGeometry>> samples() {
    return List.of(
        Sample.of(PLAIN, real(1, 1, 1, 1), real(1, 1, 1, 1)),
        Sample.of(PLAIN.padding(1), real(2, 2, 4, 5), real(3, 2, 3, 3), real(3)),
        Sample.of(PLAIN.stride(2).padding(3), real(1, 3, 7, 8), real(2, 3, 7, 7)),
        Sample.of(PLAIN.stride(2, 3), real(1, 2, 6, 9), real(2, 2, 3, 2), real(2)),
        Sample.of(PLAIN.dilation(2, 1).padding(2, 1), real(1, 2, 5, 4), real(2, 2, 3, 3)),
        Sample.of(PLAIN.groups(2), real(2, 4, 3, 3), real(4, 2, 2, 2)),
        Sample.of(PLAIN.groups(3).padding(1).stride(2), real(1, 3, 5, 5), real(3, 1, 3, 3)),
        Sample.of(PLAIN, real(2, 3, 2, 3), real(4, 3, 1, 1), real(4)),
        Sample.of(PLAIN.padding(1), real(0, 2, 3, 3), real(2, 2, 3, 3)),
        Sample.of(PLAIN.padding(1), real(1, 2, 6, 6), real(17, 2, 3, 3)),
        Sample.refused(
            ShapeException.class,
            "groups divide both",
            PLAIN.groups(2),
            real(1, 3, 4, 4),
            real(2, 1, 3, 3)),
        Sample.refused(
            ShapeException.class, "weight [2, 2, 3, 3]", PLAIN, real(1, 3, 4, 4), real(2, 2, 3, 3)),
        Sample.refused(
            ShapeException.class, "does not fit", PLAIN, real(1, 1, 2, 2), real(1, 1, 3, 3)),
        Sample.refused(
            ShapeException.class,
            "one for each",
            PLAIN,
            real(1, 1, 2, 2),
            real(1, 1, 1, 1),
            real(2)),
        Sample.refused(ShapeException.class, "four axes", PLAIN, real(1, 2), real(1, 1, 1, 1)),
        Sample.refused(
            ArgumentException.class,
            "at least 1",
            PLAIN.stride(0),
            real(1, 1, 2, 2),
            real(1, 1, 1, 1)),
        Sample.refused(
            ArgumentException.class,
            "not negative",
            PLAIN.padding(-1),
            real(1, 1, 4, 4),
            real(1, 1, 1, 1)),
        Sample.refused(
            ArgumentException.class,
            "at most 1048576",
            PLAIN.dilation(Long.MAX_VALUE),
            real(1, 1, 4, 4),
            real(1, 1, 2, 2)));
  }

  private static Convolutions.Extent extent(ConvolutionGeometry geometry, long height, long width) {
    return new Convolutions.Extent(geometry, height, width);
  }

  static List<Sample<Convolutions.Extent>> inputGradientSamples() {
    return List.of(
        Sample.of(extent(PLAIN.padding(1), 4, 5), real(2, 3, 4, 5), real(3, 2, 3, 3)),
        Sample.of(extent(PLAIN.stride(2).padding(1), 6, 5), real(1, 2, 3, 3), real(2, 2, 3, 3)),
        Sample.of(extent(PLAIN.stride(3), 5, 4), real(1, 2, 2, 2), real(2, 1, 1, 1)),
        Sample.of(extent(PLAIN.groups(2).dilation(2), 5, 5), real(1, 2, 3, 3), real(2, 2, 2, 2)),
        Sample.refused(
            ShapeException.class,
            "of the convolution's shape",
            extent(PLAIN, 5, 5),
            real(1, 1, 4, 4),
            real(1, 1, 3, 3)));
  }

  static List<Sample<Convolutions.Extent>> weightGradientSamples() {
    return List.of(
        Sample.of(extent(PLAIN.padding(1), 3, 3), real(2, 3, 4, 5), real(2, 2, 4, 5)),
        Sample.of(extent(PLAIN.stride(2).padding(1), 3, 3), real(1, 2, 3, 3), real(1, 2, 6, 5)),
        Sample.of(extent(PLAIN.groups(2).dilation(2), 2, 2), real(1, 2, 3, 3), real(1, 4, 5, 5)),
        Sample.of(extent(PLAIN, 1, 1), real(0, 2, 3, 3), real(0, 2, 3, 3)),
        Sample.refused(
            ShapeException.class,
            "of the convolution's shape",
            extent(PLAIN, 3, 3),
            real(2, 1, 2, 2),
            real(1, 1, 4, 4)));
  }
}
