package dev.gatun.bench.gpu;

import dev.gatun.bench.timing.Averages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a run of {@code gatun gpu-check} has found.
 *
 * @param header the machine, the device, the libraries, by name
 * @param checks what the checks have found, by their names, in the order of the run
 * @param rows what was timed
 */
record GpuReport(Map<String, Object> header, Map<String, CheckOutcome> checks, List<GpuRow> rows) {

  private static final String CATALOGUE = "catalogue";
  private static final String BFLOAT16 = GpuCases.PRODUCT + "bfloat16 ";
  private static final int LARGE = 4096;

  boolean passed() {
    return checks.values().stream().allMatch(CheckOutcome::passed);
  }

  /** The line for scripts. */
  String summary() {
    var catalogue = checks.get(CATALOGUE);
    var figures = catalogue == null ? Map.<String, Object>of() : catalogue.figures();
    long faults = checks.values().stream().mapToLong(outcome -> outcome.faults().size()).sum();
    return "gpu: ops="
        + figures.getOrDefault("ops", 0)
        + " cases="
        + figures.getOrDefault("cases", 0)
        + " mismatches="
        + faults
        + " gemm_bf16_ratio="
        + ratio(row -> row.name().startsWith(BFLOAT16) && size(row) >= LARGE)
        + " step_ratio="
        + ratio(row -> row.name().contains("step") && row.name().endsWith(GpuCases.CAPTURED));
  }

  private static int size(GpuRow row) {
    return Integer.parseInt(row.name().substring(row.name().lastIndexOf(' ') + 1));
  }

  /** The geometric mean of the ratios that there are. */
  private String ratio(Predicate<GpuRow> which) {
    var ratios =
        rows.stream().filter(which).map(GpuRow::ratio).filter(ratio -> !ratio.isNaN()).toList();
    return ratios.isEmpty()
        ? "unmeasured"
        : String.format(Locale.ROOT, "%.2f", Averages.geometricMean(ratios));
  }

  /** The report as a tree for {@link dev.gatun.bench.report.Json}. */
  Map<String, Object> tree() {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("benchmark", "gpu");
    tree.putAll(header);
    var found = new LinkedHashMap<String, Object>();
    checks.forEach((name, outcome) -> found.put(name, tree(outcome)));
    tree.put("checks", found);
    tree.put("cases", rows.stream().map(GpuRow::toMap).toList());
    tree.put("summary", summary());
    return tree;
  }

  private static Map<String, Object> tree(CheckOutcome outcome) {
    var map = new LinkedHashMap<String, Object>();
    map.put("passed", outcome.passed());
    map.put("skipped", outcome.skipped());
    map.put("figures", outcome.figures());
    map.put("faults", outcome.faults());
    return map;
  }
}
