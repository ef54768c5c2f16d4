package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class LayersTest {
  private static final double[] POINTS = {-4.5, -3, -1.25, -0.5, 0.25, 1, 2.5, 7};

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }

  /** The distribution function of the normal distribution, by its power series. */
  private static double normal(double x) {
    double sum = x;
    double term = x;
    for (int i = 3; i < 300; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  @Test
  void activationsAreWhatTheirFormulasSay() {
    Map<Module, DoubleUnaryOperator> formulas = new LinkedHashMap<>();
    formulas.put(new ReLU(), x -> Math.max(x, 0));
    formulas.put(new ReLU6(), x -> Math.min(Math.max(x, 0), 6));
    formulas.put(new LeakyReLU(), x -> x > 0 ? x : 0.01 * x);
    formulas.put(new LeakyReLU(0.3), x -> x > 0 ? x : 0.3 * x);
    formulas.put(new ELU(), x -> x > 0 ? x : Math.expm1(x));
    formulas.put(new ELU(0.5), x -> x > 0 ? x : 0.5 * Math.expm1(x));
    formulas.put(
        new SELU(), x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)));
    formulas.put(new GELU(), x -> x * normal(x));
    formulas.put(
        new GELU(GELU.Approximate.TANH),
        x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    formulas.put(new Sigmoid(), LayersTest::sigmoid);
    formulas.put(new LogSigmoid(), x -> -softplus(-x));
    formulas.put(new Tanh(), Math::tanh);
    formulas.put(new Tanhshrink(), x -> x - Math.tanh(x));
    formulas.put(new SiLU(), x -> x * sigmoid(x));
    formulas.put(new Mish(), x -> x * Math.tanh(softplus(x)));
    formulas.put(new Softplus(), LayersTest::softplus);
    formulas.put(new Softsign(), x -> x / (1 + Math.abs(x)));
    formulas.put(new Hardsigmoid(), x -> Math.min(Math.max(x / 6 + 0.5, 0), 1));
    formulas.put(new Hardswish(), x -> x * Math.min(Math.max(x / 6 + 0.5, 0), 1));
    formulas.put(new Hardtanh(), x -> Math.min(Math.max(x, -1), 1));
    formulas.put(new Hardtanh(-2, 0.5), x -> Math.min(Math.max(x, -2), 0.5));
    formulas.put(new Identity(), x -> x);
    Tensor x = Gatun.tensor(DType.FLOAT64, Shape.of(POINTS.length), POINTS);
    formulas.forEach((module, formula) -> {
      double[] result = module.forward(x).toDoubleArray();
      for (int i = 0; i < POINTS.length; i++) {
        assertEquals(
            formula.applyAsDouble(POINTS[i]), result[i], 1e-10, module + " at " + POINTS[i]);
      }
    });
  }

  @Test
  void softmaxesNormaliseAlongTheirAxis() {
    Tensor x = Gatun.tensor(new double[][] {{1, 2, 3}, {0, 0, 0}});
    double[] rows = new Softmax(1).forward(x).toDoubleArray();
    assertEquals(0.09003057, rows[0], 1e-6);
    assertEquals(1.0 / 3, rows[5], 1e-6);
    double[] logarithms = new LogSoftmax(-1).forward(x).toDoubleArray();
    for (int i = 0; i < 6; i++) {
      assertEquals(Math.log(rows[i]), logarithms[i], 1e-6);
    }
    assertEquals(1, new Softmax(0).forward(x).sum(0).get(2), 1e-6);
  }

  @Test
  void linearIsAnAffineMap() {
    try (Linear linear = new Linear(2, 3)) {
      linear.loadState(
          Map.of(
              "weight", Gatun.tensor(new double[][] {{1, 2}, {3, 4}, {5, 6}}),
              "bias", Gatun.tensor(0.5, -0.5, 1)));
      Tensor x = Gatun.tensor(new double[][] {{1, 1}, {2, -1}});
      assertArrayEquals(
          new double[] {3.5, 6.5, 12, 0.5, 1.5, 5}, linear.forward(x).toDoubleArray());
      assertArrayEquals(
          new double[] {3.5, 6.5, 12}, linear.forward(Gatun.tensor(1.0, 1.0)).toDoubleArray());
      assertEquals(Shape.of(4, 5, 3), linear.forward(Gatun.ones(4, 5, 2)).shape());
      assertThrows(ShapeException.class, () -> linear.forward(Gatun.ones(4, 3)));
      assertThrows(
          DTypeException.class, () -> linear.forward(Gatun.ones(DType.FLOAT64, Shape.of(4, 2))));
    }
    assertThrows(ArgumentException.class, () -> new Linear(-1, 2));
  }

  @Test
  void linearStartsUniformWithinItsBound() {
    try (Linear linear = new Linear(100, 200, true, new Generator(3));
        Linear again = new Linear(100, 200, true, new Generator(3))) {
      double[] weights = linear.weight().tensor().toDoubleArray();
      double squares = 0;
      for (double weight : weights) {
        assertTrue(Math.abs(weight) <= 0.1, "weight " + weight);
        squares += weight * weight;
      }
      assertEquals(0.01 / 3, squares / weights.length, 1e-4);
      assertArrayEquals(weights, again.weight().tensor().toDoubleArray());
      for (double bias : linear.bias().orElseThrow().tensor().toDoubleArray()) {
        assertTrue(Math.abs(bias) <= 0.1, "bias " + bias);
      }
    }
  }

  @Test
  void gradientsOfANetworkAgreeWithDifferences() {
    try (Sequential model =
        new Sequential(
            new Linear(3, 4, true, new Generator(5)),
            new Tanh(),
            new Linear(4, 2, true, new Generator(6)),
            new Softmax(-1))) {
      model.to(DType.FLOAT64);
      GradientCheck.check(
          x -> model.forward(x).square().sum(), Shape.of(2, 3), 0.3, -0.7, 1.1, 0.2, 0.9, -1.3);
    }
  }

  @Test
  void flattenKeepsTheSamples() {
    Tensor x = Gatun.ones(2, 3, 4);
    assertEquals(Shape.of(2, 12), new Flatten().forward(x).shape());
    assertEquals(Shape.of(6, 4), new Flatten(0, 1).forward(x).shape());
  }

  @Test
  void sequentialGivesItsModulesOut() {
    ReLU relu = new ReLU();
    try (Sequential model = new Sequential(new Identity()).add(relu)) {
      assertSame(relu, model.get(-1));
      assertSame(relu, model.get(1));
      assertEquals(2, model.modules().size());
      assertThrows(IndexRangeException.class, () -> model.get(2));
    }
    Tensor x = Gatun.ones(1);
    assertSame(x, new Sequential().forward(x));
  }

  @Test
  void dropoutKeepsTheMeanAndScalesWhatIsLeft() {
    Dropout dropout = new Dropout(0.25, new Generator(11));
    double[] result = dropout.forward(Gatun.ones(100_000)).toDoubleArray();
    int kept = 0;
    for (double value : result) {
      if (value != 0) {
        kept++;
        assertEquals(4.0 / 3, value, 1e-6);
      }
    }
    // Six standard deviations of a binomial count.
    assertEquals(75_000, kept, 6 * Math.sqrt(100_000 * 0.25 * 0.75));
  }

  @Test
  void dropoutIsReproducible() {
    Tensor x = Gatun.ones(1000);
    double[] first = new Dropout(0.5, new Generator(7)).forward(x).toDoubleArray();
    Dropout again = new Dropout(0.5, new Generator(7));
    assertArrayEquals(first, again.forward(x).toDoubleArray());
    assertFalse(
        Arrays.equals(first, again.forward(x).toDoubleArray()), "the next mask is another one");
  }

  @Test
  void dropoutPassesOnInEvaluation() {
    Tensor x = Gatun.ones(5);
    Dropout dropout = new Dropout(0.9);
    dropout.eval();
    assertSame(x, dropout.forward(x));
    assertSame(x, new Dropout(0).forward(x));
    assertEquals(0, new Dropout(1).forward(x).sum().item());
    assertThrows(ArgumentException.class, () -> new Dropout(1.5));
    assertThrows(DTypeException.class, () -> new Dropout().forward(Gatun.tensor(1L)));
  }

  @Test
  void dropoutsGradientFlowsWhereElementsWereKept() {
    Tensor x = Gatun.ones(64).requiresGrad_();
    Tensor y = new Dropout(0.5, new Generator(2)).forward(x);
    y.sum().backward();
    Tensor gradient = x.grad();
    assertNotNull(gradient);
    assertArrayEquals(y.toDoubleArray(), gradient.toDoubleArray());
    assertEquals("DropoutBackward", y.gradFn());
  }
}
