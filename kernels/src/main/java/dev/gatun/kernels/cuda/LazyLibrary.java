package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A handle of a library that may be missing: made when it is first asked for, with a warning in the
 * log where it cannot be. Safe for use by several threads.
 */
final class LazyLibrary<H> {
  private static final Logger LOG = System.getLogger("dev.gatun.kernels.cuda");

  private final String warning;
  private final Supplier<H> maker;
  private @Nullable H handle;
  private boolean absent;

  /**
   * Makes nothing as yet.
   *
   * @param warning what it means that the library is missing; the reason is added
   * @param maker makes the handle
   */
  LazyLibrary(String warning, Supplier<H> maker) {
    this.warning = warning;
    this.maker = maker;
  }

  /** Returns the handle, always the same; null where the library cannot be used. */
  synchronized @Nullable H handle() {
    if (handle == null && !absent) {
      try {
        handle = maker.get();
      } catch (CudaUnavailableException | CudaException problem) {
        absent = true;
        LOG.log(Level.WARNING, "{0}: {1}", warning, problem.getMessage());
      }
    }
    return handle;
  }
}
