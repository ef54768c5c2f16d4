package dev.gatun.nn;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import java.time.Duration;

/**
 * A map from one tensor to another, with parameters of its own: a layer, or a whole network.
 *
 * {@snippet :
 * final class TwoLayers extends Module {
 *   private final Linear first = register("first", new Linear(64, 32));
 *   private final Linear second = register("second", new Linear(32, 10));
 *
 *   @Override
 *   public Tensor forward(Tensor x) {
 *     return second.forward(first.forward(x).relu());
 *   }
 * }
 * }
 *
 * <p>What is registered is found by {@link #parameters()}, {@link #state()}, {@link #to} and {@link
 * #close()}; see {@link ParameterTree} for that, and for ownership and threads.
 */
public abstract class Module extends ParameterTree {
  /** Makes a module that is in training mode. */
  protected Module() {}

  /**
   * Computes the output. Recorded where gradients are on.
   *
   * @param input the input
   * @return the output; owned by the innermost scope unless it is the input itself
   * @throws dev.gatun.memory.ShapeException when the input's shape does not fit
   * @throws dev.gatun.memory.DTypeException when the input's element type does not fit
   * @throws dev.gatun.memory.ClosedTensorException when the input or this module is closed
   */
  public abstract Tensor forward(Tensor input);

  @Override
  public Module train() {
    return train(true);
  }

  @Override
  public Module eval() {
    return train(false);
  }

  @Override
  public Module train(boolean training) {
    super.train(training);
    return this;
  }

  @Override
  public Module to(DType dtype) {
    super.to(dtype);
    return this;
  }

  @Override
  public Module to(Device device) {
    super.to(device);
    return this;
  }

  @Override
  public Module requiresGrad_(boolean required) {
    super.requiresGrad_(required);
    return this;
  }

  /**
   * Answers an input again and again until that has become fast, without recording gradients; at
   * most for some seconds. The mode is left as it is: call {@link #eval} first, or layers that keep
   * statistics of what they see will take the input into them.
   *
   * @param input an input of the shape and type that is going to be used; left as it is
   * @return how long it took
   * @throws dev.gatun.memory.GatunException when the input does not fit, as {@link #forward} does
   */
  public final Duration warmUp(Tensor input) {
    return WarmUp.repeat(
        () -> {
          try (var _ = Scope.open();
              var _ = NoGrad.open()) {
            forward(input);
          }
        },
        WarmUp.LIMIT);
  }
}
