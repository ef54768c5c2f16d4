package dev.gatun.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of this process is in physical memory, as Linux counts it. */
final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /**
   * Reads the resident set size.
   *
   * @return bytes
   * @throws IOException when the system does not tell
   */
  static long bytes() throws IOException {
    for (var line : Files.readAllLines(STATUS)) {
      if (line.startsWith(FIELD)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(STATUS + ": no line " + FIELD);
  }
}
