package dev.gatun.bench.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The part of the README that is written from the report, between two comments. */
final class ReadmeTable {

  static final String BEGIN = "<!-- cpu:begin -->";
  static final String END = "<!-- cpu:end -->";

  private ReadmeTable() {}

  /**
   * Draws the table.
   *
   * @param report the figures
   * @return Markdown, each line ended
   */
  static String draw(Report report) {
    var text = new StringBuilder();
    line(
        text,
        "| work | cases | at or above the target | geometric mean | farthest from its target |");
    line(text, "|---|---|---|---|---|");
    for (var family : report.families()) {
      var rows = report.ofFamily(family).stream().filter(row -> row.target().exists()).toList();
      if (!rows.isEmpty()) {
        line(text, family(report.title(family), rows));
      }
    }
    line(text, "");
    line(text, "The ratio is the time of the best peer divided by Gatun's. " + machine(report));
    line(text, "");
    line(
        text,
        "| first calls in a fresh JVM | model and plan | `warmUp` | first call | until 90 % of full"
            + " speed |");
    line(text, "|---|---|---|---|---|");
    for (var call : report.firstCalls()) {
      line(
          text,
          String.format(
              Locale.ROOT,
              "| %s, %s%s | %s | %s | %.2f ms | %.0f ms |",
              call.name(),
              call.peer(),
              call.warmedUp() ? " after `warmUp`" : "",
              Double.isNaN(call.prepareMillis()) ? "" : wholeMillis(call.prepareMillis()),
              call.warmedUp() ? wholeMillis(call.warmUpMillis()) : "",
              call.firstMillis(),
              call.steadyMillis()));
    }
    return text.toString();
  }

  private static String wholeMillis(double millis) {
    return String.format(Locale.ROOT, "%.0f ms", millis);
  }

  private static String family(String title, List<Row> rows) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %s | %s |",
        title,
        rows.size(),
        rows.stream().filter(Row::isMet).count(),
        ReportTable.ratio(Report.meanRatio(rows)),
        Report.worst(rows)
            .map(row ->
                "%s: %s, target %s"
                    .formatted(
                        row.name(),
                        ReportTable.ratio(row.ratio()),
                        ReportTable.ratio(row.target().ratio())))
            .orElse("-"));
  }

  private static String machine(Report report) {
    return "%s, %s cores, %s-bit vectors, %s; forks: %s; %s."
        .formatted(
            report.machine().get("processor"),
            report.machine().get("cores"),
            report.machine().get("vector_bits"),
            report.machine().get("java"),
            report.forks(),
            report.date());
  }

  /**
   * Puts the table where it belongs.
   *
   * @param readme the file
   * @param report the figures
   * @throws IOException when the file cannot be read or written, or lacks the two comments
   */
  static void write(Path readme, Report report) throws IOException {
    var text = Files.readString(readme);
    Files.writeString(
        readme,
        text.substring(0, begin(readme, text)) + draw(report) + text.substring(text.indexOf(END)));
  }

  /** What stands between the comments now. */
  static String read(Path readme) throws IOException {
    var text = Files.readString(readme);
    return text.substring(begin(readme, text), text.indexOf(END));
  }

  private static int begin(Path readme, String text) throws IOException {
    int begin = text.indexOf(BEGIN + "\n");
    if (begin < 0 || text.indexOf(END) < begin) {
      throw new IOException(readme + ": no lines " + BEGIN + " and " + END);
    }
    return begin + BEGIN.length() + 1;
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
