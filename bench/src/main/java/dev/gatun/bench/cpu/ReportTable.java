package dev.gatun.bench.cpu;

import dev.gatun.bench.contest.ContestTime;
import dev.gatun.bench.peers.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table on the screen. */
final class ReportTable {

  private static final double QUIET_LOAD_AVERAGE = 0.5;
  private static final int NAME_WIDTH = 34;
  private static final int FIGURE_WIDTH = 12;

  private static final String ONE_THREAD = ", one thread";
  private static final String ALL_THREADS = ", all threads";

  private final Report report;
  private final StringBuilder text = new StringBuilder();

  private ReportTable(Report report) {
    this.report = report;
  }

  /**
   * Draws the table.
   *
   * @param report the figures
   * @return lines of text, each ended
   */
  static String draw(Report report) {
    var table = new ReportTable(report);
    table.appendMachine();
    for (var family : report.families()) {
      table.appendFamily(family);
    }
    table.appendFirstCalls();
    return table.text.toString();
  }

  private void appendMachine() {
    report.machine().forEach((what, value) -> line("%s: %s".formatted(what, value)));
    if (report.machine().get("load_average_before") instanceof Double load
        && load > QUIET_LOAD_AVERAGE) {
      line("the machine was not quiet before the run");
    }
    report.contestants().forEach((name, about) -> line("  " + left(name, 13) + about));
    report.missing().forEach((name, why) -> line("  " + left(name, 13) + "missing: " + why));
    line("ratios are medians of those of each round, not quotients of the medians beside them");
  }

  private void appendFamily(String family) {
    var rows = report.ofFamily(family);
    var peers =
        report.contestants().keySet().stream()
            .filter(name -> !name.equals(Peers.GATUN))
            .filter(name -> rows.stream().anyMatch(row -> !Double.isNaN(row.seconds(name))))
            .toList();
    line("");
    var header =
        new StringBuilder(left(report.title(family), NAME_WIDTH)).append(right(Peers.GATUN));
    peers.forEach(peer -> header.append(right(peer)));
    peers.forEach(peer -> header.append(right("/" + peer)));
    line(header.append("    best   target         limit").toString());
    rows.forEach(row -> appendRow(row, peers));
    appendGainOfThreads(rows);
    line(
        "%s%d of %d met, geometric mean %s"
            .formatted(
                left("", NAME_WIDTH),
                rows.stream().filter(row -> row.target().exists() && row.isMet()).count(),
                rows.stream().filter(row -> row.target().exists()).count(),
                ratio(Report.meanRatio(rows))));
  }

  /** What Gatun gains by all threads in cases that are there for one thread as well. */
  private void appendGainOfThreads(List<Row> rows) {
    var gains = new ArrayList<String>();
    for (var shared : rows) {
      rows.stream()
          .filter(row -> row.name().endsWith(ONE_THREAD))
          .filter(row -> shared.name().equals(row.name().replace(ONE_THREAD, ALL_THREADS)))
          .forEach(row ->
              gains.add(
                  row.name().replace(ONE_THREAD, " ")
                      + ratio(row.gatunSeconds() / shared.gatunSeconds())));
    }
    if (!gains.isEmpty()) {
      line("Gatun by all threads, times as fast as by one: " + String.join(", ", gains));
    }
  }

  private void appendRow(Row row, List<String> peers) {
    var cells = new StringBuilder(left(row.name(), NAME_WIDTH));
    cells.append(right(duration(row.gatunSeconds())));
    peers.forEach(peer -> cells.append(right(duration(row.seconds(peer)))));
    peers.forEach(peer -> cells.append(right(ratio(row.ratio(peer)))));
    cells.append("%8s".formatted(ratio(row.ratio())));
    cells.append(verdict(row));
    cells.append(limit(row));
    row.bestPeer().ifPresent(best -> cells.append("  ").append(way(best)));
    line(cells.toString());
    row.troubles().forEach(trouble -> line("    " + trouble));
  }

  private static String verdict(Row row) {
    if (!row.target().exists()) {
      return "                ";
    }
    return "  >=%s %s".formatted(ratio(row.target().ratio()), row.isMet() ? "met   " : "MISSED");
  }

  private static String limit(Row row) {
    return Double.isNaN(row.limitShare()) || row.limitShare() == 0
        ? "      -  "
        : String.format(
            Locale.ROOT,
            "%6.0f %%%s",
            100 * row.limitShare(),
            row.isLimitedByArithmetic() ? "P" : "M");
  }

  private static String way(ContestTime time) {
    var variant = time.variant().isEmpty() ? "" : " " + time.variant();
    return "%s%s on %d".formatted(time.peer(), variant, time.threads());
  }

  private void appendFirstCalls() {
    if (report.firstCalls().isEmpty()) {
      return;
    }
    line("");
    line(
        "first calls in a fresh JVM, ms: model and plan, warm-up, first call, until 90 % of full"
            + " speed");
    for (var call : report.firstCalls()) {
      line(
          String.format(
              Locale.ROOT,
              "%s%s%s%10.1f%10.1f%10.2f%10.1f",
              left(call.name(), NAME_WIDTH),
              left(call.peer(), FIGURE_WIDTH),
              left(call.warmedUp() ? "after warmUp" : "cold", 14),
              call.prepareMillis(),
              call.warmUpMillis(),
              call.firstMillis(),
              call.steadyMillis()));
    }
  }

  /** Three digits and a unit. */
  static String duration(double seconds) {
    if (Double.isNaN(seconds)) {
      return "-";
    }
    double value = 1e9 * seconds;
    for (var unit : List.of("ns", "us", "ms")) {
      if (value < 999.5) {
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, unit);
      }
      value /= 1000;
    }
    return String.format(Locale.ROOT, "%.2f s", value);
  }

  /** Two decimals, fewer for large ones. */
  static String ratio(double ratio) {
    if (Double.isNaN(ratio)) {
      return "-";
    }
    return String.format(Locale.ROOT, ratio < 99.995 ? "%.2f" : "%.0f", ratio);
  }

  private static String left(String entry, int width) {
    return entry + " ".repeat(Math.max(1, width - entry.length()));
  }

  private static String right(String entry) {
    return " ".repeat(Math.max(1, FIGURE_WIDTH - entry.length())) + entry;
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
