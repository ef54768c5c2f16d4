package dev.gatun.bench.ops;

import java.util.List;
import java.util.Locale;

/** The table of a report. */
final class OpsTable {

  private static final double MICROS = 1e6;
  private static final String COLUMNS = "%-28s %-52s %14s %14s %9s";

  private OpsTable() {}

  /**
   * Draws the table.
   *
   * @param report the figures
   * @return lines of text, each ended
   */
  static String draw(OpsReport report) {
    var text = new StringBuilder();
    report.machine().forEach((what, value) -> line(text, what + ": " + value));
    report.settings().forEach((what, value) -> line(text, what + ": " + value));
    report.contestants().forEach((who, about) -> line(text, "  %-10s %s".formatted(who, about)));
    line(text, "");
    line(
        text,
        COLUMNS.formatted("operation", "inputs, arguments", "Gatun us", "libtorch us", "ratio"));
    report.judged().forEach(row -> line(text, line(row)));
    section(text, report.shortOnes(), "too short for their time to be that of computing:");
    if (!report.untimed().isEmpty()) {
      line(text, "");
      line(text, "not timed:");
      report.untimed().forEach(row -> line(text, row.name() + ": " + row.trouble()));
    }
    return text.toString();
  }

  private static void section(StringBuilder text, List<OpRow> rows, String title) {
    if (!rows.isEmpty()) {
      line(text, "");
      line(text, title);
      rows.forEach(row -> line(text, line(row)));
    }
  }

  /** A call in one line. */
  static String line(OpRow row) {
    return row.isTimed()
        ? COLUMNS.formatted(
            row.operation(),
            row.call(),
            micros(row.gatunSeconds()),
            micros(row.libtorchSeconds()),
            String.format(Locale.ROOT, "%.3f", row.ratio()))
        : row.name() + ": " + row.trouble();
  }

  private static String micros(double seconds) {
    return String.format(Locale.ROOT, "%.1f", MICROS * seconds);
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
