package dev.gatun.autograd;

import static dev.gatun.kernels.pointwise.Expression.input;
import static dev.gatun.kernels.pointwise.Expression.parameter;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class FusedUpdateTest {
  /** x and v change places, and v is scaled by the parameter and moved by g. */
  private static final FusedUpdate SWAP =
      FusedUpdate.of("swap", 3, List.of(input(1), parameter(0).mul(input(0)).add(input(2))));

  private static final double[] TWICE = {2};

  private static void swap(Tensor x, Tensor v, Tensor g) {
    SWAP.run(new Tensor[] {x, v}, new Tensor[] {x, v, g}, TWICE);
  }

  @Test
  void everyFormulaSeesTheElementsAsTheyWere() {
    Tensor x = Gatun.tensor(1.0, 2.0, 3.0);
    Tensor v = Gatun.tensor(10.0, 20.0, 30.0);
    swap(x, v, Gatun.tensor(0.5, 0.5, 0.5));
    assertArrayEquals(new double[] {10, 20, 30}, x.toDoubleArray());
    assertArrayEquals(new double[] {2.5, 4.5, 6.5}, v.toDoubleArray());
  }

  @Test
  void layoutsAndTypesMayDiffer() {
    Tensor x = Gatun.tensor(DType.BFLOAT16, Shape.of(3, 2), 1, 2, 3, 4, 5, 6).T();
    Tensor v = Gatun.zeros(2, 3);
    swap(x, v, Gatun.ones(1).expand(2, 3));
    assertArrayEquals(new double[] {3, 7, 11, 5, 9, 13}, v.toDoubleArray());
    assertEquals(0, x.sum().item());
  }

  @Test
  void leavesAreWrittenAndBackwardPassesNotice() {
    Tensor x = Gatun.ones(3).requiresGrad_();
    Tensor loss = x.square().sum();
    swap(x, Gatun.zeros(3), Gatun.zeros(3));
    assertEquals(0, x.sum().item());
    assertThrows(InPlaceException.class, loss::backward);
  }

  @Test
  void operandsMayBePartsOfOneTensor() {
    Tensor all = Gatun.tensor(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0).reshape(3, 3);
    Tensor x = all.select(1, 0);
    Tensor v = all.select(1, 1);
    Tensor other = Gatun.tensor(1.0, 4.0, 7.0);
    Tensor otherV = Gatun.tensor(2.0, 5.0, 8.0);
    Tensor g = all.select(1, 2);
    swap(other, otherV, g.clone());
    swap(x, v, g);
    assertArrayEquals(other.toDoubleArray(), x.toDoubleArray());
    assertArrayEquals(otherV.toDoubleArray(), v.toDoubleArray());
  }

  @Test
  void mistakesAreNamed() {
    Tensor x = Gatun.ones(3);
    Tensor v = Gatun.ones(3);
    Tensor g = Gatun.ones(3);
    assertEquals(
        "swap: operand 2 is [4], operand 0 is [3]: the shapes agree",
        assertThrows(ShapeException.class, () -> swap(x, v, Gatun.ones(4))).getMessage());
    assertEquals(
        "swap: operand 0, which is written, shares elements with operand 2: [3] strides [1] offset"
            + " 0 and [3] strides [1] offset 0 in one memory; pass a tensor of its own",
        assertThrows(InPlaceException.class, () -> swap(x, v, x)).getMessage());
    assertThrows(DTypeException.class, () -> swap(x, v, Gatun.tensor(1L, 2L, 3L)));
    assertThrows(InPlaceException.class, () -> swap(Gatun.ones(1).expand(3), v, g));
    assertThrows(
        InPlaceException.class, () -> SWAP.run(new Tensor[] {v, x}, new Tensor[] {x, v, g}, TWICE));
    assertThrows(
        ShapeException.class, () -> SWAP.run(new Tensor[] {x}, new Tensor[] {x, v, g}, TWICE));
    assertThrows(
        ArgumentException.class,
        () -> SWAP.run(new Tensor[] {x, v}, new Tensor[] {x, v, g}, new double[0]));
    assertThrows(ArgumentException.class, () -> FusedUpdate.of("none", 2, List.of()));
    g.close();
    assertThrows(ClosedTensorException.class, () -> swap(x, v, g));
    assertEquals(3, x.sum().item());
  }
}
