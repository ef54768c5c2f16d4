package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.memory.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final double UNIT = 0x1p-23;
  private static final Tolerances ELEMENTWISE = new Tolerances(DType.FLOAT32, 4, true);
  private static final Tolerances FOLDED = new Tolerances(DType.FLOAT32, 4, false);

  private static Agreement agreement(
      double[] expected, double[] actual, Tolerances tolerance, @Nullable Evidence evidence) {
    return Agreement.of("x", expected, actual, tolerance, () -> evidence);
  }

  private static Evidence evidence(double truth, double error) {
    return evidence(truth, error, 0);
  }

  private static Evidence evidence(double truth, double error, double bound) {
    return new Evidence(
        new double[] {truth},
        new double[] {bound},
        List.of(new double[] {0}, new double[] {error}).iterator(),
        2);
  }

  @Test
  void smallElementsAreAsExactAsLargeOnes() {
    double[] expected = {1e6, 1e-6};
    assertEquals(
        1, agreement(expected, new double[] {1e6, 1.00001e-6}, FOLDED, null).mismatches().size());
    assertEquals(
        List.of(), agreement(expected, new double[] {1e6, 1e-6}, FOLDED, null).mismatches());
  }

  @Test
  void ofEachKindOfMismatchThereIsOne() {
    double[] expected = {0.0, Double.NaN, 1, 2, 3};
    double[] actual = {-0.0, 0.0, 2, 3, 3};
    assertEquals(3, agreement(expected, actual, ELEMENTWISE, null).mismatches().size());
    assertEquals(2, agreement(expected, actual, FOLDED, null).mismatches().size());
  }

  @Test
  void whatIsTwiceAsFarFromTheTruthAsLibtorchIsRight() {
    double[] expected = {1 + 10 * UNIT};
    double[] actual = {1 - 20 * UNIT};
    var near = agreement(expected, actual, ELEMENTWISE, evidence(1, 0));
    assertEquals(List.of(), near.mismatches());
    assertNotNull(near.confirmed());
    var far = agreement(expected, new double[] {1 - 30 * UNIT}, ELEMENTWISE, evidence(1, 0));
    assertEquals(1, far.mismatches().size());
    assertNull(far.confirmed());
  }

  @Test
  void whatRoundingsMayTakeApartIsAddedToWhatIsNear() {
    double[] expected = {1};
    double[] actual = {1 + 30 * UNIT};
    var bounded = evidence(1, 0, 30 * UNIT);
    assertEquals(List.of(), agreement(expected, actual, ELEMENTWISE, bounded).mismatches());
    var further = new double[] {1 + 40 * UNIT};
    assertEquals(1, agreement(expected, further, ELEMENTWISE, bounded).mismatches().size());
  }

  @Test
  void anErrorOfLibtorchOnANeighbourCounts() {
    double[] actual = {1 - 30 * UNIT};
    assertEquals(
        List.of(),
        agreement(new double[] {1}, actual, ELEMENTWISE, evidence(1, 15 * UNIT)).mismatches());
  }

  @Test
  void theTruthIsRightWhereLibtorchOverflows() {
    double[] expected = {Double.POSITIVE_INFINITY};
    assertEquals(
        List.of(),
        agreement(expected, new double[] {1e30f}, ELEMENTWISE, evidence(1e30, 0)).mismatches());
    assertEquals(
        1,
        agreement(expected, new double[] {2e30}, ELEMENTWISE, evidence(1e30, 0))
            .mismatches()
            .size());
  }
}
