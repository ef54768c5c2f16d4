package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.autograd.Gatun;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;

class TiesTest {
  @Test
  void gradientsOfEqualElementsOfALineAreInOrder() {
    try (var _ = Scope.open()) {
      var input = Gatun.tensor(new double[][] {{1, 2, 1}, {2, 2, 3}});
      double[] gradient = {30, 20, 10, 50, 40, 60};
      assertArrayEquals(new double[] {10, 30, 20, 40, 50, 60}, new Ties(1).sorted(gradient, input));
      assertArrayEquals(
          new double[] {30, 50, 20, 40, 10, 60}, new Ties(-2).sorted(gradient, input));
      assertArrayEquals(new double[] {10, 30, 20, 40, 50, 60}, new Ties().sorted(gradient, input));
    }
  }

  @Test
  void otherGradientsWithTheSameSumAreNotAlike() {
    try (var _ = Scope.open()) {
      var input = Gatun.tensor(new double[] {1, 1});
      assertArrayEquals(new double[] {0, 1}, new Ties().sorted(new double[] {1, 0}, input));
      assertArrayEquals(
          new double[] {-0.875, 1.875}, new Ties().sorted(new double[] {1.875, -0.875}, input));
    }
  }

  @Test
  void numbersBesideNoAxisStandAlone() {
    try (var _ = Scope.open()) {
      var one = Gatun.tensor(4.0).reshape();
      assertArrayEquals(new double[] {3}, new Ties(-1).sorted(new double[] {3}, one));
    }
  }
}
