package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.Test;

/** Who owns the gradient of a leaf, and until when. */
class LeafGradientTest {
  private static long inUse() {
    return MemoryPool.shared().inUseBytes();
  }

  @Test
  void aGradientThatIsPartOfAGraphGoesWithItsLeaf() {
    long before = inUse();
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      x.mul(x).mul(x).sum().backward(null, false, true);
      x.mul(x).mul(x).sum().backward(null, false, true);
    }
    assertEquals(before, inUse());
  }

  @Test
  void aGradientClosedByItsUserIsToldFromALeafWithoutOne() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      x.sum().backward();
      Tensor gradient = x.grad();
      assertNotNull(gradient);
      gradient.close();
      Tensor y = x.sum();
      ClosedTensorException e = assertThrows(ClosedTensorException.class, y::backward);
      assertTrue(e.getMessage().contains("zeroGrad()"), e.getMessage());
      x.zeroGrad();
      x.sum().backward();
      assertNotNull(x.grad());
    }
  }

  @Test
  void gradientsThatArePartOfAGraphAreOfTheirOwn() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      Tensor y = tensor(3.0, 4.0).requiresGrad_();
      Tensor seed = tensor(5.0, 6.0);
      x.add(y).backward(seed, false, true);
      Tensor first = x.grad();
      Tensor second = y.grad();
      assertNotNull(first);
      assertNotNull(second);
      try (NoGrad off = NoGrad.open()) {
        first.fill_(0);
      }
      assertArrayEquals(new double[] {5, 6}, second.toDoubleArray());
      assertArrayEquals(new double[] {5, 6}, seed.toDoubleArray());
    }
  }

  @Test
  void backwardAddsUpInComputedTensorsThatAreAskedFor() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      Tensor y = x.mul(3.0);
      Tensor z = y.square().sum();
      z.backward(null, true, false, new Tensor[] {y});
      Tensor ofY = y.grad();
      assertNotNull(ofY);
      assertArrayEquals(new double[] {6, 12}, ofY.toDoubleArray());
      assertNull(x.grad());
      z.backward(null, false, false, new Tensor[] {y, x});
      Tensor twice = y.grad();
      Tensor ofX = x.grad();
      assertNotNull(twice);
      assertNotNull(ofX);
      assertArrayEquals(new double[] {12, 24}, twice.toDoubleArray());
      assertArrayEquals(new double[] {18, 36}, ofX.toDoubleArray());
      GradientException e =
          assertThrows(
              GradientException.class,
              () -> x.sum().backward(null, false, false, new Tensor[] {tensor(1.0)}));
      assertEquals(
          "backward: one of the inputs, float32[1], does not require grad", e.getMessage());
    }
  }

  @Test
  void whatReachesAClosedLeafIsDropped() {
    long before = inUse();
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      Tensor y = x.mul(x).sum();
      x.close();
      long without = inUse();
      y.backward(null, true, false);
      assertEquals(without, inUse());
    }
    assertEquals(before, inUse());
  }

  @Test
  void aLeafIsNotItsOwnGradient() {
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0).requiresGrad_();
      assertThrows(GradientException.class, () -> x.setGrad(x));
    }
  }
}
