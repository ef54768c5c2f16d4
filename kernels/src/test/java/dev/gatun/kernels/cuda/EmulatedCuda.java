package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaDevice;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two devices that are none: a driver that a test builds, and kernels compiled by gcc. All that is
 * between them is what runs on a device, too. For tests that have a JVM of their own, since a
 * process looks for its driver once: those whose names end in {@code EmulationTest}.
 */
public final class EmulatedCuda {
  private static final Path FOLDER = Path.of("target", "cuda-emulation").toAbsolutePath();
  private static boolean begun;

  private EmulatedCuda() {}

  /**
   * Has this process find the devices, if it has not yet. Ends the running test, loudly, where
   * there is no gcc.
   */
  public static synchronized void require() {
    if (begun) {
      return;
    }
    if (!HostCompiler.isAvailable()) {
      CudaEvidence.skip("nothing of CUDA is run: there is no gcc to emulate a device with");
    }
    try {
      Files.createDirectories(FOLDER);
      buildDriver(FOLDER.resolve("libcuda.so.1"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    System.setProperty("gatun.cuda.path", FOLDER.toString());
    System.setProperty(CudaDevices.CACHE_PROPERTY, FOLDER.resolve("kernels").toString());
    CudaDevices.compileWith(new HostCompiler());
    if (!CudaDevice.get(0).name().equals("Emulation 0")) {
      throw new AssertionError("another driver was there first: " + CudaDevice.get(0).name());
    }
    begun = true;
  }

  private static void buildDriver(Path file) throws IOException {
    var log = FOLDER.resolve("gcc.log");
    try (var source = EmulatedCuda.class.getResourceAsStream("emulated_driver.c")) {
      if (source == null) {
        throw new IllegalStateException("emulated_driver.c is not among the tests' resources");
      }
      var text = FOLDER.resolve("emulated_driver.c");
      Files.write(text, source.readAllBytes());
      var command =
          List.of("gcc", "-O1", "-shared", "-fPIC", "-o", file.toString(), text.toString(), "-ldl");
      int status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException(Files.readString(log, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while gcc ran", interrupted);
    }
  }

  /** Returns how many kernels have been launched. */
  public static long launches() {
    return call("emulated_launches");
  }

  /** Returns how many graphs have been launched. */
  public static long graphLaunches() {
    return call("emulated_graph_launches");
  }

  /** Returns how many handles and pieces of memory the driver has handed out. */
  static long live() {
    return call("emulated_live");
  }

  /** Has the next wait for a device fail. */
  static void fail(int status) {
    call("emulated_fail", status);
  }

  /** Has the next call of a function of the driver fail. */
  static void refuse(String function, int status) {
    try (var local = Arena.ofConfined()) {
      var handle =
          Linker.nativeLinker()
              .downcallHandle(
                  driver("emulated_refuse"),
                  FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
      handle.invokeExact(local.allocateFrom(function), status);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /** When streams do their work, which is at once by default. */
  public enum Order {
    /** As soon as it is given to them. */
    AT_ONCE,

    /** When somebody waits for it, and no more than that. */
    LATE,

    /** As late, but all other streams first, as far as events allow. */
    OTHERS_FIRST
  }

  /** Has streams do their work in an order from now on; to be put back by the test. */
  public static void order(Order order) {
    call("emulated_order", order.ordinal());
  }

  private static void call(String name, int argument) {
    var function =
        Linker.nativeLinker()
            .downcallHandle(driver(name), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    try {
      function.invokeExact(argument);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static long call(String name) {
    var function =
        Linker.nativeLinker()
            .downcallHandle(driver(name), FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    try {
      return (long) function.invokeExact();
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static MemorySegment driver(String name) {
    return CudaLibraries.system().require(CudaLibrary.DRIVER).find(name).orElseThrow();
  }
}
