package dev.gatun.bindings.generated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.bindings.Evidence;
import dev.gatun.bindings.RealLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every bound function is in the real library, and links. */
class LinkTest {
  @ParameterizedTest
  @EnumSource
  void everyFunctionLinks(SymbolList list) {
    var library = RealLibraries.require(library(list));
    var missing = new ArrayList<String>();
    int linked = 0;
    for (String function : list.names("function")) {
      if (library.find(function).isPresent()
          && list.read(function + "$handle") instanceof MethodHandle) {
        linked++;
      } else {
        missing.add(function);
      }
    }
    assertEquals(List.of(), missing, library::toString);
    Evidence.count("symbols_linked", list.list(), linked);
  }

  static CudaLibrary library(SymbolList list) {
    return switch (list) {
      case CUDA -> CudaLibrary.DRIVER;
      case CUBLAS -> CudaLibrary.CUBLAS;
      case CUBLAS_LT -> CudaLibrary.CUBLAS_LT;
      case NVRTC -> CudaLibrary.NVRTC;
      case CUDNN -> CudaLibrary.CUDNN;
    };
  }
}
