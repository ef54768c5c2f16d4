package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
