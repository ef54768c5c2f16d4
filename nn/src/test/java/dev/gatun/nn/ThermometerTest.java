package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.Scope;
import dev.gatun.nn.loss.Losses;
import dev.gatun.nn.optim.Adam;
import dev.gatun.nn.optim.SGD;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A thermometer of unknown units, calibrated against one in degrees Celsius. */
@ExtendWith(TestScope.class)
class ThermometerTest {
  private static final double[] CELSIUS = {0.5, 14, 15, 28, 11, 8, 3, -4, 6, 13, 21};
  private static final double[] UNKNOWN = {
    35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4
  };

  private static double gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.item();
  }

  private static Tensor loss(Tensor w, Tensor b, double scale) {
    Tensor readings = Gatun.tensor(UNKNOWN).mul(scale);
    return Losses.mseLoss(readings.mul(w).add(b), Gatun.tensor(CELSIUS));
  }

  @Test
  void firstGradient() {
    Tensor w = Gatun.scalar(1.0).requiresGrad_();
    Tensor b = Gatun.scalar(0.0).requiresGrad_();
    loss(w, b, 1).backward();
    assertEquals(4517.2969, gradient(w), 5e-5);
    assertEquals(82.6, gradient(b), 5e-5);
  }

  @Test
  void oneStepOfDescent() {
    Tensor w = Gatun.scalar(1.0).requiresGrad_();
    Tensor b = Gatun.scalar(0.0).requiresGrad_();
    try (SGD optimizer = new SGD(List.of(w, b), 1e-2)) {
      loss(w, b, 0.1).backward();
      optimizer.step();
    }
    assertEquals(1.7761, w.item(), 5e-5);
    assertEquals(0.1064, b.item(), 5e-5);
  }

  @Test
  void training() {
    // The least squares' line: 5.3671 per ten units, -17.3048 at zero; mean squared error 2.9276.
    Tensor w = Gatun.scalar(1.0).requiresGrad_();
    Tensor b = Gatun.scalar(0.0).requiresGrad_();
    double last = Double.NaN;
    try (Adam optimizer = new Adam(List.of(w, b), 0.1)) {
      for (int epoch = 0; epoch < 2000; epoch++) {
        try (Scope step = Scope.open()) {
          optimizer.zeroGrad();
          Tensor loss = loss(w, b, 0.1);
          loss.backward();
          optimizer.step();
          last = loss.item();
        }
      }
    }
    assertEquals(5.3671, w.item(), 5e-3);
    assertEquals(-17.3048, b.item(), 3e-2);
    assertTrue(last < 2.93, "loss " + last);
  }
}
