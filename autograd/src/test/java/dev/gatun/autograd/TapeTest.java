package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.arange;
import static dev.gatun.autograd.Gatun.ones;
import static dev.gatun.autograd.Gatun.randn;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class TapeTest {
  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }

  @Test
  void gradientsOfAPolynomial() {
    Tensor x = tensor(2.0, 3.0).requiresGrad_();
    assertNull(x.grad());
    Tensor y = x.select(0, 0).square().add(x.select(0, 1).mul(3.0));
    y.backward();
    assertArrayEquals(new double[] {4, 3}, gradient(x));
  }

  @Test
  void gradientsAddUpUntilTheyAreCleared() {
    Tensor x = arange(4).to(DType.FLOAT32).requiresGrad_();
    x.dot(x).mul(2.0).backward();
    assertArrayEquals(new double[] {0, 4, 8, 12}, gradient(x));
    x.sum().backward();
    assertArrayEquals(new double[] {1, 5, 9, 13}, gradient(x));
    x.zeroGrad();
    assertNull(x.grad());
    x.sum().backward();
    assertArrayEquals(new double[] {1, 1, 1, 1}, gradient(x));
  }

  @Test
  void oneTensorUsedTwiceGathersBoth() {
    Tensor x = tensor(3.0).requiresGrad_();
    Tensor y = x.add(x).add(x.mul(x));
    y.backward(tensor(1.0));
    assertArrayEquals(new double[] {8}, gradient(x));
  }

  @Test
  void detachStopsTheGradient() {
    Tensor x = arange(4).to(DType.FLOAT32).requiresGrad_();
    Tensor y = x.mul(x);
    Tensor u = y.detach();
    assertFalse(u.requiresGrad());
    u.mul(x).sum().backward();
    assertArrayEquals(u.toDoubleArray(), gradient(x));
  }

  @Test
  void noGradRecordsNothing() {
    Tensor x = tensor(1.0).requiresGrad_();
    try (NoGrad off = NoGrad.open()) {
      assertFalse(NoGrad.isGradEnabled());
      assertFalse(x.mul(2.0).requiresGrad());
      try (NoGrad on = NoGrad.setGradEnabled(true)) {
        assertTrue(x.mul(2.0).requiresGrad());
      }
      assertFalse(x.matmul(x).requiresGrad());
    }
    assertTrue(x.mul(2.0).requiresGrad());
  }

  @Test
  void backwardOnATensorThatNeedsNoneSaysSo() {
    GradientException e = assertThrows(GradientException.class, () -> tensor(1.0).sum().backward());
    assertEquals(
        "backward: element 0 of tensors does not require grad and does not have a grad_fn",
        e.getMessage());
  }

  @Test
  void backwardOfManyElementsWantsAGradient() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    assertThrows(GradientException.class, () -> x.mul(2.0).backward());
    assertThrows(GradientException.class, () -> x.mul(2.0).backward(ones(3)));
    x.mul(2.0).backward(ones(2));
    assertArrayEquals(new double[] {2, 2}, gradient(x));
  }

  @Test
  void aGraphIsGoneThroughOnceUnlessRetained() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor y = x.exp().sum();
    y.backward(null, true, false);
    y.backward();
    GradientException e = assertThrows(GradientException.class, y::backward);
    assertTrue(e.getMessage().contains("second time"), e.getMessage());
  }

  @Test
  void onlyFloatingPointRequiresGradients() {
    assertThrows(DTypeException.class, () -> arange(3).requiresGrad_());
  }

  @Test
  void aWriteThatSpoilsAGradientIsNoticed() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor z = y.square();
    y.add_(1.0);
    InPlaceException e = assertThrows(InPlaceException.class, () -> z.sum().backward());
    assertTrue(e.getMessage().startsWith("square: "), e.getMessage());
    assertTrue(e.getMessage().contains("version 1, version 0 was saved"), e.getMessage());
  }

  @Test
  void writesThatCannotBeRightAreRefusedAtOnce() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    assertThrows(InPlaceException.class, () -> x.add_(1.0));
    assertThrows(InPlaceException.class, () -> x.select(0, 0).add_(1.0));
    assertThrows(InPlaceException.class, () -> ones(1).expand(3).add_(1.0));
    assertArrayEquals(new double[] {1, 2}, x.toDoubleArray());
  }

  @Test
  void whatAWriteReplacesIsKeptForItsGradient() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    y.mul_(y);
    y.mul_(x);
    y.sum().backward();
    assertArrayEquals(new double[] {27, 108}, gradient(x));
  }

  @Test
  void aViewFollowsAWriteToItsBase() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor view = y.reshape(2, 1);
    y.add_(1.0);
    view.mul(y.reshape(2, 1)).sum().backward();
    assertArrayEquals(new double[] {4, 6}, gradient(x));
  }

  @Test
  void aRecordedWriteCarriesTheGradient() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    y.add_(x);
    y.tanh_();
    assertEquals("TanhBackward", y.gradFn());
    y.sum().backward();
    double[] expected = new double[2];
    for (int i = 0; i < 2; i++) {
      double t = Math.tanh(4 * (i + 1.0));
      expected[i] = 4 * (1 - t * t);
    }
    assertArrayEquals(expected, gradient(x), 1e-6);
  }

  @Test
  void activationsThatKeepTheirResultMayBeAppliedInPlace() {
    Tensor x = tensor(-1.0, 2.0).requiresGrad_();
    x.mul(3.0).relu_().sum().backward();
    assertArrayEquals(new double[] {0, 3}, gradient(x));
    x.zeroGrad();
    x.mul(1.0).exp_().sum().backward();
    assertArrayEquals(new double[] {Math.exp(-1), Math.exp(2)}, gradient(x), 1e-5);
  }

  @Test
  void aWriteIntoAPlainTensorMakesItPartOfTheGraph() {
    Tensor w = tensor(5.0).requiresGrad_();
    Tensor total = Gatun.zeros(1);
    for (int i = 1; i <= 3; i++) {
      total.add_(w.mul((double) i));
    }
    total.sum().backward();
    assertArrayEquals(new double[] {6}, gradient(w));
  }

  @Test
  void gradientsOfGradients() {
    Tensor x = Gatun.tensor(DType.FLOAT64, Shape.scalar(), 2).requiresGrad_();
    Tensor y = x.pow(4.0);
    Tensor first = Gatun.grad(y, null, true, true, x)[0];
    assertNotNull(first);
    assertEquals(32, first.item(), 1e-12);
    Tensor second = Gatun.grad(first, null, true, true, x)[0];
    assertNotNull(second);
    assertEquals(48, second.item(), 1e-12);
    Tensor third = Gatun.grad(second, null, false, false, x)[0];
    assertNotNull(third);
    assertEquals(48, third.item(), 1e-12);
    assertNull(x.grad());
  }

  @Test
  void backwardWithCreateGraphRecordsTheGradientItself() {
    Tensor x = tensor(3.0).requiresGrad_();
    x.pow(3.0).sum().backward(null, true, true);
    Tensor gradient = x.grad();
    assertNotNull(gradient);
    assertTrue(gradient.requiresGrad());
    Tensor second = Gatun.grad(gradient.sum(), x)[0];
    assertNotNull(second);
    assertEquals(18, second.item(), 1e-4);
  }

  @Test
  void gradOfSeveralInputsAndOfOneThatDoesNotMatter() {
    Tensor a = tensor(2.0).requiresGrad_();
    Tensor b = tensor(5.0).requiresGrad_();
    Tensor unused = tensor(1.0).requiresGrad_();
    @Nullable Tensor[] gradients =
        Gatun.grad(
            new Tensor[] {a.mul(b).sum()},
            null,
            new Tensor[] {a, b, unused, a},
            false,
            false,
            true);
    assertEquals(5, gradients[0].item());
    assertEquals(2, gradients[1].item());
    assertNull(gradients[2]);
    assertEquals(5, gradients[3].item());
    GradientException e =
        assertThrows(GradientException.class, () -> Gatun.grad(a.mul(b).sum(), a, unused));
    assertTrue(
        e.getMessage()
            .startsWith(
                "grad: input 1, float32[1]: one of the differentiated tensors appears to not have"
                    + " been used in the graph"),
        e.getMessage());
    Tensor plain = tensor(1.0);
    assertThrows(GradientException.class, () -> Gatun.grad(a.mul(2.0).sum(), plain));
  }

  @Test
  void gradOfAnIntermediateResult() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor y = x.mul(3.0);
    Tensor gradient = Gatun.grad(y.square().sum(), y)[0];
    assertNotNull(gradient);
    assertEquals(12, gradient.item());
  }

  @Test
  void theFirstGradientIsNotSharedWithTheCaller() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor seed = ones(2);
    x.add(0.0).backward(seed);
    Tensor gradient = x.grad();
    assertNotNull(gradient);
    gradient.fill_(7);
    assertArrayEquals(new double[] {1, 1}, seed.toDoubleArray());
  }

  @Test
  void identityGradientsDoNotShareABuffer() {
    Tensor a = tensor(1.0, 2.0).requiresGrad_();
    Tensor b = tensor(3.0, 4.0).requiresGrad_();
    a.add(b).sum().backward();
    a.sum().backward();
    assertArrayEquals(new double[] {2, 2}, gradient(a));
    assertArrayEquals(new double[] {1, 1}, gradient(b));
  }

  @Test
  void longChainsNeedNoStack() {
    Tensor x = tensor(1.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    for (int i = 0; i < 100_000; i++) {
      y = y.add(0.0);
    }
    y.sum().backward();
    assertArrayEquals(new double[] {1}, gradient(x));
    // And one that is given up without a backward pass.
    Tensor z = x.mul(1.0);
    for (int i = 0; i < 100_000; i++) {
      Tensor next = z.tanh();
      z.close();
      z = next;
    }
    z.close();
    assertTrue(z.isClosed());
  }

  @Test
  void aStepGivesAllItsMemoryBack() {
    Tensor w = randn(16, 16).requiresGrad_();
    step(w);
    w.zeroGrad();
    long before = MemoryPool.shared().inUseBytes();
    for (int i = 0; i < 10; i++) {
      step(w);
      w.zeroGrad();
    }
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  private static void step(Tensor w) {
    try (Scope inner = Scope.open()) {
      Tensor x = ones(4, 16);
      x.matmul(w).relu().matmul(w.T()).softmax(-1).log().mean().backward();
      // A second graph, which nobody runs.
      x.matmul(w).tanh().sum();
    }
  }

  @Test
  void gradientsOutliveTheScopeOfTheStep() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    try (Scope inner = Scope.open()) {
      x.square().sum().backward();
    }
    assertArrayEquals(new double[] {2, 4}, gradient(x));
  }

  @Test
  void closedTensorsSayWhatTheyWere() {
    Tensor x = ones(2, 3);
    x.close();
    ClosedTensorException e = assertThrows(ClosedTensorException.class, () -> x.add(1.0));
    assertTrue(e.getMessage().startsWith("add: the float32[2, 3] tensor"), e.getMessage());
  }

  @Test
  void aBackwardPassThatFailsLeavesTheGraphUsable() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor z = y.square().add(y);
    y.add_(1.0);
    assertThrows(InPlaceException.class, () -> z.sum().backward());
    x.zeroGrad();
    y.sum().backward();
    assertArrayEquals(new double[] {1, 1}, gradient(x));
  }

  @Test
  void setGradTakesOverAndChecks() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor gradient = ones(2);
    x.setGrad(gradient);
    assertSame(gradient, x.grad());
    assertThrows(GradientException.class, () -> x.setGrad(ones(3)));
    assertSame(gradient, x.grad());
    x.setGrad(null);
    assertTrue(gradient.isClosed());
  }

  @Test
  void gradientsKeepTheTypeOfTheirLeaf() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.to(DType.FLOAT64).mul(Gatun.tensor(DType.FLOAT64, Shape.of(2), 3, 4));
    y.sum().backward();
    Tensor gradient = x.grad();
    assertNotNull(gradient);
    assertEquals(DType.FLOAT32, gradient.dtype());
    assertArrayEquals(new double[] {3, 4}, gradient.toDoubleArray());
  }

  @Test
  void outRefusesGradients() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    assertThrows(GradientException.class, () -> x.addOut(ones(2), ones(2)));
    try (NoGrad off = NoGrad.open()) {
      assertArrayEquals(new double[] {2, 3}, x.addOut(ones(2), ones(2)).toDoubleArray());
    }
  }
}
