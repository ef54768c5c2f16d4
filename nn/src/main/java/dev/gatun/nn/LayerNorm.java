package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Normalises the last axes to mean 0 and variance 1, then scales and shifts each element: {@code (x
 * - mean) / sqrt(variance + eps) * weight + bias}.
 *
 * <p>Parameters, unless left out: {@code weight}, ones, and {@code bias}, zeros, both float32 and
 * of the normalised shape, as in PyTorch.
 */
public final class LayerNorm extends Module {
  private final Shape shape;
  private final double epsilon;
  private final @Nullable Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a layer with weights and biases and an epsilon of 1e-5.
   *
   * @param sizes the sizes of the axes that are normalised together: the last ones of the input
   * @throws ArgumentException when there are none
   */
  public LayerNorm(long... sizes) {
    this(Shape.of(sizes), 1e-5, true, true);
  }

  /**
   * Makes a layer.
   *
   * @param shape the sizes of the axes that are normalised together: the last ones of the input
   * @param epsilon what is added to the variance
   * @param elementwiseAffine whether there are parameters
   * @param bias whether there is a bias among them
   * @throws ArgumentException when the shape has no axes
   */
  public LayerNorm(Shape shape, double epsilon, boolean elementwiseAffine, boolean bias) {
    if (shape.rank() == 0) {
      throw new ArgumentException("layer_norm: over []: at least one axis is normalised");
    }
    this.shape = shape;
    this.epsilon = epsilon;
    try (var _ = Scope.suspend()) {
      this.weight = elementwiseAffine ? register("weight", Gatun.ones(DType.FLOAT32, shape)) : null;
      this.bias =
          elementwiseAffine && bias ? register("bias", Gatun.zeros(DType.FLOAT32, shape)) : null;
    }
  }

  /**
   * Returns the sizes of the axes that are normalised together.
   *
   * @return the shape
   */
  public Shape normalizedShape() {
    return shape;
  }

  /**
   * Returns the factors.
   *
   * @return the parameter, of the normalised shape; empty when there is none
   */
  public Optional<Parameter> weight() {
    return Optional.ofNullable(weight);
  }

  /**
   * Returns the summands.
   *
   * @return the parameter, of the normalised shape; empty when there is none
   */
  public Optional<Parameter> bias() {
    return Optional.ofNullable(bias);
  }

  /**
   * Normalises the last axes.
   *
   * @param input floating point, of the parameters' type
   * @return a new tensor of the input's shape
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.layerNorm(
        shape,
        weight == null ? null : weight.tensor(),
        bias == null ? null : bias.tensor(),
        epsilon);
  }

  @Override
  protected String settings() {
    return sizes(shape)
        + ", eps="
        + number(epsilon)
        + ", elementwise_affine="
        + truth(weight != null);
  }
}
