package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Steps that are captured on devices, on emulated ones. */
@ExtendWith(TestScope.class)
class PlansOnCudaEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  private static Tensor random(int seed) {
    return Gatun.randn(DType.FLOAT32, Shape.of(4, 6), new Generator(seed)).to(CUDA);
  }

  private static void replays(UnaryOperator<Tensor> step) {
    try (Plan plan = Plan.capture(step, random(1))) {
      for (int seed = 2; seed < 5; seed++) {
        Tensor x = random(seed);
        Tensor result = plan.run(x);
        assertEquals(CUDA, result.device());
        assertArrayEquals(step.apply(x).toDoubleArray(), result.toDoubleArray());
      }
    }
  }

  @Test
  void chainsAreFused() {
    UnaryOperator<Tensor> step = x -> x.mul(2).exp().add(x).tanh();
    replays(step);
    try (Plan plan = Plan.capture(step, random(1))) {
      assertEquals(4, plan.report().recordedCalls());
      assertEquals(1, plan.report().calls());
    }
  }

  @Test
  void stepsOfSeveralKernels() {
    Tensor rows = Gatun.tensor(2L, 0L).to(CUDA);
    replays(x -> x.softmax(1).mul(x).sum(1));
    replays(x -> x.mT().clone().cumsum(0).softmax(1));
    replays(x -> x.sort(1).values().sub(x.mean()).to(DType.FLOAT64));
    replays(x -> x.indexSelect(0, rows).gelu());
  }

  @Test
  void backwardPasses() {
    Tensor weight = random(9).requiresGrad_();
    UnaryOperator<Tensor> step =
        x -> {
          weight.zeroGrad();
          Tensor loss = x.mul(weight).sigmoid().sum();
          loss.backward();
          return loss.detach();
        };
    try (Plan plan = Plan.capture(step, random(1))) {
      Tensor x = random(2);
      double loss = plan.run(x).item();
      Tensor gradient = weight.grad();
      assertNotNull(gradient);
      double[] replayed = gradient.toDoubleArray();
      assertEquals(step.apply(x).item(), loss);
      Tensor again = weight.grad();
      assertNotNull(again);
      assertArrayEquals(again.toDoubleArray(), replayed, 1e-6);
    }
  }

  @Test
  void instancesHaveMemoryOfTheirOwn() {
    try (Plan plan = Plan.capture(x -> x.mul(3).sum(0), random(1));
        Plan other = plan.newInstance()) {
      Tensor first = plan.run(random(2));
      Tensor second = other.run(random(3));
      assertArrayEquals(random(2).mul(3).sum(0).toDoubleArray(), first.toDoubleArray(), 1e-5);
      assertArrayEquals(random(3).mul(3).sum(0).toDoubleArray(), second.toDoubleArray(), 1e-5);
    }
  }

  @Test
  void tensorsOfTheHostCannotTakePart() {
    Tensor onHost = Gatun.ones(4, 6);
    var thrown =
        assertThrows(PlanException.class, () -> Plan.capture(x -> onHost.exp(), random(1)));
    assertTrue(thrown.getMessage().contains("on the host"), thrown::getMessage);
    assertThrows(PlanException.class, () -> Plan.capture(() -> random(1).exp()));
    assertThrows(PlanException.class, () -> Plan.capture(x -> x.to(Device.CPU), random(1)));
  }

  @Test
  void memoryComesBack() {
    long before = Cuda.memory(CUDA).inUseBytes();
    try (Scope scope = Scope.open()) {
      replays(x -> x.softmax(1).mul(x));
    }
    assertTrue(Cuda.memory(CUDA).inUseBytes() <= before);
  }

  @Test
  void copiesFromOtherDevicesAreRefused() {
    Tensor onHost = Gatun.ones(4, 6);
    PlanException thrown =
        assertThrows(
            PlanException.class, () -> Plan.capture(x -> x.mul(2).copy_(onHost), random(1)));
    assertTrue(String.valueOf(thrown.getMessage()).contains("copy_: a copy of "));
    assertThrows(
        PlanException.class,
        () -> Plan.capture(x -> Gatun.ones(4, 6).to(Device.CPU).copy_(x), random(1)));
  }

  @Test
  void replaysAreGraphsAndGiveTheirMemoryBack() throws ReflectiveOperationException {
    Tensor x = random(1);
    Tensor weight = random(3).mT();
    UnaryOperator<Tensor> step =
        in -> in.matmul(weight).softmax(1).cumsum(0).sort(1).values().sum(0);
    long before = Cuda.memory(CUDA).liveBlocks();
    long graphs = Emulation.graphLaunches();
    try (Scope scope = Scope.open();
        Plan plan = Plan.capture(step, x)) {
      for (int seed = 2; seed < 8; seed++) {
        Tensor next = random(seed);
        assertArrayEquals(step.apply(next).toDoubleArray(), plan.run(next).toDoubleArray());
        // What is computed meanwhile does not take a graph's memory.
        random(seed).exp().softmax(0).sort(0).values().close();
      }
      assertEquals(graphs + 5, Emulation.graphLaunches(), "all but the first, which was recorded");
    }
    assertEquals(before, Cuda.memory(CUDA).liveBlocks());
  }

  @Test
  void randomNumbersStandBetweenGraphs() throws ReflectiveOperationException {
    Generator generator = new Generator(5);
    Generator alike = new Generator(5);
    UnaryOperator<Tensor> before = in -> in.mul(2).cumsum(0).cumsum(1);
    long graphs = Emulation.graphLaunches();
    try (var on = Gatun.on(CUDA);
        Plan plan =
            Plan.capture(
                in -> {
                  Tensor noise = Gatun.rand(DType.FLOAT32, Shape.of(4, 6), generator);
                  return before.apply(in).add(noise).cumsum(0).softmax(1);
                },
                random(1))) {
      alike.setState(generator.state());
      for (int seed = 2; seed < 6; seed++) {
        Tensor in = random(seed);
        double[] actual = plan.run(in).toDoubleArray();
        Tensor noise = Gatun.rand(DType.FLOAT32, Shape.of(4, 6), alike);
        Tensor expected = before.apply(in).add(noise).cumsum(0).softmax(1);
        assertArrayEquals(expected.toDoubleArray(), actual);
      }
    }
    assertTrue(Emulation.graphLaunches() >= graphs + 3);
  }
}
