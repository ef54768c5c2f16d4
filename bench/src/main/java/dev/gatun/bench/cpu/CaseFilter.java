package dev.gatun.bench.cpu;

import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.BenchmarkCase;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chooses cases: those whose family has the given name, or whose name contains a match of the
 * regular expression.
 *
 * @param text a family, {@value #FIRST_CALLS} for first calls alone, or a regular expression; empty
 *     for all
 * @param quick whether, where none are named, some cases between others are left out, those without
 *     a target, and first calls
 */
record CaseFilter(String text, boolean quick) {

  static final String FIRST_CALLS = "first";

  boolean includesFirstCalls() {
    return text.isEmpty() && !quick || text.equals(FIRST_CALLS);
  }

  /** The expression for a family's cases, for a fork. */
  String expressionFor(Family family) {
    if (quick && text.isEmpty()) {
      return casesOf(family).stream()
          .map(benchmark -> Pattern.quote(benchmark.name()))
          .collect(Collectors.joining("|", "^(", ")$"));
    }
    return expression(family);
  }

  private String expression(Family family) {
    return family.name().equals(text) ? "" : text;
  }

  List<BenchmarkCase> casesOf(Family family) {
    if (text.equals(FIRST_CALLS)) {
      return List.of();
    }
    var expression = Pattern.compile(expression(family));
    return family.cases().stream()
        .filter(benchmark -> !(quick && text.isEmpty()) || isOfQuickRuns(benchmark))
        .filter(benchmark -> expression.matcher(benchmark.name()).find())
        .toList();
  }

  private static boolean isOfQuickRuns(BenchmarkCase benchmark) {
    return benchmark.target().exists() && !benchmark.isThoroughOnly();
  }

  /** Whether there is something to measure. */
  boolean choosesAny(List<Family> families) {
    return includesFirstCalls() || families.stream().anyMatch(family -> !casesOf(family).isEmpty());
  }

  /** Whether cases are named. */
  boolean isPartial() {
    return !text.isEmpty();
  }
}
