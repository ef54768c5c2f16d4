package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Views taken before their base came to stand in the graph. */
class ViewGradientTest {
  private Scope scope = Scope.open();

  @BeforeEach
  void open() {
    scope.close();
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor staleView() {
    Tensor weight = tensor(3.0, 4.0).requiresGrad_();
    Tensor base = tensor(1.0, 1.0);
    Tensor view = base.slice(0, 0, 1);
    base.add_(weight);
    return view;
  }

  @Test
  void theirGradientsAreNotLostInSilence() {
    Tensor view = staleView();
    Tensor other = tensor(1.0);
    assertThrows(InPlaceException.class, () -> view.mul(2.0));
    assertThrows(InPlaceException.class, () -> other.mul(view));
    assertThrows(InPlaceException.class, () -> view.sum());
    assertThrows(InPlaceException.class, () -> view.select(0, 0));
    assertThrows(InPlaceException.class, () -> other.add_(view));
    assertThrows(InPlaceException.class, view::backward);
  }

  @Test
  void theyAreNotWrittenInSilence() {
    Tensor view = staleView();
    assertThrows(InPlaceException.class, () -> view.mul_(2.0));
    assertThrows(GradientException.class, () -> view.fill_(0));
    assertThrows(GradientException.class, () -> tensor(0.0).copy_(view));
  }

  @Test
  void theirElementsAreReadWhereNothingIsRecorded() {
    Tensor view = staleView();
    try (NoGrad off = NoGrad.open()) {
      assertArrayEquals(new double[] {8}, view.mul(2.0).toDoubleArray());
    }
    assertArrayEquals(new double[] {4}, view.detach().toDoubleArray());
  }
}
