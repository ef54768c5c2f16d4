package dev.gatun.autograd;

/** Whether a thread records operations, in a cell, so that changing it writes no thread-local. */
final class GradientMode {
  private static final ThreadLocal<GradientMode> CURRENT =
      ThreadLocal.withInitial(GradientMode::new);

  /** How often a thread looks its mode up the long way before {@link #recent} is made its own. */
  private static final int PATIENCE = 1024;

  /**
   * The mode of a thread that often asked of late: a short way that spares most look-ups. Read
   * without order: whatever is found here is compared with the thread that asks.
   */
  private static GradientMode recent = CURRENT.get();

  boolean enabled = true;

  private final Thread thread = Thread.currentThread();
  private int lookUps;

  private GradientMode() {}

  static GradientMode current() {
    GradientMode mode = recent;
    return mode.belongsToThisThread() ? mode : lookUp();
  }

  @SuppressWarnings("ReferenceEquality") // a thread is itself alone
  private boolean belongsToThisThread() {
    return thread == Thread.currentThread();
  }

  private static GradientMode lookUp() {
    GradientMode mode = CURRENT.get();
    if (++mode.lookUps == PATIENCE) {
      mode.lookUps = 0;
      recent = mode;
    }
    return mode;
  }

  static boolean isEnabled() {
    return current().enabled;
  }
}
