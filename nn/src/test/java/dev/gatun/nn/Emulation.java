package dev.gatun.nn;

import java.lang.reflect.InvocationTargetException;

/**
 * The emulated CUDA devices of the kernels' tests, whose classes are beside these when tests run.
 */
final class Emulation {
  private Emulation() {}

  /** Has this process find them. Ends the running test, loudly, where they cannot be built. */
  static void require() throws ReflectiveOperationException {
    try {
      Class.forName("dev.gatun.kernels.cuda.EmulatedCuda").getMethod("require").invoke(null);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error error -> throw error;
        default -> throw e;
      }
    }
  }
}
