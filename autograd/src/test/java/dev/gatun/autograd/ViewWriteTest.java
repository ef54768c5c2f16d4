package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static dev.gatun.autograd.Index.all;
import static dev.gatun.autograd.Index.at;
import static dev.gatun.autograd.Index.positions;
import static dev.gatun.autograd.Index.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Recorded writes into views: base, view and siblings have the right gradients, or are refused. */
@ExtendWith(TestScope.class)
class ViewWriteTest {
  private static Tensor leaf(long... sizes) {
    Shape shape = Shape.of(sizes);
    return Gatun.arange(shape.numel())
        .to(DType.FLOAT64)
        .reshape(shape)
        .add(1.0)
        .cos()
        .add(1.5)
        .requiresGrad_();
  }

  private static double[] gradient(Tensor leaf) {
    return leaf.grad().toDoubleArray();
  }

  @Test
  void aViewThatCannotFollowItsBaseSaysThatGradientsFlow() {
    Tensor base = Gatun.zeros(6, 2).transpose(0, 1).detach();
    Tensor view = base.narrow(1, 1, 2);
    assertFalse(view.requiresGrad());
    base.copy_(tensor(5.0).requiresGrad_());
    assertTrue(view.requiresGrad());
    assertFalse(view.isLeaf());
    assertRefused("that is not contiguous", () -> view.add(1.0));
  }

  @Test
  void aViewOfAClone() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor w = tensor(5.0).requiresGrad_();
    Tensor y = x.clone();
    y.select(0, 1).mul_(w.select(0, 0));
    assertArrayEquals(new double[] {1, 10, 3}, y.toDoubleArray());
    assertEquals("AsStridedScatterBackward", y.gradFn());
    y.sum().backward();
    assertArrayEquals(new double[] {1, 5, 1}, gradient(x));
    assertArrayEquals(new double[] {2}, gradient(w));
  }

  @Test
  void aViewCopiedOntoItselfKeepsItsPast() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor y = x.mul(2.0);
    Tensor view = y.narrow(0, 1, 2);
    view.copy_(view);
    y.square().sum().backward();
    assertArrayEquals(new double[] {8, 16, 24}, gradient(x));
  }

  @Test
  void aRepeatedViewFollowsItsBase() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(2.0);
    Tensor repeated = y.unsqueeze(0).expand(3, 2);
    y.narrow(0, 0, 1).mul_(5.0);
    assertArrayEquals(new double[] {10, 4, 10, 4, 10, 4}, repeated.toDoubleArray());
    repeated.sum().backward();
    assertArrayEquals(new double[] {30, 6}, gradient(x));
  }

  @Test
  void anAssignment() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor y = x.clone();
    y.set(12, to(2));
    y.set(4.0, 2);
    y.mul(x).sum().backward();
    assertArrayEquals(new double[] {12, 12, 4}, gradient(x));
  }

  @Test
  void aBaseOutsideTheGraphComesToStandInIt() {
    Tensor w = tensor(5.0, 6.0).requiresGrad_();
    Tensor y = Gatun.zeros(2, 2);
    y.set(w, at(1));
    assertTrue(y.requiresGrad());
    y.sum().backward();
    assertArrayEquals(new double[] {1, 1}, gradient(w));
  }

  @Test
  void whateverIsWrittenThroughViewsHasItsGradient() {
    List<GradientCheck.Function> functions =
        List.of(
            x -> {
              Tensor y = x[0].mul(2.0);
              y.select(1, 0).mul_(x[1]);
              y.select(1, 1).exp_();
              return y;
            },
            x -> {
              Tensor y = x[0].mul(2.0);
              Tensor view = y.T().slice(0, 0, 2);
              view.mul_(x[1]);
              Tensor before = view.mul(3.0);
              y.mul_(y);
              return before.add(view).sum().add(y.sum());
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              Tensor a = y.select(0, 0);
              Tensor b = y.select(0, 1);
              a.mul_(x[1].select(0, 1));
              b.mul_(a);
              a.add_(b);
              return y.mul(b);
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              Tensor view = y.reshape(-1);
              view.slice(0, 1, 5, 2).copy_(x[1].mul(x[1]));
              view.select(0, 0).fill_(2);
              return y.mul(y).add(view.sum());
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              y.diagonal().mul_(y.select(0, 0).slice(0, 0, 2));
              y.select(0, 1).tanh_();
              return y.mul(y);
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              for (int i = 0; i < 2; i++) {
                y.set(y.get(at(i)).mul(2.0).add(x[1].select(0, i)), at(i));
              }
              return y.mul(y);
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              y.get(all(), to(2)).tril_(0);
              y.get(all(), to(2)).maskedFill_(tensor(true, false), 3);
              return y.mul(y);
            },
            x -> {
              Tensor y = x[0].mul(1.0);
              Tensor row = y.select(0, 1);
              row.copy_(row);
              y.copy_(y);
              return y.mul(y);
            });
    for (GradientCheck.Function function : functions) {
      GradientCheck.first(function, leaf(2, 3), leaf(2));
      GradientCheck.second(function, leaf(2, 3), leaf(2));
    }
  }

  @Test
  void viewsFollowTheirBase() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor view = y.reshape(2, 1);
    y.mul_(y);
    view.sum().backward();
    assertArrayEquals(new double[] {2, 4}, gradient(x));
  }

  @Test
  void aViewTakenWithoutRecordingIsPartOfTheGraphWhenItIsWritten() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor view;
    try (NoGrad off = NoGrad.open()) {
      view = y.select(0, 0);
    }
    view.mul_(3.0);
    y.sum().backward();
    assertArrayEquals(new double[] {3, 1}, gradient(x));
  }

  @Test
  void whatTheBackwardPassNeedsIsNotSpoiled() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor z = y.mul(y);
    y.select(0, 0).mul_(2.0);
    InPlaceException e = assertThrows(InPlaceException.class, () -> z.sum().backward());
    assertTrue(e.getMessage().contains("version 1, version 0 was saved"), e.getMessage());
  }

  @Test
  void writesThatCannotBeRightAreRefused() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor early = tensor(1.0, 2.0);
    Tensor viewOfEarly = early.select(0, 0);
    early.requiresGrad_();
    Tensor y = x.mul(1.0);
    assertRefused("a view of a leaf that requires grad", () -> x.select(0, 0).mul_(2.0));
    assertRefused("a view of a leaf that requires grad", () -> x.set(1, at(0)));
    assertRefused("a view of a leaf that requires grad", () -> viewOfEarly.mul_(2.0));
    assertRefused("share one address", () -> y.unsqueeze(0).expand(3, 2).mul_(2.0));
    assertRefused("share one address", () -> y.repeat(2).unfold(0, 2, 1).mul_(2.0));
    Tensor turned = x.mul(1.0).reshape(2, 1).repeat(1, 2).transpose(0, 1).detach();
    assertRefused("not contiguous", () -> turned.select(0, 0).mul_(x));
    assertArrayEquals(new double[] {1, 2}, y.toDoubleArray());
    assertArrayEquals(new double[] {1, 2}, x.toDoubleArray());
  }

  @Test
  void aClosedBaseLeavesItsViewsToThemselves() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor y = x.mul(1.0);
    Tensor view = y.select(0, 0);
    Tensor other = y.select(0, 1);
    y.close();
    view.mul_(3.0);
    assertRefused("has been closed", () -> other.mul(1.0));
    view.backward();
    assertArrayEquals(new double[] {3, 0}, gradient(x));
  }

  @Test
  void aCapturedStepWritesIntoViewsAsItDid() {
    Tensor w = leaf(3);
    UnaryOperator<Tensor> step =
        x -> {
          w.zeroGrad();
          Tensor y = x.mul(2.0);
          y.select(0, 1).mul_(w);
          y.set(3, at(0), to(2));
          y.get(all(), to(2)).add_(y.get(all(), Index.from(1)));
          y.indexPut_(y.get(positions(1, 0)).detach(), true, positions(0, 0));
          y.set(w.sum(), at(1), at(0));
          y.T().select(0, 2).tanh_();
          Tensor loss = y.mul(3.0).sum();
          loss.backward();
          return loss;
        };
    try (Plan plan = Plan.capture(step, leaf(2, 3).detach())) {
      for (int i = 1; i <= 3; i++) {
        Tensor x = leaf(2, 3).detach().mul(i);
        double expected = step.apply(x).item();
        double[] gradient = gradient(w);
        assertEquals(expected, plan.run(x).item());
        assertArrayEquals(gradient, gradient(w));
      }
    }
  }

  private static void assertRefused(String rule, Runnable write) {
    InPlaceException e = assertThrows(InPlaceException.class, write::run);
    assertTrue(e.getMessage().contains(rule), e.getMessage());
  }

  @Test
  void nothingStaysBehind() {
    long before = MemoryPool.shared().inUseBytes();
    for (int i = 0; i < 3; i++) {
      try (Scope inner = Scope.open()) {
        Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
        Tensor y = x.clone();
        Tensor view = y.slice(0, 0, 2);
        view.mul_(view);
        y.set(7, at(2));
        y.add(view.sum()).sum().backward();
        y.select(0, 0).mul_(x.sum());
      }
    }
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }
}
