package dev.gatun.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.check.SettledPool;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.Dropout;
import dev.gatun.nn.GELU;
import dev.gatun.nn.Linear;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.loss.CrossEntropyLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Training steps that are captured do what they do by themselves, to the last bit. */
class PlannedStepsTest {
  private static final int STEPS = 60;

  private record Case(String name, Function<List<Tensor>, Optimizer> optimizer) {}

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("sgd", p -> new SGD(p, SGDOptions.of(0.05))),
        new Case("sgd weight decay", p -> new SGD(p, SGDOptions.of(0.05).withWeightDecay(0.01))),
        new Case(
            "momentum", p -> new SGD(p, SGDOptions.of(0.05).withMomentum(0.9).withDampening(0.5))),
        new Case(
            "nesterov", p -> new SGD(p, SGDOptions.of(0.05).withMomentum(0.9).withNesterov(true))),
        new Case("adam", p -> new Adam(p, 0.01)),
        new Case("adam amsgrad", p -> new Adam(p, AdamOptions.of(0.01).withAmsgrad(true))),
        new Case("adamw", p -> new AdamW(p, 0.01)));
  }

  private static Sequential model(double dropped) {
    Generator generator = new Generator(1);
    return new Sequential(
        new Linear(20, 16, true, generator),
        new ReLU(),
        new Dropout(dropped, new Generator(7)),
        new Linear(16, 9, true, generator),
        new GELU(),
        new Linear(9, 5, true, generator));
  }

  private static Tensor random(long seed, long... sizes) {
    return Gatun.rand(DType.FLOAT32, Shape.of(sizes), new Generator(seed));
  }

  private static BinaryOperator<Tensor> step(Sequential model, Optimizer optimizer) {
    return (x, target) -> {
      optimizer.zeroGrad();
      Tensor loss = model.forward(x).sub(target).square().mean();
      loss.backward();
      optimizer.step();
      return loss;
    };
  }

  private record Outcome(List<Double> losses, List<float[]> parameters) {}

  private static Outcome train(Case kind, boolean planned) {
    List<Double> losses = new ArrayList<>();
    List<float[]> parameters = new ArrayList<>();
    try (Sequential model = model(0.25);
        Optimizer optimizer = kind.optimizer.apply(model.parameters());
        Scope scope = Scope.open()) {
      BinaryOperator<Tensor> step = step(model, optimizer);
      Plan plan = null;
      for (int i = 0; i < STEPS; i++) {
        optimizer.setLearningRate(0.05 / (1 + i / 10));
        try (Scope inner = Scope.open()) {
          Tensor x = random(i, 7, 20);
          Tensor target = random(1000 + i, 7, 5);
          if (!planned) {
            losses.add(step.apply(x, target).item());
          } else if (plan == null) {
            plan = Plan.capture(step, x, target);
            losses.add(plan.output().item());
          } else {
            losses.add(plan.run(x, target).item());
          }
        }
      }
      for (Tensor parameter : model.parameters()) {
        parameters.add(parameter.toFloatArray());
      }
      assertEquals(STEPS, optimizer.groups().getFirst().steps(0));
      if (plan != null) {
        plan.close();
      }
    }
    return new Outcome(losses, parameters);
  }

  @TestFactory
  Stream<DynamicTest> optimizers() {
    return cases()
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.name,
                () -> {
                  long before = MemoryPool.shared().inUseBytes();
                  Outcome eager = train(kind, false);
                  Outcome planned = train(kind, true);
                  assertEquals(eager.losses, planned.losses);
                  for (int i = 0; i < eager.parameters.size(); i++) {
                    assertArrayEquals(eager.parameters.get(i), planned.parameters.get(i));
                  }
                  assertEquals(before, MemoryPool.shared().inUseBytes());
                }));
  }

  @Test
  void warmingUpLeavesNoTrace() {
    try (Sequential model = model(0.25);
        Adam adam = new Adam(model.parameters(), 0.01);
        Scope scope = Scope.open()) {
      Tensor x = random(1, 7, 20);
      Tensor target = random(2, 7, 5);
      try (Plan plan = Plan.capture(step(model, adam), x, target)) {
        Optimizer twinAdam;
        try (Sequential twin = model(0.25)) {
          twinAdam = new Adam(twin.parameters(), 0.01);
          double first = step(twin, twinAdam).apply(x, target).item();
          double second = step(twin, twinAdam).apply(x, target).item();
          twinAdam.close();
          long before = SettledPool.inUseBytes();
          float[] weights = model.parameters().getFirst().toFloatArray();
          plan.warmUp();
          assertEquals(before, MemoryPool.shared().inUseBytes());
          assertArrayEquals(weights, model.parameters().getFirst().toFloatArray());
          assertEquals(first, plan.output().item());
          assertEquals(1, adam.groups().getFirst().steps(0));
          plan.replay();
          assertEquals(second, plan.output().item());
        }
      }
    }
  }

  @Test
  void classificationWithCrossEntropy() {
    float[][] weights = new float[2][];
    List<List<Double>> losses = List.of(new ArrayList<>(), new ArrayList<>());
    for (int kind = 0; kind < 2; kind++) {
      try (Sequential model = model(0.1);
          AdamW adam = new AdamW(model.parameters(), 0.01);
          Scope scope = Scope.open()) {
        CrossEntropyLoss loss = new CrossEntropyLoss();
        BinaryOperator<Tensor> step =
            (x, classes) -> {
              optimize(adam, loss.forward(model.forward(x), classes));
              return loss.forward(model.forward(x), classes);
            };
        Plan plan = null;
        for (int i = 0; i < 30; i++) {
          Tensor x = random(i, 7, 20);
          Tensor classes = Gatun.arange(7).add(i).remainder(5);
          Tensor value;
          if (kind == 0) {
            value = step.apply(x, classes);
          } else if (plan == null) {
            plan = Plan.capture(step, x, classes);
            value = plan.output();
          } else {
            value = plan.run(x, classes);
          }
          losses.get(kind).add(value.item());
        }
        weights[kind] = model.parameters().getFirst().toFloatArray();
        if (plan != null) {
          plan.close();
        }
      }
    }
    assertEquals(losses.get(0), losses.get(1));
    assertArrayEquals(weights[0], weights[1]);
  }

  private static void optimize(Optimizer optimizer, Tensor loss) {
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }

  @Test
  void plannedAndOtherStepsMayTakeTurns() {
    try (Sequential model = model(0);
        Sequential twin = model(0);
        Adam adam = new Adam(model.parameters(), 0.01);
        Adam other = new Adam(twin.parameters(), 0.01);
        Scope scope = Scope.open()) {
      Tensor x = random(1, 7, 20);
      Tensor target = random(2, 7, 5);
      try (Plan plan = Plan.capture(step(model, adam), x, target)) {
        double last = step(twin, other).apply(x, target).item();
        for (int i = 0; i < 10; i++) {
          double next = step(twin, other).apply(x, target).item();
          assertTrue(next < last);
          last = next;
          if (i % 2 == 0) {
            plan.replay();
            assertEquals(next, plan.output().item());
          } else {
            assertEquals(next, step(model, adam).apply(x, target).item());
          }
        }
      }
      assertArrayEquals(
          twin.parameters().getFirst().toFloatArray(),
          model.parameters().getFirst().toFloatArray());
    }
  }
}
