package dev.gatun.bench.peers.libtorch;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The copies of OpenBLAS that were loaded along with libtorch. libtorch's own setting does not
 * reach their threads.
 *
 * @param setThreads {@code openblas_set_num_threads} of each copy
 */
@SuppressWarnings("restricted")
record LinkedOpenBlas(List<MethodHandle> setThreads) {

  private static final String FUNCTION = "openblas_set_num_threads";

  /**
   * Finds the copies among the files that are mapped into this process.
   *
   * @return those found; none where the system does not tell
   */
  static LinkedOpenBlas find() {
    var handles = new ArrayList<MethodHandle>();
    for (var file : mappedFiles()) {
      SymbolLookup.libraryLookup(file, Arena.global())
          .find(FUNCTION)
          .map(symbol ->
              Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.ofVoid(JAVA_INT)))
          .ifPresent(handles::add);
    }
    return new LinkedOpenBlas(List.copyOf(handles));
  }

  private static List<Path> mappedFiles() {
    try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.map(line -> line.substring(line.lastIndexOf(' ') + 1))
          .filter(name -> name.contains("/libopenblas"))
          .distinct()
          .map(Path::of)
          .toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  void setThreads(int threads) {
    for (var handle : setThreads) {
      try {
        handle.invokeExact(threads);
      } catch (Throwable failure) {
        throw new IllegalStateException(FUNCTION + ": " + failure.getMessage(), failure);
      }
    }
  }
}
