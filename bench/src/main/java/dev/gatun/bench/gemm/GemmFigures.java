package dev.gatun.bench.gemm;

import dev.gatun.bench.timing.Averages;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the lines of all forks and answers with medians over them. */
final class GemmFigures {

  private record Speed(GemmCase gemmCase, String name) {}

  private record Setting(DType dtype, int threads) {}

  private final Map<String, String> contestants = new LinkedHashMap<>();
  private final Map<String, String> missing = new LinkedHashMap<>();
  private final Map<Speed, List<Double>> speeds = new HashMap<>();
  private final Map<GemmCase, Double> errors = new HashMap<>();
  private final Map<Setting, List<Double>> peaks = new HashMap<>();

  /**
   * Takes a line that {@link ForkOutput} wrote.
   *
   * @param line the line; one without the mark is ignored
   * @param threads the fork's thread setting
   * @return whether the line was the last one of a case
   */
  boolean accept(String line, int threads) {
    var fields = line.split("\t", -1);
    if (!fields[0].equals(ForkOutput.MARK)) {
      return false;
    }
    switch (fields[1]) {
      case "contestant" -> contestants.put(fields[2], fields[3]);
      case "missing" -> missing.put(fields[2], fields[3]);
      case "peak" ->
          peaks
              .computeIfAbsent(
                  new Setting(DType.valueOf(fields[2]), threads), setting -> new ArrayList<>())
              .add(Double.valueOf(fields[3]));
      case "speed" -> {
        var gemmCase = new GemmCase(DType.valueOf(fields[2]), threads, Integer.parseInt(fields[3]));
        speeds
            .computeIfAbsent(new Speed(gemmCase, fields[4]), speed -> new ArrayList<>())
            .add(Double.valueOf(fields[5]));
        errors.merge(gemmCase, Double.valueOf(fields[6]), Math::max);
        return fields[4].equals(lastContestant());
      }
      default -> throw new IllegalStateException("gemm: a fork wrote: " + line);
    }
    return false;
  }

  private String lastContestant() {
    return List.copyOf(contestants.keySet()).getLast();
  }

  /**
   * Who took part.
   *
   * @return names and descriptions in the order of the columns
   */
  Map<String, String> contestants() {
    return contestants;
  }

  /**
   * Who did not.
   *
   * @return names and reasons
   */
  Map<String, String> missing() {
    return missing;
  }

  /**
   * A contestant's speed as measured.
   *
   * @param gemmCase the case
   * @param name the contestant
   * @return GFLOP/s, the median over forks; NaN when it was not measured
   */
  double speed(GemmCase gemmCase, String name) {
    var values = speeds.get(new Speed(gemmCase, name));
    return values == null ? Double.NaN : Averages.median(values);
  }

  /**
   * The largest relative error of any contestant.
   *
   * @param gemmCase the case
   * @return the error, relative to the largest element
   */
  double error(GemmCase gemmCase) {
    return errors.getOrDefault(gemmCase, Double.NaN);
  }

  /**
   * The FMA peak.
   *
   * @param dtype the element type
   * @param threads the thread setting
   * @return GFLOP/s, the median over forks; NaN when it was not measured
   */
  double peak(DType dtype, int threads) {
    var values = peaks.get(new Setting(dtype, threads));
    return values == null ? Double.NaN : Averages.median(values);
  }
}
