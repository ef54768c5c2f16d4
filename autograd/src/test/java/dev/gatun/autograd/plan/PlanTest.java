package dev.gatun.autograd.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.MemoryObserver;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanTest {
  private Scope scope;
  private long before;

  @BeforeEach
  void open() {
    before = MemoryPool.shared().inUseBytes();
    scope = Scope.open();
  }

  @AfterEach
  void memoryIsBack() {
    scope.close();
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  private static Tensor random(long seed, long... sizes) {
    return Gatun.rand(DType.FLOAT32, Shape.of(sizes), new Generator(seed));
  }

  private static Tensor chain(Tensor x, Tensor weight) {
    return x.matmul(weight).relu().add(1.0).exp().sum(new int[] {1}, true).log();
  }

  @Test
  void replaysGiveWhatTheStepGives() {
    Tensor weight = random(1, 7, 5);
    try (Plan plan = Plan.capture(x -> chain(x, weight), random(2, 3, 7))) {
      Tensor output = plan.output();
      assertArrayEquals(
          chain(random(2, 3, 7), weight).toFloatArray(), output.toFloatArray(), "of capture");
      for (int seed = 3; seed < 6; seed++) {
        Tensor x = random(seed, 3, 7);
        assertSame(output, plan.run(x));
        assertArrayEquals(chain(x, weight).toFloatArray(), output.toFloatArray());
      }
    }
  }

  @Test
  void theGradientOfAMedianIsCaptured() {
    Tensor scale = Gatun.tensor(2.0).requiresGrad_();
    Tensor offsets = Gatun.zeros(DType.FLOAT64, Shape.of(4)).requiresGrad_();
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor median = x.mul(scale).add(offsets).median();
              median.backward();
              return median;
            },
            Gatun.tensor(new double[] {1, 2, 3, 4}))) {
      offsets.zeroGrad();
      assertEquals(4, plan.run(Gatun.tensor(new double[] {2, 5, 2, 1})).item());
      assertArrayEquals(new double[] {0.5, 0, 0.5, 0}, offsets.grad().toDoubleArray());
      offsets.zeroGrad();
      assertEquals(6, plan.run(Gatun.tensor(new double[] {1, 3, 4, 7})).item());
      assertArrayEquals(new double[] {0, 1, 0, 0}, offsets.grad().toDoubleArray());
    }
  }

  @Test
  void aRefusedInputLeavesAllInputsAsTheyWere() {
    try (Plan plan = Plan.capture((a, b) -> a.add(b), Gatun.ones(3), Gatun.ones(3))) {
      assertThrows(ShapeException.class, () -> plan.run(Gatun.zeros(3), Gatun.zeros(4)));
      assertThrows(
          DTypeException.class, () -> plan.run(Gatun.zeros(3), Gatun.zeros(3).to(DType.FLOAT64)));
      assertArrayEquals(new float[] {1, 1, 1}, plan.input(0).toFloatArray());
      plan.replay();
      assertArrayEquals(new float[] {2, 2, 2}, plan.output().toFloatArray());
    }
  }

  @Test
  void inputsMayBeWrittenInPlaceAndOfAnyLayout() {
    try (Plan plan = Plan.capture((x, y) -> x.sub(y), random(1, 3, 4), random(2, 3, 4))) {
      plan.input(0).fill_(5);
      plan.input(1).fill_(2);
      plan.replay();
      assertEquals(3, plan.output().get(2, 3));
      Tensor turned = random(3, 4, 3).T();
      Tensor other = random(4, 3, 4);
      assertArrayEquals(turned.sub(other).toFloatArray(), plan.run(turned, other).toFloatArray());
    }
  }

  @Test
  void severalInputsAndOutputs() {
    Tensor[] given = {random(1, 4), random(2, 4), random(3, 4)};
    try (Plan plan =
        Plan.capture(
            x -> new Tensor[] {x[0].add(x[1]).mul(x[2]), x[1].view(2, 2).T(), x[2]}, given)) {
      Tensor[] next = {random(4, 4), random(5, 4), random(6, 4)};
      plan.run(next);
      assertArrayEquals(
          next[0].add(next[1]).mul(next[2]).toFloatArray(), plan.output(0).toFloatArray());
      assertArrayEquals(next[1].view(2, 2).T().toFloatArray(), plan.output(1).toFloatArray());
      assertArrayEquals(next[2].toFloatArray(), plan.output(2).toFloatArray());
      assertThrows(PlanException.class, () -> plan.output(3));
      assertThrows(PlanException.class, () -> plan.input(-1));
    }
  }

  @Test
  void whatTheStepRefersToIsReadWhereItIs() {
    Tensor weight = random(1, 4);
    try (Plan plan = Plan.capture(x -> x.mul(weight), random(2, 4))) {
      weight.fill_(3);
      plan.input(0).fill_(2);
      plan.replay();
      assertEquals(6, plan.output().get(0));
    }
  }

  @Test
  void whatNeverChangesIsComputedOnceUntilItDoes() {
    Tensor weight = random(1, 4);
    try (Plan plan =
        Plan.capture(x -> x.mul(weight.exp().cumsum(0)).add(Gatun.arange(4.0)), random(2, 4))) {
      assertEquals(3, plan.report().hoistedCalls());
      weight.fill_(0);
      Tensor x = random(3, 4);
      float[] expected = x.mul(weight.exp().cumsum(0)).add(Gatun.arange(4.0)).toFloatArray();
      assertArrayEquals(expected, plan.run(x).toFloatArray());
    }
  }

  @Test
  void intermediatesShareMemory() {
    try (Plan plan =
        Plan.capture(x -> x.cumsum(0).cumsum(1).cumsum(0).cumsum(1).cumsum(0), random(1, 64, 64))) {
      long each = 64 * 64 * 4;
      assertEquals(4 * each, plan.report().bytesWithoutReuse());
      assertEquals(2 * each, plan.report().bytesPlanned());
      assertTrue(plan.report().toString().contains("cumulativeSum"), plan.report().toString());
    }
  }

  @Test
  void resultsThatNobodyUsesAreNotComputed() {
    try (Plan plan =
        Plan.capture(
            x -> {
              x.cumsum(0).sum();
              return x.cumprod(0);
            },
            random(1, 4))) {
      assertEquals(3, plan.report().recordedCalls());
      assertEquals(1, plan.report().calls());
    }
  }

  @Test
  void tensorsThatTheHostFillsAreConstants() {
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor filled = Gatun.tensor(1.0, 2.0, 3.0);
              filled.add_(x);
              Tensor written = Gatun.tensor(1.0, 2.0, 3.0);
              written.narrow(0, 1, 1).copy_(x.narrow(0, 0, 1));
              Tensor set = Gatun.zeros(3).set(7, 2);
              return filled.add(Gatun.tensor(10.0, 20.0, 30.0)).add(written).add(set);
            },
            Gatun.zeros(3))) {
      for (int i = 1; i < 4; i++) {
        plan.input(0).fill_(i);
        plan.replay();
        assertArrayEquals(
            new float[] {12 + i, 22 + 2 * i, 43 + i}, plan.output().toFloatArray(), "replay " + i);
      }
    }
  }

  @Test
  void randomNumbersGoOn() {
    Generator eager = new Generator(3);
    Generator planned = new Generator(3);
    try (Plan plan =
        Plan.capture(x -> x.add(Gatun.rand(DType.FLOAT32, Shape.of(4), planned)), Gatun.zeros(4))) {
      for (int i = 0; i < 4; i++) {
        float[] expected = Gatun.rand(DType.FLOAT32, Shape.of(4), eager).toFloatArray();
        assertArrayEquals(expected, plan.output().toFloatArray());
        plan.replay();
      }
    }
  }

  // ---- gradients

  private static Tensor loss(Tensor weight, Tensor x) {
    return x.matmul(weight).sigmoid().square().sum();
  }

  @Test
  void gradientsThatTheStepClearsAreNewAfterEachReplay() {
    Tensor weight = random(1, 5, 2).requiresGrad_();
    Tensor twin = random(1, 5, 2).requiresGrad_();
    try (Plan plan =
        Plan.capture(
            x -> {
              weight.zeroGrad();
              Tensor loss = loss(weight, x);
              loss.backward();
              return loss;
            },
            random(2, 3, 5))) {
      for (int seed = 3; seed < 6; seed++) {
        twin.zeroGrad();
        Tensor expected = loss(twin, random(seed, 3, 5));
        expected.backward();
        assertEquals(expected.item(), plan.run(random(seed, 3, 5)).item());
        assertArrayEquals(gradient(twin), gradient(weight));
        if (seed == 4) {
          weight.zeroGrad();
        }
      }
    }
  }

  @Test
  void stepsMayClearGradientsAtTheirEnd() {
    Tensor weight = random(1, 5, 2).requiresGrad_();
    Tensor twin = random(1, 5, 2).requiresGrad_();
    UnaryOperator<Tensor> step = x -> descend(weight, x);
    descend(twin, random(2, 3, 5));
    try (Plan plan = Plan.capture(step, random(2, 3, 5))) {
      for (int seed = 3; seed < 7; seed++) {
        Tensor expected = descend(twin, random(seed, 3, 5));
        assertEquals(expected.item(), plan.run(random(seed, 3, 5)).item());
        assertArrayEquals(twin.toFloatArray(), weight.toFloatArray());
        assertNull(weight.grad());
      }
    }
  }

  private static Tensor descend(Tensor weight, Tensor x) {
    Tensor loss = loss(weight, x);
    loss.backward();
    try (NoGrad off = NoGrad.open()) {
      weight.sub_(weight.grad().mul(0.1));
    }
    weight.zeroGrad();
    return loss;
  }

  @Test
  void gradientsThatTheStepDoesNotClearAddUp() {
    Tensor weight = random(1, 5, 2).requiresGrad_();
    Tensor twin = random(1, 5, 2).requiresGrad_();
    loss(twin, random(2, 3, 5)).backward();
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor loss = loss(weight, x);
              loss.backward();
              return loss;
            },
            random(2, 3, 5))) {
      assertArrayEquals(gradient(twin), gradient(weight));
      for (int seed = 3; seed < 6; seed++) {
        loss(twin, random(seed, 3, 5)).backward();
        plan.run(random(seed, 3, 5));
        assertArrayEquals(gradient(twin), gradient(weight));
        if (seed == 4) {
          weight.zeroGrad();
          twin.zeroGrad();
        }
      }
      weight.setGrad(random(9, 5, 2));
      var e = assertThrows(PlanException.class, plan::replay);
      assertTrue(e.getMessage().contains("has been replaced"), e.getMessage());
    }
  }

  private static float[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toFloatArray();
  }

  @Test
  void theGradientOfARunningProductIsCaptured() {
    Tensor scale = Gatun.ones(1000).requiresGrad_();
    UnaryOperator<Tensor> step =
        x -> {
          Tensor gradient = Gatun.grad(x.mul(scale).cumprod(0).sum(), scale)[0];
          assertNotNull(gradient);
          return gradient;
        };
    Tensor signs = random(1, 1000).gt(0.5).mul(2).sub(1).to(DType.FLOAT32);
    try (Plan plan = Plan.capture(step, signs)) {
      assertTrue(plan.report().recordedCalls() < 20, "a call for each element");
      Tensor zeros = signs.clone();
      zeros.set(0, 300);
      zeros.set(0, 700);
      plan.run(zeros);
      assertArrayEquals(step.apply(zeros).toFloatArray(), plan.output().toFloatArray());
      assertEquals(0.0, Math.abs(plan.output().get(301)));
    }
  }

  @Test
  void theGradientOfARunningProductOfNothingIsCaptured() {
    Tensor scale = Gatun.ones(3, 0).requiresGrad_();
    UnaryOperator<Tensor> step =
        x -> {
          Tensor gradient = Gatun.grad(x.mul(scale).cumprod(1).sum(), scale)[0];
          assertNotNull(gradient);
          return gradient;
        };
    try (Plan plan = Plan.capture(step, Gatun.zeros(3, 0))) {
      assertEquals(Shape.of(3, 0), plan.run(Gatun.ones(3, 0)).shape());
    }
  }

  @Test
  void gradientsOfGradients() {
    Tensor weight = random(1, 4).requiresGrad_();
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor y = weight.mul(x).tanh().sum();
              Tensor first = Gatun.grad(y, null, true, true, weight)[0];
              return Gatun.grad(first.square().sum(), null, false, false, weight)[0];
            },
            random(2, 4))) {
      Tensor x = random(3, 4);
      Tensor y = weight.mul(x).tanh().sum();
      Tensor first = Gatun.grad(y, null, true, true, weight)[0];
      Tensor second = Gatun.grad(first.square().sum(), null, false, false, weight)[0];
      assertArrayEquals(second.toFloatArray(), plan.run(x).toFloatArray());
    }
  }

  // ---- versions

  @Test
  void writesInPlaceAreSeenByBackwardPassesOutside() {
    Tensor state = random(1, 4);
    try (Plan plan =
        Plan.capture(
            x -> {
              state.add_(x);
              return state;
            },
            random(2, 4))) {
      Tensor leaf = random(3, 4).requiresGrad_();
      Tensor product = leaf.mul(state).sum();
      float[] expected = state.add(plan.input(0)).toFloatArray();
      plan.replay();
      assertArrayEquals(expected, state.toFloatArray());
      assertThrows(dev.gatun.memory.InPlaceException.class, product::backward);
    }
  }

  // ---- refusals

  private static void refuses(String part, Runnable body) {
    var e = assertThrows(PlanException.class, body::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(!Recording.isActive());
  }

  private static void refusesStep(String part, java.util.function.UnaryOperator<Tensor> step) {
    refuses(part, () -> Plan.capture(step, random(1, 4)));
  }

  @Test
  void looksAtElementsAreRefused() {
    refusesStep("item: ", x -> x.mul(x.sum().item()));
    refusesStep("item: ", x -> x.mul(x.sum().itemLong()));
    refusesStep("get: ", x -> x.mul(x.get(0)));
    refusesStep("to_array: ", x -> Gatun.tensor(x.toFloatArray()));
    refusesStep(
        "asSegment: ",
        x -> {
          assertTrue(x.asSegment().byteSize() > 0);
          return x;
        });
    refusesStep("masked_select: countNonzero: returns long", x -> x.maskedSelect(x.gt(0.5)));
    refusesStep("countNonzero", Tensor::nonzero);
    refusesStep("returned null", x -> null);
  }

  @Test
  void printingDoesNotDisturb() {
    StringBuilder text = new StringBuilder();
    Plan.capture(
            x -> {
              text.append(x.exp());
              return x;
            },
            random(1, 4))
        .close();
    assertTrue(text.toString().contains("being captured"), text.toString());
  }

  @Test
  void plansWithinPlansAreRefused() {
    Tensor x = random(1, 4);
    refuses("already", () -> Plan.capture(a -> Plan.capture(b -> b, a).output(), x));
    try (Plan inner = Plan.capture(a -> a.exp(), x)) {
      refuses("cannot be part", () -> Plan.capture(a -> inner.run(a), x));
    }
  }

  @Test
  void aStepThatThrowsLeavesNothingBehind() {
    Tensor x = random(1, 4);
    assertThrows(ShapeException.class, () -> Plan.capture(a -> a.exp().add(random(2, 5)), x));
    assertTrue(!Recording.isActive());
    assertEquals(4, x.exp().numel());
  }

  @Test
  void otherShapesAndTypesAreRefused() {
    try (Plan plan = Plan.capture(x -> x.exp(), random(1, 2, 3))) {
      var shape = assertThrows(ShapeException.class, () -> plan.run(random(1, 3, 2)));
      assertEquals("run: input 0 is [3, 2]: the plan was captured for [2, 3]", shape.getMessage());
      Tensor precise = random(1, 2, 3).to(DType.FLOAT64);
      assertThrows(DTypeException.class, () -> plan.run(precise));
      assertThrows(PlanException.class, () -> plan.run(random(1, 2, 3), random(1, 2, 3)));
    }
  }

  @Test
  void closedPlansAreRefused() {
    Plan plan = Plan.capture(x -> x.exp(), random(1, 4));
    Plan instance = plan.newInstance();
    plan.close();
    plan.close();
    refuses("closed", plan::replay);
    refuses("closed", plan::output);
    refuses("closed", () -> plan.run(random(1, 4)));
    refuses("closed", plan::newInstance);
    assertEquals(4, instance.run(random(1, 4)).numel());
    instance.close();
  }

  @Test
  void errorsOfKernelsComeThroughAndThePlanGoesOn() {
    Tensor table = random(1, 5, 2);
    try (Plan plan = Plan.capture(i -> table.indexSelect(0, i), Gatun.tensor(0L, 1L))) {
      Tensor outside = Gatun.tensor(0L, 7L);
      assertThrows(IndexRangeException.class, () -> plan.run(outside));
      Tensor within = Gatun.tensor(3L, 4L);
      assertArrayEquals(
          table.indexSelect(0, within).toFloatArray(), plan.run(within).toFloatArray());
    }
  }

  // ---- threads

  @Test
  void onePlanRunsOnOneThreadAtATime() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    List<Boolean> captured = new ArrayList<>();
    try (Plan plan =
        Plan.capture(
            x -> {
              Recording.perform(
                  "wait",
                  () -> {
                    if (captured.isEmpty()) {
                      captured.add(true);
                      return;
                    }
                    inside.countDown();
                    try {
                      leave.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
              return x.exp();
            },
            random(1, 4))) {
      Thread other = new Thread(plan::replay);
      other.start();
      inside.await();
      refuses("another thread", plan::replay);
      refuses("another thread", plan::close);
      leave.countDown();
      other.join();
      refuses("'wait'", plan::newInstance);
      plan.replay();
    }
  }

  @Test
  void instancesOnSeveralThreads() throws Exception {
    Tensor weight = random(1, 9, 6);
    int threads = 4;
    try (Plan plan = Plan.capture(x -> chain(x, weight), random(2, 3, 9));
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Integer>> wrong = new ArrayList<>();
      List<Plan> instances = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Plan instance = plan.newInstance();
        instances.add(instance);
        long seed = 100L * (t + 1);
        wrong.add(
            pool.submit(() -> {
              int differences = 0;
              for (int i = 0; i < 300; i++) {
                try (Scope inner = Scope.open()) {
                  Tensor x = random(seed + i, 3, 9);
                  float[] expected = chain(x, weight).toFloatArray();
                  float[] actual = instance.run(x).toFloatArray();
                  differences += java.util.Arrays.equals(expected, actual) ? 0 : 1;
                }
              }
              return differences;
            }));
      }
      for (Future<Integer> future : wrong) {
        assertEquals(0, future.get());
      }
      instances.forEach(Plan::close);
    }
  }

  @Test
  void plansThatWriteWhatIsSharedHaveNoInstances() {
    Tensor state = random(1, 4);
    try (Plan plan = Plan.capture(x -> state.add_(x), random(2, 4))) {
      refuses("was there before", plan::newInstance);
    }
  }

  // ---- the pool

  @Test
  void replaysDoNotCallThePool() {
    Tensor weight = random(1, 9, 6).requiresGrad_();
    try (Plan plan =
        Plan.capture(
            x -> {
              weight.zeroGrad();
              Tensor loss = chain(x, weight).sum();
              loss.backward();
              try (NoGrad off = NoGrad.open()) {
                weight.sub_(weight.grad().mul(1e-6));
              }
              return loss;
            },
            random(2, 3, 9))) {
      AtomicLong calls = new AtomicLong();
      MemoryObserver counting =
          new MemoryObserver() {
            @Override
            public void allocated(Storage storage) {
              calls.incrementAndGet();
            }

            @Override
            public void handedOut(String operation, StridedArray array) {}
          };
      long inUse = MemoryPool.shared().inUseBytes();
      try (var observation = MemoryObserver.observe(counting)) {
        random(1, 1).close();
        assertEquals(1, calls.getAndSet(0));
        for (int i = 0; i < 100_000; i++) {
          plan.replay();
        }
      }
      assertEquals(0, calls.get());
      assertEquals(inUse, MemoryPool.shared().inUseBytes());
    }
  }

  @Test
  void anInstanceOfAnInstanceHasMemoryOfItsOwn() {
    try (Plan plan = Plan.capture(x -> x.add_(1), Gatun.ones(2));
        Plan first = plan.newInstance();
        Plan second = first.newInstance()) {
      plan.input(0).fill_(100);
      assertArrayEquals(new float[] {4, 5}, second.run(Gatun.tensor(3.0, 4.0)).toFloatArray());
      assertArrayEquals(new float[] {100, 100}, plan.input(0).toFloatArray());
    }
    try (Plan plan = Plan.capture(x -> x.mul(2), Gatun.ones(2));
        Plan first = plan.newInstance();
        Plan second = first.newInstance()) {
      assertArrayEquals(new float[] {6, 8}, second.run(Gatun.tensor(3.0, 4.0)).toFloatArray());
    }
  }

  @Test
  void writesToWrappedMemoryAreSeen() {
    MemorySegment memory = Arena.ofAuto().allocate(8, 64);
    Tensor weight = Gatun.wrap(memory, DType.FLOAT32, 2);
    weight.fill_(1);
    try (Plan plan = Plan.capture(x -> x.add(weight.mul(2).sum()), Gatun.ones(2))) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 5);
      assertArrayEquals(new float[] {12, 12}, plan.run(Gatun.zeros(2)).toFloatArray());
    }
  }

  @Test
  void twoWrapsOfOneMemoryAreRefused() {
    MemorySegment memory = Arena.ofAuto().allocate(8, 64);
    Tensor one = Gatun.wrap(memory, DType.FLOAT32, 2);
    Tensor other = Gatun.wrap(memory, DType.FLOAT32, 2);
    PlanException refusal =
        assertThrows(
            PlanException.class,
            () ->
                Plan.capture(
                    x -> {
                      one.add_(x);
                      return other.mul(2);
                    },
                    Gatun.ones(2)));
    assertTrue(String.valueOf(refusal.getMessage()).contains("wrap"), refusal::toString);
  }

  @Test
  void inputsMayBeViewsOfThePlansOwn() {
    try (Plan plan = Plan.capture(x -> x.mul(1), Gatun.arange(9).reshape(3, 3).to(DType.FLOAT32))) {
      assertArrayEquals(
          new float[] {0, 3, 6, 1, 4, 7, 2, 5, 8}, plan.run(plan.input(0).T()).toFloatArray());
    }
    try (Plan plan = Plan.capture((x, y) -> x.sub(y), Gatun.tensor(1.0), Gatun.tensor(2.0))) {
      assertEquals(1, plan.run(plan.input(1), plan.input(0)).item());
    }
  }

  @Test
  void generatorsSeededInTheStepBeginAnew() {
    try (Plan plan =
        Plan.capture(
            x -> {
              Gatun.manualSeed(3);
              return x.add(Gatun.randn(2))
                  .add(Gatun.rand(DType.FLOAT32, Shape.of(2), new Generator(5)));
            },
            Gatun.ones(2))) {
      float[] first = plan.output().toFloatArray();
      assertArrayEquals(first, plan.run(Gatun.ones(2)).toFloatArray());
      assertArrayEquals(first, plan.run(Gatun.ones(2)).toFloatArray());
    }
  }

  @Test
  void anEmptyPlanIsWarm() {
    try (Plan plan = Plan.capture(x -> x, Gatun.ones(2))) {
      plan.warmUp();
      assertArrayEquals(new float[] {1, 1}, plan.run(Gatun.ones(2)).toFloatArray());
    }
  }

  @Test
  void warmingUpRepeatsNothingThatBuildsOnItself() {
    Tensor table = Gatun.arange(4).mul(10);
    try (Plan plan =
        Plan.capture(
            rows -> {
              Tensor own = rows.clone();
              own.add_(1);
              Tensor taken = table.indexSelect(0, own);
              return taken.add(own.add(1).sum());
            },
            Gatun.tensor(0L, 2L))) {
      // An index that has grown more than once lies outside the table.
      plan.warmUp();
      assertArrayEquals(new long[] {16, 36}, plan.output().toLongArray());
      plan.input(0).copy_(Gatun.tensor(1L, 1L));
      plan.replay();
      assertArrayEquals(new long[] {26, 26}, plan.output().toLongArray());
    }
  }

  @Test
  void aStepMayAskForTheGradientOfItsInput() {
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor leaf = x.requiresGrad_();
              Tensor gradient = Gatun.grad(leaf.square().sum(), leaf)[0];
              assertNotNull(gradient);
              return gradient;
            },
            Gatun.ones(2))) {
      plan.input(0).copy_(Gatun.tensor(3.0, 4.0));
      plan.replay();
      assertArrayEquals(new float[] {6, 8}, plan.output().toFloatArray());
    }
  }

  @Test
  void aPlanWithoutOutputsIsReplayedNotRun() {
    Tensor sum = Gatun.zeros(2);
    try (Plan plan =
        Plan.capture(
            in -> {
              sum.add_(in[0]);
              return new Tensor[0];
            },
            new Tensor[] {Gatun.ones(2)})) {
      assertThrows(PlanException.class, () -> plan.run(Gatun.ones(2)));
      assertArrayEquals(new float[] {1, 1}, sum.toFloatArray());
      plan.replay();
      assertArrayEquals(new float[] {2, 2}, sum.toFloatArray());
    }
  }
}
