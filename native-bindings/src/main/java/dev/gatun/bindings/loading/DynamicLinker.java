package dev.gatun.bindings.loading;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The system's own loader of shared libraries, {@code dlopen} and its like. The JDK's {@code
 * SymbolLookup.libraryLookup} uses it too, but keeps back what it says of a failure.
 *
 * <p>Only what was passed over is closed again. What has been handed to callers stays open: threads
 * of the libraries may run on, and addresses have gone out.
 */
final class DynamicLinker {
  private static final int RTLD_NOW = 2;
  private static final int RTLD_DI_LINKMAP = 2;

  /** The second member of glibc's {@code struct link_map}, which is the path of the library. */
  private static final long LINK_MAP_NAME = ADDRESS.byteSize();

  private static final MethodHandle DLOPEN =
      handle("dlopen", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle DLERROR = handle("dlerror", FunctionDescriptor.of(ADDRESS));
  private static final MethodHandle DLCLOSE =
      handle("dlclose", FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle DLSYM =
      handle("dlsym", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle DLINFO =
      handle("dlinfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

  private DynamicLinker() {}

  /**
   * Opens a library.
   *
   * @param file a path, or a bare name that the system's loader looks for on its own path
   * @return the loader's handle
   * @throws LoadException where that fails, with the loader's words
   */
  static MemorySegment open(String file) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var handle = (MemorySegment) DLOPEN.invokeExact(arena.allocateFrom(file), RTLD_NOW);
      if (handle.address() == 0) {
        throw new LoadException(string((MemorySegment) DLERROR.invokeExact()));
      }
      return handle;
    } catch (LoadException failed) {
      throw failed;
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  /**
   * Returns the address of a symbol.
   *
   * @param handle what {@link #open} returned
   * @param symbol its name
   * @return its address, or nothing where the library has no such symbol
   */
  static Optional<MemorySegment> find(MemorySegment handle, String symbol) {
    try (var arena = Arena.ofConfined()) {
      var address = (MemorySegment) DLSYM.invokeExact(handle, arena.allocateFrom(symbol));
      return address.address() == 0 ? Optional.empty() : Optional.of(address);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  /**
   * Returns the path that a library was opened from.
   *
   * @param handle what {@link #open} returned
   * @return the path, or nothing where the loader does not tell
   */
  static Optional<String> path(MemorySegment handle) {
    try (var arena = Arena.ofConfined()) {
      var map = arena.allocate(ADDRESS);
      if ((int) DLINFO.invokeExact(handle, RTLD_DI_LINKMAP, map) != 0) {
        return Optional.empty();
      }
      var name =
          map.get(ADDRESS, 0)
              .reinterpret(LINK_MAP_NAME + ADDRESS.byteSize())
              .get(ADDRESS, LINK_MAP_NAME);
      return name.address() == 0 ? Optional.empty() : Optional.of(string(name));
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  /**
   * Gives back a library that is not used after all.
   *
   * @param handle what {@link #open} returned
   */
  static void close(MemorySegment handle) {
    try {
      // A library that cannot be unloaded stays, which does no harm.
      int unused = (int) DLCLOSE.invokeExact(handle);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  private static String string(MemorySegment text) {
    return text.address() == 0
        ? "the system's loader gave no reason"
        : text.reinterpret(Long.MAX_VALUE).getString(0);
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  private static RuntimeException unexpected(Throwable thrown) {
    return switch (thrown) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      default -> new IllegalStateException(thrown);
    };
  }
}
