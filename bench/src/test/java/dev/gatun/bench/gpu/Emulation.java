package dev.gatun.bench.gpu;

import java.lang.reflect.InvocationTargetException;

/**
 * The emulated CUDA devices of the kernels' tests, whose classes are beside these when tests run.
 */
final class Emulation {
  private Emulation() {}

  /** Has this process find them. Ends the running test, loudly, where they cannot be built. */
  static void require() throws ReflectiveOperationException {
    begin("require");
  }

  /** The same, with emulated libraries beside them, for tests with a JVM of their own. */
  static void requireWithLibraries() throws ReflectiveOperationException {
    begin("requireWithLibraries");
  }

  private static void begin(String how) throws ReflectiveOperationException {
    try {
      Class.forName("dev.gatun.kernels.cuda.EmulatedCuda").getMethod(how).invoke(null);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw e;
    }
  }
}
