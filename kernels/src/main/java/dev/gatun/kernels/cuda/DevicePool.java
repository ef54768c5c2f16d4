package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.DevicePointer;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.PoolStatistics;
import dev.gatun.memory.Storage;
import java.util.ArrayDeque;
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
 * other queues have used it too, it waits until they have come as far. What belonged to a queue
 * that has been closed is anybody's.
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

  /**
   * Pieces of queues that were closed, a list for each size class. Nothing uses them any more, so
   * any queue may have them.
   */
  private final @Nullable PoolBlock[] spare = new @Nullable PoolBlock[PoolBlock.classes()];

  private final Map<WorkQueue, Slab> slabs = new IdentityHashMap<>();

  /** Of queues that were closed, which are done with them. */
  private final ArrayDeque<Slab> spareSlabs = new ArrayDeque<>();

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long inUseBytes;
  private long peakBytes;
  private long reservedBytes;
  private long liveBlocks;
  private long driverAllocations;

  /** A piece that other queues are using still, to where the events are. */
  private record Waiting(PoolBlock block, ArrayDeque<CudaEvent> events) {
    /** Tells whether all have come as far; forgets the events that were reached. */
    boolean isDone() {
      while (!events.isEmpty()) {
        if (!events.getFirst().isDone()) {
          return false;
        }
        events.removeFirst().close();
      }
      return true;
    }
  }

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

  /**
   * Lends memory to what is put in this thread's queue until it is {@linkplain #giveBack given
   * back}. Allocates nothing on the heap in the steady state.
   */
  PoolBlock lend(long byteSize) {
    var queue = context.queue();
    return take(queue, PoolBlock.classOf(Math.max(byteSize, ALIGNMENT)), byteSize);
  }

  private PoolBlock take(WorkQueue queue, int sizeClass, long byteSize) {
    try {
      var known = takeFree(queue, sizeClass);
      if (known != null) {
        return known;
      }
      queue.checkNotCapturing("allocate");
      if (PoolBlock.closeUnreachableTensors(false)) {
        known = takeFree(queue, sizeClass);
      }
      return known != null ? known : takeAny(queue, sizeClass, byteSize);
    } catch (CudaException failed) {
      throw queue.failure("allocate " + byteSize + " bytes", failed);
    }
  }

  /** Takes a new piece, where there is not enough after giving back to the driver what is free. */
  private PoolBlock takeAny(WorkQueue queue, int sizeClass, long byteSize) {
    var answer = tryNew(queue, sizeClass);
    if (answer.block == null) {
      reclaim();
      answer = tryAgain(queue, sizeClass);
    }
    if (answer.block == null && PoolBlock.closeUnreachableTensors(true)) {
      // What nobody could reach any more has come back: it may be of this size, or make room.
      reclaim();
      answer = tryAgain(queue, sizeClass);
    }
    if (answer.block == null) {
      throw refused(byteSize, answer.failed);
    }
    return answer.block;
  }

  /** What came of asking the driver: a piece, or why there is none. */
  private record Answer(@Nullable PoolBlock block, @Nullable CudaException failed) {}

  private Answer tryNew(WorkQueue queue, int sizeClass) {
    try {
      return new Answer(takeNew(queue, sizeClass), null);
    } catch (CudaException failed) {
      if (!failed.isOutOfMemory()) {
        throw failed;
      }
      return new Answer(null, failed);
    }
  }

  private Answer tryAgain(WorkQueue queue, int sizeClass) {
    var known = takeFree(queue, sizeClass);
    return known != null ? new Answer(known, null) : tryNew(queue, sizeClass);
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
    if (block == null && !waiting.isEmpty() && !queue.isCapturing()) {
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
    var block = lists == null ? null : removeFirst(lists, sizeClass);
    if (block == null) {
      block = removeFirst(spare, sizeClass);
      if (block != null) {
        block.moveTo(queue);
      }
    }
    return block;
  }

  private static @Nullable PoolBlock removeFirst(@Nullable PoolBlock[] lists, int sizeClass) {
    var block = lists[sizeClass];
    if (block != null) {
      lists[sizeClass] = block.next;
      block.next = null;
    }
    return block;
  }

  /** Puts a piece that nobody uses into its list. */
  private void push(PoolBlock block) {
    if (block.home().isClosed()) {
      pushSpare(block);
    } else {
      push(
          block,
          free.computeIfAbsent(block.home(), _ -> new @Nullable PoolBlock[PoolBlock.classes()]));
    }
  }

  private void pushSpare(PoolBlock block) {
    // The closed queue is not to be kept for its sake.
    block.moveTo(context.standardQueue());
    push(block, spare);
  }

  private static void push(PoolBlock block, @Nullable PoolBlock[] lists) {
    block.next = lists[block.sizeClass()];
    lists[block.sizeClass()] = block;
  }

  private void count(PoolBlock block) {
    inUseBytes += PoolBlock.bytesOf(block.sizeClass());
    peakBytes = Math.max(peakBytes, inUseBytes);
    liveBlocks++;
  }

  /**
   * Frees what other queues are done with.
   *
   * @throws CudaException when the driver does not tell; what it was not asked about yet still
   *     waits
   */
  private void collectWaiting() {
    for (var rest = waiting.iterator(); rest.hasNext(); ) {
      var first = rest.next();
      if (first.isDone()) {
        rest.remove();
        push(first.block);
      }
    }
  }

  private synchronized PoolBlock takeNew(WorkQueue queue, int sizeClass) {
    long bytes = PoolBlock.bytesOf(sizeClass);
    PoolBlock block;
    if (bytes >= OWN_BYTES) {
      block = block(obtain(queue, bytes), queue, sizeClass);
    } else {
      var slab = slabs.computeIfAbsent(queue, _ -> new Slab());
      long size = bytes + ALIGNMENT - 1 & -ALIGNMENT;
      if (slab.end - slab.at < size && !goOnWithSpare(slab, size)) {
        slab.at = obtain(queue, SLAB_BYTES);
        slab.end = slab.at + SLAB_BYTES;
      }
      block = block(slab.at, queue, sizeClass);
      slab.at += size;
    }
    count(block);
    return block;
  }

  private boolean goOnWithSpare(Slab slab, long size) {
    for (var rest = spareSlabs.iterator(); rest.hasNext(); ) {
      var spare = rest.next();
      if (spare.end - spare.at >= size) {
        rest.remove();
        slab.at = spare.at;
        slab.end = spare.end;
        return true;
      }
    }
    return false;
  }

  private PoolBlock block(long address, WorkQueue queue, int sizeClass) {
    return new PoolBlock(this, Objects.requireNonNull(memory), address, queue, sizeClass);
  }

  private long obtain(WorkQueue queue, long bytes) {
    long address = queue.stream().allocate(bytes).address();
    reservedBytes += bytes;
    driverAllocations++;
    return address;
  }

  /**
   * Takes a piece back that nobody refers to any more. Where the driver cannot say when the queues
   * that used it are done, which is when the device has failed, nobody gets it again.
   */
  void giveBack(PoolBlock block) {
    var others = block.takeOthers();
    var events = others == null ? null : new ArrayDeque<CudaEvent>();
    boolean known = others == null || events == null || marks(others, events);
    synchronized (this) {
      inUseBytes -= PoolBlock.bytesOf(block.sizeClass());
      liveBlocks--;
      if (!known) {
        return;
      }
      if (events == null || events.isEmpty()) {
        push(block);
      } else {
        waiting.addLast(new Waiting(block, events));
      }
    }
  }

  private static boolean marks(List<WorkQueue> queues, ArrayDeque<CudaEvent> events) {
    try {
      for (var queue : queues) {
        var end = queue.end();
        if (end != null) {
          events.add(end);
        }
      }
      return true;
    } catch (CudaException _) {
      // The next call that has somebody to throw to will fail as well.
      events.forEach(CudaEvent::close);
      return false;
    }
  }

  /**
   * Gives back to the driver what is free, but for what slabs are carved into.
   *
   * @throws dev.gatun.memory.DeviceException when the driver refuses, or earlier work failed
   */
  void trim() {
    try {
      giveFreeBack();
    } catch (CudaException failed) {
      throw context.standardQueue().failure("give memory back", failed);
    }
  }

  private synchronized void giveFreeBack() {
    collectWaiting();
    for (var entry : free.entrySet()) {
      if (!entry.getKey().keepsMemory()) {
        giveBack(entry.getValue(), entry.getKey());
      }
    }
    giveBack(spare, context.standardQueue());
    context.standardQueue().await();
    // Another queue is not to wait for the driver to find that memory free. A queue that keeps its
    // memory has freed none, and cannot be waited for while it is recorded.
    for (var queue : free.keySet()) {
      if (!queue.keepsMemory()) {
        queue.await();
      }
    }
  }

  private void giveBack(@Nullable PoolBlock[] lists, WorkQueue queue) {
    for (int sizeClass = PoolBlock.classOf(OWN_BYTES); sizeClass < lists.length; sizeClass++) {
      // Out of the list first: were it to fail, the piece would be lost, but never used twice.
      for (var block = removeFirst(lists, sizeClass);
          block != null;
          block = removeFirst(lists, sizeClass)) {
        long bytes = PoolBlock.bytesOf(sizeClass);
        queue.stream().free(new DevicePointer(block.address(), bytes));
        reservedBytes -= bytes;
      }
    }
  }

  /** Waits for what other queues use still, and gives all that is free back to the driver. */
  private void reclaim() {
    synchronized (this) {
      for (var each : waiting) {
        each.events.forEach(CudaEvent::synchronize);
      }
    }
    giveFreeBack();
  }

  /** Leaves to all queues what one has that is about to be closed, and is done with its work. */
  synchronized void close(WorkQueue queue) {
    var lists = free.remove(queue);
    for (int sizeClass = 0; lists != null && sizeClass < lists.length; sizeClass++) {
      for (var block = removeFirst(lists, sizeClass);
          block != null;
          block = removeFirst(lists, sizeClass)) {
        pushSpare(block);
      }
    }
    var slab = slabs.remove(queue);
    if (slab != null) {
      spareSlabs.add(slab);
    }
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
