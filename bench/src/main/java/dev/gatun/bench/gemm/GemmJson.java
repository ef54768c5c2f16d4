package dev.gatun.bench.gemm;

import dev.gatun.bench.peers.Peers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** The results as a tree for {@link dev.gatun.bench.report.Json}. */
final class GemmJson {

  private GemmJson() {}

  /**
   * Builds the tree.
   *
   * @param results the figures
   * @param date when the run ended, ISO 8601
   * @return maps and lists
   */
  static Map<String, Object> tree(GemmResults results, String date) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("benchmark", "gemm");
    tree.put("date", date);
    tree.put("machine", results.machine().toMap());
    tree.put("contestants", results.figures().contestants());
    tree.put("missing", results.figures().missing());
    tree.put("forks", results.plan().forks());
    tree.put("rounds", GemmPlan.ROUNDS);
    tree.put("slice_seconds", results.plan().sliceSeconds());
    tree.put("fma_peak", peaks(results));
    tree.put("cases", results.plan().cases().stream().map(c -> oneCase(results, c)).toList());
    tree.put("worst_ratio", results.worstRatio());
    tree.put("geomean_ratio", results.geometricMeanRatio());
    tree.put("peak_share", results.meanPeakShare());
    return tree;
  }

  private static Object peaks(GemmResults results) {
    var peaks = new ArrayList<Map<String, Object>>();
    for (var dtype : results.plan().dtypes()) {
      for (int threads : results.plan().threads()) {
        var peak = new LinkedHashMap<String, Object>();
        peak.put("dtype", dtype.typeName());
        peak.put("threads", threads);
        peak.put("gflops", results.figures().peak(dtype, threads));
        peaks.add(peak);
      }
    }
    return peaks;
  }

  private static Map<String, Object> oneCase(GemmResults results, GemmCase gemmCase) {
    var measured = new LinkedHashMap<String, Object>();
    var ratios = new LinkedHashMap<String, Object>();
    for (var name : results.figures().contestants().keySet()) {
      measured.put(name, results.figures().speed(gemmCase, name));
      if (!name.equals(Peers.GATUN)) {
        ratios.put(name, results.ratioTo(gemmCase, name));
      }
    }
    var map = new LinkedHashMap<String, Object>();
    map.put("dtype", gemmCase.dtype().typeName());
    map.put("threads", gemmCase.threads());
    map.put("size", gemmCase.size());
    map.put("gflops", measured);
    map.put("peak_share", results.peakShare(gemmCase));
    map.put("ratio_to_best_blas", results.ratioToBestBlas(gemmCase));
    map.put("ratio_to", ratios);
    map.put("largest_relative_error", results.figures().error(gemmCase));
    return map;
  }
}
