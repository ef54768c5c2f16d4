package dev.gatun.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads and one job at a time.
 *
 * <p>A job is published by a single volatile write of {@code ticket}, which packs the job's number
 * (upper half) with the number of parts nobody has claimed yet (lower half). Claiming a part is one
 * compare-and-set on it. Because a ticket with parts left can only belong to a job that is not yet
 * done, the fields describing the job, read between the load of the ticket and a successful
 * compare-and-set, are those of that job: a worker that slept through several jobs can never act on
 * the wrong one, and the caller need not wait for workers that have claimed nothing.
 */
final class WorkerPool {
  private static final long PARTS_MASK = 0xFFFF_FFFFL;
  private static final long JOB_UNIT = 1L << 32;
  private static final int SPINS_BEFORE_PARKING = 200;
  private static final int SPINS_BETWEEN_CLOCKS = 16;
  private static final long WATCH_NANOS = 50_000;
  private static final long RESUME_WATCH_NANOS = 2 * WATCH_NANOS;

  private static final VarHandle TICKET;
  private static final VarHandle UNFINISHED;
  private static final VarHandle BUSY;
  private static final VarHandle FAILURE;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TICKET = lookup.findVarHandle(WorkerPool.class, "ticket", long.class);
      UNFINISHED = lookup.findVarHandle(WorkerPool.class, "unfinished", long.class);
      BUSY = lookup.findVarHandle(WorkerPool.class, "busy", boolean.class);
      FAILURE = lookup.findVarHandle(WorkerPool.class, "failure", Throwable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int threads;
  private final @Nullable Thread[] workers;

  @SuppressWarnings("unused") // through BUSY
  private volatile boolean busy;

  private volatile long ticket;
  private volatile long unfinished;
  private volatile @Nullable Thread waiter;
  private volatile @Nullable Throwable failure;
  private volatile boolean shutDown;
  private boolean started;

  private long count;
  private long grain;
  private long parts;
  private @Nullable RangeTask task;

  WorkerPool(int threads) {
    this.threads = threads;
    this.workers = new Thread[threads - 1];
  }

  int threads() {
    return threads;
  }

  /** Lets the workers end; those inside a job finish it first. */
  void shutDown() {
    shutDown = true;
    for (var worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  void run(long count, long smallestGrain, RangeTask task) {
    long grain = smallestGrain;
    while ((count - 1) / grain >= Integer.MAX_VALUE) {
      grain *= 2;
    }
    if (threads == 1
        || Thread.currentThread() instanceof Worker
        || !BUSY.compareAndSet(this, false, true)) {
      runAlone(count, grain, task);
      return;
    }
    Throwable thrown;
    try {
      publish(count, grain, task);
      while (runOnePart()) {
        // every part that no worker has claimed is the caller's
      }
      awaitWorkers();
      thrown = failure;
    } finally {
      this.task = null;
      failure = null;
      busy = false;
    }
    if (thrown != null) {
      throw WorkerPool.<RuntimeException>asUnchecked(thrown);
    }
  }

  private static void runAlone(long count, long grain, RangeTask task) {
    for (long from = 0; from < count; ) {
      long to = count - from > grain ? from + grain : count;
      task.run(from, to);
      from = to;
    }
  }

  private void publish(long count, long grain, RangeTask task) {
    if (!started) {
      start();
    }
    this.count = count;
    this.grain = grain;
    parts = (count - 1) / grain + 1;
    this.task = task;
    unfinished = parts;
    ticket = ((ticket & ~PARTS_MASK) + JOB_UNIT) | parts;
    LockSupport.unpark(workers[0]);
  }

  private void start() {
    for (int i = 0; i < workers.length; i++) {
      var worker = new Worker(i);
      workers[i] = worker;
      worker.start();
    }
    started = true;
  }

  /** Claims and runs one part of the current job; returns false when there is none to claim. */
  private boolean runOnePart() {
    while (true) {
      long seen = ticket;
      long left = seen & PARTS_MASK;
      if (left == 0) {
        return false;
      }
      var task = this.task;
      long from = (parts - left) * grain;
      long to = Math.min(count, from + grain);
      if (task != null && TICKET.compareAndSet(this, seen, seen - 1)) {
        if (failure == null) {
          try {
            task.run(from, to);
          } catch (Throwable t) { // handed to the caller of parallelFor
            record(t);
          }
        }
        if ((long) UNFINISHED.getAndAdd(this, -1L) == 1L) {
          LockSupport.unpark(waiter);
        }
        return true;
      }
    }
  }

  private void record(Throwable thrown) {
    if (!FAILURE.compareAndSet(this, (Throwable) null, thrown)) {
      var first = failure;
      if (first != null && first != thrown) {
        first.addSuppressed(thrown);
      }
    }
  }

  private void awaitWorkers() {
    for (int i = 0; i < SPINS_BEFORE_PARKING && unfinished != 0; i++) {
      Thread.onSpinWait();
    }
    if (unfinished == 0) {
      return;
    }
    boolean interrupted = false;
    waiter = Thread.currentThread();
    while (unfinished != 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    waiter = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X asUnchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /**
   * One thread. It wakes two others in turn, so that waking many does not fall to the caller alone.
   *
   * <p>Waking a parked thread takes tens of microseconds, longer than many kernels run. So while
   * jobs follow each other closely, a worker watches for the next one for a moment before it parks.
   * The first time none comes, it stops doing so until it sees again that a job came within that
   * time: a burst of jobs costs at most one vain watch at its end, and an idle pool nothing.
   */
  private final class Worker extends Thread {
    private final int index;
    private boolean watching;

    Worker(int index) {
      super(null, null, "gatun-worker-" + index, 0, false);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (true) {
        if ((ticket & PARTS_MASK) > 1) {
          wake(2 * index + 1);
          wake(2 * index + 2);
        }
        while (runOnePart()) {
          // until nothing is left to claim
        }
        if (shutDown) {
          return;
        }
        long idleSince = System.nanoTime();
        watching = watching && comesWork(idleSince);
        if (!watching) {
          LockSupport.park(WorkerPool.this);
          watching =
              System.nanoTime() - idleSince < RESUME_WATCH_NANOS && (ticket & PARTS_MASK) != 0;
        }
      }
    }

    private boolean comesWork(long idleSince) {
      do {
        for (int i = 0; i < SPINS_BETWEEN_CLOCKS; i++) {
          if ((ticket & PARTS_MASK) != 0) {
            return true;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - idleSince < WATCH_NANOS && !shutDown);
      return false;
    }

    private void wake(int other) {
      if (other < workers.length) {
        LockSupport.unpark(workers[other]);
      }
    }
  }
}
