package dev.gatun.kernels.cuda;

import java.util.List;

/**
 * What there is of CUDA on this machine.
 *
 * @param available whether tensors can be computed with on a device
 * @param reason where they cannot, why not, in a few words; else empty
 * @param advice where they cannot, what to do about it; else empty
 * @param parts the driver and each library, the driver first
 * @param devices the devices, in CUDA's order
 */
public record CudaReport(
    boolean available, String reason, String advice, List<Part> parts, List<DeviceInfo> devices) {
  /** Copies the lists. */
  public CudaReport {
    parts = List.copyOf(parts);
    devices = List.copyOf(devices);
  }

  /** The driver, or a library. */
  public sealed interface Part {
    /**
     * Returns what it is.
     *
     * @return its name for people
     */
    String name();
  }

  /**
   * A part that is there.
   *
   * @param name its name for people
   * @param version its version; of the driver, the newest version of CUDA that it runs
   * @param path the file it was opened from
   * @param place why it was looked for there
   */
  public record Found(String name, String version, String path, String place) implements Part {}

  /**
   * A part that is not there.
   *
   * @param name its name for people
   * @param reason why not, in a few words
   * @param advice what to do about it
   * @param lookedIn where it was looked for, and what was wrong there
   */
  public record Missing(String name, String reason, String advice, List<String> lookedIn)
      implements Part {
    /** Copies the list. */
    public Missing {
      lookedIn = List.copyOf(lookedIn);
    }
  }

  /**
   * A device.
   *
   * @param device how it is called in Gatun, for example {@code cuda:0}
   * @param name how its maker calls it
   * @param computeCapability ten times the major plus the minor version
   * @param totalBytes the size of its memory
   */
  public record DeviceInfo(String device, String name, int computeCapability, long totalBytes) {}
}
