package dev.gatun.bench.gemm;

import dev.gatun.bench.peers.Peers;
import dev.gatun.memory.DType;
import java.util.List;
import java.util.Locale;

/** The table on the screen. */
final class GemmTable {

  private static final double QUIET_LOAD_AVERAGE = 0.5;

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
    line(machine.processor() + ", " + machine.cores() + " cores");
    line(machine.vectorBits() + "-bit vectors, " + machine.operatingSystem());
    line(machine.java());
    if (machine.loadAverage() > QUIET_LOAD_AVERAGE) {
      line("load average before the run" + number(5, 1, machine.loadAverage()) + ": not quiet");
    }
    results.figures().contestants().forEach((name, about) -> line(padded(name) + about));
    results.figures().missing().forEach((name, why) -> line(padded(name) + "missing: " + why));
  }

  private void appendBlock(DType dtype, int threads) {
    var names = List.copyOf(results.figures().contestants().keySet());
    line("");
    line(
        dtype.typeName()
            + (threads == 1 ? ", 1 thread" : ", " + threads + " threads")
            + ": GFLOP/s (FMA peak"
            + number(6, 1, results.figures().peak(dtype, threads))
            + "), and Gatun's ratios");
    var header = new StringBuilder("     n");
    names.forEach(name -> header.append(column(10, name)));
    header.append("   % peak  / best BLAS");
    peers(names).forEach(name -> header.append(column(12, "/ " + name)));
    line(header.toString());
    for (var gemmCase : results.plan().cases()) {
      if (gemmCase.dtype() == dtype && gemmCase.threads() == threads) {
        line(row(gemmCase, names));
      }
    }
  }

  private String row(GemmCase gemmCase, List<String> names) {
    var row = new StringBuilder(column(6, Integer.toString(gemmCase.size())));
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
    var number =
        Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    return column(width, number);
  }

  private static String column(int width, String entry) {
    return " ".repeat(Math.max(1, width - entry.length())) + entry;
  }

  private static String padded(String name) {
    return "  " + name + " ".repeat(Math.max(1, 10 - name.length()));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
