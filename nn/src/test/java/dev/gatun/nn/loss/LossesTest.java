package dev.gatun.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.GradientCheck;
import dev.gatun.nn.TestScope;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class LossesTest {
  private static final Shape SHAPE = Shape.of(2, 3);
  private static final double[] OUTPUTS = {0.2, -1.3, 2.1, 0.7, 0.4, -0.6};
  private static final double[] TARGETS = {0.5, -0.2, 0.1, 0.9, 0.3, 1.4};
  private static final double[] CHANCES = {0.2, 0.9, 0.55, 0.7, 0.4, 0.31};
  private static final double[] WANTED = {0, 1, 0.5, 1, 0.25, 0};

  private static Tensor doubles(double... values) {
    return Gatun.tensor(DType.FLOAT64, SHAPE, values);
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }

  @FunctionalInterface
  private interface Maker {
    Loss make(Reduction reduction);
  }

  private static void checkElementwise(
      Maker maker, double[] x, double[] y, DoubleBinaryOperator formula) {
    double[] expected = new double[x.length];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      expected[i] = formula.applyAsDouble(x[i], y[i]);
      sum += expected[i];
    }
    Tensor input = doubles(x);
    Tensor target = doubles(y);
    assertArrayEquals(
        expected, maker.make(Reduction.NONE).forward(input, target).toDoubleArray(), 1e-12);
    assertEquals(sum, maker.make(Reduction.SUM).forward(input, target).item(), 1e-12);
    assertEquals(sum / 6, maker.make(Reduction.MEAN).forward(input, target).item(), 1e-12);
    for (Reduction reduction : Reduction.values()) {
      Loss loss = maker.make(reduction);
      GradientCheck.check(v -> loss.forward(v, target).square().sum(), SHAPE, x);
      GradientCheck.check(v -> loss.forward(input, v).square().sum(), SHAPE, y);
    }
  }

  private static void checkSecondOrder(Loss loss, double[] x, double[] y) {
    Tensor target = doubles(y);
    GradientCheck.check(
        v -> {
          Tensor at = v.requiresGrad() ? v : v.requiresGrad_();
          Tensor first = Gatun.grad(loss.forward(at, target), null, true, true, at)[0];
          assertNotNull(first);
          return first.square().sum();
        },
        SHAPE,
        x);
  }

  @Test
  void gradientsOfGradients() {
    checkSecondOrder(new MSELoss(), OUTPUTS, TARGETS);
    checkSecondOrder(new HuberLoss(0.7, Reduction.SUM), OUTPUTS, TARGETS);
    checkSecondOrder(new SmoothL1Loss(0.7, Reduction.SUM), OUTPUTS, TARGETS);
    checkSecondOrder(new BCELoss(), CHANCES, WANTED);
    checkSecondOrder(new BCEWithLogitsLoss(), OUTPUTS, TARGETS);
  }

  @Test
  void surfaceRowOfTheSquaredError() {
    Tensor x = Gatun.tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor loss = Losses.mseLoss(x, Gatun.tensor(4.0, 5.0, 6.0));
    assertEquals(9, loss.item());
    assertEquals("MseLossBackward", loss.gradFn());
    loss.backward();
    assertArrayEquals(new double[] {-2, -2, -2}, gradient(x));
  }

  @Test
  void surfaceRowOfTheCrossEntropy() {
    Tensor x = Gatun.tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor loss = Losses.crossEntropy(x, Gatun.tensor(4.0, 5.0, 6.0));
    assertEquals(19.1141, loss.item(), 5e-5);
    loss.backward();
    assertArrayEquals(new double[] {-2.6495, -1.3291, 3.9786}, gradient(x), 5e-5);
  }

  @Test
  void differences() {
    checkElementwise(MSELoss::new, OUTPUTS, TARGETS, (x, y) -> (x - y) * (x - y));
    checkElementwise(L1Loss::new, OUTPUTS, TARGETS, (x, y) -> Math.abs(x - y));
    checkElementwise(
        reduction -> new SmoothL1Loss(0.7, reduction),
        OUTPUTS,
        TARGETS,
        (x, y) -> {
          double d = Math.abs(x - y);
          return d < 0.7 ? d * d / 1.4 : d - 0.35;
        });
    checkElementwise(
        reduction -> new HuberLoss(0.7, reduction),
        OUTPUTS,
        TARGETS,
        (x, y) -> {
          double d = Math.abs(x - y);
          return d < 0.7 ? d * d / 2 : 0.7 * (d - 0.35);
        });
    assertThrows(ArgumentException.class, () -> new HuberLoss(0, Reduction.MEAN));
    assertThrows(ArgumentException.class, () -> new SmoothL1Loss(-1, Reduction.MEAN));
  }

  @Test
  void twoClassesFromProbabilities() {
    double[] inner = {0.1, 0.8, 0.5, 0.9, 0.25, 0.2};
    checkElementwise(
        reduction -> new BCELoss(null, reduction),
        CHANCES,
        inner,
        (x, y) -> -(y * Math.log(x) + (1 - y) * Math.log(1 - x)));
    Tensor weight = Gatun.tensor(DType.FLOAT64, Shape.of(3), 1, 2, 0.5);
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      double loss =
          -(WANTED[i] * Math.log(CHANCES[i]) + (1 - WANTED[i]) * Math.log(1 - CHANCES[i]));
      sum += loss * weight.get(i % 3);
    }
    BCELoss weighted = new BCELoss(weight, Reduction.MEAN);
    assertEquals(sum / 6, weighted.forward(doubles(CHANCES), doubles(WANTED)).item(), 1e-12);
    GradientCheck.check(x -> weighted.forward(x, doubles(WANTED)), SHAPE, CHANCES);
  }

  @Test
  void certaintyIsClamped() {
    Tensor x = Gatun.tensor(0.0, 1.0, 0.0, 1.0).requiresGrad_();
    Tensor y = Gatun.tensor(0.0, 1.0, 1.0, 0.0);
    Tensor losses = new BCELoss(null, Reduction.NONE).forward(x, y);
    assertArrayEquals(new double[] {0, 0, 100, 100}, losses.toDoubleArray(), 0.0);
    losses.sum().backward();
    assertArrayEquals(new double[] {0, 0, -1e12, 1e12}, gradient(x), 1e6);
    String message =
        assertThrows(
                ArgumentException.class,
                () -> Losses.bceLoss(Gatun.tensor(0.5, 1.5), Gatun.tensor(0.0, 1.0)))
            .getMessage();
    assertEquals(
        "binary_cross_entropy: an input from 0.5 to 1.5: all elements are from 0 to 1", message);
  }

  @Test
  void twoClassesFromLogits() {
    checkElementwise(
        reduction -> new BCEWithLogitsLoss(null, null, reduction),
        OUTPUTS,
        TARGETS,
        (x, y) -> Math.log1p(Math.exp(-x)) + (1 - y) * x);
    Tensor weight = Gatun.tensor(DType.FLOAT64, Shape.of(3), 1, 2, 0.5);
    Tensor positive = Gatun.tensor(DType.FLOAT64, Shape.of(3), 3, 0.5, 1);
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      double chance = 1 / (1 + Math.exp(-OUTPUTS[i]));
      double loss =
          -(positive.get(i % 3) * WANTED[i] * Math.log(chance)
              + (1 - WANTED[i]) * Math.log(1 - chance));
      sum += loss * weight.get(i % 3);
    }
    BCEWithLogitsLoss weighted = new BCEWithLogitsLoss(weight, positive, Reduction.SUM);
    assertEquals(sum, weighted.forward(doubles(OUTPUTS), doubles(WANTED)).item(), 1e-12);
    GradientCheck.check(x -> weighted.forward(x, doubles(WANTED)), SHAPE, OUTPUTS);
  }

  @Test
  void extremeLogitsStayFinite() {
    Tensor x = Gatun.tensor(0.0, 1000.0, -1000.0, 1000.0).requiresGrad_();
    Tensor losses =
        new BCEWithLogitsLoss(null, null, Reduction.NONE)
            .forward(x, Gatun.tensor(1.0, 0.0, 1.0, 1.0));
    assertArrayEquals(new double[] {Math.log(2), 1000, 1000, 0}, losses.toDoubleArray(), 1e-6);
    losses.sum().backward();
    assertArrayEquals(new double[] {-0.5, 1, -1, 0}, gradient(x), 1e-6);
    Tensor ones = Gatun.ones(4);
    Tensor again = x.detach().requiresGrad_();
    new BCEWithLogitsLoss(null, ones, Reduction.SUM)
        .forward(again, Gatun.tensor(1.0, 0.0, 1.0, 1.0))
        .backward();
    assertArrayEquals(new double[] {-0.5, 1, -1, 0}, gradient(again), 1e-6);
  }

  @Test
  void targetsThatMerelyBroadcastAreRefused() {
    String message =
        assertThrows(ShapeException.class, () -> Losses.mseLoss(Gatun.ones(4, 1), Gatun.ones(4)))
            .getMessage();
    assertEquals("mse_loss: input [4, 1], target [4]: the shapes agree", message);
    assertThrows(DTypeException.class, () -> Losses.l1Loss(Gatun.tensor(1L), Gatun.tensor(1L)));
    assertThrows(ShapeException.class, () -> Losses.bceLoss(Gatun.ones(2), Gatun.ones(3)));
  }

  @Test
  void nothingIsLeftInThePool() {
    long before = MemoryPool.shared().statistics().inUseBytes();
    try (Scope inner = Scope.open()) {
      Tensor x = Gatun.ones(4, 3).requiresGrad_();
      Tensor classes = Gatun.tensor(0L, 1L, 2L, -100L);
      Losses.crossEntropy(x, classes).backward();
      Losses.nllLoss(x, classes).backward();
      Losses.mseLoss(x, Gatun.zeros(4, 3)).backward();
      Losses.bceWithLogitsLoss(x, Gatun.zeros(4, 3));
      assertTrue(MemoryPool.shared().statistics().inUseBytes() > before);
    }
    assertEquals(before, MemoryPool.shared().statistics().inUseBytes());
  }

  @Test
  void lossesThatLookAtTheirOperandsAreCaptured() {
    Tensor chances = doubles(CHANCES);
    try (Plan plan = Plan.capture(Losses::bceLoss, chances, doubles(WANTED))) {
      Tensor other = chances.mul(0.5);
      assertEquals(
          Losses.bceLoss(other, doubles(WANTED)).item(),
          plan.run(other, doubles(WANTED)).item(),
          1e-15);
    }
    var weighted =
        new NLLLoss(Gatun.tensor(DType.FLOAT64, Shape.of(3), 1, 2, 3), 1, Reduction.MEAN);
    Tensor scores = doubles(OUTPUTS).reshape(2, 3);
    for (Loss loss : List.of(new NLLLoss(), new NLLLoss(null, 1, Reduction.MEAN), weighted)) {
      try (Plan plan = Plan.capture(loss::forward, scores, Gatun.tensor(0L, 2L))) {
        Tensor targets = Gatun.tensor(1L, 2L);
        assertEquals(loss.forward(scores, targets).item(), plan.run(scores, targets).item());
        assertThrows(IndexRangeException.class, () -> plan.run(scores, Gatun.tensor(0L, 3L)));
      }
    }
  }
}
