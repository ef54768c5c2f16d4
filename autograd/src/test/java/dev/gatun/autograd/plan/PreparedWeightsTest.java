package dev.gatun.autograd.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans bring weights into order once, and again when they have changed. */
class PreparedWeightsTest {
  private Scope scope;
  private long before;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(Kernels.provider() != ScalarProvider.instance());
    before = MemoryPool.shared().inUseBytes();
    scope = Scope.open();
  }

  @AfterEach
  void memoryIsBack() {
    if (scope != null) {
      scope.close();
      assertEquals(before, MemoryPool.shared().inUseBytes());
    }
  }

  private static Tensor random(long seed, long... sizes) {
    return Gatun.rand(DType.FLOAT32, Shape.of(sizes), new Generator(seed));
  }

  private static Tensor layers(Tensor x, Tensor first, Tensor second, Tensor bias) {
    return x.linear(first, bias).relu().linear(second, null);
  }

  @Test
  void layersAreTheSameBitsBeforeAndAfterTheirWeightsChange() {
    Tensor first = random(1, 70, 33);
    Tensor second = random(2, 19, 70);
    Tensor bias = random(3, 70);
    Tensor x = random(4, 3, 9, 33);
    try (Plan plan = Plan.capture(in -> layers(in, first, second, bias), x)) {
      assertEquals(2, plan.report().hoistedCalls());
      assertTrue(plan.report().preparedBytes() >= 4 * (70 * 33 + 19 * 70));
      assertTrue(
          plan.report().toString().contains(" of prepared weights"), plan.report().toString());
      for (int round = 0; round < 3; round++) {
        assertArrayEquals(
            layers(x, first, second, bias).toFloatArray(), plan.run(x).toFloatArray());
        (round == 0 ? first : second).mul_(0.5);
      }
      try (Plan another = plan.newInstance()) {
        second.add_(0.25);
        float[] expected = layers(x, first, second, bias).toFloatArray();
        assertArrayEquals(expected, another.run(x).toFloatArray());
        assertArrayEquals(expected, plan.run(x).toFloatArray());
      }
    }
  }

  @Test
  void convolutionsAreTheSameBitsBeforeAndAfterTheirWeightsChange() {
    Tensor weight = random(1, 24, 40, 3, 3);
    Tensor bias = random(2, 24);
    Tensor x = random(3, 2, 40, 33, 35);
    try (Plan plan = Plan.capture(in -> in.conv2d(weight, bias, 1, 1), x)) {
      assertEquals(1, plan.report().hoistedCalls());
      for (int round = 0; round < 2; round++) {
        assertArrayEquals(x.conv2d(weight, bias, 1, 1).toFloatArray(), plan.run(x).toFloatArray());
        weight.mul_(-0.5);
      }
    }
  }

  @Test
  void weightsAreMadeReadyFromWhereTheyLie() {
    Tensor weight = random(1, 3, 3, 24, 40).permute(2, 3, 0, 1);
    Tensor x = random(3, 2, 40, 33, 35);
    try (Plan plan = Plan.capture(in -> in.conv2d(weight, null, 1, 1), x)) {
      assertEquals(1, plan.report().hoistedCalls());
      assertTrue(plan.report().preparedBytes() > 0);
      for (int round = 0; round < 2; round++) {
        assertArrayEquals(x.conv2d(weight, null, 1, 1).toFloatArray(), plan.run(x).toFloatArray());
        weight.mul_(-0.5);
      }
    }
  }

  @Test
  void weightsThatTheStepWritesAreNotPrepared() {
    Tensor weight = random(1, 70, 33);
    try (Plan plan =
        Plan.capture(
            in -> {
              Tensor out = in.linear(weight, null);
              weight.mul_(0.5);
              return out;
            },
            random(2, 20, 33))) {
      assertEquals(0, plan.report().preparedBytes());
      float[] expected = plan.input(0).linear(weight, null).toFloatArray();
      plan.replay();
      assertArrayEquals(expected, plan.output().toFloatArray());
    }
  }

  @Test
  void instancesShareWhatIsMadeOfWeights() {
    Tensor weight = random(1, 256, 128);
    Tensor x = random(2, 3, 9, 128);
    Plan plan = Plan.capture(in -> in.linear(weight, null), x);
    long prepared = plan.report().preparedBytes();
    assertTrue(prepared >= 4 * 256 * 128);
    long one = MemoryPool.shared().inUseBytes();
    try (Plan another = plan.newInstance()) {
      assertTrue(MemoryPool.shared().inUseBytes() - one < prepared);
      plan.close();
      for (int round = 0; round < 2; round++) {
        assertArrayEquals(x.linear(weight, null).toFloatArray(), another.run(x).toFloatArray());
        weight.mul_(0.5);
      }
    } finally {
      plan.close();
    }
  }

  /** Several calls, whose intermediates lie in the same bytes. */
  private static Tensor table(Tensor weight) {
    return weight.cumsum(0).softmax(1).cumsum(1).softmax(0).cumsum(0);
  }

  @Test
  void theFirstOfSeveralThreadsBringsItUpToDate() throws Exception {
    int threads = 4;
    Tensor weight = random(1, 64, 96);
    Tensor x = random(2, 3, 64);
    try (Plan plan = Plan.capture(in -> in.matmul(table(weight)), x);
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      assertEquals(5, plan.report().hoistedCalls());
      assertTrue(plan.report().hoistedBytes() < 4 * 4 * 64 * 96);
      List<Plan> instances = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        instances.add(plan.newInstance());
      }
      for (int round = 0; round < 50; round++) {
        weight.mul_(0.9);
        float[] expected = x.matmul(table(weight)).toFloatArray();
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<float[]>> answers = new ArrayList<>();
        for (Plan instance : instances) {
          answers.add(
              executor.submit(() -> {
                together.await();
                instance.replay();
                return instance.output().toFloatArray();
              }));
        }
        for (Future<float[]> answer : answers) {
          assertArrayEquals(expected, answer.get());
        }
      }
      instances.forEach(Plan::close);
    }
  }

  @Test
  void whatCannotBeBroughtUpToDateIsTriedAgain() {
    Tensor weight = random(1, 40, 6);
    Tensor places = Gatun.tensor(new long[] {3, 1, 2});
    Tensor x = random(2, 2, 6);
    try (Plan plan =
            Plan.capture(in -> in.matmul(weight.indexSelect(0, places).transpose(0, 1)), x);
        Plan another = plan.newInstance()) {
      assertEquals(1, plan.report().hoistedCalls());
      places.fill_(40);
      for (Plan instance : List.of(plan, another, plan)) {
        assertThrows(IndexRangeException.class, instance::replay);
      }
      places.fill_(39);
      float[] expected = x.matmul(weight.indexSelect(0, places).transpose(0, 1)).toFloatArray();
      assertArrayEquals(expected, another.run(x).toFloatArray());
      assertArrayEquals(expected, plan.run(x).toFloatArray());
    }
  }

  @Test
  void whatSeveralProductsReadIsWidenedOnce() {
    Tensor weight = random(1, 48, 48).to(DType.FLOAT16);
    Tensor x = random(2, 5, 48).to(DType.FLOAT16);
    try (Plan plan = Plan.capture(in -> in.matmul(weight).tanh().matmul(weight), x)) {
      // The weights once and for all, and the two left factors and results in each replay.
      assertEquals(1, plan.report().hoistedCalls(), () -> plan.report().toString());
      assertArrayEquals(
          x.matmul(weight).tanh().matmul(weight).toFloatArray(), plan.run(x).toFloatArray());
    }
    try (Plan plan =
        Plan.capture(
            in -> {
              Tensor first = in.matmul(weight);
              weight.mul_(0.5);
              return first.add(in.matmul(weight));
            },
            x)) {
      Tensor first = x.matmul(weight);
      float[] expected = first.add(x.matmul(weight.mul(0.5))).toFloatArray();
      assertArrayEquals(expected, plan.run(x).toFloatArray());
    }
  }

  @Test
  void copiesOfActivationsDoNotOutliveTheirProduct() {
    Tensor x = random(2, 64, 32).to(DType.BFLOAT16);
    List<Tensor> weights = new ArrayList<>();
    for (int layer = 0; layer < 8; layer++) {
      weights.add(random(3 + layer, 32, 32).to(DType.BFLOAT16).requiresGrad_());
    }
    try (Plan plan =
        Plan.capture(
            in -> {
              Tensor state = in;
              for (Tensor weight : weights) {
                weight.zeroGrad();
                state = state.linear(weight, null).tanh();
              }
              state.sum().backward();
              return state.detach();
            },
            x)) {
      // Eight results of two bytes an element, and a few arrays of four bytes at a time.
      assertTrue(
          plan.report().bytesPlanned() < (8 * 2 + 4 * 4) * 64 * 32, () -> plan.report().toString());
    }
  }
}
