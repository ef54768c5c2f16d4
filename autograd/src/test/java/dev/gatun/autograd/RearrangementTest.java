package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Views and rearrangements that are put together from others; the values are PyTorch's. */
@ExtendWith(TestScope.class)
class RearrangementTest {
  private static Tensor counted(long... sizes) {
    Shape shape = Shape.of(sizes);
    return Gatun.arange(shape.numel()).to(DType.FLOAT64).reshape(shape);
  }

  private static void assertTensor(Tensor actual, long[] sizes, double... elements) {
    assertEquals(Shape.of(sizes), actual.shape());
    assertArrayEquals(elements, actual.to(DType.FLOAT64).toDoubleArray());
  }

  private static long[] sizes(long... sizes) {
    return sizes;
  }

  private static List<Shape> shapes(List<Tensor> parts) {
    return parts.stream().map(Tensor::shape).toList();
  }

  @Test
  void axesMove() {
    Tensor x = counted(2, 3, 4);
    assertEquals(Shape.of(3, 4, 2), x.movedim(0, -1).shape());
    assertEquals(Shape.of(4, 2, 3), x.movedim(new int[] {0, 1}, new int[] {1, 2}).shape());
    assertEquals(Shape.of(4, 3, 2), x.swapaxes(0, 2).shape());
    assertEquals(Shape.of(2, 4, 3), x.mH().shape());
    assertEquals(Shape.of(2, 3, 2, 2), x.unflatten(-1, 2, -1).shape());
    assertEquals(Shape.of(3), Gatun.zeros(1, 3, 1).squeeze(0, -1).shape());
    assertEquals(Shape.of(3, 1), Gatun.zeros(1, 3, 1).squeeze(0, 1).shape());
    assertThrows(ShapeException.class, () -> x.squeeze(0, -3));
    assertSame(x.storage(), x.ravel().storage());
    assertTensor(counted(2, 2).t(), sizes(2, 2), 0, 2, 1, 3);
    assertThrows(ShapeException.class, x::t);
    assertTensor(counted(5).unfold(0, 3, 2), sizes(2, 3), 0, 1, 2, 2, 3, 4);
    assertTensor(tensor(7.0).reshape().unfold(0, 1, 1), sizes(1), 7);
  }

  @Test
  void axesAreCut() {
    Tensor x = counted(5, 2);
    assertEquals(
        List.of(Shape.of(2, 2), Shape.of(2, 2), Shape.of(1, 2)), shapes(x.tensorSplit(3, 0)));
    assertEquals(
        List.of(Shape.of(1, 2), Shape.of(3, 2), Shape.of(1, 2)),
        shapes(x.tensorSplit(new long[] {1, -1}, 0)));
    assertEquals(
        List.of(Shape.of(4, 2), Shape.of(0, 2), Shape.of(1, 2)),
        shapes(x.split(new long[] {4, 0, 1}, 0)));
    assertEquals(2, x.hsplit(2).size());
    assertEquals(5, x.vsplit(5).size());
    assertEquals(2, counted(1, 1, 4).dsplit(2).size());
    assertEquals(1, Gatun.zeros(0, 2).split(0, 0).size());
    assertEquals(3, Gatun.zeros(0, 2).chunk(3, 0).size());
    double rows = 0;
    for (Tensor row : x) {
      rows = 100 * rows + row.sum().item();
    }
    assertEquals(105_091_317, rows);
  }

  @Test
  void elementsTurnAndRepeat() {
    Tensor x = counted(2, 3);
    assertTensor(x.fliplr(), sizes(2, 3), 2, 1, 0, 5, 4, 3);
    assertTensor(x.flipud(), sizes(2, 3), 3, 4, 5, 0, 1, 2);
    assertTensor(x.flip(0, 1), sizes(2, 3), 5, 4, 3, 2, 1, 0);
    assertTensor(x.rot90(1, 0, 1), sizes(3, 2), 2, 5, 1, 4, 0, 3);
    assertTensor(x.rot90(-1, 0, 1), sizes(3, 2), 3, 0, 4, 1, 5, 2);
    assertTensor(x.roll(1, 1), sizes(2, 3), 2, 0, 1, 5, 3, 4);
    assertTensor(x.roll(1), sizes(2, 3), 5, 0, 1, 2, 3, 4);
    assertTensor(x.roll(new long[] {1, -1}, 0, 1), sizes(2, 3), 4, 5, 3, 1, 2, 0);
    assertTensor(counted(2).tile(2, 2), sizes(2, 4), 0, 1, 0, 1, 0, 1, 0, 1);
    assertTensor(counted(2).repeatInterleave(2), sizes(4), 0, 0, 1, 1);
    assertTensor(x.repeatInterleave(2, 0).select(1, 0), sizes(4), 0, 0, 3, 3);
    assertTensor(x.repeatInterleave(tensor(0L, 2L), 0), sizes(2, 3), 3, 4, 5, 3, 4, 5);
  }

  @Test
  void diagonals() {
    Tensor x = counted(2, 3);
    assertTensor(x.diag(), sizes(2), 0, 4);
    assertTensor(x.diag(1), sizes(2), 1, 5);
    assertTensor(counted(2).diag(-1), sizes(3, 3), 0, 0, 0, 0, 0, 0, 0, 1, 0);
    assertTensor(counted(2).add(1).diagEmbed(), sizes(2, 2), 1, 0, 0, 2);
    assertTensor(x.trace(), sizes(), 4);
    assertTensor(Gatun.blockDiag(counted(1, 2).add(1), tensor(7.0)), sizes(2, 3), 1, 2, 0, 0, 0, 7);
    assertTensor(
        x.diagonalScatter(tensor(8.0, 9.0).to(DType.FLOAT64), 0, 0, 1),
        sizes(2, 3),
        8,
        1,
        2,
        3,
        9,
        5);
  }

  @Test
  void partsAreReplaced() {
    Tensor x = counted(2, 3);
    Tensor ones = counted(2, 1).mul(0).add(1);
    assertTensor(x.sliceScatter(ones, 1, 0, 1, 1), sizes(2, 3), 1, 1, 2, 1, 4, 5);
    assertTensor(x.selectScatter(ones.reshape(2), 1, -1), sizes(2, 3), 0, 1, 1, 3, 4, 1);
    assertTensor(x.take(tensor(0L, -1L)), sizes(2), 0, 5);
    assertTensor(x.takeAlongDim(tensor(2L, 0L).reshape(2, 1), 1), sizes(2, 1), 2, 3);
    Tensor at = tensor(0L, 0L, 5L);
    Tensor source = counted(3).add(1);
    assertTensor(x.put(at, source, true), sizes(2, 3), 3, 1, 2, 3, 4, 8);
    Tensor turned = counted(3, 2).T();
    turned.put_(tensor(1L), source.get(Index.to(1)), false);
    assertTensor(turned, sizes(2, 3), 0, 1, 4, 1, 3, 5);
    Tensor seven = tensor(7.0).reshape();
    assertTensor(x.maskedFill(x.gt(3), seven), sizes(2, 3), 0, 1, 2, 3, 7, 7);
    assertTensor(x.clone().maskedFill_(x.gt(3), seven), sizes(2, 3), 0, 1, 2, 3, 7, 7);
    assertTensor(counted(2).fill_(seven), sizes(2), 7, 7);
    assertThrows(ShapeException.class, () -> x.fill_(counted(1)));
    List<Tensor> found = x.gt(3).nonzeroAsTuple();
    assertTensor(found.get(0), sizes(2), 1, 1);
    assertTensor(found.get(1), sizes(2), 1, 2);
  }

  @Test
  void tensorsAreJoinedAndSpread() {
    Tensor x = counted(2);
    assertTensor(Gatun.hstack(x, x), sizes(4), 0, 1, 0, 1);
    assertTensor(Gatun.vstack(x, x), sizes(2, 2), 0, 1, 0, 1);
    assertTensor(Gatun.dstack(x, x), sizes(1, 2, 2), 0, 0, 1, 1);
    assertTensor(Gatun.columnStack(x, counted(2, 1).add(5)), sizes(2, 2), 0, 5, 1, 6);
    assertTensor(Gatun.catOut(0, List.of(x, x), counted(4)), sizes(4), 0, 1, 0, 1);
    assertTensor(Gatun.cartesianProd(x, counted(2).add(3)), sizes(4, 2), 0, 3, 0, 4, 1, 3, 1, 4);
    List<Tensor> grid = Gatun.meshgrid(x, counted(3));
    assertTensor(grid.get(0), sizes(2, 3), 0, 0, 0, 1, 1, 1);
    assertTensor(grid.get(1), sizes(2, 3), 0, 1, 2, 0, 1, 2);
    assertThrows(DTypeException.class, () -> Gatun.meshgrid(x, tensor(1L)));
    assertEquals(
        List.of(Shape.of(3, 2), Shape.of(3, 2)), shapes(Gatun.broadcastTensors(x, counted(3, 1))));
    assertTensor(tensor(0L, 2L).oneHot(), sizes(2, 3), 1, 0, 0, 0, 0, 1);
    assertThrows(ShapeException.class, () -> tensor(new long[0]).oneHot(-1));
  }

  @Test
  void resultsAreWrittenWhereTheyAreWanted() {
    Tensor x = counted(2, 3);
    Tensor index = tensor(2L, 0L);
    Tensor out = counted(2, 2);
    assertSame(out, x.indexSelectOut(1, index, out));
    assertTensor(out, sizes(2, 2), 2, 0, 5, 3);
    assertTensor(x.gatherOut(1, index.reshape(2, 1), counted(2, 1)), sizes(2, 1), 2, 3);
    assertThrows(ShapeException.class, () -> x.indexSelectOut(0, index, counted(3)));
    assertThrows(InPlaceException.class, () -> x.indexSelectOut(1, tensor(0L, 1L, 2L), x));
  }

  @Test
  void gradientsFlowThroughAll() {
    Tensor at = tensor(0L, 0L, 3L);
    List<GradientCheck.Function> functions =
        List.of(
            x -> x[0].rot90(1, 0, 1).roll(1).tile(2, 1),
            x -> x[0].repeatInterleave(tensor(0L, 2L), 0).movedim(0, 1),
            x -> x[0].put(at, x[0].ravel().get(Index.to(3)), true),
            x -> x[0].select(0, 1).diagEmbed().add(1.0).trace(),
            x -> x[0].maskedFill(x[0].detach().gt(1.5), x[0].sum()),
            x -> x[0].mul(1.0).fill_(x[0].sum()),
            x -> Gatun.blockDiag(x[0], x[0].select(0, 0)),
            x -> Gatun.cartesianProd(x[0].select(0, 0), x[0].select(0, 1)));
    for (GradientCheck.Function function : functions) {
      GradientCheck.first(
          x -> function.apply(x).mul(function.apply(x)),
          counted(2, 3).sin().add(1.0).requiresGrad_());
    }
  }
}
