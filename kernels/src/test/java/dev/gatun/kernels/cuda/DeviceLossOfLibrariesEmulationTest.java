package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaStatus;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.TestScope;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A library does not say that its device is lost: the driver is asked. */
@ExtendWith(TestScope.class)
class DeviceLossOfLibrariesEmulationTest {
  private static final int ILLEGAL_ADDRESS = 700;

  @BeforeAll
  static void emulate() {
    EmulatedCuda.requireWithLibraries();
  }

  @Test
  void whatCublasOnlyKnowsAsAFailureMayBeTheLossOfItsDevice() {
    var device = Kernels.provider(Device.cuda(2));
    var shape = Shape.of(2, 2);
    var arrays = new StridedArray[3];
    for (int i = 0; i < arrays.length; i++) {
      var storage = device.allocate(StridedArray.byteSize(DType.FLOAT32, shape));
      arrays[i] = new StridedArray(storage, DType.FLOAT32, Layout.contiguous(shape));
      device.indexing().fill(arrays[i], 1.0);
    }
    Runnable product =
        () -> device.matmul().matmul(arrays[0], arrays[1], arrays[2], 1, 0, null, null);
    product.run();
    EmulatedCuda.lose(2, ILLEGAL_ADDRESS);
    var found = assertThrows(DeviceException.class, product::run);
    assertTrue(
        found.getMessage().endsWith("cannot be used any more by this process"), found::getMessage);
    assertTrue(
        Arrays.stream(found.getCause().getSuppressed())
            .anyMatch(each ->
                each instanceof CudaException failed && failed.library() == CudaStatus.CUBLAS_LT),
        "what the library said is not told");
    var again = assertThrows(DeviceException.class, device::synchronize);
    assertTrue(again.getMessage().contains("cuda:2 was lost before: matmul"), again::getMessage);
  }
}
