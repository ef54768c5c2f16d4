package dev.gatun.kernels.cuda;

import dev.gatun.memory.DeviceBlock;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a {@link DevicePool}. Belongs to the queue in which it was first handed out, until
 * that is closed: work in that queue may use it without further ado.
 */
final class PoolBlock extends DeviceBlock {
  private final DevicePool pool;
  private volatile WorkQueue home;
  private final int sizeClass;

  /** The other queues that have used it since it was handed out; null when none has. */
  private @Nullable List<WorkQueue> others;

  /** The next one in the list that this one waits in. Guarded by the pool. */
  @Nullable PoolBlock next;

  PoolBlock(DevicePool pool, CudaProvider memory, long address, WorkQueue home, int sizeClass) {
    super(memory, address);
    this.pool = pool;
    this.home = home;
    this.sizeClass = sizeClass;
  }

  DevicePool pool() {
    return pool;
  }

  WorkQueue home() {
    return home;
  }

  int sizeClass() {
    return sizeClass;
  }

  /** Makes it another queue's; work of that one may not come before the last use elsewhere. */
  void moveTo(WorkQueue queue) {
    home = queue;
  }

  Storage handOut(long byteSize) {
    return storage(byteSize);
  }

  /** Takes note that work in a queue uses this piece. */
  void useIn(WorkQueue queue) {
    if (queue != home) {
      useElsewhere(queue);
    }
  }

  private synchronized void useElsewhere(WorkQueue queue) {
    var known = others;
    if (known == null) {
      known = new ArrayList<>();
      others = known;
    }
    if (!known.contains(queue)) {
      // What is closed was done with it before; what lives long outlives many streams.
      known.removeIf(WorkQueue::isClosed);
      known.add(queue);
    }
  }

  /** Returns the other queues that have used it, and forgets them; null when none has. */
  synchronized @Nullable List<WorkQueue> takeOthers() {
    var known = others;
    others = null;
    return known;
  }

  @Override
  protected void giveBack() {
    pool.giveBack(this);
  }

  static int classOf(long byteSize) {
    return sizeClass(byteSize);
  }

  static long bytesOf(int sizeClass) {
    return classBytes(sizeClass);
  }

  static int classes() {
    return SIZE_CLASSES;
  }

  static boolean closeUnreachableTensors(boolean needed) {
    return closeUnreachable(needed);
  }
}
