package dev.gatun.autograd;

/**
 * Whether this thread records operations, in a cell, so that changing it writes no thread-local.
 */
final class GradientMode {
  private static final ThreadLocal<GradientMode> CURRENT =
      ThreadLocal.withInitial(GradientMode::new);

  boolean enabled = true;

  private GradientMode() {}

  static GradientMode current() {
    return CURRENT.get();
  }

  static boolean isEnabled() {
    return CURRENT.get().enabled;
  }
}
