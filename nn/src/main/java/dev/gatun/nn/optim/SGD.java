package dev.gatun.nn.optim;

import dev.gatun.autograd.Tensor;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum, Nesterov's momentum and weight decay, as PyTorch's
 * {@code SGD}:
 *
 * <pre>{@code
 * d = g + weightDecay * p
 * b = momentum * b + (1 - dampening) * d      (b = d in the first step)
 * p = p - learningRate * b                    (d + momentum * b for Nesterov)
 * }</pre>
 *
 * <p>State: {@code momentum_buffer} where there is momentum, else none.
 */
public final class SGD extends Optimizer {
  /**
   * Makes plain gradient descent.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param learningRate the learning rate, not negative
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, one is no leaf or named
   *     twice, or the learning rate is out of range
   */
  public SGD(List<Tensor> parameters, double learningRate) {
    this(parameters, SGDOptions.of(learningRate));
  }

  /**
   * Makes an optimizer.
   *
   * @param parameters the parameters, open floating-point leaves
   * @param options the settings
   * @throws dev.gatun.memory.ArgumentException when there is no parameter, or one is no leaf or
   *     named twice
   */
  public SGD(List<Tensor> parameters, SGDOptions options) {
    super("sgd");
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
  public SGD addGroup(List<Tensor> parameters, SGDOptions options) {
    checkNew(parameters);
    add(new SGDGroup(parameters, options));
    return this;
  }
}
