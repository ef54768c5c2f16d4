package dev.gatun.bench.cpu;

import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.BenchmarkCase;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Chooses cases: those whose family has the given name, or whose name contains a match of the
 * regular expression.
 *
 * @param text a family, {@value #FIRST_CALLS} for first calls alone, or a regular expression; empty
 *     for all
 */
record CaseFilter(String text) {

  static final String FIRST_CALLS = "first";

  boolean includesFirstCalls() {
    return text.isEmpty() || text.equals(FIRST_CALLS);
  }

  /** The expression for a family's cases. */
  String expressionFor(Family family) {
    return family.name().equals(text) ? "" : text;
  }

  List<BenchmarkCase> casesOf(Family family) {
    if (text.equals(FIRST_CALLS)) {
      return List.of();
    }
    var expression = Pattern.compile(expressionFor(family));
    return family.cases().stream()
        .filter(benchmark -> expression.matcher(benchmark.name()).find())
        .toList();
  }

  /** Whether there is something to measure. */
  boolean choosesAny(List<Family> families) {
    return includesFirstCalls() || families.stream().anyMatch(family -> !casesOf(family).isEmpty());
  }

  /** Whether some cases are left out. */
  boolean isPartial() {
    return !text.isEmpty();
  }
}
