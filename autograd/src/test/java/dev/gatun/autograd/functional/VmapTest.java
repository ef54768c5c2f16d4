package dev.gatun.autograd.functional;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.TestScope;
import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class VmapTest {
  private static Tensor counting(long... sizes) {
    Shape shape = Shape.of(sizes);
    double[] values = new double[(int) shape.numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.1 * i - 0.7;
    }
    return Gatun.tensor(DType.FLOAT64, shape, values);
  }

  @Test
  void mapsOverAnyAxis() {
    Tensor x = counting(2, 3, 4);
    assertArrayEquals(
        x.sin().sum(2).toDoubleArray(),
        Vmap.over(t -> t.sin().sum(1)).apply(x).toDoubleArray(),
        1e-12);
    Tensor middle = Vmap.over(t -> t.cumsum(0), 1, -1).apply(x);
    assertEquals(Shape.of(2, 4, 3), middle.shape());
    assertArrayEquals(x.cumsum(0).permute(0, 2, 1).toDoubleArray(), middle.toDoubleArray(), 1e-12);
    Tensor scalars = Vmap.over(Tensor::sum, -1, 0).apply(x);
    assertArrayEquals(x.sum(1).sum(0).toDoubleArray(), scalars.toDoubleArray(), 1e-12);
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller does who is not checked
  void nullIsNamed() {
    ArgumentException e =
        assertThrows(
            ArgumentException.class,
            () -> Vmap.over(t -> t.get() > 0 ? null : t).apply(Gatun.tensor(-1.0, 1.0)));
    assertEquals(
        "vmap: the function returned null for example 1: it returns a tensor", e.getMessage());
  }

  @Test
  void mapsSomeOfTheInputs() {
    Tensor a = counting(3, 5);
    Tensor b = counting(5, 3);
    Tensor w = counting(5);
    Function<List<Tensor>, Tensor> weighed =
        Vmap.over(
            in -> in.get(0).mul(in.get(1)).dot(in.get(2)), new int[] {0, 1, Vmap.NOT_MAPPED}, 0);
    assertArrayEquals(
        a.mul(b.T()).mul(w).sum(1).toDoubleArray(),
        weighed.apply(List.of(a, b, w)).toDoubleArray(),
        1e-12);
  }

  @Test
  void nests() {
    Tensor a = counting(2, 4);
    Tensor b = counting(3, 4);
    Tensor table = Vmap.over(x -> Vmap.over(y -> x.dot(y)).apply(b)).apply(a);
    assertArrayEquals(a.matmul(b.T()).toDoubleArray(), table.toDoubleArray(), 1e-12);
  }

  @Test
  void gradientsAndDerivativesOfEachExample() {
    Tensor x = counting(3, 2).requiresGrad_();
    GradientCheck.first(in -> Vmap.over(t -> t.exp().sum()).apply(in[0]), x);
    GradientCheck.second(in -> Vmap.over(t -> t.exp().sum()).apply(in[0]), x);
    Tensor jacobians = Vmap.over(t -> Functional.jacobian(Tensor::square, t)).apply(x.detach());
    assertEquals(Shape.of(3, 2, 2), jacobians.shape());
    assertArrayEquals(x.detach().mul(2.0).toDoubleArray(), jacobians.sum(1).toDoubleArray(), 1e-12);
  }

  @Test
  void branchesOnElements() {
    Tensor x = Gatun.tensor(-2.0, 3.0);
    Tensor y = Vmap.over(t -> t.item() < 0 ? t.neg() : t.mul(10.0)).apply(x);
    assertArrayEquals(new double[] {2, 30}, y.toDoubleArray());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Function<List<Tensor>, Tensor> sum = Vmap.over(in -> in.get(0).add(in.get(1)), new int[2], 0);
    ShapeException sizes =
        assertThrows(
            ShapeException.class, () -> sum.apply(List.of(counting(2, 2), counting(3, 2))));
    assertTrue(sizes.getMessage().contains("got sizes 2 and 3"), sizes.getMessage());
    assertThrows(ArgumentException.class, () -> sum.apply(List.of(counting(2))));
    assertThrows(
        ArgumentException.class, () -> Vmap.over(in -> in.get(0), new int[] {Vmap.NOT_MAPPED}, 0));
    assertThrows(ShapeException.class, () -> Vmap.over(Tensor::neg).apply(counting(0, 2)));
    assertThrows(ShapeException.class, () -> Vmap.over(Tensor::neg, 2, 0).apply(counting(2, 2)));
    assertThrows(ShapeException.class, () -> Vmap.over(Tensor::neg).apply(Gatun.scalar(1.0)));
  }
}
