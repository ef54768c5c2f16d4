package dev.gatun.bench.parity;

import java.util.ArrayList;
import java.util.List;

/** What was found about an operation. One thread uses it. */
final class ParityRow {

  /** So many mismatches are kept for people to read. */
  private static final int MOST_EXAMPLES = 3;

  private final String name;
  private int cases;
  private int refused;
  private int gradients;
  private int mismatches;
  private int intended;
  private double worstResult;
  private double worstGradient;
  private final List<String> examples = new ArrayList<>();

  ParityRow(String name) {
    this.name = name;
  }

  void counted() {
    cases++;
  }

  void refused() {
    refused++;
  }

  void result(double ulps) {
    worstResult = Math.max(worstResult, ulps);
  }

  void gradient(double ulps) {
    worstGradient = Math.max(worstGradient, ulps);
  }

  void gradientsCompared() {
    gradients++;
  }

  void mismatch(String text) {
    if (Difference.isIntended(name, text)) {
      intended++;
      return;
    }
    mismatches++;
    if (examples.size() < MOST_EXAMPLES) {
      examples.add(text);
    }
  }

  String name() {
    return name;
  }

  int cases() {
    return cases;
  }

  int refusedCases() {
    return refused;
  }

  int gradientCases() {
    return gradients;
  }

  int mismatches() {
    return mismatches;
  }

  int intendedDifferences() {
    return intended;
  }

  double worstResult() {
    return worstResult;
  }

  double worstGradient() {
    return worstGradient;
  }

  List<String> examples() {
    return List.copyOf(examples);
  }
}
