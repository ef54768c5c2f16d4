package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaDevice;
import dev.gatun.bindings.loading.CudaUnavailableException;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The devices of this process that are in use: each is got ready once, when first asked for. */
final class CudaDevices {
  /** The system property with the folder that keeps compiled kernels; {@code off} for none. */
  static final String CACHE_PROPERTY = "gatun.cuda.cache";

  private static CudaProvider[] providers = new CudaProvider[0];
  private static ProgramCompiler compiler = new NvrtcCompiler();
  private static boolean usesLibraries = true;

  private CudaDevices() {}

  /** Returns the provider of a device. */
  static synchronized CudaProvider provider(Device device) {
    int index = device.index();
    if (providers.length == 0) {
      providers = new CudaProvider[count(device)];
    }
    if (index >= providers.length) {
      throw new DeviceException(
          device + ": there is no such device, of " + providers.length + " that CUDA sees");
    }
    var known = providers[index];
    if (known == null) {
      var images = new CubinCache(folder(), compiler);
      var context = new DeviceContext(device, CudaDevice.get(index), images, usesLibraries);
      known = new CudaProvider(context);
      providers[index] = known;
      Kernels.countDevice();
    }
    return known;
  }

  private static int count(Device device) {
    try {
      return CudaDevice.count();
    } catch (CudaUnavailableException problem) {
      throw new DeviceException(device + ": " + problem.getMessage(), problem);
    }
  }

  /**
   * Compiles kernels otherwise than by NVRTC, for tests without a device. To be called before a
   * device is first used.
   *
   * @param libraries whether cublasLt and cuDNN compute on it
   */
  static synchronized void compileWith(ProgramCompiler other, boolean libraries) {
    compiler = other;
    usesLibraries = libraries;
  }

  private static @Nullable Path folder() {
    String named = System.getProperty(CACHE_PROPERTY);
    if (named != null && !named.isBlank()) {
      return named.equals("off") ? null : Path.of(named);
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    if (caches != null && !caches.isBlank()) {
      return Path.of(caches, "gatun", "cuda");
    }
    String home = System.getProperty("user.home");
    return home == null || home.isBlank() ? null : Path.of(home, ".cache", "gatun", "cuda");
  }
}
