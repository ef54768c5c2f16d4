package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.init.Init;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An affine map of the last axis: {@code y = x weight^T + bias}.
 *
 * <p>Parameters: {@code weight} [out, in] and, unless left out, {@code bias} [out], both float32
 * and uniform over plus and minus {@code 1 / sqrt(in)}, as in PyTorch.
 */
public final class Linear extends Module {
  private final long inFeatures;
  private final long outFeatures;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Makes a map with a bias, from the shared random numbers.
   *
   * @param inFeatures the size of the input's last axis
   * @param outFeatures the size of the output's last axis
   * @throws ArgumentException when a size is negative
   */
  public Linear(long inFeatures, long outFeatures) {
    this(inFeatures, outFeatures, true);
  }

  /**
   * Makes a map from the shared random numbers.
   *
   * @param inFeatures the size of the input's last axis
   * @param outFeatures the size of the output's last axis
   * @param bias whether there is a bias
   * @throws ArgumentException when a size is negative
   */
  public Linear(long inFeatures, long outFeatures, boolean bias) {
    this(inFeatures, outFeatures, bias, Generator.shared());
  }

  /**
   * Makes a map.
   *
   * @param inFeatures the size of the input's last axis
   * @param outFeatures the size of the output's last axis
   * @param bias whether there is a bias
   * @param generator where the first values come from
   * @throws ArgumentException when a size is negative
   */
  public Linear(long inFeatures, long outFeatures, boolean bias, Generator generator) {
    if (inFeatures < 0 || outFeatures < 0) {
      throw new ArgumentException(
          "linear: " + inFeatures + " to " + outFeatures + " features: sizes are not negative");
    }
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    double bound = inFeatures == 0 ? 0 : 1 / Math.sqrt((double) inFeatures);
    try (var _ = Scope.suspend()) {
      this.weight =
          register(
              "weight",
              Init.uniform_(
                  Gatun.empty(DType.FLOAT32, Shape.of(outFeatures, inFeatures)),
                  -bound,
                  bound,
                  generator));
      this.bias =
          bias
              ? register(
                  "bias",
                  Init.uniform_(
                      Gatun.empty(DType.FLOAT32, Shape.of(outFeatures)), -bound, bound, generator))
              : null;
    }
  }

  /**
   * Returns the size of the input's last axis.
   *
   * @return the number of inputs
   */
  public long inFeatures() {
    return inFeatures;
  }

  /**
   * Returns the size of the output's last axis.
   *
   * @return the number of outputs
   */
  public long outFeatures() {
    return outFeatures;
  }

  /**
   * Returns the weights.
   *
   * @return the parameter, [out, in]
   */
  public Parameter weight() {
    return weight;
  }

  /**
   * Returns the bias.
   *
   * @return the parameter, [out]; empty when there is none
   */
  public Optional<Parameter> bias() {
    return Optional.ofNullable(bias);
  }

  /**
   * Computes the output.
   *
   * @param input [..., in], of the parameters' type
   * @return a new tensor, [..., out]
   */
  @Override
  public Tensor forward(Tensor input) {
    return input.linear(weight.tensor(), bias == null ? null : bias.tensor());
  }

  @Override
  protected String settings() {
    return "in_features="
        + inFeatures
        + ", out_features="
        + outFeatures
        + ", bias="
        + truth(bias != null);
  }
}
