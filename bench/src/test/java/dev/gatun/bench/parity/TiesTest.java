package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.autograd.Gatun;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;

class TiesTest {
  @Test
  void gradientsOfEqualElementsOfALineCountTogether() {
    try (var _ = Scope.open()) {
      var input = Gatun.tensor(new double[][] {{1, 2, 1}, {2, 2, 3}});
      var gradient = Gatun.tensor(new double[][] {{10, 20, 30}, {40, 50, 60}});
      assertArrayEquals(
          new double[] {40, 20, 40, 90, 90, 60},
          new Ties(1).pooled(gradient, input).toDoubleArray());
      assertArrayEquals(
          new double[] {10, 40, 70, 70, 30, 60},
          new Ties(-2).pooled(gradient, input).toDoubleArray());
      assertArrayEquals(
          new double[] {40, 110, 40, 110, 110, 60},
          new Ties().pooled(gradient, input).toDoubleArray());
    }
  }

  @Test
  void numbersBesideNoAxisStandAlone() {
    try (var _ = Scope.open()) {
      var one = Gatun.tensor(4.0).reshape();
      assertArrayEquals(new double[] {4}, new Ties(-1).pooled(one, one).toDoubleArray());
    }
  }
}
