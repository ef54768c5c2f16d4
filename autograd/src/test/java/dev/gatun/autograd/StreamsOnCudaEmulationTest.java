package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.Check;
import dev.gatun.autograd.check.OpChecks;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.cuda.DeviceStream;
import dev.gatun.memory.AbsentKernelException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Streams that do their work as late, or as early, as events allow: what is ordered by chance alone
 * comes out wrong.
 */
class StreamsOnCudaEmulationTest {
  private static final Device CUDA = Device.cuda(0);
  private static final List<String> ORDERS = List.of("LATE", "OTHERS_FIRST");

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  @AfterEach
  void workIsDoneAtOnceAgain() throws ReflectiveOperationException {
    Emulation.order("AT_ONCE");
  }

  @AfterAll
  static void memoryIsBack() {
    Cuda.synchronize(CUDA);
    assertEquals(0, Cuda.memory(CUDA).inUseBytes(), "bytes in use at the end");
  }

  /**
   * Of each declaration one check, in a stream of its own that works when somebody waits for it.
   */
  @TestFactory
  Stream<DynamicTest> aPieceOfTheCatalogue() {
    return Catalogue.all().stream()
        .flatMap(op -> {
          List<Check> checks = OpChecks.of(op, CUDA);
          int chosen = Math.floorMod(op.name().hashCode(), Math.max(1, checks.size()));
          return checks.stream().skip(chosen).limit(1);
        })
        .map(check -> DynamicTest.dynamicTest(check.toString(), () -> runOutOfOrder(check)));
  }

  private static void runOutOfOrder(Check check) throws ReflectiveOperationException {
    Emulation.order(ORDERS.get(Math.floorMod(check.name().hashCode(), ORDERS.size())));
    try (DeviceStream stream = DeviceStream.create(CUDA);
        DeviceStream.Use use = stream.use()) {
      check.run();
    } catch (AbsentKernelException absent) {
      // The host has to compute it, which is no matter of streams.
    }
  }

  @ParameterizedTest
  @CsvSource({"AT_ONCE", "LATE", "OTHERS_FIRST"})
  void aPlanRunsInOneStreamAfterTheOther(String order) throws ReflectiveOperationException {
    Emulation.order(order);
    try (Scope scope = Scope.open();
        DeviceStream other = DeviceStream.create(CUDA);
        Plan plan = Plan.capture(x -> x.cumsum(0).exp().cumsum(0), Gatun.ones(64).to(CUDA))) {
      for (int round = 1; round < 6; round++) {
        Tensor first = Gatun.full(DType.FLOAT32, Shape.of(64), 0.01 * round).to(CUDA);
        Tensor second = Gatun.full(DType.FLOAT32, Shape.of(64), -0.01 * round).to(CUDA);
        double[] expected = first.cumsum(0).exp().cumsum(0).toDoubleArray();
        Tensor kept;
        other.waitFor(DeviceStream.standard(CUDA));
        try (DeviceStream.Use use = other.use()) {
          kept = plan.run(first).clone();
        }
        plan.run(second);
        DeviceStream.standard(CUDA).waitFor(other);
        assertArrayEquals(expected, kept.toDoubleArray());
      }
    }
  }

  /** Weights and inputs of a small network, and the gradients that steps leave. */
  private static double[][] train(Device device, boolean apart) {
    Gatun.manualSeed(3);
    Tensor x = Gatun.randn(16, 8).to(device);
    Tensor target = Gatun.randn(16, 4).to(device);
    Tensor first = Gatun.randn(8, 32).mul(0.3).to(device).requiresGrad_();
    Tensor second = Gatun.randn(8, 32).mul(0.3).to(device).requiresGrad_();
    Tensor last = Gatun.randn(32, 4).mul(0.3).to(device).requiresGrad_();
    Tensor[] weights = {first, second, last};
    if (!apart) {
      for (int step = 0; step < 4; step++) {
        Tensor gate = x.matmul(first).sigmoid();
        Tensor value = x.matmul(second).tanh();
        loss(gate, value, last, target).backward();
        update(weights);
      }
    } else {
      DeviceStream standard = DeviceStream.standard(device);
      try (DeviceStream left = DeviceStream.create(device);
          DeviceStream right = DeviceStream.create(device)) {
        for (int step = 0; step < 4; step++) {
          left.waitFor(standard);
          right.waitFor(standard);
          Tensor gate;
          Tensor loss;
          try (DeviceStream.Use use = left.use()) {
            gate = x.matmul(first).sigmoid();
          }
          try (DeviceStream.Use use = right.use()) {
            Tensor value = x.matmul(second).tanh();
            right.waitFor(left);
            loss = loss(gate, value, last, target);
          }
          // The pass comes after what went into both streams, unasked.
          loss.backward();
          update(weights);
        }
      }
    }
    double[][] result = new double[weights.length][];
    for (int i = 0; i < result.length; i++) {
      result[i] = weights[i].toDoubleArray();
    }
    return result;
  }

  private static Tensor loss(Tensor gate, Tensor value, Tensor last, Tensor target) {
    return gate.mul(value).matmul(last).sub(target).square().mean();
  }

  private static void update(Tensor[] weights) {
    try (NoGrad off = NoGrad.open()) {
      for (Tensor weight : weights) {
        Tensor gradient = weight.grad();
        if (gradient == null) {
          throw new AssertionError("no gradient");
        }
        weight.sub_(gradient.mul(0.5));
        weight.zeroGrad();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"AT_ONCE", "LATE", "OTHERS_FIRST"})
  void trainingInTwoStreamsEndsAsInOne(String order) throws ReflectiveOperationException {
    try (Scope scope = Scope.open()) {
      double[][] expected = train(Device.CPU, false);
      Emulation.order(order);
      double[][] actual = train(CUDA, true);
      for (int i = 0; i < expected.length; i++) {
        for (int j = 0; j < expected[i].length; j++) {
          assertEquals(expected[i][j], actual[i][j], 1e-5, "weight " + i + ", element " + j);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"AT_ONCE", "LATE", "OTHERS_FIRST"})
  void gradientsAreComputedInTheStreamsOfTheirOperations(String order)
      throws ReflectiveOperationException {
    Emulation.order(order);
    try (Scope scope = Scope.open();
        DeviceStream left = DeviceStream.create(CUDA);
        DeviceStream right = DeviceStream.create(CUDA);
        DeviceStream caller = DeviceStream.create(CUDA)) {
      Tensor x = Gatun.full(DType.FLOAT32, Shape.of(64), 0.5).to(CUDA).requiresGrad_();
      left.waitFor(DeviceStream.standard(CUDA));
      right.waitFor(DeviceStream.standard(CUDA));
      List<DeviceProvider.@Nullable Stream> forward = new ArrayList<>();
      List<DeviceProvider.@Nullable Stream> backward = new ArrayList<>();
      Tensor a;
      Tensor loss;
      try (DeviceStream.Use use = left.use()) {
        a = x.cumsum(0).exp();
        forward.add(Devices.stream(a));
        a.registerHook(g -> note(backward, g));
      }
      try (DeviceStream.Use use = right.use()) {
        Tensor b = x.cumsum(0).tanh();
        forward.add(Devices.stream(b));
        b.registerHook(g -> note(backward, g));
        right.waitFor(left);
        loss = a.mul(b).sum();
      }
      DeviceProvider.Stream before;
      try (DeviceStream.Use use = caller.use()) {
        loss.backward();
        before = Devices.stream(x);
        // At once, and in the stream of the caller.
        double[] expected = expectedGradient();
        Tensor gradient = x.grad();
        if (gradient == null) {
          throw new AssertionError("no gradient");
        }
        assertArrayEquals(expected, gradient.mul(1).toDoubleArray(), 1e-3);
      }
      assertEquals(2, Set.copyOf(forward).size());
      assertEquals(Set.copyOf(forward), Set.copyOf(backward));
      assertFalse(forward.contains(before));
      DeviceStream.standard(CUDA).waitFor(caller);
    }
  }

  private static Tensor note(List<DeviceProvider.@Nullable Stream> streams, Tensor gradient) {
    streams.add(Devices.stream(gradient));
    return gradient;
  }

  private static double[] expectedGradient() {
    Tensor x = Gatun.full(DType.FLOAT32, Shape.of(64), 0.5).requiresGrad_();
    x.cumsum(0).exp().mul(x.cumsum(0).tanh()).sum().backward();
    Tensor gradient = x.grad();
    if (gradient == null) {
      throw new AssertionError("no gradient");
    }
    double[] values = gradient.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      assertTrue(Double.isFinite(values[i]));
    }
    return values;
  }

  @Test
  void aClosedStreamLeavesItsGradientsToTheCaller() throws ReflectiveOperationException {
    Emulation.order("LATE");
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.full(DType.FLOAT32, Shape.of(8), 0.5).to(CUDA).requiresGrad_();
      Tensor y;
      DeviceStream gone = DeviceStream.create(CUDA);
      gone.waitFor(DeviceStream.standard(CUDA));
      try (DeviceStream.Use use = gone.use()) {
        y = x.exp().sum();
      }
      gone.close();
      y.backward();
      Tensor gradient = x.grad();
      if (gradient == null) {
        throw new AssertionError("no gradient");
      }
      assertEquals(Math.exp(0.5), gradient.toDoubleArray()[7], 1e-6);
    }
  }
}
