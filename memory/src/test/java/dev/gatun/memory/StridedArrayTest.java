package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StridedArrayTest {
  private Scope scope;
  private long inUse;

  @BeforeEach
  void openScope() {
    inUse = MemoryPool.shared().inUseBytes();
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    assertEquals(inUse, MemoryPool.shared().inUseBytes());
  }

  private static StridedArray view(StridedArray of, Layout layout) {
    return new StridedArray(of.storage().retain(), of.dtype(), layout);
  }

  @ParameterizedTest
  @EnumSource
  void allocatesEveryType(DType dtype) {
    StridedArray array = StridedArray.allocate(dtype, Shape.of(3, 5));
    assertSame(dtype, array.dtype());
    assertEquals(15L * dtype.byteSize(), array.storage().byteSize());
    assertTrue(array.layout().isContiguous());
    assertEquals(0, array.byteOffset());
    assertEquals(dtype.typeName() + "[3, 5]", array.toString());
    for (int i = 0; i < 15; i++) {
      dtype.setLong(array.segment(), (long) i << dtype.byteShift(), i % 2);
    }
    assertEquals(0, dtype.getLong(array.segment(), 14L << dtype.byteShift()));
  }

  @Test
  void emptyArraysAreFine() {
    StridedArray empty = StridedArray.allocate(DType.FLOAT64, Shape.of(4, 0));
    assertEquals(0, empty.storage().byteSize());
    assertEquals(0, empty.asSegment().byteSize());
    StridedArray beyond = view(empty, Layout.contiguous(Shape.of(4, 0)).select(0, 3));
    assertEquals(0, beyond.asSegment().byteSize());
  }

  @Test
  void byteSizesThatExceedALongAreRefused() {
    assertEquals(
        "allocate: [4611686018427387904] of float32: the size in bytes exceeds 2^63 - 1",
        assertThrows(
                ShapeException.class,
                () -> StridedArray.allocate(DType.FLOAT32, Shape.of(1L << 62)))
            .getMessage());
    assertThrows(
        MemoryLimitException.class,
        () -> StridedArray.allocate(DType.INT8, Shape.of(Long.MAX_VALUE)));
    assertEquals(Long.MAX_VALUE, StridedArray.byteSize(DType.BOOL, Shape.of(Long.MAX_VALUE)));
  }

  @Test
  void aLayoutBeyondTheStorageIsRefusedAndReleased() {
    Storage storage = MemoryPool.shared().allocate(10);
    Layout layout = Layout.contiguous(Shape.of(3));
    assertEquals(
        "layout: [3] strides [1] offset 0 of float32 reaches beyond a storage of 10 bytes",
        assertThrows(ShapeException.class, () -> new StridedArray(storage, DType.FLOAT32, layout))
            .getMessage());
    assertEquals(0, storage.references());
    Storage other = MemoryPool.shared().allocate(12);
    Layout far = Layout.strided(Shape.scalar(), new long[0], Long.MAX_VALUE - 1);
    assertThrows(ShapeException.class, () -> new StridedArray(other, DType.INT8, far));
    assertEquals(0, other.references());
  }

  @Test
  void viewsShareBytes() {
    StridedArray array = StridedArray.allocate(DType.INT32, Shape.of(2, 3));
    StridedArray row = view(array, array.layout().select(0, 1));
    assertEquals(12, row.byteOffset());
    DType.INT32.setLong(row.segment(), row.byteOffset() + 4, 42);
    assertEquals(42, DType.INT32.getLong(array.segment(), 16));
    array.close();
    assertEquals(1, row.storage().references());
    assertEquals(42, DType.INT32.getLong(row.segment(), row.byteOffset() + 4));
  }

  @Test
  void closedHandlesSaySo() {
    StridedArray array = StridedArray.allocate(DType.FLOAT32, Shape.of(2, 3));
    assertDoesNotThrow(() -> array.checkOpen("add"));
    array.close();
    assertTrue(array.isClosed());
    assertEquals("float32[2, 3] (closed)", array.toString());
    assertEquals(
        "add: the float32[2, 3] tensor has been closed; -Dgatun.leaks=true records where",
        assertThrows(ClosedTensorException.class, () -> array.checkOpen("add")).getMessage());
    StridedArray scoped;
    try (Scope _ = Scope.open()) {
      scoped = StridedArray.allocate(DType.BOOL, Shape.scalar());
    }
    assertEquals(
        "item: the bool[] tensor has been closed with its scope; -Dgatun.leaks=true records"
            + " where",
        assertThrows(ClosedTensorException.class, () -> scoped.checkOpen("item")).getMessage());
    assertThrows(ClosedTensorException.class, scoped::asSegment);
  }

  @Test
  void handsOutExactlyItsBytes() {
    StridedArray array = StridedArray.allocate(DType.INT16, Shape.of(4, 6));
    MemorySegment all = array.asSegment();
    assertEquals(48, all.byteSize());
    assertEquals(array.segment().address(), all.address());
    assertTrue(all.isNative());
    assertFalse(all.isReadOnly());
    StridedArray rows = view(array, array.layout().narrow(0, 1, 2));
    MemorySegment part = rows.asSegment();
    assertEquals(24, part.byteSize());
    assertEquals(all.address() + 12, part.address());
    DType.INT16.setLong(part, 0, 7);
    assertEquals(7, DType.INT16.getLong(array.segment(), 12));
    StridedArray columns = view(array, array.layout().narrow(1, 0, 2));
    assertEquals(
        "asSegment: [4, 2] strides [6, 1] offset 0: not contiguous; copy it first",
        assertThrows(ShapeException.class, columns::asSegment).getMessage());
  }

  @Test
  void aSegmentRoundTripSharesMemory() {
    try (Arena arena = Arena.ofShared();
        Scope _ = Scope.open()) {
      MemorySegment given = arena.allocate(32, 8);
      StridedArray array =
          new StridedArray(Storage.wrap(given), DType.FLOAT64, Layout.contiguous(Shape.of(2, 2)));
      assertEquals(given.address(), array.asSegment().address());
      assertEquals(32, array.asSegment().byteSize());
    }
  }

  @Test
  void writingIsRefusedWhereItCannotBeRight() {
    StridedArray array = StridedArray.allocate(DType.FLOAT32, Shape.of(1, 3));
    array.checkWritable("add_");
    view(array, array.layout().transpose(0, 1)).checkWritable("add_");
    StridedArray expanded = view(array, array.layout().expand(Shape.of(4, 3)));
    assertEquals(
        "add_: float32[4, 3] strides [0, 1] offset 0: several indices address one element; write"
            + " to a clone of it",
        assertThrows(InPlaceException.class, () -> expanded.checkWritable("add_")).getMessage());
  }

  @Test
  void closingFromTwoThreadsReleasesOnce() throws Exception {
    try (MemoryPool pool = new MemoryPool("double close", 1 << 24);
        Scope _ = Scope.suspend()) {
      for (int round = 0; round < 500; round++) {
        Storage storage = pool.allocate(4).retain();
        StridedArray handle = new StridedArray(storage, DType.INT8, Layout.contiguous(Shape.of(4)));
        CyclicBarrier start = new CyclicBarrier(2);
        Thread other =
            Thread.ofPlatform()
                .start(() -> {
                  meet(start);
                  handle.close();
                });
        meet(start);
        handle.close();
        other.join();
        assertEquals(1, storage.references());
        storage.release();
      }
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void lentHandlesHoldNothing() {
    StridedArray owner = StridedArray.allocate(DType.FLOAT32, Shape.of(4));
    StridedArray lent =
        StridedArray.borrow(owner.storage(), DType.FLOAT32, Layout.contiguous(Shape.of(2, 2)));
    assertEquals(1, owner.storage().references());
    assertEquals(1, scope.size());
    lent.close();
    assertFalse(lent.isClosed());
    assertDoesNotThrow(() -> lent.checkOpen("test"));
    assertEquals(1, owner.storage().references());
    Layout longer = Layout.contiguous(Shape.of(1 << 10));
    assertThrows(
        ShapeException.class, () -> StridedArray.borrow(owner.storage(), DType.FLOAT32, longer));
  }

  @Test
  void devices() {
    assertEquals("cpu", Device.CPU.toString());
    assertEquals("cuda:1", new Device(Device.Kind.CUDA, 1).toString());
    assertThrows(ArgumentException.class, () -> new Device(Device.Kind.CUDA, -1));
  }
}
