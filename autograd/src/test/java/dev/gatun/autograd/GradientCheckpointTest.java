package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.randn;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class GradientCheckpointTest {
  @Test
  void gradientsAreThoseOfTheFunctionItself() {
    Tensor w = randn(4, 4).requiresGrad_();
    Tensor x = randn(3, 4).requiresGrad_();
    x.matmul(w).tanh().matmul(w).square().sum().backward();
    double[] ofW = gradient(w);
    double[] ofX = gradient(x);
    w.zeroGrad();
    x.zeroGrad();
    AtomicInteger calls = new AtomicInteger();
    Tensor y =
        GradientCheckpoint.run(
            t -> {
              calls.incrementAndGet();
              return t.matmul(w).tanh().matmul(w);
            },
            x);
    assertEquals("CheckpointBackward", y.gradFn());
    y.square().sum().backward();
    assertEquals(2, calls.get());
    assertArrayEquals(ofW, gradient(w), 1e-5);
    assertArrayEquals(ofX, gradient(x), 1e-5);
  }

  @Test
  void parametersAloneAreEnough() {
    Tensor w = tensor(2.0).requiresGrad_();
    Tensor x = tensor(3.0);
    Tensor y = GradientCheckpoint.run(t -> t.mul(w).square(), x);
    assertEquals(36, Gatun.grad(y, w)[0].item());
    assertNull(w.grad());
    assertFalse(x.requiresGrad());
    assertFalse(GradientCheckpoint.run(t -> t.square(), x).requiresGrad());
    try (NoGrad off = NoGrad.open()) {
      assertFalse(GradientCheckpoint.run(t -> t.mul(w), x).requiresGrad());
    }
  }

  @Test
  void severalInputsOfWhichOneDependsOnTheOther() {
    Tensor a = real(0.7);
    Tensor constant = real(1.5).detach();
    GradientCheck.Function function =
        inputs -> {
          Tensor b = inputs[0].square();
          return GradientCheckpoint.run(
              (Tensor[] t) -> t[0].mul(t[1]).mul(t[2]).sin(), inputs[0], b, constant);
        };
    GradientCheck.first(function, a);
    GradientCheck.second(function, a);
  }

  @Test
  void derivativesOfAnyOrderFlowThroughInputsAndParameters() {
    Tensor x = real(0.3, -0.8);
    Tensor w = real(1.2, 0.4);
    GradientCheck.Function function =
        inputs ->
            GradientCheckpoint.run(
                t -> GradientCheckpoint.run(u -> u.mul(inputs[1]).tanh(), t.square()).mul(t),
                inputs[0]);
    // The parameter is used from outside, so it is checked against the function itself.
    Tensor direct =
        Gatun.grad(x.square().mul(w).tanh().mul(x).sum(), null, true, true, w)[0].square().sum();
    Tensor through =
        Gatun.grad(function.apply(new Tensor[] {x, w}).sum(), null, true, true, w)[0]
            .square()
            .sum();
    assertEquals(direct.item(), through.item(), 1e-12);
    Tensor[] expected = Gatun.grad(direct, x, w);
    Tensor[] found = Gatun.grad(through, x, w);
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(expected[i].toDoubleArray(), found[i].toDoubleArray(), 1e-12);
    }
    GradientCheck.first(function, x, w);
    GradientCheck.second(function, x, w);
  }

  @Test
  void randomNumbersAreTheSameTheSecondTime() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Generator.State[] states = new Generator.State[2];
    Tensor y = GradientCheckpoint.run(t -> t.mul(Gatun.rand(3)), x);
    states[0] = Generator.shared().state();
    y.sum().backward();
    states[1] = Generator.shared().state();
    assertEquals(states[0], states[1]);
    double[] values = y.toDoubleArray();
    double[] slopes = gradient(x);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], slopes[i] * (i + 1), 1e-6);
    }
  }

  @Test
  void hooksOfLeavesRunOnceOnTheWhole() {
    Tensor w = tensor(2.0).requiresGrad_();
    AtomicInteger runs = new AtomicInteger();
    w.registerHook(g -> {
      runs.incrementAndGet();
      return g.mul(2.0);
    });
    GradientCheckpoint.run(t -> t.mul(w).mul(w), tensor(3.0)).add(w).backward();
    assertEquals(1, runs.get());
    assertArrayEquals(new double[] {26}, gradient(w));
  }

  @Test
  void misuseIsNoticed() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    AtomicInteger calls = new AtomicInteger();
    Tensor y = GradientCheckpoint.run(t -> calls.incrementAndGet() == 1 ? t.square() : t.sum(), x);
    GradientException e = assertThrows(GradientException.class, () -> y.sum().backward());
    assertTrue(e.getMessage().contains("when computed again"), e.getMessage());
    Tensor z = x.mul(1.0);
    Tensor written = GradientCheckpoint.run(t -> t.square(), z);
    z.add_(1.0);
    InPlaceException written2 =
        assertThrows(InPlaceException.class, () -> written.sum().backward());
    assertTrue(written2.getMessage().startsWith("checkpoint: "), written2.getMessage());
  }

  @Test
  void aFunctionThatWritesItsInputIsRefused() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor mean = tensor(0.0, 0.0);
    InPlaceException e =
        assertThrows(
            InPlaceException.class,
            () -> GradientCheckpoint.run((Tensor[] t) -> t[0].mul(t[1].add_(1.0)), x, mean));
    assertTrue(
        e.getMessage().startsWith("checkpoint: the function has written input 1, float32[2]"),
        e.getMessage());
    // Where nothing is recorded nothing is computed again.
    GradientCheckpoint.run((Tensor[] t) -> t[0].mul(t[1].add_(1.0)), x.detach(), mean);
    assertArrayEquals(new double[] {2, 2}, mean.toDoubleArray());
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller does who is not checked
  void nullIsNamed() {
    Tensor x = tensor(1.0).requiresGrad_();
    ArgumentException e =
        assertThrows(ArgumentException.class, () -> GradientCheckpoint.run(t -> null, x));
    assertEquals("checkpoint: the function returned null: it returns a tensor", e.getMessage());
  }

  @Test
  void onlyInputsAreKept() {
    Tensor x = Gatun.ones(1 << 16).requiresGrad_();
    long before = MemoryPool.shared().inUseBytes();
    Tensor y = GradientCheckpoint.run(t -> t.sin().exp().sin().exp().sin(), x);
    long kept = MemoryPool.shared().inUseBytes() - before;
    assertTrue(kept < 2 * x.numel() * Float.BYTES, "kept " + kept);
    y.sum().backward();
    y.close();
    x.zeroGrad();
    assertTrue(
        MemoryPool.shared().inUseBytes() - before < 4096,
        "left " + (MemoryPool.shared().inUseBytes() - before));
  }

  private static Tensor real(double... values) {
    return Gatun.tensor(DType.FLOAT64, Shape.of(values.length), values).requiresGrad_();
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }
}
