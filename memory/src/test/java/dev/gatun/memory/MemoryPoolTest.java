package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPoolTest {
  private static final long MIB = 1L << 20;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 129, 512, 513, 4096, 65_537, 1_000_000, 1 << 20, 3_000_001})
  void blocksAreAlignedAndLargeEnough(long bytes) {
    try (MemoryPool pool = new MemoryPool("aligned", 64 * MIB)) {
      Storage storage = pool.allocate(bytes);
      assertEquals(bytes, storage.byteSize());
      assertTrue(storage.segment().byteSize() >= bytes);
      assertEquals(0, storage.segment().address() % 128);
      assertEquals(storage.segment().byteSize(), pool.inUseBytes());
      if (bytes > 0) {
        storage.segment().set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 1);
      }
      storage.release();
      assertEquals(0, pool.inUseBytes());
    }
  }

  @Test
  void theSharedPoolAlignsToo() {
    for (long bytes : new long[] {0, 1, 100, 5000, 16_384, 16_385, 2_000_000}) {
      Storage storage = MemoryPool.shared().allocate(bytes);
      assertEquals(0, storage.segment().address() % 128);
      storage.release();
    }
  }

  @Test
  void whatComesBackIsHandedOutAgain() {
    try (MemoryPool pool = new MemoryPool("reuse", 64 * MIB)) {
      for (long bytes : new long[] {64, 5000, 2 * MIB}) {
        Storage first = pool.allocate(bytes);
        long address = first.segment().address();
        first.release();
        Storage second = pool.allocate(bytes - 3);
        assertEquals(address, second.segment().address());
        assertEquals(0, second.version());
        second.release();
      }
    }
  }

  @Test
  void theSteadyStateAsksTheSystemForNothing() {
    MemoryPool pool = MemoryPool.shared();
    long[] sizes = {0, 128, 400, 4000, 16_000, 100_000, 3 * MIB};
    for (int round = 0; round < 3; round++) {
      long before = pool.statistics().systemAllocations();
      for (int step = 0; step < 1000; step++) {
        List<Storage> held = new ArrayList<>();
        for (long size : sizes) {
          held.add(pool.allocate(size));
        }
        held.forEach(Storage::release);
      }
      if (round > 0) {
        assertEquals(before, pool.statistics().systemAllocations());
      }
    }
  }

  @Test
  void figuresAddUp() {
    try (MemoryPool pool = new MemoryPool("figures", 64 * MIB)) {
      assertEquals(new PoolStatistics(0, 0, 0, 0, 64 * MIB, 0, 0, 0), pool.statistics());
      Storage small = pool.allocate(100);
      Storage large = pool.allocate(MIB + 1);
      PoolStatistics held = pool.statistics();
      assertEquals(128 + MIB + MIB / 4, held.inUseBytes());
      assertEquals(held.inUseBytes(), held.peakBytes());
      assertEquals(2, held.liveBlocks());
      assertEquals(2, held.systemAllocations());
      assertEquals(4 * MIB + MIB + MIB / 4, held.reservedBytes());
      assertEquals(held.reservedBytes() - held.inUseBytes(), held.cachedBytes());
      large.release();
      PoolStatistics released = pool.statistics();
      assertEquals(128, released.inUseBytes());
      assertEquals(held.peakBytes(), released.peakBytes());
      assertEquals(held.reservedBytes(), released.reservedBytes());
      pool.resetPeak();
      assertEquals(128, pool.statistics().peakBytes());
      small.release();
      assertEquals(0, pool.statistics().liveBlocks());
    }
  }

  @Test
  void figuresOfTheSharedPoolAreExactForOneThread() {
    MemoryPool pool = MemoryPool.shared();
    PoolStatistics before = pool.statistics();
    List<Storage> held = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < 500; i++) {
      Storage storage = pool.allocate(i * 40L);
      bytes += storage.segment().byteSize();
      held.add(storage);
      assertEquals(before.inUseBytes() + bytes, pool.inUseBytes());
    }
    PoolStatistics now = pool.statistics();
    assertEquals(before.liveBlocks() + 500, now.liveBlocks());
    assertTrue(now.peakBytes() >= now.inUseBytes());
    assertTrue(now.peakBytes() <= now.reservedBytes());
    held.forEach(Storage::release);
    assertEquals(before.inUseBytes(), pool.inUseBytes());
    assertEquals(before.liveBlocks(), pool.statistics().liveBlocks());
    pool.resetPeak();
    assertTrue(pool.statistics().peakBytes() >= pool.inUseBytes());
  }

  @Test
  void blocksDoNotOverlap() {
    try (MemoryPool pool = new MemoryPool("overlap", 256 * MIB)) {
      Random random = new Random(1);
      List<Storage> held = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        held.add(pool.allocate(random.nextInt(1 << (4 + random.nextInt(15)))));
        if (held.size() > 500) {
          held.remove(random.nextInt(held.size())).release();
        }
      }
      held.sort((a, b) -> Long.compare(a.segment().address(), b.segment().address()));
      for (int i = 1; i < held.size(); i++) {
        MemorySegment before = held.get(i - 1).segment();
        assertTrue(before.address() + before.byteSize() <= held.get(i).segment().address());
      }
      held.forEach(Storage::release);
    }
  }

  @Test
  void whatIsLeftOfASlabServesSmallerBlocks() {
    try (MemoryPool pool = new MemoryPool("left over", 64 * MIB)) {
      List<Storage> held = new ArrayList<>();
      while (pool.statistics().systemAllocations() < 2) {
        held.add(pool.allocate(900_000));
      }
      long left = pool.statistics().cachedBytes();
      assertTrue(left > 3 * MIB, () -> pool.statistics().toString());
      for (int i = 0; i < 20_000 && pool.statistics().systemAllocations() < 3; i++) {
        held.add(pool.allocate(128));
      }
      assertTrue(held.size() > 20_000, "20,000 small blocks fit into " + left + " bytes left over");
      held.forEach(Storage::release);
    }
  }

  @Test
  void theLimitHoldsAndThePoolGoesOn() {
    try (MemoryPool pool = new MemoryPool("limited", 10 * MIB)) {
      Storage held = pool.allocate(4 * MIB);
      MemoryLimitException e =
          assertThrows(MemoryLimitException.class, () -> pool.allocate(8 * MIB));
      assertEquals(
          "allocate: 8388608 bytes from the pool 'limited': the limit would be passed; in use"
              + " 4194304, reserved 4194304, limit 10485760",
          e.getMessage());
      assertEquals(4 * MIB, pool.inUseBytes());
      Storage fits = pool.allocate(6 * MIB);
      assertThrows(MemoryLimitException.class, () -> pool.allocate(1));
      fits.release();
      Storage small = pool.allocate(1);
      small.release();
      held.release();
    }
  }

  @Test
  void aSmallLimitIsUsedUpToTheEnd() {
    try (MemoryPool pool = new MemoryPool("tiny", 1000)) {
      List<Storage> held = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        held.add(pool.allocate(128));
      }
      assertThrows(MemoryLimitException.class, () -> pool.allocate(128));
      assertEquals(7 * 128, pool.inUseBytes());
      held.forEach(Storage::release);
    }
    try (MemoryPool none = new MemoryPool("none", 0)) {
      assertThrows(MemoryLimitException.class, () -> none.allocate(0));
      none.setLimitBytes(128);
      none.allocate(0).release();
      assertEquals(128, none.limitBytes());
    }
  }

  @Test
  void cachedSlabsAreGivenUpBeforeTheLimitRefuses() {
    try (MemoryPool pool = new MemoryPool("adaptive", 10 * MIB)) {
      pool.allocate(8 * MIB).release();
      pool.allocate(10 * MIB).release();
      assertEquals(10 * MIB, pool.statistics().reservedBytes());
      pool.allocate(128).release();
      assertEquals(4 * MIB, pool.statistics().reservedBytes());
    }
  }

  @Test
  void absurdSizesAreRefused() {
    try (MemoryPool pool = new MemoryPool("absurd", Long.MAX_VALUE)) {
      assertThrows(ArgumentException.class, () -> pool.allocate(-1));
      assertThrows(MemoryLimitException.class, () -> pool.allocate(Long.MAX_VALUE));
      assertThrows(MemoryLimitException.class, () -> pool.allocate((1L << 61) + 1));
      MemoryLimitException e =
          assertThrows(MemoryLimitException.class, () -> pool.allocate(1L << 60));
      assertTrue(e.getMessage().contains("the operating system refused"), e.getMessage());
      assertTrue(e.getCause() instanceof OutOfMemoryError);
      assertEquals(0, pool.statistics().reservedBytes());
      pool.allocate(64).release();
    }
    assertThrows(ArgumentException.class, () -> MemoryPool.shared().allocate(-1));
    assertThrows(ArgumentException.class, () -> new MemoryPool("negative", -1));
    assertThrows(ArgumentException.class, () -> MemoryPool.shared().setLimitBytes(-1));
  }

  @Test
  void trimGivesBackSlabsOfTheirOwn() {
    try (MemoryPool pool = new MemoryPool("trim", 64 * MIB)) {
      Storage held = pool.allocate(2 * MIB);
      Storage gone = pool.allocate(3 * MIB);
      gone.release();
      pool.allocate(100).release();
      assertEquals((2 + 3 + 4) * MIB, pool.statistics().reservedBytes());
      assertEquals(3 * MIB, pool.trim());
      assertFalse(gone.segment().scope().isAlive());
      assertTrue(held.segment().scope().isAlive());
      assertEquals((2 + 4) * MIB, pool.statistics().reservedBytes());
      assertEquals(0, pool.trim());
      held.release();
      assertEquals(2 * MIB, pool.trim());
    }
  }

  @Test
  void closeRefusesWhileBlocksAreOut() {
    MemoryPool pool = new MemoryPool("leaky", 64 * MIB);
    Storage held = pool.allocate(1000);
    LeakException e = assertThrows(LeakException.class, pool::close);
    assertEquals(
        "close: 1 blocks of the pool 'leaky' (1024 bytes) are still in use; -Dgatun.leaks=true"
            + " records where their handles were made",
        e.getMessage());
    held.segment().set(ValueLayout.JAVA_BYTE, 999, (byte) 1);
    pool.allocate(1000).release();
    held.release();
    pool.close();
    pool.close();
    assertFalse(held.segment().scope().isAlive());
  }

  @Test
  void aClosedPoolHandsOutNothing() {
    MemoryPool pool = new MemoryPool("closed", 64 * MIB);
    Storage small = pool.allocate(100);
    Storage large = pool.allocate(2 * MIB);
    small.release();
    large.release();
    pool.close();
    for (long bytes : new long[] {0, 100, 2 * MIB}) {
      MemoryLimitException e = assertThrows(MemoryLimitException.class, () -> pool.allocate(bytes));
      assertEquals("allocate: the pool 'closed' is closed", e.getMessage());
    }
    assertEquals(0, pool.statistics().reservedBytes());
    assertEquals(0, pool.trim());
  }

  @Test
  void theSharedPoolStaysOpen() {
    assertThrows(ArgumentException.class, () -> MemoryPool.shared().close());
    assertSame(MemoryPool.shared(), MemoryPool.shared());
    assertEquals("shared", MemoryPool.shared().name());
    assertEquals("MemoryPool[shared]", MemoryPool.shared().toString());
    assertTrue(MemoryPool.shared().limitBytes() > 0);
  }

  @Test
  void aThreadThatEndsStrandsNothing() throws InterruptedException {
    MemoryPool pool = MemoryPool.shared();
    Set<Long> addresses = new HashSet<>();
    long before = pool.inUseBytes();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              List<Storage> held = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                held.add(pool.allocate(12_000));
              }
              for (Storage storage : held) {
                addresses.add(storage.segment().address());
                storage.release();
              }
            });
    thread.join();
    assertEquals(20, addresses.size());
    assertEquals(before, pool.inUseBytes());
    long asked = pool.statistics().systemAllocations();
    List<Storage> held = new ArrayList<>();
    while (!addresses.isEmpty()) {
      Storage storage = pool.allocate(12_000);
      held.add(storage);
      addresses.remove(storage.segment().address());
      if (pool.statistics().systemAllocations() > asked) {
        break;
      }
    }
    held.forEach(Storage::release);
    assertEquals(Set.of(), addresses);
    assertEquals(before, pool.inUseBytes());
  }

  @Test
  void sizeClasses() {
    long before = 0;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      long bytes = SizeClasses.bytes(c);
      assertTrue(bytes > before);
      assertEquals(0, bytes % SizeClasses.ALIGNMENT);
      assertEquals(c, SizeClasses.of(bytes));
      assertEquals(c, SizeClasses.of(before + 1));
      assertEquals(c, SizeClasses.within(bytes));
      assertEquals(Math.max(c - 1, 0), SizeClasses.within(Math.max(bytes - 1, 128)));
      if (before >= 512) {
        assertTrue((bytes - before - 1) * 5 < bytes, "more than a fifth unused in " + bytes);
      }
      before = bytes;
    }
    assertEquals(1L << 62, before);
    assertEquals(0, SizeClasses.of(0));
  }

  @Test
  void limitsAreRead() {
    assertEquals(1024, PhysicalMemory.parse("1024"));
    assertEquals(2048, PhysicalMemory.parse(" 2k "));
    assertEquals(512 * MIB, PhysicalMemory.parse("512m"));
    assertEquals(4L << 30, PhysicalMemory.parse("4G"));
    assertEquals(3L << 40, PhysicalMemory.parse("3t"));
    for (String bad :
        List.of("", "g", "-1", "1.5g", "4 g b", "9999999999t", "12345678901234567890")) {
      ArgumentException e =
          assertThrows(ArgumentException.class, () -> PhysicalMemory.parse(bad), bad);
      assertTrue(e.getMessage().startsWith("gatun.memory.limit: '" + bad + "' is not"));
    }
    assertEquals(PhysicalMemory.usableBytes(), PhysicalMemory.limitBytes(null));
    assertEquals(PhysicalMemory.usableBytes(), PhysicalMemory.limitBytes("many"));
    assertEquals(100, PhysicalMemory.limitBytes("100"));
    assertNotEquals(0, PhysicalMemory.usableBytes());
  }
}
