package dev.gatun.autograd;

import java.util.function.Consumer;

/**
 * Code that runs within a backward pass, when the gradient of a tensor is known.
 *
 * <p>Hooks run on the thread of the pass, in the order in which they were registered, and are not
 * recorded unless the pass is ({@code createGraph}). What they compute is closed when they are
 * done. A hook must not refer to a tensor that the cleaner is to close (one made outside every
 * scope): it would keep it reachable.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Hooks {
  /**
   * Returns the tensor that these methods work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Has code look at this tensor's gradient in each backward pass, and perhaps replace it:
   *
   * {@snippet :
   * Tensor x = Gatun.tensor(1.0, 20.0).requiresGrad_();
   * try (HookHandle clipping = x.registerHook(g -> g.clamp(-1, 1))) {
   *   x.square().sum().backward(); // x.grad() is [1, 1]
   * }
   * }
   *
   * <p>Runs once in a pass, when everything that this tensor's gradient consists of has arrived:
   * for the result of an operation just before the gradient goes on, for a leaf at the end of the
   * pass, before it is added to {@link Tensor#grad()}. Belongs to the tensor's place in the graph
   * as it is now: a recorded write in place makes another one.
   *
   * <p>The gradient that the hook is given belongs to the pass, which throws {@link
   * dev.gatun.memory.ClosedTensorException} where a hook has closed it. While a hook of a result
   * runs, the passes of other threads through this place are refused.
   *
   * @param hook the code
   * @return what takes the hook away when it is closed
   * @throws GradientException when this tensor requires no gradient
   * @throws dev.gatun.memory.ClosedTensorException when it is closed
   */
  default HookHandle registerHook(GradientHook hook) {
    return GradientHooks.of(hooked("register_hook", self())).add(hook);
  }

  /**
   * Has code run after each backward pass has added this leaf's gradient up, such as an optimizer's
   * step. Passes that return gradients, as {@link Gatun#grad} does, add nothing up and do not run
   * it.
   *
   * @param hook the code; it is given this leaf
   * @return what takes the hook away when it is closed
   * @throws GradientException when this tensor requires no gradient, or is no leaf
   * @throws dev.gatun.memory.ClosedTensorException when it is closed
   */
  default HookHandle registerPostAccumulateGradHook(Consumer<Tensor> hook) {
    Tensor x = self();
    GradientEdge edge = hooked("register_post_accumulate_grad_hook", x);
    if (edge instanceof Node) {
      throw new GradientException(
          "register_post_accumulate_grad_hook: "
              + x.describe()
              + ": post accumulate grad hooks cannot be registered on non-leaf tensors");
    }
    return GradientHooks.of(edge).addAfter(x, hook);
  }

  /**
   * Keeps the gradient of this computed tensor in {@link Tensor#grad()}, as that of a leaf is. It
   * is shown as hooks have left it, and closed with this tensor's place in the graph. On a leaf
   * this does nothing.
   *
   * @return this tensor
   * @throws GradientException when it requires no gradient
   * @throws dev.gatun.memory.ClosedTensorException when it is closed
   */
  default Tensor retainGrad() {
    Tensor x = self();
    x.checkOpen("retain_grad");
    x.checkViewIsCurrent("retain_grad");
    GradientEdge edge = x.edge();
    if (edge == null) {
      throw new GradientException(
          "retain_grad: "
              + x.describe()
              + ": can't retain_grad on a tensor that has requires_grad=false");
    }
    if (edge instanceof Node) {
      GradientHooks.of(edge).retain();
    }
    return x;
  }

  /**
   * Tells whether this is a computed tensor whose gradient is kept.
   *
   * @return whether {@link #retainGrad} has been called; false for a leaf
   */
  default boolean retainsGrad() {
    GradientEdge edge = self().edge();
    GradientHooks hooks = edge == null ? null : edge.hooks;
    return hooks != null && hooks.isRetaining();
  }

  private static GradientEdge hooked(String operation, Tensor x) {
    x.checkOpen(operation);
    x.checkViewIsCurrent(operation);
    GradientEdge edge = x.edge();
    if (edge == null) {
      throw new GradientException(
          operation
              + ": "
              + x.describe()
              + ": cannot register a hook on a tensor that doesn't require gradient");
    }
    return edge;
  }
}
