package dev.gatun.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.NoSuchElementException;

/** OpenBLAS, called through the foreign function interface. */
public final class OpenBlas implements BlasLibrary {

  /** The name in tables and files. */
  public static final String NAME = "OpenBLAS";

  /** Longer than any line OpenBLAS says about itself. */
  private static final int LONGEST_TEXT_BYTES = 4096;

  private static final NativeBundle BUNDLE =
      new NativeBundle(
          "org/bytedeco/openblas/linux-x86_64/",
          List.of("libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"),
          List.of(),
          "libopenblas.so.0");

  private final Cblas cblas;
  private final MethodHandle setThreads;
  private final String description;

  private OpenBlas(SymbolLookup library) {
    cblas = Cblas.in(library);
    setThreads =
        Cblas.function(library, "openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    description = text(library, "openblas_get_config");
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
      throw Cblas.foreign("openblas_set_num_threads", failure);
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

  @SuppressWarnings("restricted")
  private static String text(SymbolLookup library, String function) {
    var handle = Cblas.function(library, function, FunctionDescriptor.of(ADDRESS));
    try {
      var text = (MemorySegment) handle.invokeExact();
      return text.reinterpret(LONGEST_TEXT_BYTES).getString(0).strip();
    } catch (Throwable failure) {
      throw Cblas.foreign(function, failure);
    }
  }

  /** Loads {@link OpenBlas}. */
  static final class Provider implements PeerProvider {

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public Peer load() throws PeerUnavailableException {
      var library = BUNDLE.load();
      try {
        return new OpenBlas(library);
      } catch (NoSuchElementException missingSymbol) {
        throw new PeerUnavailableException(
            String.valueOf(missingSymbol.getMessage()), missingSymbol);
      }
    }
  }
}
