package dev.gatun.bench.contest;

import dev.gatun.bench.timing.Averages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.ToDoubleFunction;

/** Collects the lines of all forks and answers with medians over them. */
public final class ContestFigures {

  private record Limits(double flopsPerSecond, double bytesPerSecond) {}

  private record Entry(String peer, String variant, int threads) {}

  private final Map<String, String> contestants = new LinkedHashMap<>();
  private final Map<String, String> missing = new LinkedHashMap<>();
  private final Map<String, Map<Entry, List<ContestTime>>> times = new HashMap<>();
  private final Map<String, List<Limits>> limits = new HashMap<>();
  private final Map<String, Set<String>> troubles = new HashMap<>();

  /** Makes figures without anything in them. */
  public ContestFigures() {}

  /**
   * Takes a line that {@link ContestOutput} wrote.
   *
   * @param line the line; one without the mark is ignored
   * @return whether it was the last one of a case
   */
  public boolean accept(String line) {
    var fields = line.split("\t", -1);
    if (!fields[0].equals(ContestOutput.MARK)) {
      return false;
    }
    switch (fields[1]) {
      case "contestant" -> contestants.put(fields[2], fields[3]);
      case "missing" -> missing.put(fields[2], fields[3]);
      case "limits" ->
          limits
              .computeIfAbsent(fields[2], name -> new ArrayList<>())
              .add(new Limits(Double.parseDouble(fields[3]), Double.parseDouble(fields[4])));
      case "time" ->
          accept(
              fields[2],
              new ContestTime(
                  fields[3],
                  fields[4],
                  Integer.parseInt(fields[5]),
                  Double.parseDouble(fields[6]),
                  Double.parseDouble(fields[7]),
                  Double.parseDouble(fields[8])));
      case "trouble" -> trouble(fields[2], fields[3] + ": " + fields[4]);
      case "finished" -> {
        return true;
      }
      default -> throw new IllegalStateException("contest: a fork wrote: " + line);
    }
    return false;
  }

  private void accept(String caseName, ContestTime time) {
    times
        .computeIfAbsent(caseName, name -> new LinkedHashMap<>())
        .computeIfAbsent(
            new Entry(time.peer(), time.variant(), time.threads()), entry -> new ArrayList<>())
        .add(time);
  }

  /**
   * Adds something that went wrong.
   *
   * @param caseName the case
   * @param text what happened, and to whom
   */
  public void trouble(String caseName, String text) {
    troubles.computeIfAbsent(caseName, name -> new LinkedHashSet<>()).add(text);
  }

  /**
   * Who took part.
   *
   * @return names and descriptions in the order of the columns
   */
  public Map<String, String> contestants() {
    return contestants;
  }

  /**
   * Who did not.
   *
   * @return names and reasons
   */
  public Map<String, String> missing() {
    return missing;
  }

  /**
   * The best of each contestant's ways to do a case.
   *
   * @param caseName the case
   * @return medians over forks, Gatun first; the difference is the largest over forks
   */
  public List<ContestTime> times(String caseName) {
    var best = new LinkedHashMap<String, ContestTime>();
    times
        .getOrDefault(caseName, Map.of())
        .forEach((entry, measured) -> {
          var time =
              new ContestTime(
                  entry.peer(),
                  entry.variant(),
                  entry.threads(),
                  Averages.median(measured.stream().map(ContestTime::seconds).toList()),
                  Averages.median(measured.stream().map(ContestTime::ratio).toList()),
                  measured.stream().mapToDouble(ContestTime::difference).max().orElse(Double.NaN));
          best.merge(entry.peer(), time, BinaryOperator.minBy(ContestTime.FASTEST_FIRST));
        });
    return List.copyOf(best.values());
  }

  /**
   * What went wrong in a case.
   *
   * @param caseName the case
   * @return sentences; empty where all is well
   */
  public List<String> troubles(String caseName) {
    return List.copyOf(troubles.getOrDefault(caseName, Set.of()));
  }

  /**
   * The peak of fused multiply-adds beside a case.
   *
   * @param caseName the case
   * @return operations a second; NaN when it was not measured
   */
  public double flopsPerSecond(String caseName) {
    return median(caseName, Limits::flopsPerSecond);
  }

  /**
   * The speed of as much memory as a case touches.
   *
   * @param caseName the case
   * @return bytes a second; NaN when it was not measured
   */
  public double bytesPerSecond(String caseName) {
    return median(caseName, Limits::bytesPerSecond);
  }

  private double median(String caseName, ToDoubleFunction<Limits> figure) {
    var measured = limits.get(caseName);
    return measured == null
        ? Double.NaN
        : Averages.median(measured.stream().mapToDouble(figure).boxed().toList());
  }
}
