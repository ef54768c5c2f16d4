package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ScopeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runtime on emulated devices: memory, copies, streams, launches and what goes wrong. */
@ExtendWith(TestScope.class)
class CudaRuntimeEmulationTest {
  private static final Device FIRST = Device.cuda(0);
  private static final int ILLEGAL_ADDRESS = 700;

  private final Random random = new Random(7);

  @BeforeAll
  static void emulate() {
    EmulatedCuda.require();
  }

  private static DeviceProvider device() {
    return Kernels.provider(FIRST);
  }

  private StridedArray host(Layouts.Kind kind, DType type, long... sizes) {
    return Layouts.filled(kind, type, () -> Math.rint(4 * random.nextGaussian()), sizes);
  }

  /** The same elements in the same places, on a device. */
  private static StridedArray there(StridedArray host, DeviceProvider device) {
    long bytes = host.storage().byteSize();
    Storage storage = device.allocate(bytes);
    try (var to = bytes(storage.retain(), bytes);
        var from = bytes(host.storage().retain(), bytes)) {
      device.upload(to, from);
    }
    return new StridedArray(storage, host.dtype(), host.layout());
  }

  private static StridedArray bytes(Storage storage, long count) {
    return new StridedArray(storage, DType.UINT8, Layout.contiguous(Shape.of(count)));
  }

  private static StridedArray empty(DeviceProvider device, DType type, long... sizes) {
    var shape = Shape.of(sizes);
    return new StridedArray(
        device.allocate(StridedArray.byteSize(type, shape)), type, Layout.contiguous(shape));
  }

  private static double[] back(StridedArray array) {
    var host = StridedArray.allocate(array.dtype(), array.layout().shape());
    Transfers.copy(host, array);
    return Layouts.values(host);
  }

  @Test
  void bytesGoThereAndBack() {
    for (int size : new int[] {0, 1, 1000, (8 << 20) - 1, 20_000_001}) {
      var there = device().allocate(size);
      var host = Layouts.filled(Layouts.Kind.CONTIGUOUS, DType.UINT8, () -> 0, size);
      for (int i = 0; i < size; i += 997) {
        DType.UINT8.setLong(host.segment(), i, i % 251);
      }
      var array = bytes(there, size);
      device().upload(array, host);
      var returned = StridedArray.allocate(DType.UINT8, Shape.of(size));
      device().download(returned, array);
      assertEquals(
          -1,
          host.segment()
              .asSlice(host.byteOffset(), size)
              .mismatch(returned.segment().asSlice(0, size)));
      array.close();
    }
  }

  @Test
  void theHostCannotReadThere() {
    var array = empty(device(), DType.FLOAT32, 3);
    assertEquals(FIRST, array.storage().device());
    var thrown = assertThrows(DeviceException.class, array::segment);
    assertTrue(thrown.getMessage().contains("to(Device.CPU)"), thrown::getMessage);
    assertThrows(DeviceException.class, array::asSegment);
  }

  @ParameterizedTest
  @EnumSource
  void layoutsAndConversions(Layouts.Kind kind) {
    for (var from : DType.values()) {
      for (var to : List.of(DType.FLOAT32, DType.INT16, DType.BOOL, from)) {
        var in = host(kind, from, 3, 4, 5);
        var expected = StridedArray.allocate(to, Shape.of(3, 4, 5));
        Kernels.provider().indexing().copy(expected, in);
        var out = empty(device(), to, 3, 4, 5);
        device().indexing().copy(out, there(in, device()));
        assertArrayEquals(
            Layouts.values(expected), back(out), () -> from + " to " + to + " " + kind);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void fills(DType type) {
    var out = empty(device(), type, 5, 7);
    device().indexing().fill(out, 3.7);
    var expected = StridedArray.allocate(type, Shape.of(5, 7));
    Kernels.provider().indexing().fill(expected, 3.7);
    assertArrayEquals(Layouts.values(expected), back(out));
    device().indexing().fill(out, (1L << 53) + 1);
    Kernels.provider().indexing().fill(expected, (1L << 53) + 1);
    var host = StridedArray.allocate(type, Shape.of(5, 7));
    Transfers.copy(host, out);
    assertArrayEquals(Layouts.values(expected), Layouts.values(host));
    if (type == DType.INT64) {
      assertArrayEquals(Layouts.longs(expected), Layouts.longs(host));
    }
  }

  @Test
  void pointwiseKernelsOfEveryLayout() {
    var formula = Expression.input(0).mul(Expression.input(1)).add(Expression.parameter(0));
    var program = PointwiseProgram.of("fused", DType.FLOAT32, 2, formula);
    var cpu = Kernels.provider().pointwise(program);
    var cuda = device().pointwise(program);
    long[][] shapes = {{}, {0}, {1}, {3}, {16}, {17}, {1000}, {3, 5}, {7, 16}, {2, 3, 4, 5}};
    for (long[] shape : shapes) {
      for (var kind : Layouts.Kind.values()) {
        for (var other : Layouts.Kind.values()) {
          var a = host(kind, DType.FLOAT32, shape);
          var b = host(other, DType.FLOAT32, shape);
          var expected = StridedArray.allocate(DType.FLOAT32, Shape.of(shape));
          var out = empty(device(), DType.FLOAT32, shape);
          cpu.run(expected, a, b, 0.25, 0);
          cuda.run(out, there(a, device()), there(b, device()), 0.25, 0);
          assertArrayEquals(
              Layouts.values(expected),
              back(out),
              () -> Arrays.toString(shape) + " " + kind + " " + other);
        }
      }
    }
  }

  @Test
  void moreAxesThanAKernelHas() {
    long[] sizes = new long[11];
    Arrays.fill(sizes, 2);
    long[] turned = new long[11];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = 1L << (i * 7 % 11);
    }
    var flat = host(Layouts.Kind.CONTIGUOUS, DType.INT32, 1 << 11);
    var layout = Layout.strided(Shape.of(sizes), turned, flat.layout().offset());
    var in = new StridedArray(flat.storage().retain(), DType.INT32, layout);
    var expected = StridedArray.allocate(DType.INT32, Shape.of(sizes));
    Kernels.provider().indexing().copy(expected, in);
    var out = empty(device(), DType.INT32, sizes);
    device().indexing().copy(out, there(in, device()));
    assertArrayEquals(Layouts.values(expected), back(out));
  }

  @Test
  void divisionByZeroIsToldLaterWithTheName() {
    var program =
        PointwiseProgram.of(
            "quotient", DType.INT32, 2, Expression.input(0).floorDivide(Expression.input(1)));
    var a = there(host(Layouts.Kind.CONTIGUOUS, DType.INT32, 9), device());
    var zeros = empty(device(), DType.INT32, 9);
    device().indexing().fill(zeros, 0L);
    device().pointwise(program).run(a, a, zeros, 0, 0);
    var thrown = assertThrows(ArgumentException.class, () -> Cuda.synchronize(FIRST));
    assertEquals("quotient: integer division by zero", thrown.getMessage());
    Cuda.synchronize(FIRST);
  }

  @Test
  void failuresOfTheDeviceNameWhatWentBefore() {
    var array = empty(device(), DType.FLOAT32, 4);
    device().indexing().fill(array, 1.0);
    EmulatedCuda.fail(ILLEGAL_ADDRESS);
    var thrown = assertThrows(DeviceException.class, () -> Cuda.synchronize(FIRST));
    assertTrue(thrown.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), thrown::getMessage);
    assertTrue(thrown.getMessage().contains("fill_float32_with_float64"), thrown::getMessage);
    assertTrue(thrown.getMessage().contains(WorkQueue.BLOCKING_PROPERTY), thrown::getMessage);
  }

  @Test
  void outOfMemoryIsAnErrorAfterWhatIsKeptWasGivenBack() {
    long total = Cuda.report().devices().getFirst().totalBytes();
    var large = device().allocate(total / 2);
    large.release();
    assertTrue(Cuda.memory(FIRST).cachedBytes() >= total / 2);
    var thrown = assertThrows(MemoryLimitException.class, () -> device().allocate(2 * total));
    assertTrue(thrown.getMessage().contains("cuda:0: it is out of memory"), thrown::getMessage);
    // The half that was kept had to go, so that this one fits.
    device().allocate(total / 4 * 3).release();
    Cuda.trimMemory(FIRST);
    assertTrue(Cuda.memory(FIRST).cachedBytes() < 64 << 20);
  }

  @Test
  void memoryIsUsedAgainAndComesBack() {
    var before = Cuda.memory(FIRST);
    var first = device().allocate(1000);
    long address = address(first);
    first.release();
    var second = device().allocate(1000);
    assertEquals(address, address(second));
    var other = device().allocate(1000);
    assertNotEquals(address, address(other));
    assertEquals(0, address(other) % 512);
    second.release();
    other.release();
    assertEquals(before.inUseBytes(), Cuda.memory(FIRST).inUseBytes());
    assertEquals(before.liveBlocks(), Cuda.memory(FIRST).liveBlocks());
  }

  private static long address(Storage storage) {
    var block = storage.deviceBlock();
    return block == null ? 0 : block.address();
  }

  @Test
  void memoryThatAnotherStreamUsesWaitsForIt() {
    var stream = DeviceStream.create(FIRST);
    // Of a size that no other test has left pieces of.
    long count = 77_777;
    var array = empty(device(), DType.FLOAT32, count);
    try (var use = stream.use()) {
      device().indexing().fill(array, 2.0);
      assertEquals(2, back(array)[5]);
    }
    long address = address(array.storage());
    array.close();
    // The emulation's streams are done at once: the next look finds the piece free.
    var next = device().allocate(count * Float.BYTES);
    assertEquals(address, address(next));
    next.release();
    DeviceStream.standard(FIRST).waitFor(stream);
    stream.synchronize();
    assertEquals(FIRST, stream.device());
  }

  @Test
  void copiesOfAnotherSizeAreRefused() {
    var four = host(Layouts.Kind.CONTIGUOUS, DType.FLOAT32, 4);
    var two = empty(device(), DType.FLOAT32, 2);
    var doubles = empty(device(), DType.FLOAT64, 4);
    assertThrows(ShapeException.class, () -> device().upload(two, four));
    assertThrows(ShapeException.class, () -> device().download(four, two));
    assertThrows(DTypeException.class, () -> device().upload(doubles, four));
    assertThrows(DTypeException.class, () -> device().download(four, doubles));
  }

  @Test
  void streamsOfSeveralDevicesAreInForceTogether() {
    var first = DeviceStream.create(FIRST);
    var second = DeviceStream.create(Device.cuda(1));
    var here = Cuda.cudaProvider(FIRST).context();
    var there = Cuda.cudaProvider(Device.cuda(1)).context();
    var outer = first.use();
    assertSame(there.standardQueue(), DeviceStream.current(there));
    var inner = second.use();
    var ofFirst = DeviceStream.current(here);
    assertNotEquals(here.standardQueue(), ofFirst);
    assertNotEquals(there.standardQueue(), DeviceStream.current(there));
    var thrown = assertThrows(ScopeException.class, outer::close);
    assertEquals("close: a stream that was chosen later is still in use", thrown.getMessage());
    inner.close();
    assertSame(there.standardQueue(), DeviceStream.current(there));
    assertSame(ofFirst, DeviceStream.current(here));
    outer.close();
    assertSame(here.standardQueue(), DeviceStream.current(here));
  }

  @Test
  void devicesAreNotMixed() {
    var second = Kernels.provider(Device.cuda(1));
    assertSame(second, Kernels.provider(Device.cuda(1)));
    var here = empty(device(), DType.FLOAT32, 2);
    var there = empty(second, DType.FLOAT32, 2);
    var thrown = assertThrows(DeviceException.class, () -> device().indexing().copy(here, there));
    assertTrue(thrown.getMessage().contains("an operand on cuda:1"), thrown::getMessage);
    var onHost = host(Layouts.Kind.CONTIGUOUS, DType.FLOAT32, 2);
    assertThrows(DeviceException.class, () -> device().indexing().copy(here, onHost));
    assertThrows(DeviceException.class, () -> Kernels.provider(Device.cuda(3)));
    // Between devices, too, by another call.
    Transfers.copy(here, onHost);
    Transfers.copy(there, here);
    assertArrayEquals(Layouts.values(onHost), back(there));
  }

  @Test
  void productsAreComputedThere() {
    var x = host(Layouts.Kind.TRANSPOSED, DType.FLOAT32, 3, 3);
    var there = empty(device(), DType.FLOAT32, 3, 3);
    Transfers.copy(there, x);
    var expected = host(Layouts.Kind.CONTIGUOUS, DType.FLOAT32, 3, 3);
    ScalarProvider.instance().matmul().matmul(expected, x, x, 1, 0, null, x);
    var actual = empty(device(), DType.FLOAT32, 3, 3);
    device().matmul().matmul(actual, there, there, 1, 0, null, there);
    assertArrayEquals(Layouts.values(expected), back(actual), 1e-5);
  }

  @Test
  void indicesBeyondTheirAxisAreToldWhenWaitedFor() {
    var index = Layouts.filled(Layouts.Kind.CONTIGUOUS, DType.INT64, () -> 5, 2);
    var there = empty(device(), DType.INT64, 2);
    Transfers.copy(there, index);
    var in = empty(device(), DType.FLOAT32, 3);
    device().indexing().indexSelect(empty(device(), DType.FLOAT32, 2), in, 0, there);
    var thrown = assertThrows(IndexRangeException.class, () -> Cuda.synchronize(FIRST));
    assertTrue(thrown.getMessage().startsWith("index_select: index 5"), thrown::getMessage);
    Cuda.synchronize(FIRST);
  }

  @Test
  void virtualThreadsCompute() throws Exception {
    var threads = new Thread[20];
    var failures = new Throwable[threads.length];
    for (int i = 0; i < threads.length; i++) {
      int number = i;
      threads[i] =
          Thread.ofVirtual()
              .start(() -> {
                try (var scope = Scope.open()) {
                  for (int round = 0; round < 20; round++) {
                    var array = empty(device(), DType.INT32, 100);
                    device().indexing().fill(array, (long) number);
                    assertEquals(number, back(array)[99]);
                    Thread.yield();
                  }
                } catch (Throwable thrown) {
                  failures[number] = thrown;
                }
              });
    }
    for (var thread : threads) {
      thread.join();
    }
    assertArrayEquals(new Throwable[threads.length], failures);
  }
}
