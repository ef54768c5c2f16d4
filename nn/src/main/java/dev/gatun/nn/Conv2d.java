package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.init.Init;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of images.
 *
 * <p>Parameters: {@code weight} [out channels, in channels / groups, kernel height, kernel width]
 * and, unless left out, {@code bias} [out channels], both float32 and uniform over plus and minus
 * {@code 1 / sqrt(in channels / groups * kernel height * kernel width)}, which is PyTorch's
 * Kaiming-uniform initialisation.
 */
public final class Conv2d extends Module {
  private final long inChannels;
  private final long outChannels;
  private final ConvolutionGeometry geometry;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer with a square kernel that takes steps of 1, without padding, with a bias.
   *
   * @param inChannels the number of the images' channels
   * @param outChannels the number of the results' channels
   * @param kernelSize the number of rows and columns of the kernel
   * @throws ArgumentException when a number is out of range
   */
  public Conv2d(long inChannels, long outChannels, long kernelSize) {
    this(inChannels, outChannels, kernelSize, 1, 0);
  }

  /**
   * Makes a layer with a square kernel and a bias.
   *
   * @param inChannels the number of the images' channels
   * @param outChannels the number of the results' channels
   * @param kernelSize the number of rows and columns of the kernel
   * @param stride the step of the kernel
   * @param padding the number of zeros on each side of an image
   * @throws ArgumentException when a number is out of range
   */
  public Conv2d(long inChannels, long outChannels, long kernelSize, long stride, long padding) {
    this(
        inChannels,
        outChannels,
        kernelSize,
        kernelSize,
        ConvolutionGeometry.DEFAULT.stride(stride).padding(padding),
        true,
        Generator.shared());
  }

  /**
   * Makes a layer.
   *
   * @param inChannels the number of the images' channels
   * @param outChannels the number of the results' channels
   * @param kernelHeight the number of rows of the kernel
   * @param kernelWidth the number of columns of the kernel
   * @param geometry how the kernel moves
   * @param bias whether there is a bias
   * @param generator where the first values come from
   * @throws ArgumentException when a number is out of range, or the groups do not divide the
   *     channels
   */
  public Conv2d(
      long inChannels,
      long outChannels,
      long kernelHeight,
      long kernelWidth,
      ConvolutionGeometry geometry,
      boolean bias,
      Generator generator) {
    long groups = geometry.groups();
    if (inChannels < 1 || outChannels < 1 || kernelHeight < 1 || kernelWidth < 1) {
      throw new ArgumentException(
          "conv2d: "
              + inChannels
              + " to "
              + outChannels
              + " channels, kernel "
              + kernelHeight
              + " x "
              + kernelWidth
              + ": sizes are at least 1");
    }
    if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0) {
      throw new ArgumentException(
          "conv2d: "
              + inChannels
              + " to "
              + outChannels
              + " channels: "
              + groups
              + " groups divide both");
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.geometry = geometry;
    Shape shape = Shape.of(outChannels, inChannels / groups, kernelHeight, kernelWidth);
    double bound = 1 / Math.sqrt((double) inChannels / groups * kernelHeight * kernelWidth);
    try (var _ = Scope.suspend()) {
      this.weight =
          register(
              "weight", Init.uniform_(Gatun.empty(DType.FLOAT32, shape), -bound, bound, generator));
      this.bias =
          bias
              ? register(
                  "bias",
                  Init.uniform_(
                      Gatun.empty(DType.FLOAT32, Shape.of(outChannels)), -bound, bound, generator))
              : null;
    }
  }

  /**
   * Returns how the kernel moves.
   *
   * @return the geometry
   */
  public ConvolutionGeometry geometry() {
    return geometry;
  }

  /**
   * Returns the weights.
   *
   * @return the parameter, [out channels, in channels / groups, kernel height, kernel width]
   */
  public Parameter weight() {
    return weight;
  }

  /**
   * Returns the bias.
   *
   * @return the parameter, [out channels]; empty when there is none
   */
  public Optional<Parameter> bias() {
    return Optional.ofNullable(bias);
  }

  /**
   * Convolves images.
   *
   * @param input [batch, in channels, height, width], or without batch, of the parameters' type
   * @return a new tensor, [batch, out channels, height, width], or without batch
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.conv2d(weight.tensor(), bias == null ? null : bias.tensor(), geometry);
  }

  @Override
  protected String settings() {
    Shape shape = weight.tensor().shape();
    StringBuilder text = new StringBuilder();
    text.append(inChannels).append(", ").append(outChannels);
    text.append(", kernel_size=").append(pair(shape.size(2), shape.size(3)));
    text.append(", stride=").append(pair(geometry.strideHeight(), geometry.strideWidth()));
    if (geometry.paddingHeight() != 0 || geometry.paddingWidth() != 0) {
      text.append(", padding=").append(pair(geometry.paddingHeight(), geometry.paddingWidth()));
    }
    if (geometry.dilationHeight() != 1 || geometry.dilationWidth() != 1) {
      text.append(", dilation=").append(pair(geometry.dilationHeight(), geometry.dilationWidth()));
    }
    if (geometry.groups() != 1) {
      text.append(", groups=").append(geometry.groups());
    }
    return bias == null ? text.append(", bias=False").toString() : text.toString();
  }

  private static String pair(long height, long width) {
    return "(" + height + ", " + width + ")";
  }
}
