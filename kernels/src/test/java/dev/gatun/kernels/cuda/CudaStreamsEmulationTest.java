package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Transfers;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ScopeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that work late and out of order, their end, and a driver that refuses. */
@ExtendWith(TestScope.class)
class CudaStreamsEmulationTest {
  private static final Device FIRST = Device.cuda(0);
  private static final int OUT_OF_MEMORY = 2;
  private static final int UNKNOWN = 999;

  @BeforeAll
  static void emulate() {
    EmulatedCuda.require();
  }

  @AfterEach
  void workIsDoneAtOnceAgain() {
    EmulatedCuda.order(EmulatedCuda.Order.AT_ONCE);
  }

  private static DeviceProvider device() {
    return Kernels.provider(FIRST);
  }

  private static StridedArray empty(DType type, long count) {
    var shape = Shape.of(count);
    return new StridedArray(
        device().allocate(StridedArray.byteSize(type, shape)), type, Layout.contiguous(shape));
  }

  private static StridedArray filled(double value, long count) {
    var array = empty(DType.FLOAT32, count);
    device().indexing().fill(array, value);
    return array;
  }

  private static double[] back(StridedArray array) {
    var host = StridedArray.allocate(array.dtype(), array.layout().shape());
    Transfers.copy(host, array);
    return Layouts.values(host);
  }

  private static long address(Storage storage) {
    var block = storage.deviceBlock();
    return block == null ? 0 : block.address();
  }

  @Test
  void workOfAStreamIsSeenAfterWaitingForIt() {
    EmulatedCuda.order(EmulatedCuda.Order.LATE);
    var array = filled(1, 100);
    try (var stream = DeviceStream.create(FIRST)) {
      stream.waitFor(DeviceStream.standard(FIRST));
      try (var use = stream.use()) {
        device().indexing().fill(array, 2.0);
      }
      assertEquals(1, back(array)[7], "nobody has waited for the other stream");
      DeviceStream.standard(FIRST).waitFor(stream);
      assertEquals(2, back(array)[7]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void memoryIsNotGivenToOthersBeforeAllStreamsAreDoneWithIt(EmulatedCuda.Order order) {
    long count = 55_555;
    try (var stream = DeviceStream.create(FIRST)) {
      EmulatedCuda.order(order);
      for (int round = 0; round < 20; round++) {
        var source = filled(round, count);
        StridedArray copy;
        stream.waitFor(DeviceStream.standard(FIRST));
        try (var use = stream.use()) {
          copy = empty(DType.FLOAT32, count);
          device().indexing().copy(copy, source);
        }
        source.close();
        var next = filled(-1, count);
        DeviceStream.standard(FIRST).waitFor(stream);
        assertEquals(round, back(copy)[50_000]);
        assertEquals(-1, back(next)[50_000]);
        copy.close();
        next.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void pinnedMemoryIsNotFilledAgainBeforeItHasBeenCopied(EmulatedCuda.Order order) {
    EmulatedCuda.order(order);
    var host = new ArrayList<StridedArray>();
    var there = new ArrayList<StridedArray>();
    for (int i = 0; i < 9; i++) {
      var array = StridedArray.allocate(DType.FLOAT32, Shape.of(100_000));
      Kernels.providerOf(array).indexing().fill(array, (double) i);
      host.add(array);
      var copy = empty(DType.FLOAT32, 100_000);
      device().upload(copy, array);
      there.add(copy);
    }
    for (int i = 0; i < 9; i++) {
      assertEquals(i, back(there.get(i))[99_999]);
    }
  }

  @Test
  void faultsKeepTheirMeaningWhateverIsLaunchedAfter() {
    var values = filled(1, 10);
    var index = empty(DType.INT64, 1);
    var out = empty(DType.FLOAT32, 1);
    device().indexing().fill(index, 12L);
    device().indexing().indexSelect(out, values, 0, index);
    device().indexing().fill(index, 3L);
    for (int i = 0; i < 5000; i++) {
      device().indexing().gather(out, values, 0, index);
    }
    var thrown = assertThrows(IndexRangeException.class, () -> Cuda.synchronize(FIRST));
    assertTrue(thrown.getMessage().contains("index 12 (number 0) is outside axis 0 of size 10"));
    Cuda.synchronize(FIRST);
  }

  @Test
  void closedStreamsLeaveTheirMemoryToTheDevice() {
    Cuda.trimMemory(FIRST);
    long live = EmulatedCuda.live();
    var stream = DeviceStream.create(FIRST);
    Storage large;
    Storage kept;
    try (var use = stream.use()) {
      assertThrows(ScopeException.class, stream::close);
      large = device().allocate(3_333_333);
      kept = device().allocate(4_444_444);
    }
    long address = address(large);
    long addressKept = address(kept);
    large.release();
    stream.close();
    stream.close();
    assertThrows(ScopeException.class, stream::use);
    assertThrows(ScopeException.class, () -> DeviceStream.standard(FIRST).close());
    DeviceStream.standard(FIRST).waitFor(stream);
    kept.release();
    var again = device().allocate(3_333_333);
    var againKept = device().allocate(4_444_444);
    assertEquals(address, address(again));
    assertEquals(addressKept, address(againKept));
    again.release();
    againKept.release();
    Cuda.trimMemory(FIRST);
    assertEquals(live, EmulatedCuda.live());
  }

  @Test
  void streamsFindTheSmallPiecesOfThoseThatWereClosed() {
    long reserved = 0;
    for (int round = 0; round < 30; round++) {
      var held = new ArrayList<Storage>();
      try (var stream = DeviceStream.create(FIRST);
          var use = stream.use()) {
        for (int i = 0; i < 20; i++) {
          held.add(device().allocate(500_000));
          device().allocate(1000).release();
        }
        for (var storage : held.subList(0, 10)) {
          storage.release();
        }
      }
      // Some come back when the stream is gone.
      for (var storage : held.subList(10, 20)) {
        storage.release();
      }
      long now = Cuda.memory(FIRST).reservedBytes();
      assertTrue(round == 0 || now == reserved, () -> now + " bytes");
      reserved = now;
    }
  }

  @Test
  void memoryForgetsTheStreamsThatAreClosed() {
    var array = filled(1, 100);
    for (int i = 0; i < 5; i++) {
      try (var stream = DeviceStream.create(FIRST);
          var use = stream.use()) {
        device().indexing().fill(array, 2.0);
      }
    }
    var block = assertInstanceOf(PoolBlock.class, array.storage().deviceBlock());
    var others = block.takeOthers();
    assertNotNull(others);
    assertEquals(1, others.size());
    assertEquals(2, back(array)[99]);
  }

  @Test
  void whatTheDriverRefusesLeavesThePoolInOrder() {
    var before = Cuda.memory(FIRST);
    long bytes = 2_222_222;
    var storage = device().allocate(bytes);
    long lost = address(storage);
    storage.release();
    EmulatedCuda.refuse("cuMemFreeAsync", UNKNOWN);
    var thrown = assertThrows(DeviceException.class, () -> Cuda.trimMemory(FIRST));
    assertTrue(thrown.getMessage().startsWith("give memory back: "), thrown.getMessage());
    var next = device().allocate(bytes);
    assertNotEquals(lost, address(next), "may have been freed, and is not used again");
    next.release();
    Cuda.trimMemory(FIRST);
    assertEquals(before.inUseBytes(), Cuda.memory(FIRST).inUseBytes());
    EmulatedCuda.refuse("cuMemAllocAsync", UNKNOWN);
    assertThrows(DeviceException.class, () -> device().allocate(bytes));
    EmulatedCuda.refuse("cuMemAllocAsync", OUT_OF_MEMORY);
    device().allocate(bytes).release();
    assertEquals(before.inUseBytes(), Cuda.memory(FIRST).inUseBytes());
  }

  @Test
  void memoryWhoseUseIsUnknownIsNotUsedAgain() {
    var before = Cuda.memory(FIRST);
    long count = 777_777;
    var array = empty(DType.FLOAT32, count);
    long lost = address(array.storage());
    try (var stream = DeviceStream.create(FIRST)) {
      try (var use = stream.use()) {
        device().indexing().fill(array, 2.0);
      }
      EmulatedCuda.refuse("cuEventRecord", UNKNOWN);
      array.close();
      assertEquals(before.inUseBytes(), Cuda.memory(FIRST).inUseBytes());
      var next = empty(DType.FLOAT32, count);
      assertNotEquals(lost, address(next.storage()));
      long address = address(next.storage());
      try (var use = stream.use()) {
        device().indexing().fill(next, 2.0);
      }
      next.close();
      EmulatedCuda.refuse("cuEventQuery", UNKNOWN);
      assertThrows(DeviceException.class, () -> device().allocate(count * Float.BYTES));
      var last = device().allocate(count * Float.BYTES);
      assertEquals(address, address(last), "waited for still");
      last.release();
    }
  }

  @Test
  @SuppressWarnings("LockOnNonEnclosingClassLiteral") // that is the lock
  void threadsFindTheKernelsOfTheHostWithoutALock() throws Exception {
    assertEquals(FIRST, device().device());
    var known = Kernels.provider();
    try (var threads = Executors.newSingleThreadExecutor()) {
      synchronized (Kernels.class) {
        var found = threads.submit(() -> Kernels.provider()).get(1, TimeUnit.MINUTES);
        assertSame(known, found);
      }
    }
  }

  @Test
  void masksOfManyAxesAreRefused() {
    long[] sizes = new long[17];
    Arrays.fill(sizes, 1);
    var mask =
        new StridedArray(device().allocate(1), DType.BOOL, Layout.contiguous(Shape.of(sizes)));
    var positions =
        new StridedArray(
            device().allocate(17 * Long.BYTES), DType.INT64, Layout.contiguous(Shape.of(1, 17)));
    var thrown =
        assertThrows(ArgumentException.class, () -> device().indexing().nonzero(positions, mask));
    assertTrue(thrown.getMessage().startsWith("nonzero: "), thrown.getMessage());
  }

  @Test
  void operationsOnManySeparateAxesAreRefusedByName() {
    long[] sizes = new long[9];
    Arrays.fill(sizes, 2);
    long[] strides = new long[9];
    for (int axis = 0; axis < 9; axis++) {
      strides[axis] = 1L << axis;
    }
    var turned =
        new StridedArray(
            device().allocate(512 * Float.BYTES),
            DType.FLOAT32,
            Layout.strided(Shape.of(sizes), strides, 0));
    var thrown =
        assertThrows(ArgumentException.class, () -> device().indexing().range(turned, 0, 1));
    assertEquals(
        "arange: a CUDA kernel cannot walk along more than 8 separate axes", thrown.getMessage());
  }

  @Test
  void repeatedWorkIsLaunchedAsOne() {
    var before = Cuda.memory(FIRST);
    var array = filled(0, 1000);
    var one = filled(1, 1000);
    var at = empty(DType.INT64, 1);
    var added = filled(1, 1);
    var place = StridedArray.allocate(DType.INT64, Shape.of(1));
    Kernels.providerOf(place).indexing().fill(place, 3L);
    long graphs = EmulatedCuda.graphLaunches();
    try (var work =
        device()
            .repetition(
                () -> {
                  device().reductions().cumulativeSum(array, one, 0);
                  device().upload(at, place);
                  device().indexing().indexAdd(one, 0, at, added);
                },
                List.of(array, one))) {
      for (int run = 0; run < 4; run++) {
        work.run();
        assertEquals(1000 + run, back(array)[999]);
      }
      // The host copies in there: it is never recorded.
      assertEquals(graphs, EmulatedCuda.graphLaunches());
    }
    try (var work =
            device()
                .repetition(
                    () -> {
                      device().indexing().fill(array, 3.0);
                      device().reductions().cumulativeSum(one, array, 0);
                    },
                    List.of(array, one));
        var stream = DeviceStream.create(FIRST)) {
      work.run();
      EmulatedCuda.order(EmulatedCuda.Order.LATE);
      for (int run = 0; run < 4; run++) {
        device().indexing().fill(one, 0.0);
        stream.waitFor(DeviceStream.standard(FIRST));
        try (var use = stream.use()) {
          work.run();
        }
        DeviceStream.standard(FIRST).waitFor(stream);
        assertEquals(3000, back(one)[999]);
      }
      assertEquals(graphs + 4, EmulatedCuda.graphLaunches());
    }
    for (var each : List.of(array, one, at, added)) {
      each.close();
    }
    assertEquals(before.inUseBytes(), Cuda.memory(FIRST).inUseBytes());
  }

  @Test
  void memoryIsGivenBackWhileAnotherThreadRecords() {
    var array = filled(1, 1000);
    var sums = filled(0, 1000);
    long graphs = EmulatedCuda.graphLaunches();
    try (var other = Executors.newSingleThreadExecutor();
        var work =
            device()
                .repetition(
                    () -> {
                      device().reductions().cumulativeSum(sums, array, 0);
                      // Free in the queue that is recorded.
                      device().allocate(1000).release();
                      CompletableFuture.runAsync(() -> Cuda.trimMemory(FIRST), other).join();
                    },
                    List.of(array, sums))) {
      work.run();
      work.run();
      assertEquals(1000, back(sums)[999]);
    }
    assertEquals(graphs + 1, EmulatedCuda.graphLaunches());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuStreamBeginCapture_v2",
        "cuGraphInstantiateWithFlags",
        "cuStreamWaitEvent",
      })
  void whatCannotBeRecordedIsRunAsItIs(String refused) {
    var array = filled(1, 1000);
    var sums = filled(0, 1000);
    try (var work =
        device()
            .repetition(
                () -> device().reductions().cumulativeSum(sums, array, 0), List.of(array, sums))) {
      EmulatedCuda.refuse(refused, UNKNOWN);
      if (refused.equals("cuStreamWaitEvent")) {
        assertThrows(DeviceException.class, work::run);
      } else {
        work.run();
      }
      work.run();
      work.run();
      assertEquals(1000, back(sums)[999]);
    }
  }

  @Test
  void refusedLaunchesNameTheirOperation() {
    var array = filled(1, 10);
    EmulatedCuda.refuse("cuLaunchKernel", UNKNOWN);
    var thrown =
        assertThrows(
            DeviceException.class,
            () -> device().ordering().argSort(empty(DType.INT64, 10), array, 0, false));
    assertTrue(thrown.getMessage().startsWith("order_sort"), thrown.getMessage());
    EmulatedCuda.refuse("cuMemcpyDtoDAsync_v2", UNKNOWN);
    var copy = empty(DType.FLOAT32, 10);
    thrown = assertThrows(DeviceException.class, () -> device().indexing().copy(copy, array));
    assertTrue(thrown.getMessage().startsWith("copy: "), thrown.getMessage());
  }

  /** Leaves an array behind that nothing refers to, nor closes. */
  private static void forget() {
    try (var outside = Scope.suspend()) {
      empty(DType.UINT8, 500_000);
    }
  }

  @Test
  void whatNobodyCanReachIsUsedBeforeAllocationIsRefused() {
    long total = Cuda.memory(FIRST).limitBytes();
    var held = new ArrayList<Storage>();
    try (var stream = DeviceStream.create(FIRST);
        var use = stream.use()) {
      // What a slab has room for.
      for (int i = 0; i < 16; i++) {
        forget();
      }
      for (long bytes = total / 8; bytes >= 1 << 20; ) {
        try {
          held.add(device().allocate(bytes));
        } catch (MemoryLimitException full) {
          bytes /= 2;
        }
      }
      held.add(device().allocate(500_000));
    } finally {
      held.forEach(Storage::release);
      Cuda.trimMemory(FIRST);
    }
  }
}
