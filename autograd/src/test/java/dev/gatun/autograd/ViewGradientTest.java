package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Views taken before their base came to stand in the graph. */
@ExtendWith(TestScope.class)
class ViewGradientTest {
  private static Tensor staleView() {
    Tensor weight = tensor(3.0, 4.0).requiresGrad_();
    Tensor base = tensor(1.0, 1.0);
    Tensor view = base.slice(0, 0, 1);
    base.add_(weight);
    return view;
  }

  @Test
  void theirGradientsAreNotLost() {
    assertArrayEquals(new double[] {2, 0}, gradient(view -> view.mul(2.0)));
    assertArrayEquals(new double[] {3, 0}, gradient(view -> tensor(3.0).mul(view)));
    assertArrayEquals(new double[] {1, 0}, gradient(view -> view.select(0, 0)));
    assertArrayEquals(new double[] {1, 0}, gradient(view -> tensor(1.0).add_(view)));
    assertArrayEquals(new double[] {1, 0}, gradient(view -> view));
    assertArrayEquals(new double[] {1, 0}, gradient(view -> tensor(0.0).copy_(view)));
  }

  @Test
  void theirWritesAreRecorded() {
    assertArrayEquals(new double[] {2, 0}, gradient(view -> view.mul_(2.0)));
    assertArrayEquals(new double[] {0, 0}, gradient(view -> view.fill_(0)));
  }

  private static double[] gradient(UnaryOperator<Tensor> use) {
    Tensor weight = tensor(3.0, 4.0).requiresGrad_();
    Tensor base = tensor(1.0, 1.0);
    Tensor view = base.slice(0, 0, 1);
    base.add_(weight);
    use.apply(view).sum().backward();
    return weight.grad().toDoubleArray();
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
