package dev.gatun.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Intel's oneMKL through the foreign function interface, run as it comes: it chooses its code path
 * for the processor by itself, and the description says which file it took the kernels from.
 */
public final class OneMkl implements BlasLibrary {

  /** The name in tables and files. */
  public static final String NAME = "oneMKL";

  private static final int VERSION_BYTES = 512;
  private static final int SMALL_SIZE = 8;
  private static final int INTEL_THREADING = 0;
  private static final Pattern KERNEL_FILE = Pattern.compile("libmkl_(def|mc3|avx2|avx512)\\.so");

  private static final NativeBundle BUNDLE =
      new NativeBundle(
          "org/bytedeco/mkl/linux-x86_64/",
          List.of("libiomp5.so"),
          List.of(
              "libmkl_core.so.2",
              "libmkl_intel_lp64.so.2",
              "libmkl_intel_thread.so.2",
              "libmkl_def.so.2",
              "libmkl_mc3.so.2",
              "libmkl_avx2.so.2",
              "libmkl_avx512.so.2",
              "libmkl_vml_def.so.2",
              "libmkl_vml_mc3.so.2",
              "libmkl_vml_avx2.so.2",
              "libmkl_vml_avx512.so.2"),
          "libmkl_rt.so.2");

  private final Cblas cblas;
  private final MethodHandle setThreads;
  private final String description;

  private OneMkl(SymbolLookup library) {
    cblas = Cblas.in(library);
    setThreads =
        Cblas.function(library, "MKL_Set_Num_Threads", FunctionDescriptor.ofVoid(JAVA_INT));
    useIntelThreads(library);
    runOnce();
    description = version(library) + ", kernels of " + kernelFiles();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void setThreads(int threads) {
    try {
      setThreads.invokeExact(threads);
    } catch (Throwable failure) {
      throw Cblas.foreign("MKL_Set_Num_Threads", failure);
    }
  }

  @Override
  public Cblas functions() {
    return cblas;
  }

  @Override
  public void close() {
    setThreads(1);
  }

  /**
   * Left alone, the library takes the GNU threads where some other library has brought them
   * already; its own are its best setting.
   */
  private static void useIntelThreads(SymbolLookup library) {
    var function = "MKL_Set_Threading_Layer";
    var handle = Cblas.function(library, function, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    try {
      int _ = (int) handle.invokeExact(INTEL_THREADING);
    } catch (Throwable failure) {
      throw Cblas.foreign(function, failure);
    }
  }

  /** The first product makes the library choose, and load, the kernels for this processor. */
  private void runOnce() {
    try (var arena = Arena.ofConfined()) {
      var matrix = arena.allocate(JAVA_FLOAT, SMALL_SIZE * SMALL_SIZE);
      var result = arena.allocate(JAVA_FLOAT, SMALL_SIZE * SMALL_SIZE);
      cblas.sgemm(false, false, SMALL_SIZE, SMALL_SIZE, SMALL_SIZE, matrix, matrix, result);
    }
  }

  private static String version(SymbolLookup library) {
    var function = "MKL_Get_Version_String";
    var handle = Cblas.function(library, function, FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    try (var arena = Arena.ofConfined()) {
      var text = arena.allocate(VERSION_BYTES);
      handle.invokeExact(text, VERSION_BYTES);
      return text.getString(0).strip();
    } catch (Throwable failure) {
      throw Cblas.foreign(function, failure);
    }
  }

  private static String kernelFiles() {
    var files = new TreeSet<String>();
    try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
      maps.forEach(line -> {
        var matcher = KERNEL_FILE.matcher(line);
        if (matcher.find()) {
          files.add(matcher.group());
        }
      });
    } catch (IOException unreadable) {
      return "a file that /proc/self/maps does not tell: " + unreadable.getMessage();
    }
    return String.join(", ", files);
  }

  /** Loads {@link OneMkl}. */
  static final class Provider implements PeerProvider {

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Peer load() throws PeerUnavailableException {
      var library = BUNDLE.load();
      try {
        return new OneMkl(library);
      } catch (NoSuchElementException missingSymbol) {
        throw new PeerUnavailableException(
            String.valueOf(missingSymbol.getMessage()), missingSymbol);
      }
    }
  }
}
