package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.DevicePointer;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.PoolStatistics;
import dev.gatun.memory.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a device, taken from the driver in large pieces and handed out in the sizes of the
 * host's pool. What comes back is kept for the next tensor: a training loop in its steady state
 * never asks the driver.
 *
 * <p><b>In the order of queues.</b> A piece that was handed out in a queue, and comes back, is
 * handed out again in that queue at once: the work that used it comes first there anyway. Where
 * other queues have used it too, it waits until they have come as far.
 *
 * <p>Small pieces are carved from slabs, which stay. Larger ones are given back to the driver by
 * {@link #trim}, and when there would not be enough otherwise.
 *
 * <p>Thread-safe.
 */
final class DevicePool {
  private static final long SLAB_BYTES = 8L << 20;
  private static final long OWN_BYTES = 1L << 20;

  /** What kernels may rely on: loads of 16 bytes, and whole sectors of the cache. */
  private static final long ALIGNMENT = 512;

  private final DeviceContext context;
  private @Nullable CudaProvider memory;

  /** For each queue its free pieces: a list for each size class. */
  private final Map<WorkQueue, @Nullable PoolBlock[]> free = new IdentityHashMap<>();

  private final Map<WorkQueue, Slab> slabs = new IdentityHashMap<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long inUseBytes;
  private long peakBytes;
  private long reservedBytes;
  private long liveBlocks;
  private long driverAllocations;

  /** A piece that other queues are using still. */
  private record Waiting(PoolBlock block, List<CudaEvent> events) {}

  /** What is left of a piece from which small ones are carved. */
  private static final class Slab {
    long at;
    long end;
  }

  DevicePool(DeviceContext context) {
    this.context = context;
  }

  /** Says whose memory this is. Once, before anything is allocated. */
  void serve(CudaProvider provider) {
    memory = provider;
  }

  /** As {@link dev.gatun.memory.DeviceMemory#allocate}. */
  Storage allocate(long byteSize) {
    if (byteSize < 0) {
      throw new ArgumentException("allocate: " + byteSize + " bytes is negative");
    }
    if (byteSize > 1L << 61) {
      throw refused(byteSize, null);
    }
    var queue = context.queue();
    return take(queue, PoolBlock.classOf(Math.max(byteSize, ALIGNMENT)), byteSize)
        .handOut(byteSize);
  }

  private PoolBlock take(WorkQueue queue, int sizeClass, long byteSize) {
    var known = takeFree(queue, sizeClass);
    if (known != null) {
      return known;
    }
    PoolBlock.closeUnreachableTensors(false);
    for (int attempt = 0; ; attempt++) {
      try {
        return takeNew(queue, sizeClass);
      } catch (CudaException failed) {
        if (!failed.isOutOfMemory()) {
          throw queue.failure("allocate " + byteSize + " bytes", failed);
        }
        // First what is free, then what nobody can reach any more.
        boolean hope = attempt == 0 || attempt == 1 && PoolBlock.closeUnreachableTensors(true);
        if (!hope) {
          throw refused(byteSize, failed);
        }
        trim();
      }
    }
  }

  private MemoryLimitException refused(long byteSize, @Nullable CudaException cause) {
    var now = statistics();
    return new MemoryLimitException(
        "allocate "
            + byteSize
            + " bytes on "
            + context.device()
            + ": it is out of memory; "
            + now.inUseBytes()
            + " bytes are in use by tensors of this process, "
            + now.cachedBytes()
            + " kept for others, of "
            + now.limitBytes()
            + " that the device has",
        cause);
  }

  private synchronized @Nullable PoolBlock takeFree(WorkQueue queue, int sizeClass) {
    var block = pop(queue, sizeClass);
    if (block == null && !waiting.isEmpty()) {
      collectWaiting();
      block = pop(queue, sizeClass);
    }
    if (block != null) {
      count(block);
    }
    return block;
  }

  private @Nullable PoolBlock pop(WorkQueue queue, int sizeClass) {
    var lists = free.get(queue);
    var block = lists == null ? null : lists[sizeClass];
    if (lists != null && block != null) {
      lists[sizeClass] = block.next;
      block.next = null;
    }
    return block;
  }

  private void push(PoolBlock block) {
    var lists =
        free.computeIfAbsent(block.home(), _ -> new @Nullable PoolBlock[PoolBlock.classes()]);
    block.next = lists[block.sizeClass()];
    lists[block.sizeClass()] = block;
  }

  private void count(PoolBlock block) {
    inUseBytes += PoolBlock.bytesOf(block.sizeClass());
    peakBytes = Math.max(peakBytes, inUseBytes);
    liveBlocks++;
  }

  /** Frees what other queues are done with. */
  private void collectWaiting() {
    for (int i = waiting.size(); i > 0; i--) {
      var first = waiting.removeFirst();
      if (first.events.stream().allMatch(CudaEvent::isDone)) {
        first.events.forEach(CudaEvent::close);
        push(first.block);
      } else {
        waiting.addLast(first);
      }
    }
  }

  private synchronized PoolBlock takeNew(WorkQueue queue, int sizeClass) {
    long bytes = PoolBlock.bytesOf(sizeClass);
    PoolBlock block;
    if (bytes >= OWN_BYTES) {
      block = block(obtain(queue, bytes), queue, sizeClass, true);
    } else {
      var slab = slabs.computeIfAbsent(queue, _ -> new Slab());
      long size = bytes + ALIGNMENT - 1 & -ALIGNMENT;
      if (slab.end - slab.at < size) {
        slab.at = obtain(queue, SLAB_BYTES);
        slab.end = slab.at + SLAB_BYTES;
      }
      block = block(slab.at, queue, sizeClass, false);
      slab.at += size;
    }
    count(block);
    return block;
  }

  private PoolBlock block(long address, WorkQueue queue, int sizeClass, boolean own) {
    return new PoolBlock(this, Objects.requireNonNull(memory), address, queue, sizeClass, own);
  }

  private long obtain(WorkQueue queue, long bytes) {
    long address = queue.stream().allocate(bytes).address();
    reservedBytes += bytes;
    driverAllocations++;
    return address;
  }

  /** Takes a piece back that nobody refers to any more. */
  void giveBack(PoolBlock block) {
    var others = block.takeOthers();
    List<CudaEvent> events = null;
    if (others != null) {
      events = new ArrayList<>();
      for (var queue : others) {
        events.add(queue.mark());
      }
    }
    synchronized (this) {
      inUseBytes -= PoolBlock.bytesOf(block.sizeClass());
      liveBlocks--;
      if (events == null) {
        push(block);
      } else {
        waiting.addLast(new Waiting(block, events));
      }
    }
  }

  /** Gives back to the driver what is free, but for what slabs are carved into. */
  synchronized void trim() {
    collectWaiting();
    free.forEach((queue, lists) -> {
      for (int sizeClass = PoolBlock.classOf(OWN_BYTES); sizeClass < lists.length; sizeClass++) {
        for (var block = lists[sizeClass]; block != null; block = block.next) {
          long bytes = PoolBlock.bytesOf(sizeClass);
          queue.stream().free(new DevicePointer(block.address(), bytes));
          reservedBytes -= bytes;
        }
        lists[sizeClass] = null;
      }
    });
    // Another queue is not to wait for the driver to find that memory free.
    free.keySet().forEach(WorkQueue::await);
  }

  /** What is handed out and kept. */
  synchronized PoolStatistics statistics() {
    return new PoolStatistics(
        inUseBytes,
        peakBytes,
        reservedBytes - inUseBytes,
        reservedBytes,
        context.totalBytes(),
        liveBlocks,
        driverAllocations,
        0);
  }
}
