package dev.gatun.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A case's figures.
 *
 * @param name the case
 * @param seconds Gatun's time for a call, the median; NaN where it failed
 * @param torchSeconds PyTorch's; NaN where there is no PyTorch, or it failed
 * @param operations floating-point operations of a call; 0 where they do not count
 * @param bytes the least that a call reads and writes; 0 where that does not count
 * @param trouble what went wrong on either side; empty where nothing did
 */
record GpuRow(
    String name,
    double seconds,
    double torchSeconds,
    double operations,
    double bytes,
    String trouble) {

  private static final double MICRO = 1e6;
  private static final double TERA = 1e12;
  private static final double GIGA = 1e9;

  /** PyTorch's time divided by Gatun's; NaN where there are not both. */
  double ratio() {
    return torchSeconds / seconds;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-36s %12.1f %12s %8s %16s %s",
        name,
        seconds * MICRO,
        Double.isNaN(torchSeconds) ? "-" : String.format(Locale.ROOT, "%.1f", torchSeconds * MICRO),
        Double.isNaN(ratio()) ? "-" : String.format(Locale.ROOT, "%.2f", ratio()),
        speed(),
        trouble);
  }

  static String heading() {
    return String.format(
        Locale.ROOT,
        "%-36s %12s %12s %8s %16s",
        "case",
        "Gatun, us",
        "PyTorch, us",
        "ratio",
        "Gatun's speed");
  }

  private String speed() {
    if (operations > 0) {
      return String.format(Locale.ROOT, "%.2f TFLOP/s", operations / seconds / TERA);
    }
    return bytes > 0 ? String.format(Locale.ROOT, "%.0f GB/s", bytes / seconds / GIGA) : "";
  }

  Map<String, Object> toMap() {
    var map = new LinkedHashMap<String, Object>();
    map.put("name", name);
    map.put("gatun_micros", seconds * MICRO);
    map.put("pytorch_micros", torchSeconds * MICRO);
    map.put("ratio", ratio());
    map.put("operations", operations);
    map.put("bytes", bytes);
    map.put("trouble", trouble);
    return map;
  }
}
