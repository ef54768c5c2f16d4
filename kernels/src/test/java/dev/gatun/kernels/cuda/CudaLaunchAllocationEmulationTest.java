package dev.gatun.kernels.cuda;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
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
}
