package dev.gatun.autograd;

import java.lang.reflect.InvocationTargetException;

/**
 * The emulated CUDA devices of the kernels' tests, whose classes are beside these when tests run.
 */
final class Emulation {
  private static final String EMULATED = "dev.gatun.kernels.cuda.EmulatedCuda";

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
      call(how);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error error -> throw error;
        default -> throw e;
      }
    }
  }

  /** Has streams do their work at once, late, or after all others: the names in the emulation. */
  static void order(String name) throws ReflectiveOperationException {
    Class<?> order = Class.forName(EMULATED + "$Order");
    for (Object constant : order.getEnumConstants()) {
      if (constant.toString().equals(name)) {
        Class.forName(EMULATED).getMethod("order", order).invoke(null, constant);
        return;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Returns how many graphs have been launched. */
  static long graphLaunches() throws ReflectiveOperationException {
    return (long) call("graphLaunches");
  }

  /** Returns how many products cublasLt has been given with an epilogue, by its number. */
  static long products(int epilogue) throws ReflectiveOperationException {
    return (long) Class.forName(EMULATED).getMethod("products", int.class).invoke(null, epilogue);
  }

  private static Object call(String method) throws ReflectiveOperationException {
    return Class.forName(EMULATED).getMethod(method).invoke(null);
  }
}
