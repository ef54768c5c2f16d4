package dev.gatun.kernels.gemm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The sizes of the data caches that one thread computes through, in bytes.
 *
 * @param first the first level, of one core
 * @param second the second level, commonly of one core
 * @param last the last level, shared by cores; at least as large as the second
 */
public record CacheSizes(long first, long second, long last) {
  /** What nearly every server and desktop of the last ten years has, for where nothing is told. */
  static final CacheSizes COMMON = new CacheSizes(32 << 10, 512 << 10, 8 << 20);

  private static final Path SYSTEM_FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final CacheSizes OF_THIS_MACHINE = read(SYSTEM_FOLDER);

  /**
   * Returns the sizes of this machine, or common ones where the system does not tell.
   *
   * @return the same at every call
   */
  public static CacheSizes ofThisMachine() {
    return OF_THIS_MACHINE;
  }

  /** Reads what Linux tells of the first processor's caches: one folder for each. */
  static CacheSizes read(Path folder) {
    long first = 0;
    long second = 0;
    long last = 0;
    for (int index = 0; Files.isDirectory(folder.resolve("index" + index)); index++) {
      var cache = folder.resolve("index" + index);
      if (text(cache.resolve("type")).equals("Instruction")) {
        continue;
      }
      long bytes = bytes(text(cache.resolve("size")));
      switch (text(cache.resolve("level"))) {
        case "1" -> first = bytes;
        case "2" -> second = bytes;
        default -> last = Math.max(last, bytes);
      }
    }
    if (first <= 0) {
      return COMMON;
    }
    second = second > 0 ? second : Math.max(COMMON.second, 8 * first);
    return new CacheSizes(first, second, Math.max(last, second));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException _) {
      return ""; // like a size that is not told
    }
  }

  /** Returns the bytes of a size such as {@code 1024K}; 0 for what is not a size. */
  private static long bytes(String text) {
    var upper = text.toUpperCase(Locale.ROOT);
    int shift = upper.endsWith("K") ? 10 : upper.endsWith("M") ? 20 : upper.endsWith("G") ? 30 : 0;
    var digits = shift == 0 ? upper : upper.substring(0, upper.length() - 1);
    try {
      return Long.parseLong(digits) << shift;
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
