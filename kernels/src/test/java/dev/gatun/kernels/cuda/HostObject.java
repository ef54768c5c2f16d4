package dev.gatun.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;

/** A program that {@link HostCompiler} compiled, opened. Threads that launch take turns. */
final class HostObject implements AutoCloseable {
  private static final MethodHandle LAUNCH =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS));

  private static final MethodHandle FAILURE =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.ADDRESS.withTargetLayout(
                      java.lang.foreign.MemoryLayout.sequenceLayout(256, ValueLayout.JAVA_BYTE))));

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup symbols;
  private final MemorySegment failure;

  /** Opens what {@link HostCompiler#compile} returned. */
  HostObject(byte[] image) {
    try {
      var file = Files.createTempFile("gatun-on-host", ".so");
      try {
        Files.write(file, image);
        symbols = SymbolLookup.libraryLookup(file, arena);
      } finally {
        Files.delete(file);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    failure = symbols.findOrThrow("gatun_on_host_failure");
  }

  /** Returns what {@link #launch} takes for a kernel. */
  MemorySegment kernel(String entry) {
    return symbols.findOrThrow(entry + "__on_host");
  }

  /**
   * Runs a grid to its end.
   *
   * @throws AssertionError where threads of a block wait for ever, or write past their shared
   *     memory
   */
  void launch(MemorySegment kernel, int[] blocks, int[] threads, int shared, MemorySegment args) {
    try {
      LAUNCH.invokeExact(
          kernel,
          blocks[0],
          blocks[1],
          blocks[2],
          threads[0],
          threads[1],
          threads[2],
          shared,
          args);
      var text = (MemorySegment) FAILURE.invokeExact(failure);
      if (text.address() != 0) {
        throw new AssertionError(text.getString(0));
      }
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
