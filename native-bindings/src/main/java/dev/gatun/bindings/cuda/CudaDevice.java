package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.CUuuid_st;
import dev.gatun.bindings.generated.cuda.cuda_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * A device of this machine. Asking it needs no context, and any thread may.
 *
 * @param ordinal which, in CUDA's order, from 0
 * @param id what the driver calls it
 */
public record CudaDevice(int ordinal, int id) {
  private static final int LONGEST_NAME = 256;

  /**
   * Returns how many devices there are.
   *
   * @return their number, at least 1
   * @throws CudaUnavailableException where there is no driver, or no device
   */
  public static int count() {
    CudaLibraries.system().requireDriverWithDevice();
    return CudaLibraries.system().driver().devices();
  }

  /**
   * Returns a device.
   *
   * @param ordinal which, from 0
   * @return it
   * @throws CudaUnavailableException where there is no driver, or no device
   * @throws IndexOutOfBoundsException where there are fewer devices
   */
  public static CudaDevice get(int ordinal) {
    int count = count();
    if (ordinal < 0 || ordinal >= count) {
      throw new IndexOutOfBoundsException(
          "there is no device " + ordinal + ", of " + count + " devices");
    }
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.JAVA_INT);
      CudaStatus.DRIVER.check(cuda_h.cuDeviceGet(out, ordinal), "cuDeviceGet", ordinal);
      return new CudaDevice(ordinal, out.get(ValueLayout.JAVA_INT, 0));
    }
  }

  /**
   * Returns the device's name.
   *
   * @return for example {@code NVIDIA H200}
   */
  public String name() {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(LONGEST_NAME);
      CudaStatus.DRIVER.check(
          cuda_h.cuDeviceGetName(out, LONGEST_NAME, id), "cuDeviceGetName", this);
      return out.getString(0);
    }
  }

  /**
   * Returns one of the device's attributes.
   *
   * @param attribute which: one of the constants {@code CU_DEVICE_ATTRIBUTE_...}
   * @return its value
   */
  public int attribute(int attribute) {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.JAVA_INT);
      int status = cuda_h.cuDeviceGetAttribute(out, attribute, id);
      if (status != 0) {
        throw CudaStatus.DRIVER.failure(status, "cuDeviceGetAttribute", attribute, this);
      }
      return out.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /**
   * Returns the device's compute capability as NVRTC takes it.
   *
   * @return ten times the major version plus the minor one: 90 for an H200
   */
  public int computeCapability() {
    return 10 * attribute(cuda_h.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR())
        + attribute(cuda_h.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR());
  }

  /**
   * Returns the size of the device's memory.
   *
   * @return in bytes, whether used or free
   */
  public long totalBytes() {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.JAVA_LONG);
      CudaStatus.DRIVER.check(cuda_h.cuDeviceTotalMem_v2(out, id), "cuDeviceTotalMem", this);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Returns the device's identity, which stays the same from process to process.
   *
   * @return 32 hexadecimal digits
   */
  public String uuid() {
    try (var arena = Arena.ofConfined()) {
      var out = CUuuid_st.allocate(arena);
      CudaStatus.DRIVER.check(cuda_h.cuDeviceGetUuid_v2(out, id), "cuDeviceGetUuid", this);
      return HexFormat.of().formatHex(out.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** As PyTorch writes it. */
  @Override
  public String toString() {
    return "cuda:" + ordinal;
  }
}
