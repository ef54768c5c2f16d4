package dev.gatun.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.GradientCheck;
import dev.gatun.nn.TestScope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class CrossEntropyLossTest {
  private static final int SAMPLES = 4;
  private static final int CLASSES = 3;
  private static final Shape SHAPE = Shape.of(SAMPLES, CLASSES);
  private static final double[] LOGITS = {
    0.2, -1.3, 2.1, 0.7, 0.4, -0.6, 1.5, 0.1, 0.9, -0.3, 0.8, -1.1
  };
  private static final double[] WEIGHTS = {0.5, 2, 1.25};
  private static final long IGNORED = -100;

  /** The logarithms of the classes' probabilities, the plain way. */
  private static double[] logSoftmax(double[] logits) {
    double[] result = new double[logits.length];
    for (int i = 0; i < SAMPLES; i++) {
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        sum += Math.exp(logits[i * CLASSES + c]);
      }
      for (int c = 0; c < CLASSES; c++) {
        result[i * CLASSES + c] = logits[i * CLASSES + c] - Math.log(sum);
      }
    }
    return result;
  }

  /** The formula of PyTorch's documentation. */
  private static double[] reference(
      double[] logProbabilities,
      long[] classes,
      double @Nullable [] weights,
      double smoothing,
      Reduction reduction) {
    double[] losses = new double[SAMPLES];
    double sum = 0;
    double total = 0;
    for (int i = 0; i < SAMPLES; i++) {
      if (classes[i] == IGNORED) {
        continue;
      }
      int wanted = (int) classes[i];
      double weight = weights == null ? 1 : weights[wanted];
      double loss = -(1 - smoothing) * weight * logProbabilities[i * CLASSES + wanted];
      for (int c = 0; c < CLASSES; c++) {
        loss -=
            smoothing
                / CLASSES
                * (weights == null ? 1 : weights[c])
                * logProbabilities[i * CLASSES + c];
      }
      losses[i] = loss;
      sum += loss;
      total += weight;
    }
    return switch (reduction) {
      case NONE -> losses;
      case SUM -> new double[] {sum};
      case MEAN -> new double[] {sum / total};
    };
  }

  private static Tensor logits(double... values) {
    return Gatun.tensor(DType.FLOAT64, SHAPE, values);
  }

  private static Tensor weights() {
    return Gatun.tensor(DType.FLOAT64, Shape.of(CLASSES), WEIGHTS);
  }

  @Test
  void classIndices() {
    long[][] targets = {{2, 0, 1, 1}, {2, IGNORED, 1, 0}};
    double[] logProbabilities = logSoftmax(LOGITS);
    for (long[] classes : targets) {
      Tensor target = Gatun.tensor(classes);
      for (Reduction reduction : Reduction.values()) {
        for (double smoothing : new double[] {0, 0.3}) {
          for (boolean weighted : new boolean[] {false, true}) {
            CrossEntropyLoss loss =
                new CrossEntropyLoss(weighted ? weights() : null, IGNORED, reduction, smoothing);
            double[] expected =
                reference(
                    logProbabilities, classes, weighted ? WEIGHTS : null, smoothing, reduction);
            assertArrayEquals(
                expected,
                loss.forward(logits(LOGITS), target).toDoubleArray(),
                1e-12,
                loss.toString());
            GradientCheck.check(x -> loss.forward(x, target).square().sum(), SHAPE, LOGITS);
          }
        }
      }
    }
  }

  @Test
  void gradientsOfGradients() {
    CrossEntropyLoss loss = new CrossEntropyLoss(weights(), IGNORED, Reduction.MEAN, 0);
    Tensor target = Gatun.tensor(2L, 0L, IGNORED, 1L);
    GradientCheck.check(
        x -> {
          Tensor at = x.requiresGrad() ? x : x.requiresGrad_();
          return Gatun.grad(loss.forward(at, target), null, true, true, at)[0].square().sum();
        },
        SHAPE,
        LOGITS);
  }

  @Test
  void logProbabilities() {
    long[] classes = {2, 0, IGNORED, 1};
    Tensor target = Gatun.tensor(classes);
    for (Reduction reduction : Reduction.values()) {
      for (boolean weighted : new boolean[] {false, true}) {
        NLLLoss loss = new NLLLoss(weighted ? weights() : null, IGNORED, reduction);
        assertArrayEquals(
            reference(LOGITS, classes, weighted ? WEIGHTS : null, 0, reduction),
            loss.forward(logits(LOGITS), target).toDoubleArray(),
            1e-12);
        GradientCheck.check(x -> loss.forward(x, target).square().sum(), SHAPE, LOGITS);
      }
    }
  }

  @Test
  void classProbabilities() {
    double[] target = {0.2, 0.3, 0.5, 1, 0, 0, 0.1, 0.1, 0.8, 0, 0.4, 0.6};
    double[] logProbabilities = logSoftmax(LOGITS);
    double sum = 0;
    for (int i = 0; i < target.length; i++) {
      sum -= WEIGHTS[i % CLASSES] * (0.8 * target[i] + 0.2 / CLASSES) * logProbabilities[i];
    }
    CrossEntropyLoss loss = new CrossEntropyLoss(weights(), IGNORED, Reduction.MEAN, 0.2);
    assertEquals(sum / SAMPLES, loss.forward(logits(LOGITS), logits(target)).item(), 1e-12);
    GradientCheck.check(x -> loss.forward(x, logits(target)), SHAPE, LOGITS);
    GradientCheck.check(y -> loss.forward(logits(LOGITS), y), SHAPE, target);
  }

  @Test
  void furtherAxesArePartOfTheSamples() {
    // [2, 3, 2]: the classes are the middle axis.
    Shape shape = Shape.of(2, CLASSES, 2);
    Tensor target = Gatun.tensor(DType.INT64, Shape.of(2, 2), 2, 0, 1, 2);
    Tensor rows =
        Gatun.tensor(DType.FLOAT64, shape, LOGITS).permute(0, 2, 1).reshape(SAMPLES, CLASSES);
    double expected = Losses.crossEntropy(rows, target.flatten()).item();
    Tensor deep = Gatun.tensor(DType.FLOAT64, shape, LOGITS);
    assertEquals(expected, Losses.crossEntropy(deep, target).item(), 1e-12);
    assertEquals(
        Shape.of(2, 2), new CrossEntropyLoss(Reduction.NONE).forward(deep, target).shape());
    GradientCheck.check(x -> Losses.crossEntropy(x, target), shape, LOGITS);
  }

  @Test
  void aClassAloneHasNoSlope() {
    for (double smoothing = 0; smoothing < 1; smoothing += 0.0625 / 3) {
      for (Tensor weight : new @Nullable Tensor[] {null, Gatun.tensor(0.7)}) {
        Tensor x = Gatun.tensor(0.3).reshape(1, 1).requiresGrad_();
        Tensor target = Gatun.zeros(DType.INT64, Shape.of(1));
        var loss = new CrossEntropyLoss(weight, IGNORED, Reduction.SUM, smoothing);
        loss.forward(x, target).mul(0.9).backward();
        Tensor gradient = x.grad();
        assertNotNull(gradient);
        assertEquals(0, gradient.item());
      }
    }
  }

  @Test
  void oneSampleNeedsNoAxis() {
    Tensor x = Gatun.tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor loss = Losses.crossEntropy(x, Gatun.tensor(DType.INT64, Shape.scalar(), 2));
    assertEquals(0.40760596, loss.item(), 1e-6);
    assertEquals("CrossEntropyBackward", loss.gradFn());
    loss.backward();
  }

  @Test
  void largeLogitsLoseNoDigits() {
    Tensor x = Gatun.tensor(new double[][] {{10000, 10001, 9999}});
    assertEquals(0.40760596, Losses.crossEntropy(x, Gatun.tensor(1L)).item(), 1e-6);
  }

  @Test
  void allIgnoredIsNotANumberOnAverageAndNothingInSum() {
    Tensor target = Gatun.tensor(IGNORED, IGNORED, IGNORED, IGNORED);
    assertTrue(Double.isNaN(Losses.crossEntropy(logits(LOGITS), target).item()));
    assertEquals(0, new CrossEntropyLoss(Reduction.SUM).forward(logits(LOGITS), target).item());
  }

  @Test
  void mistakesAreNamed() {
    Tensor x = logits(LOGITS);
    assertEquals(
        "cross_entropy: target 3 of sample 1 is outside 3 classes",
        assertThrows(
                IndexRangeException.class,
                () -> Losses.crossEntropy(x, Gatun.tensor(0L, 3L, 0L, 0L)))
            .getMessage());
    assertThrows(IndexRangeException.class, () -> Losses.nllLoss(x, Gatun.tensor(0L, -1L, 0L, 0L)));
    assertEquals(
        "cross_entropy: input [4, 3], target [3]: a target of [4] has one class for each sample",
        assertThrows(ShapeException.class, () -> Losses.crossEntropy(x, Gatun.tensor(0L, 1L, 2L)))
            .getMessage());
    assertThrows(ShapeException.class, () -> Losses.crossEntropy(x, Gatun.ones(4)));
    assertThrows(
        DTypeException.class,
        () ->
            Losses.crossEntropy(
                Gatun.tensor(1L, 2L), Gatun.tensor(DType.INT64, Shape.scalar(), 0)));
    assertThrows(
        DTypeException.class, () -> Losses.crossEntropy(x, Gatun.tensor(true, false, true, true)));
    CrossEntropyLoss tooFew = new CrossEntropyLoss(Gatun.ones(2), IGNORED, Reduction.MEAN, 0);
    assertThrows(ShapeException.class, () -> tooFew.forward(x, Gatun.tensor(0L, 1L, 2L, 0L)));
    assertThrows(ArgumentException.class, () -> new CrossEntropyLoss(null, 0, Reduction.MEAN, 1.5));
  }
}
