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
    assertEquals("tensor([], size=(2, 0))", Gatun.zeros(2, 0).toString());
    assertEquals("tensor([], dtype=torch.int64)", arange(0).toString());
  }

  @Test
  void emptyTensorsOfOtherTypes() {
    assertEquals(
        "tensor([], size=(0, 3), dtype=torch.bool)",
        Gatun.zeros(DType.BOOL, Shape.of(0, 3)).toString());
    assertEquals(
        "tensor([], size=(1, 0, 4), requires_grad=True)",
        Gatun.zeros(1, 0, 4).requiresGrad_().toString());
  }

  @Test
  void typesAndGradients() {
    assertEquals(
        "tensor([1.], dtype=torch.float64)", tensor(DType.FLOAT64, Shape.of(1), 1).toString());
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    assertEquals("tensor([1., 2.], requires_grad=True)", x.toString());
    assertEquals("tensor([2., 3.], grad_fn=<AddBackward>)", x.add(1.0).toString());
  }

  @Test
  void magnitudesFarApart() {
    assertEquals("tensor([1.0000e+28, 1.0000e-28])", tensor(1e28, 1e-28).toString());
    assertEquals("tensor([1.0000e-02, 1.1000e+01])", tensor(0.01, 11).toString());
    assertEquals("tensor([   1., 1000.])", tensor(1.0, 1000.0).toString());
    assertEquals("tensor([1.0000e+00, 1.0100e+03])", tensor(1.0, 1010.0).toString());
    assertEquals("tensor([1.2346e+08])", tensor(123456789.0).toString());
    assertEquals("tensor([2.0000e-05])", tensor(0.00002).toString());
    assertEquals("tensor(2.0000e-05)", Gatun.scalar(0.00002).toString());
    assertEquals("tensor([1.0000e-04])", tensor(1e-4).toString());
    assertEquals(
        "tensor([ 0.0000e+00,  3.4028e+38, -3.4028e+38,  3.1400e+00])",
        tensor(0, Float.MAX_VALUE, -Float.MAX_VALUE, 3.14).toString());
  }

  @Test
  void exponentsOfThreeDigits() {
    double[] values = {0, 1e-323, 1e-322, 1e307, 1e308, Double.POSITIVE_INFINITY};
    assertEquals(
        """
        tensor([ 0.0000e+00, 9.8813e-324, 9.8813e-323, 1.0000e+307, 1.0000e+308,
                        inf], dtype=torch.float64)\
        """,
        tensor(DType.FLOAT64, Shape.of(6), values).toString());
  }

  @Test
  void wholeNumbersOfIntegerTypes() {
    assertEquals("tensor([ 1, -2])", tensor(1L, -2L).toString());
    assertEquals("tensor([   1, 1010])", tensor(1L, 1010L).toString());
    assertEquals("tensor([1000000000])", tensor(1000000000L).toString());
    assertEquals("tensor([9007199254740993])", tensor(9007199254740993L).toString());
    assertEquals(
        "tensor([-128,  127], dtype=torch.int8)",
        tensor(DType.INT8, Shape.of(2), -128, 127).toString());
  }

  @Test
  void valuesThatAreNoNumbers() {
    double inf = Double.POSITIVE_INFINITY;
    assertEquals(
        "tensor([4.0000,    inf, 1.5000,   -inf, 0.0000,    nan, 1.0000])",
        tensor(4, inf, 1.5, -inf, 0, Double.NaN, 1).toString());
    assertEquals("tensor([1., nan, inf])", tensor(1, Double.NaN, inf).toString());
    assertEquals("tensor([nan, -inf])", tensor(Double.NaN, -inf).toString());
    assertEquals("tensor([-0., 0., 1.])", tensor(-0.0, 0, 1).toString());
    assertEquals("tensor(nan)", Gatun.scalar(Double.NaN).toString());
  }

  @Test
  void halvesAreRoundedToEven() {
    assertEquals("tensor([0.0312, 0.0938])", tensor(0.03125, 0.09375).toString());
    assertEquals("tensor([2.0000], dtype=torch.float64)", float64(2.00005).toString());
  }

  private static Tensor float64(double value) {
    return tensor(DType.FLOAT64, Shape.of(1), value);
  }

  @Test
  void largeTensorsAreSummarised() {
    assertEquals("tensor([   0,    1,    2,  ..., 1997, 1998, 1999])", arange(2000).toString());
    assertEquals("tensor([0., 0., 0.,  ..., 0., 0., 0.])", Gatun.zeros(10000).toString());
    assertEquals(
        """
        tensor([[   0,    1,    2,  ...,   47,   48,   49],
                [  50,   51,   52,  ...,   97,   98,   99],
                [ 100,  101,  102,  ...,  147,  148,  149],
                ...,
                [1350, 1351, 1352,  ..., 1397, 1398, 1399],
                [1400, 1401, 1402,  ..., 1447, 1448, 1449],
                [1450, 1451, 1452,  ..., 1497, 1498, 1499]])\
        """,
        arange(1500).reshape(30, 50).toString());
  }

  @Test
  void largeViewsAreSummarised() {
    String block = "[[1., 1., 1.,  ..., 1., 1., 1.],\n         [1., 1., 1.,  ..., 1., 1., 1.]]";
    String blocks = String.join(",\n\n        ", block, block, block);
    assertEquals(
        "tensor([" + blocks + ",\n\n        ...,\n\n        " + blocks + "])",
        Gatun.ones(100, 2, 2, 10).select(2, 0).toString());
  }

  @Test
  void whatDoesNotFitGoesOnTheNextLine() {
    assertEquals(
        """
        tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
                18, 19, 20, 21, 22, 23])\
        """,
        arange(24).toString());
    assertEquals(
        """
        tensor([0.3679, 0.3679, 0.3679, 0.3679, 0.3679, 0.3679, 0.3679],
               dtype=torch.float64, grad_fn=<ExpBackward>)\
        """,
        Gatun.full(DType.FLOAT64, Shape.of(7), -1).requiresGrad_().exp().toString());
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
