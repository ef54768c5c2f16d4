package dev.gatun.bindings.loading;

import java.lang.foreign.SymbolLookup;

/** What the generated bindings look their symbols up with. */
public final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Returns a look-up in a library that is opened when the first symbol is looked for, and not
   * before: the constants of the bindings are there without the library.
   *
   * @param name the name of the list that the bindings were generated from, for example {@code
   *     cublasLt}
   * @return the look-up; where the library is missing, looking a symbol up throws {@link
   *     CudaUnavailableException}, and where the library has no such symbol, finds nothing
   * @throws IllegalArgumentException for a name that no list has
   */
  public static SymbolLookup lookup(String name) {
    var library = CudaLibrary.ofList(name);
    return symbol -> CudaLibraries.system().require(library).find(symbol);
  }
}
