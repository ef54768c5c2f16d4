package dev.gatun.autograd;

import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of the last axes, each in one pass over memory.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Normalizations {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Elements of the last axes with their mean subtracted, over their standard deviation. */
  StructuralOp<Norming> LAYER_NORM =
      StructuralOp.<Norming>named("layer_norm", Norming::forward)
          .gradients(StructuralOp.input(0) | StructuralOp.input(1), Norming::gradients)
          .pytorch((norming, inputs) ->
              PyTorchCall.of(
                  "torch.layer_norm(a, p, %s, %s, q)"
                      .formatted(
                          norming.weighted() ? "b" : "None",
                          norming.biased() ? norming.weighted() ? "c" : "b" : "None"),
                  norming.shape().toArray(),
                  norming.epsilon()))
          .drawn(draw -> DrawnSamples.norms(draw, true))
          .samples(() -> Norming.samples(true));

  /** Elements of the last axes over the root of the mean of their squares. */
  StructuralOp<Norming> RMS_NORM =
      StructuralOp.<Norming>named("rms_norm", Norming::forward)
          .gradients(StructuralOp.input(0) | StructuralOp.input(1), Norming::gradients)
          .pytorch((norming, inputs) ->
              PyTorchCall.of(
                  "torch.rms_norm(a, p, %s, q)%s"
                      .formatted(
                          norming.weighted() ? "b" : "None",
                          norming.biased() ? norming.weighted() ? " + c" : " + b" : ""),
                  norming.shape().toArray(),
                  norming.epsilon()))
          .drawn(draw -> DrawnSamples.norms(draw, false))
          .samples(() -> Norming.samples(false));

  /**
   * Normalises the last axes to mean 0 and variance 1: {@code (x - mean) / sqrt(variance + epsilon)
   * * weight + bias}, with the population's variance.
   *
   * @param shape the sizes of the axes that are normalised together: the last ones of this tensor
   * @param weight factors, of that shape and this type; null for ones
   * @param bias summands, of that shape and this type; null for zeros
   * @param epsilon what is added to the variance
   * @return a new tensor of this shape
   * @throws ShapeException when the last axes are of other sizes, or the weights or the bias are of
   *     another shape
   * @throws DTypeException when this tensor is not floating point, or the types differ
   */
  default Tensor layerNorm(
      Shape shape, @Nullable Tensor weight, @Nullable Tensor bias, double epsilon) {
    Norming norm = new Norming(shape, weight != null, bias != null, true, epsilon);
    if (weight != null) {
      return bias == null
          ? LAYER_NORM.apply(norm, self(), weight)
          : LAYER_NORM.apply(norm, self(), weight, bias);
    }
    return bias == null ? LAYER_NORM.apply(norm, self()) : LAYER_NORM.apply(norm, self(), bias);
  }

  /**
   * Divides the last axes by the root of the mean of their squares: {@code x / sqrt(mean(x^2) +
   * epsilon) * weight}.
   *
   * @param shape the sizes of the axes that are normalised together: the last ones of this tensor
   * @param weight factors, of that shape and this type; null for ones
   * @param epsilon what is added to the mean of squares
   * @return a new tensor of this shape
   * @throws ShapeException when the last axes are of other sizes, or the weights are of another
   *     shape
   * @throws DTypeException when this tensor is not floating point, or the types differ
   */
  default Tensor rmsNorm(Shape shape, @Nullable Tensor weight, double epsilon) {
    Norming norm = new Norming(shape, weight != null, false, false, epsilon);
    return weight == null ? RMS_NORM.apply(norm, self()) : RMS_NORM.apply(norm, self(), weight);
  }
}
