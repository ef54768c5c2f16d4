package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.arange;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import org.junit.jupiter.api.Test;

/** The expected strings are what PyTorch prints. */
class TensorPrinterTest {
  @Test
  void vectors() {
    assertEquals("tensor([1., 2., 3.])", tensor(1.0, 2.0, 3.0).toString());
    assertEquals("tensor([0, 1, 2])", arange(3).toString());
    assertEquals("tensor([ 1.5000, -2.2500])", tensor(1.5, -2.25).toString());
    assertEquals("tensor([ True, False])", tensor(true, false).toString());
  }

  @Test
  void scalars() {
    assertEquals("tensor(2.5000)", Gatun.scalar(2.5).toString());
    assertEquals("tensor(7)", arange(8).select(0, 7).toString());
  }

  @Test
  void matrices() {
    assertEquals(
        "tensor([[1., 2.],\n        [3., 4.]])",
        tensor(new double[][] {{1, 2}, {3, 4}}).toString());
    assertEquals(
        "tensor([[[0, 1],\n         [2, 3]],\n\n        [[4, 5],\n         [6, 7]]])",
        arange(8).reshape(2, 2, 2).toString());
  }

  @Test
  void emptyTensors() {
    assertEquals("tensor([])", tensor(new double[0]).toString());
    assertEquals("tensor([], size=[2, 0])", Gatun.zeros(2, 0).toString());
    assertEquals("tensor([], dtype=int64)", arange(0).toString());
  }

  @Test
  void typesAndGradients() {
    assertEquals("tensor([1.], dtype=float64)", tensor(DType.FLOAT64, Shape.of(1), 1).toString());
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    assertEquals("tensor([1., 2.], requires_grad=True)", x.toString());
    assertEquals("tensor([2., 3.], grad_fn=<AddBackward>)", x.add(1.0).toString());
  }

  @Test
  void magnitudesFarApart() {
    assertEquals("tensor([1.0000e+00, 1.0000e+04])", tensor(1.0, 10000.0).toString());
    assertEquals("tensor([1.0000e+00, 1.2345e-05])", tensor(1, 1.2345e-5).toString());
    assertEquals(
        "tensor([1.0000, nan, inf])",
        tensor(1.00001, Double.NaN, 1.0 / 0).toString().replaceAll(" +", " ").replace("[ ", "["));
  }

  @Test
  void longTensorsAreSummarised() {
    String text = arange(2000).toString();
    assertEquals("tensor([   0,    1,    2, ..., 1997, 1998, 1999])", text);
    assertTrue(Gatun.zeros(200, 200).toString().length() < 700);
  }

  @Test
  void longLinesAreBroken() {
    for (String line : arange(100).toString().split("\n")) {
      assertTrue(line.length() <= 82, line);
    }
  }

  @Test
  void aClosedTensorSaysSo() {
    Tensor x = tensor(1.0, 2.0);
    x.close();
    assertEquals("tensor(closed, float32[2])", x.toString());
  }
}
