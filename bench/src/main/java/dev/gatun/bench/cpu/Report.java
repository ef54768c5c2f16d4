package dev.gatun.bench.cpu;

import dev.gatun.bench.first.FirstCall;
import dev.gatun.bench.timing.Averages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that a run found out.
 *
 * @param date when it ended, ISO 8601
 * @param quick whether it was a quick one
 * @param forks fresh JVMs for each family
 * @param machine what the report says about the machine
 * @param titles the families' names and titles, in the order of the report
 * @param contestants names and descriptions, in the order of the columns
 * @param missing peers that do not take part, and why
 * @param rows the cases
 * @param firstCalls what first calls cost
 */
record Report(
    String date,
    boolean quick,
    int forks,
    Map<String, Object> machine,
    Map<String, String> titles,
    Map<String, String> contestants,
    Map<String, String> missing,
    List<Row> rows,
    List<FirstCall> firstCalls) {

  Report {
    rows = List.copyOf(rows);
    firstCalls = List.copyOf(firstCalls);
  }

  /** The rows with a target. */
  List<Row> judged() {
    return rows.stream().filter(row -> row.target().exists()).toList();
  }

  /** The families that have rows, in the order of the report. */
  List<String> families() {
    return rows.stream().map(Row::family).distinct().toList();
  }

  String title(String family) {
    return titles.getOrDefault(family, family);
  }

  List<Row> ofFamily(String family) {
    return rows.stream().filter(row -> row.family().equals(family)).toList();
  }

  /** The row that falls short of its target most, ratio over target; none without ratios. */
  static Optional<Row> worst(List<Row> rows) {
    return rows.stream()
        .filter(row -> Double.isFinite(row.ratio()) && row.target().exists())
        .min(Comparator.comparingDouble(row -> row.ratio() / row.target().ratio()));
  }

  /** The geometric mean of the ratios; NaN when there are none. */
  static double meanRatio(List<Row> rows) {
    var ratios = new ArrayList<Double>();
    for (var row : rows) {
      if (row.target().exists() && Double.isFinite(row.ratio())) {
        ratios.add(row.ratio());
      }
    }
    return Averages.geometricMean(ratios);
  }

  /**
   * The line for scripts. The worst case is the one that falls short of its target most, and the
   * ratio given is its ratio to the best peer.
   */
  String summary() {
    var judged = judged();
    var worst = worst(judged);
    return String.format(
        Locale.ROOT,
        "cpu: cases=%d met=%d worst_ratio=%.2f worst_case=\"%s\"",
        judged.size(),
        judged.stream().filter(Row::isMet).count(),
        worst.map(Row::ratio).orElse(Double.NaN),
        worst.map(Row::name).orElse("none"));
  }
}
