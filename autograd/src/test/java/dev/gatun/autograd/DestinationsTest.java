package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Results in given tensors are what they are in new ones. */
@ExtendWith(TestScope.class)
class DestinationsTest {
  /** Writes into a tensor whose elements are apart from each other. */
  private static void assertWrites(Tensor expected, UnaryOperator<Tensor> write) {
    long[] wide = new long[expected.rank() + 1];
    System.arraycopy(expected.shape().toArray(), 0, wide, 0, expected.rank());
    wide[expected.rank()] = 2;
    Tensor out = Gatun.full(expected.dtype(), Shape.of(wide), 1).select(-1, 1);
    int before = out.storage().version();
    assertSame(out, write.apply(out));
    assertArrayEquals(expected.toDoubleArray(), out.toDoubleArray());
    assertEquals(before + 1, out.storage().version());
  }

  @Test
  void everyForm() {
    Tensor x = Gatun.randn(3, 4);
    int[] axes = {1};
    assertWrites(x.sum(axes, true), out -> x.sumOut(axes, true, out));
    assertWrites(x.mean(axes, false), out -> x.meanOut(axes, false, out));
    assertWrites(x.amax(axes, false), out -> x.amaxOut(axes, false, out));
    assertWrites(x.amin(axes, true), out -> x.aminOut(axes, true, out));
    assertWrites(x.logsumexp(axes, true), out -> x.logsumexpOut(axes, true, out));
    assertWrites(x.prod(axes, true), out -> x.prodOut(axes, true, out));
    assertWrites(x.gt(0).any(axes, true), out -> x.gt(0).anyOut(axes, true, out));
    assertWrites(x.gt(0).all(axes, false), out -> x.gt(0).allOut(axes, false, out));
    assertWrites(x.argmax(0, false), out -> x.argmaxOut(0, false, out));
    assertWrites(x.argmin(-1, true), out -> x.argminOut(-1, true, out));
    assertWrites(x.cumsum(1), out -> x.cumsumOut(1, out));
    assertWrites(x.cumprod(0), out -> x.cumprodOut(0, out));
    assertWrites(x.logcumsumexp(0), out -> x.logcumsumexpOut(0, out));
    assertWrites(x.argsort(1, true), out -> x.argsortOut(1, true, out));
    Tensor order = x.argsort(1);
    assertWrites(x.gather(1, order), out -> x.gatherOut(1, order, out));
    Tensor index = Gatun.tensor(2L, 0L);
    assertWrites(x.indexSelect(0, index), out -> x.indexSelectOut(0, index, out));
    Tensor line = Gatun.linspace(-2, 2, 5);
    assertWrites(line.searchsorted(x, false), out -> line.searchsortedOut(x, false, out));
    Tensor y = Gatun.randn(4, 2);
    assertWrites(x.mm(y), out -> x.mmOut(y, out));
    assertWrites(
        x.unsqueeze(0).bmm(y.unsqueeze(0)), out -> x.unsqueeze(0).bmmOut(y.unsqueeze(0), out));
    Tensor bias = Gatun.randn(2);
    assertWrites(bias.addmm(x, y, 2, 3), out -> bias.addmmOut(x, y, 2, 3, out));
  }

  @Test
  void whatCannotBeWritten() {
    Tensor x = Gatun.randn(3, 3);
    int[] axes = {0};
    assertThrows(ShapeException.class, () -> x.sumOut(axes, false, Gatun.zeros(2)));
    assertThrows(DTypeException.class, () -> x.argmaxOut(0, false, Gatun.zeros(3)));
    assertThrows(InPlaceException.class, () -> x.cumsumOut(0, x));
    assertThrows(ShapeException.class, () -> x.mmOut(x.unsqueeze(0), Gatun.zeros(3, 3)));
    Tensor leaf = Gatun.randn(3, 3).requiresGrad_();
    assertThrows(GradientException.class, () -> leaf.sumOut(axes, false, Gatun.zeros(3)));
  }

  @Test
  void anOutThatIsClosedIsSaidToBe() {
    Tensor x = Gatun.rand(4, 4);
    Tensor part = x.narrow(0, 0, 4);
    part.close();
    ClosedTensorException closed =
        assertThrows(ClosedTensorException.class, () -> x.cumsumOut(0, part));
    assertTrue(closed.getMessage().startsWith("cumsum"), closed.getMessage());
  }

  @Test
  void theOutMayBeAnotherPartOfTheMemoryOfAnOperand() {
    Tensor all = Gatun.randn(4, 6);
    Tensor even = all.slice(1, 0, 6, 2);
    Tensor odd = all.slice(1, 1, 6, 2);
    Tensor expected = even.cumsum(0);
    double[] read = even.toDoubleArray();
    even.cumsumOut(0, odd);
    assertArrayEquals(expected.toDoubleArray(), odd.toDoubleArray());
    assertArrayEquals(read, even.toDoubleArray());
    Tensor square = all.narrow(1, 0, 4);
    Tensor product = square.mm(all.narrow(1, 3, 1));
    square.mmOut(all.narrow(1, 3, 1), all.narrow(1, 4, 1));
    assertArrayEquals(product.toDoubleArray(), all.narrow(1, 4, 1).toDoubleArray());
  }

  @Test
  void partsOfOneMemoryInAPlan() {
    try (Plan plan =
        Plan.capture(
            x -> {
              Tensor all = Gatun.cat(1, x, x.mul(2.0));
              Tensor left = all.narrow(1, 0, 3);
              Tensor right = all.narrow(1, 3, 3);
              left.cumsumOut(0, right);
              right.cumprodOut(1, left);
              return all.add(1.0);
            },
            Gatun.zeros(2, 3))) {
      Tensor x = Gatun.randn(2, 3);
      Tensor sums = x.cumsum(0);
      Tensor expected = Gatun.cat(1, sums.cumprod(1), sums).add(1.0);
      assertArrayEquals(expected.toFloatArray(), plan.run(x).toFloatArray());
    }
  }

  @Test
  void theOutSharesNoElementWithAnOperand() {
    Tensor all = Gatun.randn(4, 6);
    var e =
        assertThrows(
            InPlaceException.class, () -> all.narrow(1, 0, 3).cumsumOut(0, all.narrow(1, 2, 3)));
    assertEquals(
        "cumsum: out shares elements with an input: [4, 3] strides [6, 1] offset 2 and [4, 3]"
            + " strides [6, 1] offset 0 in one memory; pass a tensor of its own",
        e.getMessage());
  }
}
