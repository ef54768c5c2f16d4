package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Activations;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ShapeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void workIsRepeatedUntilTheLimit() {
    var calls = new AtomicInteger();
    Duration took = WarmUp.repeat(calls::incrementAndGet, Duration.ofMillis(50));
    assertTrue(calls.get() > 1000, calls + " calls");
    assertTrue(took.compareTo(Duration.ofMillis(50)) >= 0, took + "");
  }

  @Test
  void noTimeMeansNoCall() {
    var calls = new AtomicInteger();
    WarmUp.repeat(calls::incrementAndGet, Duration.ZERO);
    assertEquals(0, calls.get());
    assertThrows(
        ArgumentException.class,
        () -> WarmUp.repeat(calls::incrementAndGet, Duration.ofMillis(-1)));
  }

  @Test
  void steadyWorkEndsTheWarmUpBeforeTheLimit() {
    Duration took = WarmUp.repeat(Thread::onSpinWait, Duration.ofMinutes(5));
    assertTrue(took.compareTo(Duration.ofMinutes(1)) < 0, took + "");
  }

  @Test
  void modelsAndPredictorsAnswerAsBeforeAndLeaveNothingBehind() {
    try (var _ = Scope.open();
        Sequential model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2))) {
      model.eval();
      Tensor input = Gatun.randn(3, 4);
      double[] before = model.forward(input).toDoubleArray();
      long bytes = MemoryPool.shared().statistics().inUseBytes();
      assertTrue(model.warmUp(input).isPositive());
      assertEquals(bytes, MemoryPool.shared().statistics().inUseBytes());
      assertArrayEquals(before, model.forward(input).toDoubleArray());
      try (var predictor = Predictor.of(model, DType.FLOAT32, 3, 4)) {
        assertTrue(predictor.warmUp().isPositive());
        assertArrayEquals(before, predictor.predict(input).toDoubleArray(), 1e-6);
      }
      assertThrows(ShapeException.class, () -> model.warmUp(Gatun.randn(3, 5)));
    }
  }

  @Test
  void operationsWarmUpByType() {
    try (var _ = Scope.open()) {
      Activations.GELU.warmUp(DType.FLOAT32);
      assertEquals(0, Gatun.zeros(1).gelu().item(), 0.0);
    }
  }
}
