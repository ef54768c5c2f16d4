package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path folder;

  @Test
  void theLastReferenceGivesTheBlockBack() {
    try (MemoryPool pool = new MemoryPool("references", 1 << 24)) {
      Storage storage = pool.allocate(100);
      assertEquals(1, storage.references());
      assertSame(storage, storage.retain());
      assertEquals(2, storage.references());
      storage.release();
      assertEquals(128, pool.inUseBytes());
      storage.release();
      assertEquals(0, storage.references());
      assertEquals(0, pool.inUseBytes());
      assertEquals(
          "release: the storage has been released by its last holder",
          assertThrows(ClosedTensorException.class, storage::release).getMessage());
      assertEquals(
          "retain: the storage has been released by its last holder",
          assertThrows(ClosedTensorException.class, storage::retain).getMessage());
      assertEquals(0, storage.references());
      assertEquals(0, pool.statistics().liveBlocks());
    }
  }

  @Test
  void versionsCountWrites() {
    Storage storage = Storage.wrap(Arena.ofAuto().allocate(8));
    assertEquals(0, storage.version());
    storage.bumpVersion();
    storage.bumpVersion();
    assertEquals(2, storage.version());
    assertEquals("Storage[8 bytes, version 2, references 1]", storage.toString());
    assertEquals(Device.CPU, storage.device());
  }

  @Test
  void manyThreadsCountToNothing() throws Exception {
    int threads = 4;
    try (MemoryPool pool = new MemoryPool("hammer", 1 << 26)) {
      for (int round = 0; round < 200; round++) {
        Storage storage = pool.allocate(64);
        for (int i = 1; i < threads; i++) {
          storage.retain();
        }
        CyclicBarrier start = new CyclicBarrier(threads);
        CyclicBarrier released = new CyclicBarrier(threads);
        AtomicInteger refused = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          all.add(
              Thread.ofPlatform()
                  .start(() -> {
                    await(start);
                    for (int i = 0; i < 50; i++) {
                      storage.retain();
                      storage.release();
                    }
                    storage.release();
                    await(released);
                    try {
                      storage.retain();
                      storage.release();
                    } catch (ClosedTensorException e) {
                      refused.getAndIncrement();
                    }
                  }));
        }
        for (Thread thread : all) {
          thread.join();
        }
        assertEquals(0, storage.references());
        assertEquals(0, pool.statistics().liveBlocks());
        assertEquals(threads, refused.get());
        assertThrows(ClosedTensorException.class, storage::retain);
      }
    }
  }

  @Test
  void handlesOfManyThreadsShareAStorage() throws Exception {
    int threads = 4;
    MemoryPool pool = MemoryPool.shared();
    long before = pool.inUseBytes();
    for (int round = 0; round < 200; round++) {
      Storage storage = pool.allocate(64);
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Thread> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        storage.retain();
        all.add(
            Thread.ofPlatform()
                .start(() -> {
                  try (Scope _ = Scope.open()) {
                    StridedArray view = view(storage);
                    await(start);
                    for (int i = 0; i < 20; i++) {
                      view(storage.retain());
                    }
                    view.close();
                  }
                }));
      }
      storage.release();
      for (Thread thread : all) {
        thread.join();
      }
      assertEquals(0, storage.references());
    }
    assertEquals(before, pool.inUseBytes());
  }

  private static StridedArray view(Storage storage) {
    return new StridedArray(storage, DType.INT8, Layout.contiguous(Shape.of(64)));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void wrapsArenaMemory() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = arena.allocate(12);
      Storage storage = Storage.wrap(segment);
      assertSame(segment, storage.segment());
      assertEquals(12, storage.byteSize());
      assertFalse(storage.isPooled());
      assertFalse(storage.isReadOnly());
      assertTrue(Storage.wrap(segment.asReadOnly()).isReadOnly());
      storage.release();
      segment.set(ValueLayout.JAVA_INT, 8, 5);
      assertEquals(5, segment.get(ValueLayout.JAVA_INT, 8));
    }
  }

  @Test
  void aClosedOwnerIsAnExceptionNotACrash() {
    Arena arena = Arena.ofShared();
    Storage storage = Storage.wrap(arena.allocate(8));
    arena.close();
    assertThrows(IllegalStateException.class, () -> DType.INT64.getLong(storage.segment(), 0));
    storage.release();
  }

  @Test
  void refusesWhatWorkersCannotRead() {
    assertEquals(
        "wrap: a segment on the heap: wrap native memory, or copy",
        assertThrows(
                ArgumentException.class, () -> Storage.wrap(MemorySegment.ofArray(new float[4])))
            .getMessage());
    assertEquals(
        "wrap: a buffer on the heap: wrap a direct one, or copy",
        assertThrows(ArgumentException.class, () -> Storage.wrap(ByteBuffer.allocate(4)))
            .getMessage());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment confined = arena.allocate(4);
      String message =
          assertThrows(ArgumentException.class, () -> Storage.wrap(confined)).getMessage();
      assertTrue(message.startsWith("wrap: a segment confined to one thread"), message);
      assertThrows(ArgumentException.class, () -> Storage.wrap(confined.asByteBuffer()));
    }
    Arena closed = Arena.ofShared();
    MemorySegment gone = closed.allocate(4);
    closed.close();
    assertEquals(
        "wrap: a segment whose arena has been closed",
        assertThrows(ArgumentException.class, () -> Storage.wrap(gone)).getMessage());
  }

  @Test
  void wrapsDirectBuffersFromPositionToLimit() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
    buffer.putFloat(8, 2.5f);
    buffer.position(8).limit(20);
    Storage storage = Storage.wrap(buffer);
    assertEquals(12, storage.byteSize());
    assertEquals(2.5, DType.FLOAT32.getDouble(storage.segment(), 0));
    DType.FLOAT32.setDouble(storage.segment(), 4, 7);
    assertEquals(7f, buffer.getFloat(12));
    assertTrue(Storage.wrap(buffer.asReadOnlyBuffer()).isReadOnly());
    assertFalse(storage.isReadOnly());
  }

  @Test
  void wrapsMappedFiles() throws IOException {
    Path file = folder.resolve("floats");
    Files.write(file, new byte[16]);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared();
        Scope _ = Scope.open()) {
      Storage written = Storage.wrap(channel.map(FileChannel.MapMode.READ_WRITE, 0, 16, arena));
      StridedArray array = new StridedArray(written, DType.FLOAT32, Layout.contiguous(Shape.of(4)));
      DType.FLOAT32.setDouble(array.segment(), 12, 1.5);
      array.checkWritable("fill_");
      Storage read = Storage.wrap(channel.map(FileChannel.MapMode.READ_ONLY, 0, 16, arena));
      assertTrue(read.isReadOnly());
      assertEquals(1.5, DType.FLOAT32.getDouble(read.segment(), 12));
      StridedArray readOnly = new StridedArray(read, DType.FLOAT32, Layout.contiguous(Shape.of(4)));
      assertTrue(readOnly.asSegment().isReadOnly());
      assertEquals(
          "fill_: float32[4]: the memory is read-only; write to a clone",
          assertThrows(InPlaceException.class, () -> readOnly.checkWritable("fill_")).getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> DType.FLOAT32.setDouble(read.segment(), 0, 1));
    }
  }
}
