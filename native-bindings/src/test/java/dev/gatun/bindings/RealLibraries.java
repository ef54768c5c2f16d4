package dev.gatun.bindings;

import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import dev.gatun.bindings.loading.SharedLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** NVIDIA's own libraries and headers, where this machine has them. */
public final class RealLibraries {
  private RealLibraries() {}

  /** Returns a library; ends the running test where there is none. */
  public static SharedLibrary require(CudaLibrary library) {
    try {
      return CudaLibraries.system().require(library);
    } catch (CudaUnavailableException absent) {
      String advice =
          library == CudaLibrary.DRIVER
              ? "Its symbols are linked on machines with a GPU."
              : "Name NVIDIA's libraries with GATUN_CUDA_PATH, as .ci/run does.";
      Evidence.skip(
          "the bindings to "
              + library.title()
              + " are not held to the real one: "
              + absent.reason()
              + ". "
              + advice);
      throw absent;
    }
  }

  /** Returns the folders with the headers of CUDA and cuDNN; ends the test where one is missing. */
  public static List<Path> requireHeaders() {
    var cuda = includes(require(CudaLibrary.CUBLAS));
    var cudnn = includes(require(CudaLibrary.CUDNN));
    var folders = List.of(cuda, cuda.resolve("cccl"), cudnn);
    if (!Files.exists(cuda.resolve("cuda.h")) || !Files.exists(cudnn.resolve("cudnn.h"))) {
      Evidence.skip("no headers of CUDA and cuDNN beside the libraries: layouts are not compared");
    }
    return folders;
  }

  private static Path includes(SharedLibrary library) {
    return Path.of(library.path()).resolveSibling("../include").normalize();
  }
}
