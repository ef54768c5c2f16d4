package dev.gatun.kernels.cuda;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Launches do not allocate on the Java heap once their code has been compiled. */
class CudaLaunchAllocationEmulationTest {
  @BeforeAll
  static void emulate() {
    EmulatedCuda.require();
  }

  private static StridedArray array(DeviceProvider device, Layout layout) {
    return new StridedArray(device.allocate(layout.extent() * Float.BYTES), DType.FLOAT32, layout);
  }

  @Test
  void pointwiseRunsDoNotAllocate() {
    var device = Kernels.provider(Device.cuda(0));
    var formula = Expression.input(0).mul(Expression.input(1)).add(Expression.parameter(0));
    var kernel = device.pointwise(PointwiseProgram.of("fused", DType.FLOAT32, 2, formula));
    try (var _ = Scope.open()) {
      var plain = Layout.contiguous(Shape.of(4, 6));
      var turned = Layout.contiguous(Shape.of(6, 4)).transpose(0, 1);
      var a = array(device, plain);
      var b = array(device, plain);
      var c = array(device, turned);
      var out = array(device, plain);
      assertNothingIsAllocated("contiguous operands", () -> kernel.run(out, a, b, 1, 0));
      assertNothingIsAllocated("a transposed operand", () -> kernel.run(out, a, c, 1, 0));
      assertNothingIsAllocated("an update in place", () -> kernel.run(out, out, b, 1, 0));
    }
  }

  private static StridedArray array(DType type, long... sizes) {
    var device = Kernels.provider(Device.cuda(0));
    var shape = Shape.of(sizes);
    var array =
        new StridedArray(
            device.allocate(StridedArray.byteSize(type, shape)), type, Layout.contiguous(shape));
    device.indexing().fill(array, 0.0);
    return array;
  }

  @Test
  void foldsAndNormalisationsDoNotAllocate() {
    var device = Kernels.provider(Device.cuda(0));
    try (var _ = Scope.open()) {
      var x = array(DType.FLOAT32, 4, 6);
      var y = array(DType.FLOAT32, 4, 6);
      var z = array(DType.FLOAT32, 4, 6);
      var rows = array(DType.FLOAT32, 4, 1);
      var mean = array(DType.FLOAT32, 4);
      var spread = array(DType.FLOAT32, 4);
      var weight = array(DType.FLOAT32, 6);
      var places = array(DType.INT64, 4, 1);
      var kernels = device.reductions();
      assertNothingIsAllocated("a sum", () -> kernels.reduce(Reduction.SUM, rows, x));
      assertNothingIsAllocated("positions", () -> kernels.argMax(places, x, 1));
      assertNothingIsAllocated("a variance", () -> kernels.variance(rows, null, x, 1));
      assertNothingIsAllocated("softmax", () -> kernels.softmax(y, x, 1));
      assertNothingIsAllocated("its gradient", () -> kernels.softmaxBackward(z, x, y, 1));
      assertNothingIsAllocated("a running sum", () -> kernels.cumulativeSum(y, x, 1));
      assertNothingIsAllocated(
          "layer norm", () -> kernels.layerNorm(y, mean, spread, x, weight, weight, 1e-5));
      assertNothingIsAllocated("attention weights", () -> kernels.attentionWeights(y, null, true));
    }
  }

  @Test
  void accessAndPatternsDoNotAllocate() {
    var device = Kernels.provider(Device.cuda(0));
    try (var _ = Scope.open()) {
      var x = array(DType.FLOAT32, 4, 6);
      var y = array(DType.FLOAT32, 4, 6);
      var line = array(DType.FLOAT32, 6);
      var index = array(DType.INT64, 4);
      var indices = array(DType.INT64, 4, 6);
      var kernels = device.indexing();
      assertNothingIsAllocated("a copy", () -> kernels.copy(y, x));
      assertNothingIsAllocated("a fill", () -> kernels.fill(y, 1.0));
      assertNothingIsAllocated("gather", () -> kernels.gather(y, x, 0, indices));
      assertNothingIsAllocated("slices by index", () -> kernels.indexSelect(y, x, 0, index));
      assertNothingIsAllocated("slices added", () -> kernels.indexAdd(y, 0, index, x));
      assertNothingIsAllocated("elements added", () -> kernels.scatterAdd(y, 0, indices, x));
      assertNothingIsAllocated("flip", () -> kernels.flip(y, x, 1));
      assertNothingIsAllocated("triangle", () -> kernels.triangle(y, x, 0, true));
      assertNothingIsAllocated("one-hot", () -> kernels.oneHot(indices, index));
      assertNothingIsAllocated("a range", () -> kernels.range(line, 0, 1));
    }
  }

  @Test
  void productsPoolingAndRandomNumbersDoNotAllocate() {
    var device = Kernels.provider(Device.cuda(0));
    try (var _ = Scope.open()) {
      var a = array(DType.FLOAT32, 2, 4, 6);
      var b = array(DType.FLOAT32, 6, 3);
      var out = array(DType.FLOAT32, 2, 4, 3);
      var bias = array(DType.FLOAT32, 3);
      var images = array(DType.FLOAT32, 1, 1, 4, 4);
      var pooled = array(DType.FLOAT32, 1, 1, 2, 2);
      var geometry = new PoolingGeometry(2, 2, 2, 2, 0, 0, 1, 1, false);
      var generator = new Generator(1);
      assertNothingIsAllocated(
          "a product", () -> device.matmul().matmul(out, a, b, 1, 0, null, bias));
      assertNothingIsAllocated("a pooling", () -> device.pooling().max(pooled, images, geometry));
      assertNothingIsAllocated(
          "random numbers", () -> device.random().uniform(out, 0, 1, generator));
      assertNothingIsAllocated(
          "a mask of dropout", () -> device.random().bernoulli(out, 0.5, generator));
    }
  }
}
