package dev.gatun.nn.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.TestScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class MetricsTest {
  private static Tensor longs(long... values) {
    return Gatun.tensor(values);
  }

  @Test
  void accuracyOfScoresAndOfClasses() {
    Accuracy accuracy = new Accuracy();
    assertTrue(Double.isNaN(accuracy.value()));
    Tensor scores = Gatun.tensor(new double[][] {{1, 2, 0}, {3, 3, 1}, {0, 0, 1}});
    accuracy.update(scores.requiresGrad_(), longs(1, 1, 2));
    assertEquals(2.0 / 3, accuracy.value());
    accuracy.update(longs(0, 1), longs(0, 1));
    assertEquals(4, accuracy.correct());
    assertEquals(5, accuracy.total());
    accuracy.reset();
    assertEquals(0, accuracy.total());
    assertThrows(ShapeException.class, () -> accuracy.update(scores, longs(1, 2)));
    assertThrows(ShapeException.class, () -> accuracy.update(scores, scores));
  }

  @Test
  void confusionAndWhatFollowsFromIt() {
    ConfusionMatrix matrix = new ConfusionMatrix(4);
    matrix.update(longs(0, 0, 1, 1, 1), longs(0, 1, 1, 1, 0));
    matrix.update(longs(2), longs(0));
    assertEquals(1, matrix.count(0, 2));
    assertEquals(3.0 / 6, matrix.accuracy());
    assertEquals(1.0 / 2, matrix.precision(0));
    assertEquals(1.0 / 3, matrix.recall(0));
    assertEquals(0.4, matrix.f1(0), 1e-15);
    assertEquals(0, matrix.precision(2));
    assertEquals(0, matrix.recall(2));
    assertEquals((1.0 / 2 + 2.0 / 3 + 0) / 3, matrix.precision(), 1e-15);
    assertEquals((1.0 / 3 + 2.0 / 3 + 0) / 3, matrix.recall(), 1e-15);
    assertEquals((0.4 + 2.0 / 3 + 0) / 3, matrix.f1(), 1e-15);
    assertEquals(matrix.f1(), matrix.value());
    assertTrue(matrix.toCsv().startsWith("expected,0,1,2,3\n0,1,1,1,0\n1,1,2,0,0\n"));
    assertEquals(5, matrix.toString().lines().count());
    assertThrows(IndexRangeException.class, () -> matrix.update(longs(4), longs(0)));
    assertEquals(
        6,
        matrix.count(0, 0)
            + matrix.count(0, 1)
            + matrix.count(0, 2)
            + matrix.count(1, 0)
            + matrix.count(1, 1));
    matrix.reset();
    assertTrue(Double.isNaN(matrix.accuracy()) && Double.isNaN(matrix.f1()));
    assertThrows(ArgumentException.class, () -> new ConfusionMatrix(0));
  }

  @Test
  void explainedVariance() {
    R2Score r2 = new R2Score();
    r2.update(Gatun.tensor(2.5, 0.0), Gatun.tensor(3.0, -0.5));
    r2.update(Gatun.tensor(2.0, 8.0), Gatun.tensor(2.0, 7.0));
    assertEquals(0.9486081370449679, r2.value(), 1e-12);
    r2.reset();
    assertTrue(Double.isNaN(r2.value()));
    Tensor two = Gatun.tensor(1.0, 2.0);
    Tensor row = two.unsqueeze(0);
    assertThrows(ShapeException.class, () -> r2.update(two, row));
  }

  @Test
  void lossesAreWeightedByExamples() {
    MeanLoss mean = new MeanLoss();
    assertTrue(Double.isNaN(mean.value()));
    mean.add(1, 3);
    mean.add(5, 1);
    mean.add(Double.NaN, 0);
    assertEquals(2, mean.value());
    assertEquals(4, mean.examples());
    mean.reset();
    assertEquals(0, mean.examples());
    assertThrows(ArgumentException.class, () -> mean.add(1, -1));
  }
}
