package dev.gatun.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much memory the machine or the container has, where the system tells. */
final class PhysicalMemory {
  private static final List<Path> CONTAINER_LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  private PhysicalMemory() {}

  /** Returns nine tenths of the memory there is, or no limit when the system does not tell. */
  static long usableBytes() {
    long total = machineBytes();
    for (Path limit : CONTAINER_LIMITS) {
      total = Math.min(total, firstNumber(limit, "", 1));
    }
    return total == Long.MAX_VALUE ? total : total / 10 * 9;
  }

  private static long machineBytes() {
    return firstNumber(Path.of("/proc/meminfo"), "MemTotal:", 1024);
  }

  private static long firstNumber(Path file, String prefix, long unit) {
    if (!Files.isReadable(file)) {
      return Long.MAX_VALUE;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        String digits = line.replaceAll("[^0-9]", "");
        if (line.startsWith(prefix) && !digits.isEmpty() && digits.length() <= 15) {
          return Long.parseLong(digits) * unit;
        }
      }
    } catch (IOException e) {
      // The file is advisory: without it the pool has no default limit, and says so in its figures.
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }
}
