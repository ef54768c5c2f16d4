package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.optim.SGD;
import dev.gatun.nn.optim.SGDOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class ImageLayersTest {
  private static Tensor counted(long... sizes) {
    return Gatun.arange(Shape.of(sizes).numel()).add(1).to(DType.FLOAT32).reshape(sizes);
  }

  @Test
  void conv2dSumsOverChannelsAndWindows() {
    try (Conv2d layer = new Conv2d(2, 1, 2)) {
      layer.loadState(
          Map.of(
              "weight",
              counted(1, 2, 2, 2),
              "bias",
              Gatun.tensor(0.5).to(DType.FLOAT32).reshape(1)));
      // channel 0 is 1 to 9, channel 1 is 10 to 18
      Tensor out = layer.forward(counted(1, 2, 3, 3));
      assertEquals(Shape.of(1, 1, 2, 2), out.shape());
      double first = 1 * 1 + 2 * 2 + 3 * 4 + 4 * 5 + 5 * 10 + 6 * 11 + 7 * 13 + 8 * 14 + 0.5;
      assertArrayEquals(
          new double[] {first, first + 36, first + 108, first + 144}, out.toDoubleArray());
      assertEquals(Shape.of(1, 2, 2), layer.forward(counted(2, 3, 3)).shape());
      assertThrows(ShapeException.class, () -> layer.forward(counted(1, 3, 3, 3)));
    }
    assertThrows(ArgumentException.class, () -> new Conv2d(3, 4, 0));
    assertThrows(
        ArgumentException.class,
        () ->
            new Conv2d(
                3, 4, 1, 1, ConvolutionGeometry.DEFAULT.groups(2), true, Generator.shared()));
  }

  @Test
  void conv2dStartsUniformWithinItsBoundAndPrintsLikePyTorch() {
    ConvolutionGeometry geometry = ConvolutionGeometry.DEFAULT.stride(2).padding(3);
    try (Conv2d layer = new Conv2d(3, 64, 7, 7, geometry, false, new Generator(3));
        Conv2d plain = new Conv2d(16, 8, 3, 1, 1)) {
      assertEquals(Shape.of(64, 3, 7, 7), layer.weight().tensor().shape());
      double bound = 1 / Math.sqrt(147);
      double squares = 0;
      double[] weights = layer.weight().tensor().toDoubleArray();
      for (double weight : weights) {
        assertTrue(Math.abs(weight) <= bound, "weight " + weight);
        squares += weight * weight;
      }
      assertEquals(bound * bound / 3, squares / weights.length, 2e-4);
      assertEquals(
          "Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)",
          layer.toString());
      assertEquals(
          "Conv2d(16, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))", plain.toString());
      assertEquals(Shape.of(2, 64, 16, 16), layer.forward(Gatun.ones(2, 3, 32, 32)).shape());
      assertTrue(layer.bias().isEmpty());
    }
  }

  @Test
  void poolingLayersReduceWindows() {
    Tensor x = counted(1, 1, 3, 3);
    assertArrayEquals(new double[] {5}, new MaxPool2d(2).forward(x).toDoubleArray());
    assertArrayEquals(new double[] {5, 6, 8, 9}, new MaxPool2d(2, 1, 0).forward(x).toDoubleArray());
    assertArrayEquals(new double[] {3}, new AvgPool2d(2).forward(x).toDoubleArray());
    assertArrayEquals(
        new double[] {0.25, 1.25, 2.75, 7}, new AvgPool2d(2, 2, 1).forward(x).toDoubleArray());
    assertArrayEquals(
        new double[] {1, 2.5, 5.5, 7},
        new AvgPool2d(PoolingGeometry.of(2).padding(1), false, null).forward(x).toDoubleArray());
    assertEquals(
        "MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)",
        new MaxPool2d(3, 2, 1).toString());
    assertEquals(
        "AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=0)",
        new AvgPool2d(PoolingGeometry.of(2, 3), true, null).toString());
    assertThrows(ShapeException.class, () -> new MaxPool2d(4).forward(x));
  }

  @Test
  void gradientsOfANetworkAgreeWithDifferences() {
    try (Sequential model =
        new Sequential(
            new Conv2d(1, 2, 3, 3, ConvolutionGeometry.DEFAULT.padding(1), true, new Generator(5)),
            new Tanh(),
            new AvgPool2d(2, 1, 0),
            new Flatten())) {
      model.to(DType.FLOAT64);
      GradientCheck.check(
          x -> model.forward(x).square().sum(),
          Shape.of(1, 1, 3, 3),
          0.3,
          -0.7,
          1.1,
          0.2,
          0.9,
          -1.3,
          0.4,
          -0.2,
          0.6);
    }
  }

  @Test
  void aSmallNetworkLearnsToTellBarsApart() {
    Generator generator = new Generator(1);
    try (Sequential model =
        new Sequential(
            new Conv2d(1, 4, 3, 3, ConvolutionGeometry.DEFAULT.padding(1), true, generator),
            new ReLU(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(64, 2, true, generator))) {
      // bars across, then bars down
      double[] pixels = new double[16 * 64];
      for (int image = 0; image < 16; image++) {
        for (int i = 0; i < 8; i++) {
          int at = image < 8 ? image * 8 + i : i * 8 + image - 8;
          pixels[image * 64 + at] = 1;
        }
      }
      Tensor x = Gatun.tensor(DType.FLOAT32, Shape.of(16, 1, 8, 8), pixels);
      double[] classes = new double[32];
      for (int image = 0; image < 16; image++) {
        classes[2 * image + (image < 8 ? 0 : 1)] = 1;
      }
      Tensor target = Gatun.tensor(DType.FLOAT32, Shape.of(16, 2), classes);
      SGD optimizer = new SGD(model.parameters(), SGDOptions.of(0.5));
      double loss = 0;
      for (int step = 0; step < 200; step++) {
        try (Scope inner = Scope.open()) {
          Tensor error = model.forward(x).logSoftmax(1).mul(target).sum().div(-16);
          optimizer.zeroGrad();
          error.backward();
          optimizer.step();
          loss = error.item();
        }
      }
      assertTrue(loss < 0.05, "loss " + loss);
    }
  }
}
