package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Transfers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What goes wrong on one device is told there, and leaves the other alone. */
@ExtendWith(TestScope.class)
class DeviceLossEmulationTest {
  /** Used by no other test. */
  private static final Device LOST = Device.cuda(2);

  private static final Device OTHER = Device.cuda(1);
  private static final int ILLEGAL_ADDRESS = 700;

  @BeforeAll
  static void emulate() {
    EmulatedCuda.require();
  }

  private static StridedArray filled(DeviceProvider device, DType type, double value, long count) {
    var shape = Shape.of(count);
    var array =
        new StridedArray(
            device.allocate(StridedArray.byteSize(type, shape)), type, Layout.contiguous(shape));
    device.indexing().fill(array, value);
    return array;
  }

  private static double last(StridedArray array) {
    var host = StridedArray.allocate(array.dtype(), array.layout().shape());
    Transfers.copy(host, array);
    double[] values = Layouts.values(host);
    return values[values.length - 1];
  }

  @Test
  void aLostDeviceIsLostAlone() {
    var first = Kernels.provider(LOST);
    var second = Kernels.provider(OTHER);

    // A fault of operands is told where it came up, each device's own.
    var index = filled(first, DType.INT64, 7, 2);
    var values = filled(first, DType.FLOAT32, 1, 5);
    var out = filled(first, DType.FLOAT32, 0, 2);
    first.indexing().indexSelect(out, values, 0, index);
    var otherIndex = filled(second, DType.INT64, 9, 2);
    var otherValues = filled(second, DType.FLOAT32, 1, 6);
    var otherOut = filled(second, DType.FLOAT32, 0, 2);
    second.indexing().gather(otherOut, otherValues, 0, otherIndex);
    var told = assertThrows(IndexRangeException.class, second::synchronize);
    assertTrue(told.getMessage().startsWith("gather: index 9"), told::getMessage);
    told = assertThrows(IndexRangeException.class, first::synchronize);
    assertTrue(told.getMessage().startsWith("index_select: index 7"), told::getMessage);
    first.synchronize();
    second.synchronize();

    var sums = filled(first, DType.FLOAT32, 0, 5);
    DeviceException found;
    try (var stream = DeviceStream.create(OTHER)) {
      var culprit = DeviceStream.create(LOST);
      try (var use = culprit.use()) {
        first.reductions().cumulativeSum(sums, values, 0);
      }
      EmulatedCuda.lose(2, ILLEGAL_ADDRESS);

      // Found by a call for another stream than the one that the culprit was given to.
      found = assertThrows(DeviceException.class, () -> filled(first, DType.FLOAT32, 2, 3));
      String message = found.getMessage();
      assertTrue(message.startsWith("fill_"), message);
      assertTrue(message.contains("cuda:2 failed"), message);
      assertTrue(message.contains("scan_SUM"), message);
      assertTrue(message.endsWith("cannot be used any more by this process"), message);

      // Told again by all that follows on that device.
      for (Runnable call :
          List.<Runnable>of(
              first::synchronize,
              () -> last(sums),
              () -> first.allocate(123_456_789),
              // A kernel that has not been loaded yet.
              () -> first.reductions().cumulativeProduct(sums, values, 0),
              culprit::synchronize)) {
        var again = assertThrows(DeviceException.class, call::run);
        assertTrue(
            again.getMessage().contains(": cuda:2 was lost before: fill_"), again::getMessage);
        assertTrue(again.getMessage().contains("scan_SUM"), again::getMessage);
      }
      // Closing what is there does not throw.
      sums.close();
      values.close();

      // The other device goes on, in its streams and in this thread, which has seen the failure.
      try (var use = stream.use()) {
        var more = filled(second, DType.FLOAT32, 3, 1000);
        second.reductions().cumulativeSum(more, more, 0);
        assertEquals(3000, last(more));
      }
      var large = filled(second, DType.FLOAT32, 4, 3_000_000);
      assertEquals(4, last(large));
      large.close();
      Cuda.trimMemory(OTHER);
      Cuda.synchronize(OTHER);
      assertEquals(OTHER, DeviceStream.standard(OTHER).device());

      // A stream that is to wait for one of the lost device is told, and goes on.
      var waited = assertThrows(DeviceException.class, () -> stream.waitFor(culprit));
      assertTrue(waited.getMessage().contains("cuda:2 was lost before"), waited::getMessage);
      stream.synchronize();
    }
    assertEquals(2, last(filled(second, DType.INT32, 2, 4)));
  }
}
