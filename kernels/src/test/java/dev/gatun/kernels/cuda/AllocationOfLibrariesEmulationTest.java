package dev.gatun.kernels.cuda;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Products of cublasLt do not allocate on the Java heap once their code has been compiled. */
class AllocationOfLibrariesEmulationTest {
  @BeforeAll
  static void emulate() {
    EmulatedCuda.requireWithLibraries();
  }

  private static StridedArray array(long... sizes) {
    var device = Kernels.provider(Device.cuda(0));
    var shape = Shape.of(sizes);
    var array =
        new StridedArray(
            device.allocate(StridedArray.byteSize(DType.FLOAT32, shape)),
            DType.FLOAT32,
            Layout.contiguous(shape));
    device.indexing().fill(array, 0.0);
    return array;
  }

  @Test
  void productsDoNotAllocate() {
    var products = Kernels.provider(Device.cuda(0)).matmul();
    try (var _ = Scope.open()) {
      var a = array(2, 4, 6);
      var b = array(6, 3);
      var out = array(2, 4, 3);
      var bias = array(3);
      long before = EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_BIAS());
      assertNothingIsAllocated(
          "a batch with a bias", () -> products.matmul(out, a, b, 1, 0, null, bias));
      assertTrue(EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_BIAS()) > before);
      assertNothingIsAllocated("a batch", () -> products.matmul(out, a, b, 1, 0, null, null));
    }
  }
}
