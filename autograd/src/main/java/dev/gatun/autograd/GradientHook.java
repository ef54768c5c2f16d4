package dev.gatun.autograd;

import org.jspecify.annotations.Nullable;

/**
 * Looks at a gradient on its way through a backward pass, and may put another one in its place. See
 * {@link Hooks#registerHook}.
 */
@FunctionalInterface
public interface GradientHook {
  /**
   * Takes note of a gradient.
   *
   * @param gradient the whole gradient of the tensor in this pass; to be left as it is. Closed by
   *     the pass: clone it to keep it
   * @return the gradient to go on with, of the same shape and type; null or {@code gradient} itself
   *     to leave it as it is
   */
  @Nullable Tensor apply(Tensor gradient);
}
