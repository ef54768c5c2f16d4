package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.ones;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class GradientsOfSeveralTest {
  @Test
  void gradModesNest() {
    Tensor x = tensor(1.0).requiresGrad_();
    try (NoGrad off = Gatun.noGrad()) {
      assertFalse(x.mul(2.0).requiresGrad());
      try (NoGrad on = Gatun.enableGrad()) {
        assertTrue(x.mul(2.0).requiresGrad());
        try (NoGrad offAgain = Gatun.setGradEnabled(false)) {
          assertFalse(x.mul(2.0).requiresGrad());
        }
        assertTrue(NoGrad.isGradEnabled());
      }
      assertFalse(NoGrad.isGradEnabled());
    }
    Tensor inferred;
    try (NoGrad off = Gatun.inferenceMode()) {
      inferred = x.mul(3.0);
      assertFalse(inferred.requiresGrad());
    }
    x.mul(inferred).sum().backward();
    assertArrayEquals(new double[] {3}, gradient(x));
  }

  @Test
  void gradientsOfSeveralOutputsAddUp() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.square();
    Tensor z = x.mul(3.0);
    @Nullable Tensor[] gradients =
        Gatun.grad(
            new Tensor[] {y, z},
            new @Nullable Tensor[] {ones(2), tensor(1.0, 10.0)},
            new Tensor[] {x},
            false,
            false,
            false);
    assertArrayEquals(new double[] {5, 34}, gradients[0].toDoubleArray());
    assertNull(x.grad());
    Gatun.backward(new Tensor[] {x.square().sum(), x.sum()}, null, false, false);
    assertArrayEquals(new double[] {3, 5}, gradient(x));
    GradientException e =
        assertThrows(
            GradientException.class,
            () ->
                Gatun.backward(
                    new Tensor[] {x.sum(), x.sum()}, new Tensor[] {ones()}, false, false));
    assertEquals("backward: got 2 tensors and 1 gradients: one for each", e.getMessage());
  }

  @Test
  void oneRecordServesSeveralGradients() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor y = x.square();
    Tensor z = y.square();
    assertEquals(32, Gatun.grad(z, null, true, false, x)[0].item(), 1e-4);
    assertEquals(4, Gatun.grad(y, null, true, false, x)[0].item());
    assertEquals(8, Gatun.grad(z, null, true, false, y)[0].item());
    assertEquals(32, Gatun.grad(z, x)[0].item(), 1e-4);
    assertThrows(GradientException.class, () -> Gatun.grad(z, x));
  }

  @Test
  void aPassGoesNoFurtherThanWhatIsAskedFor() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor w = tensor(3.0).requiresGrad_();
    Tensor y = x.square();
    Tensor other = w.square();
    Tensor z = y.mul(other);
    assertEquals(9, Gatun.grad(z, y)[0].item());
    // What lies beyond y, and beside it, has kept what it saved.
    y.backward();
    other.backward();
    assertArrayEquals(new double[] {4}, gradient(x));
    assertArrayEquals(new double[] {6}, gradient(w));
  }

  @Test
  void totalDerivativesGoThroughOtherInputs() {
    Tensor x = tensor(2.0).requiresGrad_();
    Tensor y = x.square();
    Tensor z = y.mul(x);
    Tensor[] gradients = Gatun.grad(z, y, x);
    assertEquals(2, gradients[0].item());
    assertEquals(12, gradients[1].item());
  }

  @Test
  void loopsAndBranchesAreRecordedAsTheyRun() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20; i++) {
      Tensor a = Gatun.scalar(random.nextDouble(-3, 3)).requiresGrad_();
      Tensor d = doubling(a);
      d.backward();
      Tensor gradient = a.grad();
      assertNotNull(gradient);
      assertEquals(d.item() / a.item(), gradient.item(), 1e-3 * Math.abs(gradient.item()));
    }
  }

  @Test
  void gradientsAddUpInChosenLeavesAlone() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = tensor(3.0, 4.0).requiresGrad_();
    Tensor unused = tensor(1.0).requiresGrad_();
    Tensor product = x.mul(y).sum();
    product.backward(null, true, false, new Tensor[] {y, unused, y});
    assertNull(x.grad());
    assertNull(unused.grad());
    assertArrayEquals(new double[] {1, 2}, gradient(y));
    product.backward(null, true, false, new Tensor[] {y});
    assertArrayEquals(new double[] {2, 4}, gradient(y));
    product.backward(null, false, true, new Tensor[] {x});
    Tensor ofX = x.grad();
    assertNotNull(ofX);
    assertTrue(ofX.requiresGrad());
    assertThrows(
        GradientException.class, () -> product.backward(null, false, false, new Tensor[0]));
    assertThrows(
        GradientException.class,
        () -> product.backward(null, false, false, new Tensor[] {tensor(1.0)}));
  }

  private static Tensor doubling(Tensor a) {
    Tensor b = a.mul(2.0);
    while (b.norm().item() < 1000) {
      b = b.mul(2.0);
    }
    return b.sum().item() > 0 ? b : b.mul(100.0);
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }
}
