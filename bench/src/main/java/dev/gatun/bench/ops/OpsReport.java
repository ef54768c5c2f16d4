package dev.gatun.bench.ops;

import dev.gatun.bench.timing.Averages;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of a run.
 *
 * @param date when it was made
 * @param settings options of the command, by name
 * @param machine what it was made on
 * @param contestants who took part, with versions
 * @param rows the calls, in the order of the catalogue
 */
record OpsReport(
    String date,
    Map<String, Object> settings,
    Map<String, Object> machine,
    Map<String, String> contestants,
    List<OpRow> rows) {

  private static final double HALF = 0.5;
  private static final double NANOS = 1e9;

  OpsReport {
    rows = List.copyOf(rows);
  }

  /** Calls whose time is that of computing, the slowest beside libtorch first. */
  List<OpRow> judged() {
    return sorted(rows.stream().filter(row -> row.isTimed() && !row.isShort()).toList());
  }

  /** Calls whose time is that of calling. */
  List<OpRow> shortOnes() {
    return sorted(rows.stream().filter(row -> row.isTimed() && row.isShort()).toList());
  }

  /** Calls without figures. */
  List<OpRow> untimed() {
    return rows.stream().filter(row -> !row.isTimed()).toList();
  }

  private static List<OpRow> sorted(List<OpRow> rows) {
    return rows.stream().sorted(Comparator.comparingDouble(OpRow::ratio)).toList();
  }

  /** The line for scripts. */
  String summary() {
    var judged = judged();
    var worst = judged.stream().findFirst();
    return String.format(
        Locale.ROOT,
        "ops: operations=%d calls=%d short=%d untimed=%d geometric_mean=%.2f below_half=%d"
            + " worst_ratio=%.3f worst_case=\"%s\"",
        rows.stream().map(OpRow::operation).distinct().count(),
        judged.size(),
        shortOnes().size(),
        untimed().size(),
        Averages.geometricMean(judged.stream().map(OpRow::ratio).toList()),
        judged.stream().filter(row -> row.ratio() < HALF).count(),
        worst.map(OpRow::ratio).orElse(Double.NaN),
        worst.map(OpRow::name).orElse("none"));
  }

  /** Maps and lists for {@link dev.gatun.bench.report.Json}. */
  Map<String, Object> tree() {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("benchmark", "ops");
    tree.put("date", date);
    tree.put("settings", settings);
    tree.put("machine", machine);
    tree.put("contestants", contestants);
    tree.put("summary", summary());
    tree.put("calls", rows.stream().map(OpsReport::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(OpRow row) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("operation", row.operation());
    tree.put("call", row.call());
    tree.put("gatun_nanos", NANOS * row.gatunSeconds());
    tree.put("libtorch_nanos", NANOS * row.libtorchSeconds());
    tree.put("ratio", row.ratio());
    tree.put("short", row.isTimed() && row.isShort());
    tree.put("trouble", row.trouble());
    return tree;
  }
}
