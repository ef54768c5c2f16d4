package dev.gatun.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much memory the machine or the container has, where the system tells. */
final class PhysicalMemory {
  private static final System.Logger LOG = System.getLogger("dev.gatun.memory");
  private static final String UNITS = "kmgt";
  private static final List<Path> CONTAINER_LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  private PhysicalMemory() {}

  /**
   * Returns the limit that was asked for, or the default when none was. What cannot be read is said
   * in the log, and the default is taken: a class that refuses to load would tell nobody why.
   */
  static long limitBytes(@Nullable String asked) {
    if (asked == null) {
      return usableBytes();
    }
    try {
      return parse(asked);
    } catch (ArgumentException e) {
      long usable = usableBytes();
      LOG.log(System.Logger.Level.WARNING, "{0}; the limit is {1} bytes", e.getMessage(), usable);
      return usable;
    }
  }

  /** Reads a number of bytes, such as {@code 1048576}, {@code 512m} or {@code 4g}. */
  static long parse(String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT);
    int unit = digits.isEmpty() ? -1 : UNITS.indexOf(digits.charAt(digits.length() - 1));
    if (unit >= 0) {
      digits = digits.substring(0, digits.length() - 1);
    }
    int shift = 10 * (unit + 1);
    if (!digits.matches("[0-9]{1,18}") || Long.parseLong(digits) > Long.MAX_VALUE >>> shift) {
      throw new ArgumentException(
          MemoryPool.LIMIT_PROPERTY
              + ": '"
              + text
              + "' is not a number of bytes, or one with k, m, g or t behind it");
    }
    return Long.parseLong(digits) << shift;
  }

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
