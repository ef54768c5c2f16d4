package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaDevice;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import dev.gatun.bindings.loading.SharedLibrary;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.cuda.CudaReport.DeviceInfo;
import dev.gatun.kernels.cuda.CudaReport.Found;
import dev.gatun.kernels.cuda.CudaReport.Missing;
import dev.gatun.kernels.cuda.CudaReport.Part;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.PoolStatistics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether this machine has CUDA, and what its devices are doing. It is looked for when first asked
 * about, and once for the process.
 *
 * <p>Safe for use by several threads.
 */
public final class Cuda {
  private static volatile boolean tf32Allowed;
  private static volatile boolean fusedActivationsAllowed;

  private Cuda() {}

  /**
   * Tells whether there is a device, a driver that runs it, and the libraries that every
   * computation needs. cuDNN is not among these.
   *
   * @return whether there is all that
   */
  public static boolean isAvailable() {
    return problem() == null;
  }

  /**
   * Makes sure that there is a device, a driver that runs it, and the libraries.
   *
   * @throws DeviceException where there is not, with the reason, every place that was looked in,
   *     and what to do
   */
  public static void require() {
    var problem = problem();
    if (problem != null) {
      throw new DeviceException(problem.getMessage(), problem);
    }
  }

  /**
   * Returns how many devices there are.
   *
   * @return their number; 0 where CUDA is not available
   */
  public static int deviceCount() {
    return isAvailable() ? CudaLibraries.system().driver().devices() : 0;
  }

  /**
   * Returns the kernels and the memory of a device, which is got ready when it is first asked for.
   *
   * @param device a CUDA device
   * @return always the same for a device
   * @throws ArgumentException when this is the host
   * @throws DeviceException when there is no such device, or it cannot be used
   */
  public static DeviceProvider provider(Device device) {
    return cudaProvider(device);
  }

  static CudaProvider cudaProvider(Device device) {
    if (device.isCpu()) {
      throw new ArgumentException(device + " is no CUDA device");
    }
    return CudaDevices.provider(device);
  }

  /**
   * Says whether matrix products and convolutions of float32, and the gradients of both, may round
   * their factors to 10 bits of fraction, TF32, which tensor cores multiply several times as fast.
   * Not allowed at first. Counts for those of any thread and device from now on; plans keep to what
   * was said when they first ran. Results are summed in float32 either way.
   *
   * @param allowed whether they may
   */
  public static void allowTf32(boolean allowed) {
    tf32Allowed = allowed;
  }

  /**
   * Tells whether matrix products and convolutions of float32 may round their factors.
   *
   * @return what {@link #allowTf32} said last
   */
  public static boolean isTf32Allowed() {
    return tf32Allowed;
  }

  /**
   * Says whether cublasLt may compute what follows a matrix product in a plan, ReLU, GELU by a
   * hyperbolic tangent, and the gradients of both, that of ReLU by a bit kept for each element, on
   * each element before it is stored; and the gradient of a layer's bias with the product that is
   * the gradient of its weights: a pass over memory less each time. Not allowed at first, since
   * results differ then from those of the step: ReLU may give 0 for NaN, the tangent may be an
   * approximation, in half precision it is taken of sums that are not rounded yet, and a bias's
   * gradient is summed in another order. Counts for plans that are captured from now on.
   *
   * @param allowed whether it may
   */
  public static void allowFusedActivations(boolean allowed) {
    fusedActivationsAllowed = allowed;
  }

  /**
   * Tells whether cublasLt may compute activations.
   *
   * @return what {@link #allowFusedActivations} said last
   */
  public static boolean areFusedActivationsAllowed() {
    return fusedActivationsAllowed;
  }

  /**
   * Returns how many products cublasLt has taken together with an activation, with the gradient of
   * one, or with sums for the gradient of a bias, on all devices. What becomes part of a CUDA graph
   * counts when it first runs and when it is recorded, and not when the graph is launched.
   *
   * @return how many, since this class was loaded
   */
  public static long fusedProducts() {
    return LibraryProducts.fused();
  }

  /**
   * Waits until a device has done what this thread's stream has been given: see {@link
   * DeviceStream}.
   *
   * @param device a CUDA device
   * @throws DeviceException when there is no such device, or it failed
   * @throws dev.gatun.memory.GatunException when an operation failed there: an integer was divided
   *     by zero, an index was beyond its axis
   */
  public static void synchronize(Device device) {
    provider(device).synchronize();
  }

  /**
   * Returns what tensors hold of a device's memory.
   *
   * @param device a CUDA device
   * @return what is in use, and what is kept for tensors to come
   * @throws DeviceException when there is no such device
   */
  public static PoolStatistics memory(Device device) {
    return cudaProvider(device).context().pool().statistics();
  }

  /**
   * Gives the memory that is kept for tensors to come back to the driver.
   *
   * @param device a CUDA device
   * @throws DeviceException when there is no such device
   */
  public static void trimMemory(Device device) {
    cudaProvider(device).context().pool().trim();
  }

  /**
   * Looks for everything, and tells what became of it.
   *
   * @return the report; it stays the same for as long as the JVM runs
   */
  public static CudaReport report() {
    var libraries = CudaLibraries.system();
    var parts = new ArrayList<Part>();
    var driver = libraries.driver();
    parts.add(part(CudaLibrary.DRIVER, driver.library(), driver.problem()));
    var toolkit = libraries.toolkit();
    for (CudaLibrary library :
        List.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS, CudaLibrary.CUDNN)) {
      parts.add(part(library, toolkit.libraries().get(library), toolkit.problems().get(library)));
    }
    var devices = new ArrayList<DeviceInfo>();
    var problem = problem();
    String reason = problem == null ? "" : problem.reason();
    String advice = problem == null ? "" : problem.advice();
    try {
      for (int i = 0; i < driver.devices(); i++) {
        var device = CudaDevice.get(i);
        devices.add(
            new DeviceInfo(
                device.toString(), device.name(), device.computeCapability(), device.totalBytes()));
      }
    } catch (CudaException failed) {
      reason = failed.getMessage();
      advice = "Look whether nvidia-smi works.";
    }
    return new CudaReport(reason.isEmpty(), reason, advice, parts, devices);
  }

  private static Part part(
      CudaLibrary library,
      @Nullable SharedLibrary found,
      @Nullable CudaUnavailableException problem) {
    if (found != null) {
      return new Found(library.title(), found.version(), found.path(), found.place());
    }
    return problem == null
        ? new Missing(library.title(), "not looked for", "", List.of())
        : new Missing(
            library.title(),
            problem.reason(),
            problem.advice(),
            problem.attempts().stream().map(Object::toString).toList());
  }

  private static @Nullable CudaUnavailableException problem() {
    try {
      CudaLibraries.system().requireDevice();
      return null;
    } catch (CudaUnavailableException problem) {
      return problem;
    }
  }
}
