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
 * Divides the last axes by the root of the mean of their squares, then scales each element: {@code
 * x / sqrt(mean(x^2) + eps) * weight}.
 *
 * <p>Parameter, unless left out: {@code weight}, ones, float32 and of the normalised shape, as in
 * PyTorch.
 */
public final class RMSNorm extends Module {
  /** The distance from 1 to the next float32 number, which PyTorch takes by default. */
  public static final double DEFAULT_EPSILON = 0x1p-23;

  private final Shape shape;
  private final double epsilon;
  private final @Nullable Parameter weight;

  /**
   * Makes a layer with weights and {@link #DEFAULT_EPSILON}.
   *
   * @param sizes the sizes of the axes that are normalised together: the last ones of the input
   * @throws ArgumentException when there are none
   */
  public RMSNorm(long... sizes) {
    this(Shape.of(sizes), DEFAULT_EPSILON, true);
  }

  /**
   * Makes a layer.
   *
   * @param shape the sizes of the axes that are normalised together: the last ones of the input
   * @param epsilon what is added to the mean of squares
   * @param elementwiseAffine whether there are weights
   * @throws ArgumentException when the shape has no axes
   */
  public RMSNorm(Shape shape, double epsilon, boolean elementwiseAffine) {
    if (shape.rank() == 0) {
      throw new ArgumentException("rms_norm: over []: at least one axis is normalised");
    }
    this.shape = shape;
    this.epsilon = epsilon;
    try (var _ = Scope.suspend()) {
      this.weight = elementwiseAffine ? register("weight", Gatun.ones(DType.FLOAT32, shape)) : null;
    }
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
   * Normalises the last axes.
   *
   * @param input floating point, of the weights' type
   * @return a new tensor of the input's shape
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.rmsNorm(shape, weight == null ? null : weight.tensor(), epsilon);
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
