package dev.gatun.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads and one job at a time.
 *
 * <p>The parts of a job are dealt out beforehand: each thread has a run of neighbouring parts, the
 * same at every job of the same size, so that what it left in its cache by the last kernel is there
 * for the next one. A thread that is done with its own takes over from the others.
 *
 * <p>What is left of a thread's run is one long, its ticket: the job's number (upper half) and the
 * number of parts nobody has claimed yet (lower half). Claiming a part is one compare-and-set on
 * it. Because a ticket with parts left can only belong to a job that is not yet done, the fields
 * describing the job, read between the load of the ticket and a successful compare-and-set, are
 * those of that job: a worker that slept through several jobs can never act on the wrong one, and
 * the caller need not wait for workers that have claimed nothing.
 */
final class WorkerPool {
  private static final long PARTS_MASK = 0xFFFF_FFFFL;
  private static final int SPINS_BETWEEN_CLOCKS = 16;
  private static final long WATCH_NANOS = 50_000;
  private static final long RESUME_WATCH_NANOS = 2 * WATCH_NANOS;

  /** The distance between tickets, so that no two threads write to one cache line. */
  private static final int TICKET_STRIDE = 128 / Long.BYTES;

  private static final VarHandle TICKET;
  private static final VarHandle UNFINISHED;
  private static final VarHandle BUSY;
  private static final VarHandle FAILURE;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TICKET = MethodHandles.arrayElementVarHandle(long[].class);
      UNFINISHED = lookup.findVarHandle(WorkerPool.class, "unfinished", long.class);
      BUSY = lookup.findVarHandle(WorkerPool.class, "busy", boolean.class);
      FAILURE = lookup.findVarHandle(WorkerPool.class, "failure", Throwable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int threads;
  private final @Nullable Worker[] workers;

  /** One for each thread, that of the caller first. */
  private final long[] tickets;

  @SuppressWarnings("unused") // through BUSY
  private volatile boolean busy;

  /** The number of the current job, written last: who has seen it sees the tickets. */
  private volatile int job;

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
    this.workers = new Worker[threads - 1];
    this.tickets = new long[(threads + 1) * TICKET_STRIDE];
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
      runParts(0);
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
    int number = job + 1;
    int sharing = (int) Math.min(parts, threads);
    for (int thread = 0; thread < sharing; thread++) {
      long own = firstPart(thread + 1) - firstPart(thread);
      TICKET.setRelease(tickets, slot(thread), (long) number << Integer.SIZE | own);
    }
    job = number;
    wake(0, sharing);
  }

  /** Where the run of a thread begins; that of the first threads may be longer by one part. */
  private long firstPart(int thread) {
    return parts / threads * thread + Math.min(thread, parts % threads);
  }

  private static int slot(int thread) {
    return (thread + 1) * TICKET_STRIDE;
  }

  private void start() {
    for (int i = 0; i < workers.length; i++) {
      var worker = new Worker(i);
      workers[i] = worker;
      worker.start();
    }
    started = true;
  }

  /** Wakes a worker that sleeps, if it is among those for whom there is work. */
  private void wake(int worker, int sharing) {
    if (worker + 1 < sharing) {
      var sleeper = workers[worker];
      if (sleeper != null && sleeper.sleeping) {
        LockSupport.unpark(sleeper);
      }
    }
  }

  /** Runs parts until none is left: first the thread's own, then those of the others in turn. */
  private void runParts(int thread) {
    for (int i = 0; i < threads; i++) {
      int owner = thread + i < threads ? thread + i : thread + i - threads;
      while (runOnePart(owner)) {
        // until nothing is left of this run
      }
    }
  }

  /** Claims and runs one part of a thread's run; returns false when there is none to claim. */
  private boolean runOnePart(int owner) {
    while (true) {
      long seen = (long) TICKET.getVolatile(tickets, slot(owner));
      long left = seen & PARTS_MASK;
      if (left == 0) {
        return false;
      }
      var task = this.task;
      long from = (firstPart(owner + 1) - left) * grain;
      long to = Math.min(count, from + grain);
      if (task != null && TICKET.compareAndSet(tickets, slot(owner), seen, seen - 1)) {
        if (failure == null) {
          try {
            task.run(from, to);
          } catch (Throwable t) { // handed to the caller of parallelFor
            record(t);
          }
        }
        if ((long) UNFINISHED.getAndAdd(this, -1L) == 1L) {
          var sleeper = waiter;
          if (sleeper != null) {
            LockSupport.unpark(sleeper);
          }
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
    if (unfinished == 0) {
      return;
    }
    // A worker is in its last part, which as a rule is shorter than a wake-up takes.
    long since = System.nanoTime();
    do {
      for (int i = 0; i < SPINS_BETWEEN_CLOCKS; i++) {
        if (unfinished == 0) {
          return;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - since < WATCH_NANOS);
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
    private volatile boolean sleeping;
    private boolean watching;
    private int seenJob;

    Worker(int index) {
      super(null, null, "gatun-worker-" + index, 0, false);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!shutDown) {
        if (job != seenJob) {
          seenJob = job;
          int sharing = (int) Math.min(parts, threads);
          wake(2 * index + 1, sharing);
          wake(2 * index + 2, sharing);
          runParts(index + 1);
        } else {
          awaitJob();
        }
      }
    }

    private void awaitJob() {
      long idleSince = System.nanoTime();
      watching = watching && comesJob(idleSince);
      if (watching) {
        return;
      }
      sleeping = true;
      // Who publishes a job looks at the flag afterwards: either it sees it, or the job is seen.
      if (job == seenJob && !shutDown) {
        LockSupport.park(WorkerPool.this);
      }
      sleeping = false;
      watching = System.nanoTime() - idleSince < RESUME_WATCH_NANOS && job != seenJob;
    }

    private boolean comesJob(long idleSince) {
      do {
        for (int i = 0; i < SPINS_BETWEEN_CLOCKS; i++) {
          if (job != seenJob) {
            return true;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - idleSince < WATCH_NANOS && !shutDown);
      return false;
    }
  }
}
