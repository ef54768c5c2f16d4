package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The tape belongs to a thread: what others do at the same time changes nothing. */
class TwoThreadsTest {
  private static final int STEPS = 60;

  @Test
  void twoThreadsTrainTwoModelsAsOneAfterTheOther() throws Exception {
    double[][] alone = {train(1, null), train(2, null)};
    for (int round = 0; round < 3; round++) {
      CountDownLatch start = new CountDownLatch(2);
      List<double[]> together = inParallel(() -> train(1, start), () -> train(2, start));
      assertArrayEquals(alone[0], together.get(0));
      assertArrayEquals(alone[1], together.get(1));
    }
  }

  @Test
  void theModeOfOneThreadIsNotThatOfAnother() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    List<double[]> found = inParallel(() -> records(true, both), () -> records(false, both));
    assertArrayEquals(new double[] {1}, found.get(0));
    assertArrayEquals(new double[] {0}, found.get(1));
  }

  @Test
  void spansNestAndANewThreadRecords() throws Exception {
    List<Boolean> seen = new ArrayList<>();
    try (NoGrad off = Gatun.noGrad()) {
      try (NoGrad on = Gatun.enableGrad()) {
        try (NoGrad inference = Gatun.inferenceMode()) {
          seen.add(NoGrad.isGradEnabled());
        }
        seen.add(NoGrad.isGradEnabled());
      }
      seen.add(NoGrad.isGradEnabled());
      try (ExecutorService other = Executors.newSingleThreadExecutor()) {
        seen.add(other.submit(NoGrad::isGradEnabled).get());
        assertThrows(
            ExecutionException.class, () -> other.submit(off::close).get(), "of another thread");
      }
    }
    seen.add(NoGrad.isGradEnabled());
    assertEquals(List.of(false, true, false, true, true), seen);
  }

  @Test
  void aSharedLeafGathersWhatBothAdd() throws Exception {
    try (Scope scope = Scope.open()) {
      Tensor shared = Gatun.tensor(1.0, 2.0).requiresGrad_();
      CountDownLatch start = new CountDownLatch(2);
      inParallel(() -> pull(shared, 1, start), () -> pull(shared, 2, start));
      Tensor gradient = shared.grad();
      assertNotNull(gradient);
      assertArrayEquals(new double[] {3 * STEPS, 3 * STEPS}, gradient.toDoubleArray());
    }
  }

  @Test
  void aGraphMayBeHandedOver() throws Exception {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(3.0).requiresGrad_();
      Tensor y = x.square().sum();
      try (ExecutorService other = Executors.newSingleThreadExecutor()) {
        other.submit(() -> y.backward()).get();
      }
      Tensor gradient = x.grad();
      assertNotNull(gradient);
      assertEquals(6, gradient.item());
    }
  }

  @Test
  void whatIsClosedWhileItIsReadGivesNoWrongNumbers() throws Exception {
    int count = 1 << 20;
    for (int round = 0; round < 40; round++) {
      Tensor x = Gatun.ones(count);
      CountDownLatch start = new CountDownLatch(2);
      boolean copies = round % 2 == 1;
      List<double[]> found =
          inParallel(() -> twice(x, copies, start), () -> closeAndUseAgain(x, start));
      for (double value : found.get(0)) {
        assertEquals(2 * count, value);
      }
    }
  }

  /** The sum of the elements, doubled; nothing where the tensor is found closed. */
  private static double[] twice(Tensor x, boolean copies, CountDownLatch start)
      throws InterruptedException {
    meet(start);
    if (copies) {
      try {
        return new double[] {2 * Arrays.stream(x.toDoubleArray()).sum()};
      } catch (ClosedTensorException e) {
        return new double[0];
      }
    }
    try (Tensor doubled = x.mul(2.0);
        Tensor sum = doubled.sum()) {
      return new double[] {sum.item()};
    } catch (ClosedTensorException e) {
      return new double[0];
    }
  }

  private static double[] closeAndUseAgain(Tensor x, CountDownLatch start)
      throws InterruptedException {
    meet(start);
    x.close();
    try (Tensor next = Gatun.full(x.dtype(), x.shape(), 7)) {
      return new double[] {next.get(0)};
    }
  }

  private static double[] pull(Tensor leaf, double by, CountDownLatch start)
      throws InterruptedException {
    meet(start);
    for (int i = 0; i < STEPS; i++) {
      try (Scope step = Scope.open()) {
        leaf.mul(by).sum().backward();
      }
    }
    return new double[0];
  }

  private static double[] records(boolean enabled, CountDownLatch both)
      throws InterruptedException {
    try (Scope scope = Scope.open();
        NoGrad mode = Gatun.setGradEnabled(enabled)) {
      meet(both);
      return new double[] {Gatun.ones(1).requiresGrad_().mul(2.0).requiresGrad() ? 1 : 0};
    }
  }

  /** Trains two layers on points of a curve, from a seed, and returns losses and weights. */
  private static double[] train(long seed, CountDownLatch start) throws InterruptedException {
    if (start != null) {
      meet(start);
    }
    try (Scope scope = Scope.open()) {
      Generator random = new Generator(seed);
      Tensor w1 = weights(random, 1, 32);
      Tensor b1 = weights(random, 32);
      Tensor w2 = weights(random, 32, 1);
      Tensor x = Gatun.randn(DType.FLOAT32, Shape.of(64, 1), random);
      Tensor y = x.mul(2.0).sin();
      double[] losses = new double[STEPS + 1];
      for (int i = 0; i < STEPS; i++) {
        try (Scope step = Scope.open()) {
          Tensor loss = x.matmul(w1).add(b1).tanh().matmul(w2).sub(y).square().mean();
          loss.backward();
          losses[i] = loss.item();
          try (NoGrad off = NoGrad.open()) {
            for (Tensor w : List.of(w1, b1, w2)) {
              Tensor gradient = w.grad();
              assertNotNull(gradient);
              w.sub_(gradient.mul(0.05));
              w.zeroGrad();
            }
          }
        }
      }
      losses[STEPS] = w1.sum().item() + b1.sum().item() + w2.sum().item();
      return losses;
    }
  }

  private static Tensor weights(Generator random, long... sizes) {
    return Gatun.randn(DType.FLOAT32, Shape.of(sizes), random).mul_(0.3).requiresGrad_();
  }

  private static void meet(CountDownLatch latch) throws InterruptedException {
    latch.countDown();
    latch.await();
  }

  private interface Work {
    double[] run() throws Exception;
  }

  private static List<double[]> inParallel(Work... works)
      throws InterruptedException, ExecutionException {
    List<double[]> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(works.length)) {
      List<Future<double[]>> running = new ArrayList<>();
      for (Work work : works) {
        running.add(threads.submit(work::run));
      }
      for (Future<double[]> future : running) {
        results.add(future.get());
      }
    }
    return results;
  }
}
