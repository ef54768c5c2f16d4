package dev.gatun.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.Linear;
import dev.gatun.nn.StateException;
import dev.gatun.nn.TestScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class OptimizerTest {
  private static final int SIZE = 37;
  private static final int STEPS = 6;

  /** One element of one parameter, as PyTorch's documentation has it. */
  private interface Rule {
    double step(int count, double value, double gradient);
  }

  private static double start(int i) {
    return Math.sin(i + 0.5) * 2;
  }

  /** A gradient that depends on the value, so that mistakes add up. */
  private static double slope(double value, int step, int i) {
    return value * 0.7 + Math.cos(step * 1.3 + i);
  }

  private static void check(
      Function<List<Tensor>, Optimizer> maker, Function<Integer, Rule> rules) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      try (Scope inner = Scope.open()) {
        double[] expected = new double[SIZE];
        Rule[] rule = new Rule[SIZE];
        for (int i = 0; i < SIZE; i++) {
          expected[i] = start(i);
          rule[i] = rules.apply(i);
        }
        Tensor parameter = Gatun.tensor(dtype, Shape.of(SIZE), expected).requiresGrad_();
        try (Optimizer optimizer = maker.apply(List.of(parameter))) {
          for (int step = 1; step <= STEPS; step++) {
            double[] gradient = new double[SIZE];
            double[] values = parameter.toDoubleArray();
            for (int i = 0; i < SIZE; i++) {
              gradient[i] = slope(values[i], step, i);
              expected[i] = rule[i].step(step, expected[i], slope(expected[i], step, i));
            }
            parameter.setGrad(Gatun.tensor(dtype, Shape.of(SIZE), gradient));
            optimizer.step();
          }
        }
        assertArrayEquals(
            expected, parameter.toDoubleArray(), dtype == DType.FLOAT32 ? 3e-6 : 1e-12);
      }
    }
  }

  private static Rule descent(SGDOptions o) {
    return new Rule() {
      private double buffer;

      @Override
      public double step(int count, double value, double gradient) {
        double d = (o.maximize() ? -gradient : gradient) + o.weightDecay() * value;
        if (o.momentum() != 0) {
          buffer = count == 1 ? d : o.momentum() * buffer + (1 - o.dampening()) * d;
          d = o.nesterov() ? d + o.momentum() * buffer : buffer;
        }
        return value - o.learningRate() * d;
      }
    };
  }

  private static Rule moments(AdamOptions o, boolean decoupled) {
    return new Rule() {
      private double mean;
      private double square;
      private double greatest;

      @Override
      public double step(int count, double value, double gradient) {
        double d = o.maximize() ? -gradient : gradient;
        double kept = value;
        if (decoupled) {
          kept = value * (1 - o.learningRate() * o.weightDecay());
        } else {
          d += o.weightDecay() * value;
        }
        mean = o.beta1() * mean + (1 - o.beta1()) * d;
        square = o.beta2() * square + (1 - o.beta2()) * d * d;
        greatest = Math.max(greatest, square);
        double divisor =
            Math.sqrt((o.amsgrad() ? greatest : square) / (1 - Math.pow(o.beta2(), count)))
                + o.epsilon();
        return kept - o.learningRate() * mean / (1 - Math.pow(o.beta1(), count)) / divisor;
      }
    };
  }

  @Test
  void descentFollowsItsFormula() {
    SGDOptions plain = SGDOptions.of(0.1);
    for (SGDOptions options :
        List.of(
            plain,
            plain.withWeightDecay(0.05),
            plain.withMaximize(true),
            plain.withMomentum(0.9),
            plain.withMomentum(0.9).withDampening(0.3).withWeightDecay(0.05),
            plain.withMomentum(0.8).withNesterov(true),
            plain.withMomentum(0.8).withNesterov(true).withWeightDecay(0.1).withMaximize(true))) {
      check(parameters -> new SGD(parameters, options), i -> descent(options));
    }
  }

  @Test
  void adamFollowsItsFormula() {
    AdamOptions plain = AdamOptions.of(0.05);
    for (AdamOptions options :
        List.of(
            plain,
            plain.withWeightDecay(0.1),
            plain.withBetas(0.8, 0.95).withEpsilon(1e-3),
            plain.withAmsgrad(true),
            plain.withAmsgrad(true).withWeightDecay(0.1).withMaximize(true))) {
      check(parameters -> new Adam(parameters, options), i -> moments(options, false));
      check(parameters -> new AdamW(parameters, options), i -> moments(options, true));
    }
  }

  @Test
  void defaultsArePyTorchs() {
    AdamOptions usual = AdamOptions.of(0.01);
    check(parameters -> new Adam(parameters, 0.01), i -> moments(usual, false));
    check(
        parameters -> new AdamW(parameters, 0.01), i -> moments(usual.withWeightDecay(0.01), true));
    check(parameters -> new SGD(parameters, 0.01), i -> descent(SGDOptions.of(0.01)));
  }

  @Test
  void halfPrecisionKeepsItsStateInFloat() {
    Tensor parameter = Gatun.ones(DType.BFLOAT16, Shape.of(5)).requiresGrad_();
    try (Adam optimizer = new Adam(List.of(parameter), 0.5)) {
      parameter.setGrad(Gatun.ones(DType.BFLOAT16, Shape.of(5)));
      optimizer.step();
      assertEquals(DType.FLOAT32, optimizer.state().get("0.0.exp_avg").dtype());
      assertEquals(0.5, parameter.get(3), 1e-2);
    }
  }

  @Test
  void parametersOfAnyLayoutAreWritten() {
    Tensor transposed = Gatun.zeros(3, 4).T().requiresGrad_();
    try (SGD optimizer = new SGD(List.of(transposed), SGDOptions.of(1).withMomentum(0.5))) {
      transposed.setGrad(Gatun.arange(12.0).reshape(4, 3));
      optimizer.step();
      assertEquals(-7, transposed.get(2, 1));
    }
  }

  @Test
  void groupsHaveRatesOfTheirOwn() {
    Tensor a = Gatun.ones(2).requiresGrad_();
    Tensor b = Gatun.ones(2).requiresGrad_();
    Tensor idle = Gatun.ones(2).requiresGrad_();
    try (SGD optimizer = new SGD(List.of(a), 0.1).addGroup(List.of(b, idle), SGDOptions.of(0.5))) {
      a.setGrad(Gatun.ones(2));
      b.setGrad(Gatun.ones(2));
      optimizer.step();
      assertEquals(0.9, a.get(0), 1e-6);
      assertEquals(0.5, b.get(0), 1e-6);
      assertEquals(1, idle.get(0));
      optimizer.groups().get(1).setLearningRate(0.25);
      assertEquals(0.1, optimizer.learningRate());
      optimizer.step();
      assertEquals(0.25, b.get(0), 1e-6);
      optimizer.setLearningRate(0);
      optimizer.step();
      assertEquals(0.25, b.get(0), 1e-6);
      optimizer.zeroGrad();
      assertNull(a.grad());
      assertEquals(
          "sgd(learning_rate=0.0, parameters=1)(learning_rate=0.0, parameters=2)",
          optimizer.toString());
    }
  }

  @Test
  void trainingGoesOnFromASavedState() {
    Map<String, Tensor> saved = new LinkedHashMap<>();
    double[] values;
    double[] expected;
    Tensor parameter = Gatun.tensor(1.0, -2.0, 3.0).requiresGrad_();
    try (Adam optimizer = new Adam(List.of(parameter), AdamOptions.of(0.1).withAmsgrad(true))) {
      for (int i = 0; i < 3; i++) {
        parameter.setGrad(parameter.detach().mul(2.0));
        optimizer.step();
      }
      optimizer.setLearningRate(0.02);
      optimizer.state().forEach((name, tensor) -> saved.put(name, tensor.clone()));
      values = parameter.toDoubleArray();
      parameter.setGrad(parameter.detach().mul(2.0));
      optimizer.step();
      expected = parameter.toDoubleArray();
    }
    assertEquals(
        List.of(
            "0.0.exp_avg", "0.0.exp_avg_sq", "0.0.max_exp_avg_sq", "0.steps", "0.learning_rate"),
        List.copyOf(saved.keySet()));
    assertEquals(3, saved.get("0.steps").get(0));
    Tensor other = Gatun.tensor(values).requiresGrad_();
    try (Adam optimizer = new Adam(List.of(other), AdamOptions.of(0.1).withAmsgrad(true))) {
      optimizer.loadState(saved);
      other.setGrad(other.detach().mul(2.0));
      optimizer.step();
      assertArrayEquals(expected, other.toDoubleArray());
    }
  }

  @Test
  void aStateThatDoesNotFitChangesNothing() {
    Tensor parameter = Gatun.ones(2).requiresGrad_();
    try (Adam optimizer = new Adam(List.of(parameter), 0.1)) {
      Map<String, Tensor> state = new LinkedHashMap<>(optimizer.state());
      state.put("0.0.exp_avg", Gatun.ones(3));
      state.put("0.0.more", Gatun.ones(2));
      state.remove("0.steps");
      assertEquals(
          "adam: load_state: '0.0.more' is unexpected;"
              + " '0.0.exp_avg' is float32[3] but float32[2] here; '0.steps' is missing",
          assertThrows(StateException.class, () -> optimizer.loadState(state)).getMessage());
      Map<String, Tensor> wrong = new LinkedHashMap<>(optimizer.state());
      wrong.put("0.learning_rate", Gatun.tensor(DType.FLOAT64, Shape.scalar(), -1));
      assertThrows(StateException.class, () -> optimizer.loadState(wrong));
      assertEquals(0.1, optimizer.learningRate());
    }
  }

  @Test
  void mistakesAreNamed() {
    Tensor leaf = Gatun.ones(2).requiresGrad_();
    List<Tensor> one = List.of(leaf);
    assertEquals(
        "adam: no parameters",
        assertThrows(ArgumentException.class, () -> new Adam(List.of(), 0.1)).getMessage());
    assertEquals(
        "sgd: parameter 0 was computed by MulBackward: can't optimize a non-leaf tensor",
        assertThrows(ArgumentException.class, () -> new SGD(List.of(leaf.mul(2.0)), 0.1))
            .getMessage());
    assertThrows(ArgumentException.class, () -> new SGD(List.of(leaf, leaf), 0.1));
    assertThrows(ArgumentException.class, () -> new SGD(one, 0.1).addGroup(one, SGDOptions.of(1)));
    assertThrows(DTypeException.class, () -> new SGD(List.of(Gatun.tensor(1L)), 0.1));
    assertThrows(ArgumentException.class, () -> new SGD(one, -0.1));
    assertThrows(ArgumentException.class, () -> new SGD(one, Double.NaN));
    assertThrows(ArgumentException.class, () -> SGDOptions.of(1).withMomentum(1));
    assertThrows(ArgumentException.class, () -> SGDOptions.of(1).withNesterov(true));
    assertThrows(ArgumentException.class, () -> SGDOptions.of(1).withWeightDecay(-1));
    assertThrows(ArgumentException.class, () -> AdamOptions.of(1).withBetas(1, 0.9));
    assertThrows(ArgumentException.class, () -> AdamOptions.of(1).withBetas(0.9, -0.1));
    assertThrows(ArgumentException.class, () -> AdamOptions.of(1).withEpsilon(-1e-8));
    try (SGD optimizer = new SGD(one, 0.1)) {
      assertThrows(ArgumentException.class, () -> optimizer.setLearningRate(-1));
    }
  }

  @Test
  void whatIsClosedIsNamed() {
    Tensor parameter = Gatun.ones(2).requiresGrad_();
    parameter.setGrad(Gatun.ones(2));
    Adam optimizer = new Adam(List.of(parameter), 0.1);
    optimizer.close();
    optimizer.close();
    assertThrows(ClosedTensorException.class, optimizer::step);
    // A module that is converted has new parameters, and the optimizer must not go on in silence.
    try (Linear linear = new Linear(2, 2);
        SGD stale = new SGD(linear.parameters(), 0.1)) {
      linear.to(DType.FLOAT64);
      assertThrows(ClosedTensorException.class, stale::step);
    }
  }

  @Test
  void aStepThatSpoilsAGradientIsNoticed() {
    Tensor parameter = Gatun.ones(2).requiresGrad_();
    Tensor loss = parameter.square().sum();
    parameter.setGrad(Gatun.ones(2));
    try (SGD optimizer = new SGD(List.of(parameter), 0.1)) {
      optimizer.step();
    }
    assertThrows(InPlaceException.class, loss::backward);
  }
}
