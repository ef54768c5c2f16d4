package dev.gatun.autograd;

import dev.gatun.memory.ScopeException;

/**
 * A span in which this thread records no operation for a backward pass, or records again within
 * such a span:
 *
 * {@snippet :
 * void step(Tensor weight, Tensor gradient) {
 *   try (var off = NoGrad.open()) {
 *     weight.sub_(gradient.mul(0.01));
 *   }
 * }
 * }
 *
 * <p>{@link Gatun} has the same under the names that PyTorch uses: {@code noGrad()}, {@code
 * enableGrad()}, {@code setGradEnabled(boolean)}.
 *
 * <p>Belongs to the thread that opened it. Spans nest and are closed innermost first.
 */
public final class NoGrad implements AutoCloseable {
  private final GradientMode mode;
  private final boolean before;
  private boolean open = true;

  private NoGrad(boolean enabled) {
    mode = GradientMode.current();
    before = mode.enabled;
    mode.enabled = enabled;
  }

  /**
   * Stops recording until the span is closed.
   *
   * @return the span
   */
  public static NoGrad open() {
    return new NoGrad(false);
  }

  /**
   * Records, or not, until the span is closed.
   *
   * @param enabled whether to record
   * @return the span
   */
  public static NoGrad setGradEnabled(boolean enabled) {
    return new NoGrad(enabled);
  }

  /**
   * Tells whether this thread records operations now.
   *
   * @return whether results of tensors that require gradients require them too
   */
  public static boolean isGradEnabled() {
    return GradientMode.isEnabled();
  }

  /**
   * Goes back to what held before. Closing twice does nothing.
   *
   * @throws ScopeException when this is not the span's thread
   */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    if (GradientMode.current() != mode) {
      throw new ScopeException("close: the gradient mode belongs to the thread that set it");
    }
    open = false;
    mode.enabled = before;
  }
}
