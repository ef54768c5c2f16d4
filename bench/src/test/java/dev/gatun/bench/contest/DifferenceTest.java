package dev.gatun.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DifferenceTest {

  @Test
  void isRelativeToTheNormOfTheReference() {
    double difference = Difference.relative(new double[] {3, 4.5}, new double[] {3, 4});
    assertEquals(0.5 / 5, difference, 1e-15);
  }

  @Test
  void equalResultsDoNotDifferEvenWhenTheyAreZero() {
    assertEquals(0, Difference.relative(new double[2], new double[2]));
  }

  @Test
  void whatWasNeverWrittenIsNaN() {
    assertTrue(
        Double.isNaN(Difference.relative(new double[] {1, Double.NaN}, new double[] {1, 2})));
  }

  @Test
  void resultsOfOtherLengthsDifferWithoutBound() {
    assertEquals(Double.POSITIVE_INFINITY, Difference.relative(new double[1], new double[2]));
  }
}
