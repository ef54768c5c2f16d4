package dev.gatun.kernels.convolution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class PreparedWeightsTest {
  private static final ConvolutionGeometry GEOMETRY = ConvolutionGeometry.DEFAULT.padding(1);

  private static void compare(Kind kind, ConvolutionGeometry geometry, Shape input, Shape weight) {
    var images = Layouts.gaussian(kind, DType.FLOAT32, input.toArray());
    var weights = Layouts.gaussian(kind, DType.FLOAT32, weight.toArray());
    var bias = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, weight.size(0));
    long[] sizes = {
      input.size(0),
      weight.size(0),
      geometry.outputHeight(input.size(2), weight.size(2)),
      geometry.outputWidth(input.size(3), weight.size(3))
    };
    var expected = Layouts.allocate(kind, DType.FLOAT32, sizes);
    var actual = Layouts.allocate(kind, DType.FLOAT32, sizes);
    for (int width : VectorProvider.availableWidths()) {
      var kernels = VectorProvider.ofWidth(width).convolutions();
      long elements = kernels.preparedElements(DType.FLOAT32, input, weight, geometry);
      assertTrue(elements > 0, "something is prepared");
      var prepared = Layouts.allocate(Kind.OFFSET, DType.FLOAT32, elements);
      kernels.prepareWeights(prepared, weights, geometry);
      for (StridedArray addend : new StridedArray[] {null, bias}) {
        kernels.convolve(expected, images, weights, addend, geometry);
        kernels.convolvePrepared(actual, images, prepared, weight, addend, geometry);
        assertArrayEquals(Layouts.values(expected), Layouts.values(actual), "bits " + width);
      }
    }
  }

  @Test
  void resultsAreTheSameBits() {
    for (Kind kind : new Kind[] {Kind.CONTIGUOUS, Kind.SLICED, Kind.TRANSPOSED}) {
      compare(kind, GEOMETRY, Shape.of(2, 40, 33, 35), Shape.of(24, 40, 3, 3));
      compare(kind, GEOMETRY.groups(2), Shape.of(1, 64, 40, 56), Shape.of(32, 32, 3, 3));
    }
  }

  @Test
  void otherConvolutionsTakeWeightsAsTheyAre() {
    var input = Shape.of(1, 32, 28, 28);
    var weight = Shape.of(32, 32, 3, 3);
    for (var provider : Layouts.providers()) {
      var kernels = provider.convolutions();
      var strided = GEOMETRY.stride(2);
      assertEquals(0, kernels.preparedElements(DType.FLOAT32, input, weight, strided));
      assertEquals(0, kernels.preparedElements(DType.FLOAT64, input, weight, GEOMETRY));
      var weights = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 32, 32, 3, 3);
      var prepared = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 7);
      assertThrows(
          ArgumentException.class, () -> kernels.prepareWeights(prepared, weights, strided));
      assertThrows(
          ArgumentException.class, () -> kernels.prepareWeights(prepared, weights, GEOMETRY));
      var images = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, 1, 32, 28, 28);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 32, 28, 28);
      assertThrows(
          ArgumentException.class,
          () -> kernels.convolvePrepared(out, images, prepared, weight, null, GEOMETRY));
    }
  }
}
