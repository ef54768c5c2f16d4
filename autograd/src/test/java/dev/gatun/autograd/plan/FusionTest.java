package dev.gatun.autograd.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.check.SettledPool;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.replay.ProgramReport;
import dev.gatun.memory.DType;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Fused calls give the same elements as the calls that they are made of, to the last bit. */
class FusionTest {
  private static Tensor random(long seed, long... sizes) {
    return Gatun.rand(DType.FLOAT32, Shape.of(sizes), new Generator(seed));
  }

  private static ProgramReport report(UnaryOperator<Tensor> step, long... sizes) {
    assumeFalse(Kernels.provider() == ScalarProvider.instance(), "scalar kernels are not fused");
    try (Scope scope = Scope.open();
        Plan plan = Plan.capture(step, random(1, sizes))) {
      Tensor x = random(2, sizes);
      assertArrayEquals(step.apply(x).toFloatArray(), plan.run(x).toFloatArray());
      return plan.report();
    }
  }

  @Test
  void chainsBecomeOneCall() {
    ProgramReport report = report(x -> x.mul(2.0).add(x).tanh().sub(1.0).relu(), 5, 7);
    assertEquals(5, report.recordedCalls());
    assertEquals(1, report.calls());
    assertEquals(0, report.bytesPlanned());
  }

  @Test
  void whatOthersNeedIsWrittenAsWell() {
    ProgramReport report =
        report(
            x -> {
              Tensor shared = x.exp();
              return shared.mul(shared).add(shared.cumsum(0));
            },
            6);
    assertEquals(3, report.calls(), report.toString());
    assertTrue(report.listing().getFirst().startsWith("exp+mul"), report.toString());
  }

  @Test
  void broadcastsReadTheSmallOperandAsItIs() {
    ProgramReport report = report(x -> x.add(x.narrow(0, 0, 1).mul(3.0)).mul(x.sum().exp()), 4, 9);
    assertEquals(4, report.calls(), report.toString());
  }

  @Test
  void activationsAreEpiloguesOfProducts() {
    Tensor weight = random(3, 7, 5);
    Tensor bias = random(4, 5);
    ProgramReport report = report(x -> x.linear(weight.T(), bias).relu().mul(2.0), 3, 7);
    assertEquals(1, report.calls(), report.toString());
    assertTrue(report.listing().getFirst().startsWith("matmul then"), report.toString());
    weight.close();
    bias.close();
  }

  @Test
  void epiloguesWriteOtherTensorsThanTheProduct() {
    try (Scope scope = Scope.open()) {
      Tensor weight = random(3, 7, 5);
      Tensor twin = weight.clone();
      Tensor x = random(1, 3, 7);
      Tensor gradient = random(2, 3, 5);
      UnaryOperator<Tensor> step = a -> weight.sub_(a.T().matmul(gradient).mul(0.1));
      try (Plan plan = Plan.capture(step, x)) {
        assertEquals(1, plan.report().calls(), plan.report().toString());
        plan.run(x);
        twin.sub_(x.T().matmul(gradient).mul(0.1));
        twin.sub_(x.T().matmul(gradient).mul(0.1));
        assertArrayEquals(twin.toFloatArray(), weight.toFloatArray());
      }
    }
  }

  @Test
  void anOperandOfTheProductIsNotWrittenByItsEpilogue() {
    try (Scope scope = Scope.open()) {
      Tensor square = random(3, 6, 6);
      Tensor twin = square.clone();
      UnaryOperator<Tensor> step = a -> square.add_(a.matmul(square));
      try (Plan plan = Plan.capture(step, random(1, 6, 6))) {
        assertFalse(plan.report().toString().contains("then"), plan.report().toString());
        twin.add_(random(1, 6, 6).matmul(twin));
        plan.run(random(2, 6, 6));
        twin.add_(random(2, 6, 6).matmul(twin));
        assertArrayEquals(twin.toFloatArray(), square.toFloatArray());
      }
    }
  }

  // ---- programs at random

  /** A random program of operations of many kinds, the same for the same seed. */
  private static Tensor[] program(long seed, Tensor[] inputs, Tensor state) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Tensor> known = new ArrayList<>(List.of(inputs));
    known.add(state);
    for (int i = 0; i < 24; i++) {
      Tensor a = known.get(random.nextInt(known.size()));
      Tensor b = known.get(random.nextInt(known.size()));
      boolean ours = !List.of(inputs).contains(a);
      known.add(
          switch (random.nextInt(20)) {
            case 0 -> a.add(b);
            case 1 -> a.sub(b).mul(0.5);
            case 2 -> a.mul(b);
            case 3 -> a.tanh();
            case 4 -> a.relu();
            case 5 -> a.sigmoid().neg();
            case 6 -> Gatun.where(a.gt(b), a, b);
            case 7 -> a.matmul(b).mul(0.2);
            case 8 -> a.T();
            case 9 -> a.sum(new int[] {1}, true).mul(0.1).add(b);
            case 10 -> a.softmax(1);
            case 11 -> ours ? a.tanh().add_(b) : a.clone();
            case 12 -> ours && a.isContiguous() ? a.mul_(0.75) : a.abs();
            case 13 -> a.clone().copy_(b.T());
            case 14 -> a.narrow(0, 2, 1).add(b);
            case 15 -> a.select(1, 3).exp().mul(0.1).add(b.matmul(a));
            case 16 -> Gatun.cat(0, a.narrow(0, 0, 3), b.narrow(0, 3, 3)).tanh();
            case 17 -> a.matmul(b).add(b).relu().sub(a);
            case 18 -> Gatun.ones(6, 6).mul(0.25).add(a);
            default -> a.sub(b.mean()).square().mul(0.3);
          });
    }
    return new Tensor[] {
      known.getLast(), known.get(known.size() - 4), known.get(known.size() / 2).mul(1.0)
    };
  }

  @Test
  void programsAtRandom() {
    long before = SettledPool.inUseBytes();
    for (long seed = 0; seed < 250; seed++) {
      try (Scope scope = Scope.open()) {
        long number = seed;
        Tensor state = random(5, 6, 6);
        Tensor twin = state.clone();
        Tensor[] first = {random(1, 6, 6), random(2, 6, 6)};
        Tensor[] second = {random(3, 6, 6), random(4, 6, 6)};
        program(number, first, twin);
        try (Plan plan = Plan.capture(x -> program(number, x, state), first)) {
          for (Tensor[] inputs : List.of(second, first)) {
            plan.run(inputs);
            Tensor[] copies = {inputs[0].clone(), inputs[1].clone()};
            Tensor[] expected = program(number, copies, twin);
            for (int i = 0; i < expected.length; i++) {
              assertArrayEquals(
                  expected[i].toFloatArray(),
                  plan.output(i).toFloatArray(),
                  "output " + i + " of program " + seed);
            }
            assertArrayEquals(twin.toFloatArray(), state.toFloatArray(), "state of " + seed);
          }
        }
      }
      assertEquals(before, MemoryPool.shared().inUseBytes(), "program " + seed);
    }
  }
}
