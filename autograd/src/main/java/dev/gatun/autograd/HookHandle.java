package dev.gatun.autograd;

/**
 * A registered hook, which closing takes away. A hook that is never taken away goes with the tensor
 * or the operation it was registered on.
 */
public final class HookHandle implements AutoCloseable {
  private final GradientHooks hooks;

  HookHandle(GradientHooks hooks) {
    this.hooks = hooks;
  }

  /** Takes the hook away: passes that begin later do not run it. Closing twice does nothing. */
  @Override
  public void close() {
    hooks.remove(this);
  }
}
