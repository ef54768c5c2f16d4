package dev.gatun.bindings.loading;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * A library that is open, and stays so for as long as the JVM runs.
 *
 * <p>Safe for use by several threads.
 */
public final class SharedLibrary implements SymbolLookup {
  private final MemorySegment handle;
  private final String path;
  private final String place;
  private final String version;

  SharedLibrary(MemorySegment handle, String path, String place, String version) {
    this.handle = handle;
    this.path = path;
    this.place = place;
    this.version = version;
  }

  /** Gives the library back; only before it has been handed to anyone. */
  void close() {
    DynamicLinker.close(handle);
  }

  /**
   * Returns the address of a symbol.
   *
   * @param symbol its name
   * @return its address, or nothing where this release of the library has no such symbol
   */
  @Override
  public Optional<MemorySegment> find(String symbol) {
    return DynamicLinker.find(handle, symbol);
  }

  /**
   * Returns the file that the library was opened from.
   *
   * @return its path, as the system's loader tells it
   */
  public String path() {
    return path;
  }

  /**
   * Returns why the library was looked for there.
   *
   * @return for example {@code CUDA_HOME} or {@code Python packages}
   */
  public String place() {
    return place;
  }

  /**
   * Returns the version that the library says it is of.
   *
   * @return for example {@code 13.0.2}
   */
  public String version() {
    return version;
  }

  @Override
  public String toString() {
    return path + " (" + version + ", found through " + place + ")";
  }
}
