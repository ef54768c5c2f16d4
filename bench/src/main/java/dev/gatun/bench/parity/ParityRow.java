package dev.gatun.bench.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
  private int confirmed;
  private double worstResult;
  private double worstGradient;
  private final List<String> examples = new ArrayList<>();
  private final List<String> confirmations = new ArrayList<>();

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

  /** The sides are apart, and double precision has the say. */
  void confirmed(String text) {
    confirmed++;
    if (confirmations.size() < MOST_EXAMPLES) {
      confirmations.add(text);
    }
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

  int confirmedDifferences() {
    return confirmed;
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

  /** The line above those of the table. */
  static String header() {
    return "%-32s%8s%9s%11s%12s%10s%11s%14s%16s"
        .formatted(
            "operation",
            "cases",
            "refused",
            "gradients",
            "mismatches",
            "intended",
            "confirmed",
            "worst result",
            "worst gradient");
  }

  /**
   * The line of the table, and the mismatches that have been kept below it.
   *
   * @param withConfirmed whether what double precision confirmed follows
   */
  List<String> lines(boolean withConfirmed) {
    var lines = new ArrayList<String>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-32s%8d%9d%11d%12d%10d%11d%14.1f%16.1f",
            name,
            cases,
            refused,
            gradients,
            mismatches,
            intended,
            confirmed,
            worstResult,
            worstGradient));
    examples.forEach(example -> lines.add("    " + example.replace("\n", " ")));
    if (withConfirmed) {
      confirmations.forEach(text -> lines.add("    confirmed: " + text));
    }
    return lines;
  }
}
