package dev.gatun.bindings.loading;

import dev.gatun.bindings.CCompiler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** A machine that has only the libraries that a test builds. */
final class FakeHost {
  private final Path root;
  private final Properties properties = new Properties();
  private final Map<String, String> environment = new HashMap<>();

  FakeHost(Path root) {
    this.root = root;
  }

  CudaLibraries libraries() {
    return new CudaLibraries(new Host(properties, environment, root, false));
  }

  FakeHost property(Path folder) {
    properties.setProperty(Places.PROPERTY, folder.toString());
    return this;
  }

  FakeHost variable(String name, Path folder) {
    environment.put(name, folder.toString());
    return this;
  }

  Path folder(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Builds a driver: what cuInit returns, which CUDA it runs, how many devices it finds. */
  Path driver(String folder, int init, int version, int devices) {
    return CCompiler.library(
        folder(folder).resolve("libcuda.so.1"),
        """
        int cuInit(unsigned flags) { return %d; }
        int cuDriverGetVersion(int *version) { *version = %d; return 0; }
        int cuDeviceGetCount(int *count) { *count = %d; return 0; }
        int cuGetErrorName(int error, const char **name) { *name = "CUDA_ERROR_FAKE"; return 0; }
        """
            .formatted(init, version, devices));
  }

  /** Builds all that a toolkit of a version has. */
  Path toolkit(String folder, int major, int minor) {
    nvrtc(folder, major, major, minor);
    blas(folder, "libcublasLt.so." + major, "cublasLtGetProperty", major, minor);
    blas(folder, "libcublas.so." + major, "cublasGetProperty", major, minor);
    return folder(folder);
  }

  /** Builds an NVRTC that says it is of a version, under the name of a version. */
  void nvrtc(String folder, int named, int major, int minor) {
    CCompiler.library(
        folder(folder).resolve("libnvrtc.so." + named),
        """
        int nvrtcVersion(int *major, int *minor) { *major = %d; *minor = %d; return 0; }
        """
            .formatted(major, minor));
  }

  /** Builds a cuBLAS or cublasLt that says it is of a version. */
  void blas(String folder, String file, String function, int major, int minor) {
    CCompiler.library(
        folder(folder).resolve(file),
        """
        int %s(int type, int *value) { *value = type == 0 ? %d : type == 1 ? %d : 5; return 0; }
        """
            .formatted(function, major, minor));
  }

  /** Builds a cuDNN 9.12.3 for a version of CUDA. */
  void cudnn(String folder, int cudaMajor) {
    CCompiler.library(
        folder(folder).resolve("libcudnn.so.9"),
        """
        unsigned long cudnnGetVersion(void) { return 91203; }
        unsigned long cudnnGetCudartVersion(void) { return %d; }
        """
            .formatted(cudaMajor * 1000));
  }

  /** Writes what is no library. */
  Path file(String folder, String name, String text) {
    try {
      return Files.writeString(folder(folder).resolve(name), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
