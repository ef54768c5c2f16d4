package dev.gatun.bench.cases;

import java.util.List;

/** Puts the parts of a result together. */
final class Results {

  private Results() {}

  static double[] joined(List<double[]> parts) {
    var all = new double[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (var part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
