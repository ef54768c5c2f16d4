package dev.gatun.bindings.loading;

import dev.gatun.bindings.loading.CudaUnavailableException.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of CUDA in this process: looked for when first asked for, and once only, so that
 * what was unavailable stays so until the JVM is started again.
 *
 * <p>Safe for use by several threads.
 */
public final class CudaLibraries {
  private static final class SystemHolder {
    static final CudaLibraries INSTANCE = new CudaLibraries(Host.system());
  }

  private final Host host;
  private @Nullable DriverState driver;
  private @Nullable ToolkitState toolkit;

  CudaLibraries(Host host) {
    this.host = host;
  }

  /**
   * Returns those of this process. Nothing is looked for yet.
   *
   * @return always the same
   */
  public static CudaLibraries system() {
    return SystemHolder.INSTANCE;
  }

  /**
   * Looks for the driver, where that has not been done, and starts it.
   *
   * @return what became of it
   */
  public synchronized DriverState driver() {
    var known = driver;
    if (known == null) {
      var refused = refusal();
      known = refused == null ? DriverOpener.open(host) : new DriverState(null, 0, 0, refused);
      driver = known;
    }
    return known;
  }

  /**
   * Looks for the other libraries, where that has not been done, and opens those that are there. A
   * driver is looked for first, since its version decides on theirs; where there is none, the
   * newest are taken, which compile and describe, but cannot run.
   *
   * @return what became of them
   */
  public synchronized ToolkitState toolkit() {
    var known = toolkit;
    if (known == null) {
      var refused = refusal();
      known = refused == null ? ToolkitOpener.open(host, driver().version()) : without(refused);
      toolkit = known;
    }
    return known;
  }

  /**
   * Returns a library.
   *
   * @param library which; the driver, though it may find no device
   * @return it, open
   * @throws CudaUnavailableException where there is none, with the reason and the places looked in
   */
  public SharedLibrary require(CudaLibrary library) {
    if (library == CudaLibrary.DRIVER) {
      var state = driver();
      var opened = state.library();
      if (opened == null) {
        throw anew(state.problem());
      }
      return opened;
    }
    var opened = toolkit().libraries().get(library);
    if (opened == null) {
      throw anew(toolkit().problems().get(library));
    }
    return opened;
  }

  /**
   * Makes sure that there is a driver with a device.
   *
   * @throws CudaUnavailableException where there is none
   */
  public void requireDriverWithDevice() {
    if (driver().problem() != null) {
      throw anew(driver().problem());
    }
  }

  /**
   * Makes sure that tensors can be computed with on a device: a driver with a device, and the
   * libraries that need not be asked for one by one. cuDNN is not among these.
   *
   * @throws CudaUnavailableException where that cannot be
   */
  public void requireDevice() {
    requireDriverWithDevice();
    require(CudaLibrary.NVRTC);
    require(CudaLibrary.CUBLAS_LT);
    require(CudaLibrary.CUBLAS);
  }

  /** The exception again, but with the stack of this caller. */
  private static CudaUnavailableException anew(@Nullable CudaUnavailableException problem) {
    if (problem == null) {
      throw new IllegalStateException("a library is neither open nor unavailable");
    }
    return new CudaUnavailableException(
        problem.kind(), problem.reason(), problem.advice(), problem.attempts());
  }

  /** Why nothing can be looked for here; null where it can. */
  private static @Nullable CudaUnavailableException refusal() {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      return new CudaUnavailableException(
          Kind.SYSTEM,
          "this is " + system + ", and CUDA is used on Linux only",
          "On Windows, use WSL.",
          List.of());
    }
    return Refusal.NATIVE_ACCESS;
  }

  /** Whether native code may be called, asked once: a refused call breaks its class for ever. */
  private static final class Refusal {
    static final @Nullable CudaUnavailableException NATIVE_ACCESS = ask();

    private static @Nullable CudaUnavailableException ask() {
      try {
        Class.forName(DynamicLinker.class.getName(), true, DynamicLinker.class.getClassLoader());
        return null;
      } catch (ExceptionInInitializerError denied) {
        if (denied.getCause() instanceof IllegalCallerException) {
          return new CudaUnavailableException(
              Kind.DENIED,
              "this JVM does not let Gatun call native code",
              "Start it with --enable-native-access=dev.gatun.bindings, or ALL-UNNAMED where Gatun"
                  + " is on the class path.",
              List.of());
        }
        throw denied;
      } catch (ClassNotFoundException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  private static ToolkitState without(CudaUnavailableException refused) {
    var problems = new EnumMap<CudaLibrary, CudaUnavailableException>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library != CudaLibrary.DRIVER) {
        problems.put(library, refused);
      }
    }
    return new ToolkitState(13, Map.of(), problems);
  }
}
