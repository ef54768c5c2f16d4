package dev.gatun.bench.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class AveragesTest {

  @Test
  void medianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
    assertEquals(3, Averages.median(List.of(9.0, 1.0, 3.0)));
    assertEquals(2.5, Averages.median(List.of(4.0, 1.0, 2.0, 3.0)));
    assertThrows(IllegalArgumentException.class, () -> Averages.median(List.of()));
  }

  @Test
  void quotientsAreOfWhatWasMeasuredTogether() {
    // A round in which all were three times as slow tells the same as the others.
    assertEquals(2, Averages.medianQuotient(List.of(2.0, 6.0, 2.2), List.of(1.0, 3.0, 1.1)), 1e-15);
    assertEquals(0.5, Averages.medianQuotient(List.of(1.0), List.of(2.0, 8.0)));
    assertThrows(
        IllegalArgumentException.class, () -> Averages.medianQuotient(List.of(), List.of(1.0)));
  }

  @Test
  void geometricMeanOfRatiosAndOfNothing() {
    assertEquals(1, Averages.geometricMean(List.of(0.5, 2.0)), 1e-15);
    assertTrue(Double.isNaN(Averages.geometricMean(List.of())));
  }
}
