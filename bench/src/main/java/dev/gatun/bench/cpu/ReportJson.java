package dev.gatun.bench.cpu;

import dev.gatun.bench.contest.ContestTime;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.first.FirstCall;
import dev.gatun.bench.report.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report as a tree of JSON and back. */
final class ReportJson {

  private static final double NANOS = 1e9;

  private ReportJson() {}

  /**
   * Builds the tree.
   *
   * @param report the figures
   * @return maps and lists for {@link dev.gatun.bench.report.Json}
   */
  static Map<String, Object> tree(Report report) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("benchmark", "cpu");
    tree.put("date", report.date());
    tree.put("quick", report.quick());
    tree.put("forks", report.forks());
    tree.put("machine", report.machine());
    tree.put("families", report.titles());
    tree.put("contestants", report.contestants());
    tree.put("missing", report.missing());
    tree.put("summary", report.summary());
    tree.put("cases", report.rows().stream().map(ReportJson::row).toList());
    tree.put("first_calls", report.firstCalls().stream().map(ReportJson::firstCall).toList());
    return tree;
  }

  private static Map<String, Object> row(Row row) {
    var map = new LinkedHashMap<String, Object>();
    map.put("family", row.family());
    map.put("name", row.name());
    map.put("ratio", row.ratio());
    map.put("target_ratio", row.target().ratio());
    map.put("peak_share", row.peakShare());
    map.put("target_peak_share", row.target().peakShare());
    map.put("met", row.isMet());
    map.put("limit_share", row.limitShare());
    map.put("peak_nanos", NANOS * row.peakSeconds());
    map.put("memory_nanos", NANOS * row.memorySeconds());
    map.put("times", row.times().stream().map(ReportJson::time).toList());
    map.put("troubles", row.troubles());
    return map;
  }

  private static Map<String, Object> time(ContestTime time) {
    var map = new LinkedHashMap<String, Object>();
    map.put("peer", time.peer());
    map.put("variant", time.variant());
    map.put("threads", time.threads());
    map.put("nanos", NANOS * time.seconds());
    map.put("ratio", time.ratio());
    map.put("relative_difference", time.difference());
    return map;
  }

  private static Map<String, Object> firstCall(FirstCall call) {
    var map = new LinkedHashMap<String, Object>();
    map.put("name", call.name());
    map.put("peer", call.peer());
    map.put("warmed_up", call.warmedUp());
    map.put("prepare_millis", call.prepareMillis());
    map.put("warm_up_millis", call.warmUpMillis());
    map.put("first_millis", call.firstMillis());
    map.put("steady_millis", call.steadyMillis());
    return map;
  }

  /**
   * Reads a report back.
   *
   * @param json what was written
   * @return the report
   * @throws IllegalArgumentException when something is missing
   */
  static Report read(JsonNode json) {
    var rows = new ArrayList<Row>();
    for (var row : json.get("cases").elements()) {
      rows.add(readRow(row));
    }
    var firstCalls = new ArrayList<FirstCall>();
    for (var call : json.get("first_calls").elements()) {
      firstCalls.add(readFirstCall(call));
    }
    return new Report(
        json.get("date").text(),
        json.get("quick").truth(),
        (int) json.get("forks").number(),
        json.get("machine").values(),
        json.get("families").texts(),
        json.get("contestants").texts(),
        json.get("missing").texts(),
        rows,
        firstCalls);
  }

  private static Row readRow(JsonNode row) {
    var times = new ArrayList<ContestTime>();
    for (var time : row.get("times").elements()) {
      times.add(
          new ContestTime(
              time.get("peer").text(),
              time.get("variant").text(),
              (int) time.get("threads").number(),
              time.get("nanos").number() / NANOS,
              time.get("ratio").number(),
              time.get("relative_difference").number()));
    }
    return new Row(
        row.get("family").text(),
        row.get("name").text(),
        new Target(row.get("target_ratio").number(), row.get("target_peak_share").number()),
        times,
        row.get("peak_nanos").number() / NANOS,
        row.get("memory_nanos").number() / NANOS,
        List.copyOf(row.get("troubles").elements().stream().map(JsonNode::text).toList()));
  }

  private static FirstCall readFirstCall(JsonNode call) {
    return new FirstCall(
        call.get("name").text(),
        call.get("peer").text(),
        call.get("warmed_up").truth(),
        call.get("prepare_millis").number(),
        call.get("warm_up_millis").number(),
        call.get("first_millis").number(),
        call.get("steady_millis").number());
  }
}
