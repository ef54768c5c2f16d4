package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.ones;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class HooksTest {
  @Test
  void aHookOfAResultReplacesWhatGoesOn() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    HookHandle handle = y.registerHook(g -> g.mul(10.0));
    y.square().sum().backward();
    assertArrayEquals(new double[] {180, 360}, gradient(x));
    handle.close();
    handle.close();
    x.zeroGrad();
    y.square().sum().backward();
    assertArrayEquals(new double[] {18, 36}, gradient(x));
  }

  @Test
  void aHookMayAskForGradientsOfTheGraphThatIsGoneThrough() {
    Tensor x = tensor(1.0).requiresGrad_();
    Tensor h = x.mul(2.0);
    Tensor c = h.mul(5.0);
    Tensor other = h.sum();
    List<Double> inner = new ArrayList<>();
    c.registerHook(g -> {
      inner.add(Gatun.grad(other, null, true, false, x)[0].item());
      return null;
    });
    h.mul(3.0).add(c).sum().backward(null, true, false);
    assertEquals(List.of(2.0), inner);
    assertArrayEquals(new double[] {16}, gradient(x));
  }

  @Test
  void aHookKeepsThePassesOfOtherThreadsAway() throws InterruptedException {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0).exp();
    Tensor other = y.mul(3.0).sum();
    AtomicReference<Throwable> refusal = new AtomicReference<>();
    y.registerHook(g -> {
      Thread thread = new Thread(other::backward);
      thread.setUncaughtExceptionHandler((dead, thrown) -> refusal.set(thrown));
      thread.start();
      join(thread);
      return null;
    });
    y.sum().backward();
    assertArrayEquals(new double[] {Math.E, Math.exp(2)}, gradient(x), 1e-5);
    Throwable thrown = assertInstanceOf(GradientException.class, refusal.get());
    assertEquals("exp: another backward pass is going through this graph", thrown.getMessage());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aHookMayCloseTheLoss() {
    Tensor x = tensor(1.0).requiresGrad_();
    Tensor w = tensor(1.0).requiresGrad_();
    Tensor[] loss = new Tensor[1];
    try (Scope scope = Scope.open()) {
      Tensor y = x.add(w).mul(1.0);
      y.registerHook(g -> {
        loss[0].close();
        return null;
      });
      loss[0] = scope.keep(y.add(w).sum());
    }
    loss[0].backward();
    assertArrayEquals(new double[] {1}, gradient(x));
    assertArrayEquals(new double[] {2}, gradient(w));
  }

  /** Without a scope a loss belongs to the collector, which may come while its pass goes on. */
  @Test
  void nobodyElseNeedHoldTheGraph() throws InterruptedException {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(() -> {
          // Compiled code alone lets go of what it needs no more.
          for (int i = 0; i < 20_000; i++) {
            lossOf(x, false).backward();
          }
          x.zeroGrad();
          lossOf(x, true).backward();
        });
    thread.setUncaughtExceptionHandler((dead, thrown) -> failure.set(thrown));
    thread.start();
    thread.join();
    assertNull(failure.get());
    assertArrayEquals(new double[] {Math.E, Math.exp(2)}, gradient(x), 1e-5);
  }

  private static Tensor lossOf(Tensor x, boolean collecting) {
    Tensor y = x.mul(1.0);
    y.registerHook(g -> {
      for (int i = 0; collecting && i < 3; i++) {
        System.gc();
        LockSupport.parkNanos(20_000_000);
      }
      return null;
    });
    return y.exp().sum();
  }

  @Test
  void aHookDoesNotCloseTheGradient() {
    Tensor q = tensor(1.0, 1.0).requiresGrad_();
    Tensor m = q.mul(2.0);
    m.registerHook(g -> {
      g.close();
      return null;
    });
    Tensor result = m.mul(1.5);
    Tensor gradient = tensor(1.0, 1.0);
    assertThrows(ClosedTensorException.class, () -> result.backward(gradient));
    assertNull(q.grad());
  }

  @Test
  void aViewWhoseBaseHasBeenWrittenHasHooksToo() {
    Tensor w = tensor(5.0).requiresGrad_();
    Tensor y = tensor(1.0, 2.0);
    Tensor view = y.select(0, 0);
    y.mul_(w);
    List<Double> seen = new ArrayList<>();
    view.registerHook(g -> {
      seen.add(g.item());
      return null;
    });
    view.retainGrad();
    view.mul(3.0).backward();
    assertEquals(List.of(3.0), seen);
    assertArrayEquals(new double[] {3}, gradient(view));
    assertArrayEquals(new double[] {3}, gradient(w));
  }

  @Test
  void aHookOfALeafSeesTheWholeGradientOnce() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    List<double[]> seen = new ArrayList<>();
    x.registerHook(g -> {
      seen.add(g.toDoubleArray());
      return null;
    });
    x.registerHook(Tensor::neg);
    x.mul(3.0).add(x).add(x.square()).sum().backward();
    assertEquals(1, seen.size());
    assertArrayEquals(new double[] {6, 8}, seen.get(0));
    assertArrayEquals(new double[] {-6, -8}, gradient(x));
    x.sum().backward();
    assertArrayEquals(new double[] {-7, -9}, gradient(x));
    assertArrayEquals(new double[] {1, 1}, seen.get(1));
    // Gradients that are returned are shown too.
    assertArrayEquals(new double[] {-1, -1}, Gatun.grad(x.sum(), x)[0].toDoubleArray());
    assertEquals(3, seen.size());
  }

  @Test
  void aHookMayReturnWhatIsSomebodysOwn() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor own = tensor(7.0, 8.0);
    y.registerHook(g -> own);
    y.sum().backward();
    y.mul(2.0).sum().backward();
    assertFalse(own.isClosed());
    assertArrayEquals(new double[] {7, 8}, own.toDoubleArray());
    assertArrayEquals(new double[] {14, 16}, gradient(x));
  }

  @Test
  void hooksRunBeforeTheGradientIsReturned() {
    Tensor x = tensor(1.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    y.registerHook(g -> g.mul(2.0));
    Tensor[] gradients = Gatun.grad(y.square().sum(), y, x);
    assertEquals(12, gradients[0].item());
    assertEquals(36, gradients[1].item());
  }

  @Test
  void hooksAreRecordedWhenThePassIs() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    y.registerHook(g -> g.mul(y));
    Tensor first = Gatun.grad(y.square().sum(), null, true, true, x)[0];
    assertEquals(8, first.item()); // 2 y * y
    // 4 y, which passes y on its way and is shown to its hook: times y.
    assertEquals(16, Gatun.grad(first, x)[0].item());
  }

  @Test
  void whatHooksReturnIsChecked() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    x.registerHook(Tensor::sum);
    GradientException e = assertThrows(GradientException.class, () -> x.sum().backward());
    assertTrue(e.getMessage().contains("float32[2] to float32[]"), e.getMessage());
    assertThrows(GradientException.class, () -> ones(2).registerHook(g -> g));
    assertThrows(GradientException.class, () -> ones(2).retainGrad());
    assertThrows(GradientException.class, () -> x.mul(2.0).registerPostAccumulateGradHook(p -> {}));
  }

  @Test
  void aLeafMayBeUpdatedWithinThePass() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    HookHandle step =
        x.registerPostAccumulateGradHook(p -> {
          Tensor gradient = p.grad();
          assertNotNull(gradient);
          p.sub_(gradient.mul(0.5));
          p.zeroGrad();
        });
    x.square().sum().backward();
    assertArrayEquals(new double[] {0, 0}, x.toDoubleArray());
    assertNull(x.grad());
    step.close();
    x.mul(3.0).sum().backward();
    assertArrayEquals(new double[] {3, 3}, gradient(x));
  }

  @Test
  void resultsRetainTheirGradient() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    assertFalse(y.retainsGrad());
    y.retainGrad().retainGrad();
    assertTrue(y.retainsGrad());
    assertNull(y.grad());
    Tensor z = y.square().sum();
    z.backward(null, true, false);
    assertArrayEquals(new double[] {6, 12}, gradient(y));
    z.backward();
    assertArrayEquals(new double[] {12, 24}, gradient(y));
    y.zeroGrad();
    assertNull(y.grad());
    assertFalse(x.retainGrad().retainsGrad());
  }

  @Test
  void aWriteInPlaceTakesTheRetainingAlong() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0).retainGrad();
    y.add_(1.0);
    assertTrue(y.retainsGrad());
    y.mul(5.0).sum().backward();
    assertArrayEquals(new double[] {5, 5}, gradient(y));
  }

  @Test
  void replacingAllOfAViewTakesTheRetainingAlong() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor w = tensor(4.0, 5.0).requiresGrad_();
    Tensor y = x.mul(2.0);
    Tensor copied = y.narrow(0, 0, 2).retainGrad();
    copied.copy_(w);
    Tensor filled = y.narrow(0, 2, 1).retainGrad();
    filled.fill_(7.0);
    assertTrue(copied.retainsGrad());
    assertTrue(filled.retainsGrad());
    copied.mul(3.0).sum().add(filled.mul(5.0).sum()).backward();
    assertArrayEquals(new double[] {3, 3}, gradient(copied));
    assertArrayEquals(new double[] {5}, gradient(filled));
    assertArrayEquals(new double[] {3, 3}, gradient(w));
    assertArrayEquals(new double[] {0, 0, 0}, gradient(x));
  }

  @Test
  void aWriteIntoAViewTakesTheRetainingOfItsBaseAlong() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0).retainGrad();
    List<double[]> seen = new ArrayList<>();
    y.registerHook(g -> {
      seen.add(g.toDoubleArray());
      return null;
    });
    y.select(0, 0).mul_(5.0);
    y.sum().backward();
    assertArrayEquals(new double[] {1, 1}, gradient(y));
    assertArrayEquals(new double[] {5, 1}, gradient(x));
    // The hook stays with what the tensor was when it was registered.
    assertArrayEquals(new double[] {5, 1}, seen.getFirst());
  }

  @Test
  void aViewThatFollowsItsBaseTakesTheRetainingAlong() {
    Tensor w = tensor(5.0).requiresGrad_();
    Tensor y = w.mul(tensor(1.0, 2.0));
    Tensor view = y.select(0, 0).retainGrad();
    y.mul_(w);
    assertTrue(view.requiresGrad());
    assertTrue(view.retainsGrad());
    view.mul(3.0).backward();
    assertArrayEquals(new double[] {3}, gradient(view));
    assertArrayEquals(new double[] {30}, gradient(w));
  }

  @Test
  void aWriteByAnotherOperationTakesTheRetainingAlong() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0).retainGrad();
    y.maskedFill_(y.gt(5.0), 0);
    assertTrue(y.retainsGrad());
    y.mul(5.0).sum().backward();
    assertArrayEquals(new double[] {5, 5}, gradient(y));
    assertArrayEquals(new double[] {15, 0}, gradient(x));
  }

  @Test
  void anErrorInAHookLeavesTheGraphForAnotherPass() {
    Tensor x = tensor(1.0).requiresGrad_();
    Tensor y = x.mul(2.0);
    HookHandle failing =
        y.registerHook(g -> {
          throw new IllegalStateException("no");
        });
    Tensor loss = y.square().sum();
    assertThrows(IllegalStateException.class, () -> loss.backward(null, true, false));
    failing.close();
    loss.backward();
    assertArrayEquals(new double[] {8}, gradient(x));
  }

  @Test
  void hooksArePartOfAPlan() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    x.registerHook(g -> g.mul(10.0));
    UnaryOperator<Tensor> step =
        by -> {
          x.zeroGrad();
          Tensor y = x.mul(by);
          y.registerHook(g -> g.clamp(-1, 1));
          Tensor loss = y.square().sum();
          loss.backward();
          return loss;
        };
    try (Plan plan = Plan.capture(step, tensor(1.0, 1.0))) {
      assertEquals(73, plan.run(tensor(3.0, 4.0)).item());
      assertArrayEquals(new double[] {30, 40}, gradient(x));
    }
  }

  @Test
  void hooksLeaveNothingBehind() {
    pass();
    long before = MemoryPool.shared().inUseBytes();
    for (int i = 0; i < 5; i++) {
      pass();
    }
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  private static void pass() {
    try (Scope inner = Scope.open()) {
      Tensor x = Gatun.randn(64, 64).requiresGrad_();
      x.registerHook(g -> g.mul(2.0));
      Tensor y = x.matmul(x).retainGrad();
      y.registerHook(g -> g.add(1.0).mul(y.detach()));
      y.square().sum().backward();
      gradient(y);
    }
  }

  private static double[] gradient(Tensor tensor) {
    Tensor gradient = tensor.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }
}
