package dev.gatun.nn.optim;

import dev.gatun.autograd.Tensor;
import java.util.List;

/**
 * Steps by the running mean of the gradient over the root of the running mean of its square, after
 * Kingma and Ba; as PyTorch's {@code Adam}:
 *
 * <pre>{@code
 * d = g + weightDecay * p
 * m = beta1 * m + (1 - beta1) * d
 * v = beta2 * v + (1 - beta2) * d^2
 * p = p - learningRate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * }</pre>
 *
 * <p>State: {@code exp_avg}, {@code exp_avg_sq} and, for AMSGrad, {@code max_exp_avg_sq}.
 */
public final class Adam extends Optimizer {
  /**
   * Makes an optimizer with PyTorch's settings: betas 0.9 and 0.999, epsilon 1e-8, no weight decay.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param learningRate the learning rate, not negative
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, one is no leaf or named
   *     twice, or the learning rate is out of range
   */
  public Adam(List<Tensor> parameters, double learningRate) {
    this(parameters, AdamOptions.of(learningRate));
  }

  /**
   * Makes an optimizer.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param options the settings
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, or one is no leaf or
   *     named twice
   */
  public Adam(List<Tensor> parameters, AdamOptions options) {
    super("adam");
    addGroup(parameters, options);
  }

  /**
   * Adds parameters with settings of their own.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param options their settings
   * @return this optimizer
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, or one is no leaf or
   *     named twice, here or in another group
   */
  public Adam addGroup(List<Tensor> parameters, AdamOptions options) {
    checkNew(parameters);
    add(new AdamGroup("adam", parameters, options, false));
    return this;
  }
}
