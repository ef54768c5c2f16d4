package dev.gatun.nn.optim;

import dev.gatun.autograd.Tensor;
import java.util.List;

/**
 * Adam with weight decay that acts on the parameter and not through the gradient, after Loshchilov
 * and Hutter; as PyTorch's {@code AdamW}:
 *
 * <pre>{@code
 * m = beta1 * m + (1 - beta1) * g
 * v = beta2 * v + (1 - beta2) * g^2
 * p = p * (1 - learningRate * weightDecay)
 *     - learningRate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * }</pre>
 *
 * <p>State: {@code exp_avg}, {@code exp_avg_sq} and, for AMSGrad, {@code max_exp_avg_sq}.
 */
public final class AdamW extends Optimizer {
  /**
   * Makes an optimizer with PyTorch's settings: betas 0.9 and 0.999, epsilon 1e-8, weight decay
   * 0.01.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param learningRate the learning rate, not negative
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, one is no leaf or named
   *     twice, or the learning rate is out of range
   */
  public AdamW(List<Tensor> parameters, double learningRate) {
    this(parameters, AdamOptions.of(learningRate).withWeightDecay(0.01));
  }

  /**
   * Makes an optimizer.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param options the settings
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, or one is no leaf or
   *     named twice
   */
  public AdamW(List<Tensor> parameters, AdamOptions options) {
    super("adamw");
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
  public AdamW addGroup(List<Tensor> parameters, AdamOptions options) {
    checkNew(parameters);
    add(new AdamGroup("adamw", parameters, options, true));
    return this;
  }
}
