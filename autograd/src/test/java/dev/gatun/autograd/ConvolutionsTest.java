package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What users call, beyond the operations themselves, which the catalogue's tests cover. */
@ExtendWith(TestScope.class)
class ConvolutionsTest {
  private static Tensor tensor(Shape shape, double... values) {
    return Gatun.tensor(DType.FLOAT64, shape, values);
  }

  @Test
  void batchesMayBeMissing() {
    Tensor x = tensor(Shape.of(1, 2, 3), 1, 2, 3, 4, 5, 6);
    Tensor weight = tensor(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    Tensor out = x.conv2d(weight);
    assertEquals(Shape.of(1, 1, 2), out.shape());
    assertArrayEquals(new double[] {5421, 6532}, out.toDoubleArray());
    assertArrayEquals(
        new double[] {5422, 6533}, x.conv2d(weight, tensor(Shape.of(1), 1), 1, 0).toDoubleArray());
    assertEquals(Shape.of(1, 1, 1), x.maxPool2d(2).shape());
    assertArrayEquals(new double[] {3}, x.avgPool2d(2).toDoubleArray());
    assertArrayEquals(new double[] {3.5}, x.adaptiveAvgPool2d(1, 1).toDoubleArray());
    assertArrayEquals(
        new double[] {4}, x.maxPool2dPositions(PoolingGeometry.of(2)).toDoubleArray());
    assertThrows(ShapeException.class, () -> x.flatten(0, -1).conv2d(weight));
  }

  @Test
  void sequencesAreImagesOfOneRow() {
    Tensor x = tensor(Shape.of(1, 1, 5), 1, 2, 3, 4, 5);
    Tensor weight = tensor(Shape.of(1, 1, 3), 1, 10, 100);
    assertArrayEquals(
        new double[] {321, 432, 543}, x.conv1d(weight, null, 1, 0, 1, 1).toDoubleArray());
    assertArrayEquals(
        new double[] {210, 432, 54}, x.conv1d(weight, null, 2, 1, 1, 1).toDoubleArray());
    Tensor dilated = x.squeeze(0).conv1d(weight, tensor(Shape.of(1), 7), 1, 0, 2, 1);
    assertEquals(Shape.of(1, 1), dilated.shape());
    assertEquals(538, dilated.item());
    assertThrows(ShapeException.class, () -> x.conv1d(weight.squeeze(0), null, 1, 0, 1, 1));
  }

  @Test
  void aTransposedConvolutionSpreadsEachElement() {
    Tensor x = tensor(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    Tensor weight = tensor(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    ConvolutionGeometry geometry = ConvolutionGeometry.DEFAULT.stride(2);
    Tensor out = x.convTranspose2d(weight, tensor(Shape.of(1), 0.5), geometry, 0);
    assertArrayEquals(
        new double[] {
          1.5, 10.5, 2.5, 20.5, 100.5, 1000.5, 200.5, 2000.5, 3.5, 30.5, 4.5, 40.5, 300.5, 3000.5,
          400.5, 4000.5
        },
        out.toDoubleArray());
    assertEquals(Shape.of(1, 1, 5, 5), x.convTranspose2d(weight, null, geometry, 1).shape());
    assertThrows(ArgumentException.class, () -> x.convTranspose2d(weight, null, geometry, 2));
  }

  @Test
  void gradientsOfAllInputsFlow() {
    Tensor x = Gatun.ones(DType.FLOAT64, Shape.of(1, 1, 3, 3)).requiresGrad_();
    Tensor weight = tensor(Shape.of(1, 1, 2, 2), 1, 2, 3, 4).requiresGrad_();
    Tensor bias = tensor(Shape.of(1), 0).requiresGrad_();
    x.conv2d(weight, bias, 1, 0).sum().backward();
    assertArrayEquals(new double[] {1, 3, 2, 4, 10, 6, 3, 7, 4}, x.grad().toDoubleArray());
    assertArrayEquals(new double[] {4, 4, 4, 4}, weight.grad().toDoubleArray());
    assertArrayEquals(new double[] {4}, bias.grad().toDoubleArray());
  }
}
