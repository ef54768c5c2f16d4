package dev.gatun.bench.gemm;

import dev.gatun.bench.peers.Peers;
import dev.gatun.memory.DType;
import java.util.List;
import java.util.Locale;

/** The table on the screen. */
final class GemmTable {

  private final GemmResults results;
  private final StringBuilder text = new StringBuilder();

  private GemmTable(GemmResults results) {
    this.results = results;
  }

  /**
   * Draws the table.
   *
   * @param results the figures
   * @return lines of text, each ended
   */
  static String draw(GemmResults results) {
    var table = new GemmTable(results);
    table.appendMachine();
    var plan = results.plan();
    for (var dtype : plan.dtypes()) {
      for (int threads : plan.threads()) {
        table.appendBlock(dtype, threads);
      }
    }
    return table.text.toString();
  }

  private void appendMachine() {
    var machine = results.machine();
    line(
        "%s, %d cores, %d-bit vectors", machine.processor(), machine.cores(), machine.vectorBits());
    line("%s, %s", machine.operatingSystem(), machine.java());
    if (machine.loadAverage() > 0.5) {
      line("load average %.1f before the run: not a quiet machine", machine.loadAverage());
    }
    results.figures().contestants().forEach((name, about) -> line("  %-9s %s", name, about));
    results.figures().missing().forEach((name, reason) -> line("  %-9s missing: %s", name, reason));
  }

  private void appendBlock(DType dtype, int threads) {
    var names = List.copyOf(results.figures().contestants().keySet());
    line("");
    line(
        "%s, %s: GFLOP/s (FMA peak %.1f), and Gatun's ratios",
        dtype.name().toLowerCase(Locale.ROOT),
        threads == 1 ? "1 thread" : threads + " threads",
        results.figures().peak(dtype, threads));
    var header = new StringBuilder("     n");
    names.forEach(name -> header.append("%10s".formatted(name)));
    header.append("   % peak  / best BLAS");
    peers(names).forEach(name -> header.append("%12s".formatted("/ " + name)));
    line("%s", header);
    for (var gemmCase : results.plan().cases()) {
      if (gemmCase.dtype() == dtype && gemmCase.threads() == threads) {
        line("%s", row(gemmCase, names));
      }
    }
  }

  private String row(GemmCase gemmCase, List<String> names) {
    var row = new StringBuilder("%6d".formatted(gemmCase.size()));
    names.forEach(name -> row.append(number(10, 1, results.speed(gemmCase, name))));
    row.append(number(9, 1, 100 * results.peakShare(gemmCase)));
    row.append(number(13, 2, results.ratioToBestBlas(gemmCase)));
    peers(names).forEach(name -> row.append(number(12, 2, results.ratioTo(gemmCase, name))));
    return row.toString();
  }

  private static List<String> peers(List<String> names) {
    return names.stream().filter(name -> !name.equals(Peers.GATUN)).toList();
  }

  private static String number(int width, int decimals, double value) {
    var number = Double.isNaN(value) ? "-" : format("%." + decimals + "f", value);
    return " ".repeat(Math.max(1, width - number.length())) + number;
  }

  private void line(String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
