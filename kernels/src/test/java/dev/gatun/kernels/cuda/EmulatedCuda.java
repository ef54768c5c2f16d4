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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Three devices that are none: a driver that a test builds, and kernels compiled by gcc. All that
 * is between them is what runs on a device, too. For tests that have a JVM of their own, since a
 * process looks for its driver once: those whose names end in {@code EmulationTest}.
 */
public final class EmulatedCuda {
  private static final Path FOLDER = Path.of("target", "cuda-emulation").toAbsolutePath();
  private static final Path BESIDE_LIBRARIES =
      Path.of("target", "cuda-emulation-libraries").toAbsolutePath();
  private static @Nullable Path begun;

  private EmulatedCuda() {}

  /**
   * Has this process find the devices, if it has not yet. Ends the running test, loudly, where
   * there is no gcc. Gatun's own kernels compute everything.
   */
  public static void require() {
    require(FOLDER);
  }

  /** As {@link #require}, but with emulated libraries that compute what NVIDIA's do. */
  public static void requireWithLibraries() {
    require(BESIDE_LIBRARIES);
  }

  private static synchronized void require(Path folder) {
    if (begun != null) {
      if (!begun.equals(folder)) {
        CudaEvidence.skip("this process has devices already, with other kernels: " + begun);
      }
      return;
    }
    if (!HostCompiler.isAvailable()) {
      CudaEvidence.skip("nothing of CUDA is run: there is no gcc to emulate a device with");
    }
    boolean libraries = folder.equals(BESIDE_LIBRARIES);
    try {
      Files.createDirectories(folder);
      var driver = folder.resolve("libcuda.so.1");
      build(driver, "emulated_driver.c");
      if (libraries) {
        String where = "-DDRIVER=\"" + driver + "\"";
        build(folder.resolve("libcublasLt.so.13"), "emulated_cublaslt.c", where, "-lm");
        build(folder.resolve("libcublas.so.13"), "emulated_cublas.c");
        build(folder.resolve("libcudnn.so.9"), "emulated_cudnn.c", where);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    System.setProperty("gatun.cuda.path", folder.toString());
    System.setProperty(CudaDevices.CACHE_PROPERTY, FOLDER.resolve("kernels").toString());
    CudaDevices.compileWith(new HostCompiler(), libraries);
    if (!CudaDevice.get(0).name().equals("Emulation 0")) {
      throw new AssertionError("another driver was there first: " + CudaDevice.get(0).name());
    }
    begun = folder;
  }

  private static void build(Path file, String source, String... options) throws IOException {
    var log = file.resolveSibling("gcc.log");
    try (var stream = EmulatedCuda.class.getResourceAsStream(source)) {
      if (stream == null) {
        throw new IllegalStateException(source + " is not among the tests' resources");
      }
      var text = file.resolveSibling(source);
      Files.write(text, stream.readAllBytes());
      var command =
          new ArrayList<>(
              List.of("gcc", "-O1", "-shared", "-fPIC", "-o", file.toString(), text.toString()));
      command.addAll(List.of(options));
      command.add("-ldl");
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

  /** Returns how many products cublasLt has queued with an epilogue, by its number. */
  public static long products(int epilogue) {
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  symbol(CudaLibrary.CUBLAS_LT, "emulated_products"),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
              .invokeExact(epilogue);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /** Has cublasLt know no way for an epilogue from now on; 0 for none. */
  static void decline(int epilogue) {
    call(symbol(CudaLibrary.CUBLAS_LT, "emulated_decline"), epilogue);
  }

  /** Has cublasLt refuse to describe the next matrix. */
  static void refuseLayout(int status) {
    call(symbol(CudaLibrary.CUBLAS_LT, "emulated_refuse_layout"), status);
  }

  /** Returns how many descriptors of cublasLt are open. */
  static long descriptors() {
    return call(symbol(CudaLibrary.CUBLAS_LT, "emulated_descriptors"));
  }

  /** Has cuDNN refuse all plans from now on; 0 for none. */
  static void refusePlans(int status) {
    call(symbol(CudaLibrary.CUDNN, "emulated_refuse_plans"), status);
  }

  /** Returns how many handles of cuDNN are open. */
  static long handles() {
    return call(symbol(CudaLibrary.CUDNN, "emulated_handles"));
  }

  /** Returns how many plans of cuDNN are open. */
  static long plans() {
    return call(symbol(CudaLibrary.CUDNN, "emulated_plans"));
  }

  /** Returns how often two threads were in calls of cuDNN with one handle, or one plan. */
  static long conflicts() {
    return call(symbol(CudaLibrary.CUDNN, "emulated_conflicts"));
  }

  /** Returns how often a stream came to a convolution whose plan was closed. */
  static long tooLate() {
    return call(symbol(CudaLibrary.CUDNN, "emulated_too_late"));
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

  /**
   * Has all calls of a device fail from now on, as where its context is lost: it is of no use to
   * other tests then.
   */
  static void lose(int device, int status) {
    try {
      Linker.nativeLinker()
          .downcallHandle(
              driver("emulated_lose"),
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
          .invokeExact(device, status);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
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
    call(driver(name), argument);
  }

  private static void call(MemorySegment symbol, int argument) {
    var function =
        Linker.nativeLinker()
            .downcallHandle(symbol, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
    try {
      function.invokeExact(argument);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static long call(String name) {
    return call(driver(name));
  }

  private static long call(MemorySegment symbol) {
    var function =
        Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    try {
      return (long) function.invokeExact();
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private static MemorySegment driver(String name) {
    return symbol(CudaLibrary.DRIVER, name);
  }

  private static MemorySegment symbol(CudaLibrary library, String name) {
    return CudaLibraries.system().require(library).find(name).orElseThrow();
  }
}
