package dev.gatun.kernels;

import dev.gatun.memory.ArgumentException;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the work of large kernels.
 *
 * <p>Ranges are cut into parts whose boundaries depend on {@code count} and {@code grain} alone,
 * never on the number of threads, so a kernel that combines the results of its parts in order
 * computes the same bits on every machine setting.
 *
 * <p>The calling thread always takes part and never waits for a worker to wake up: it waits only
 * for parts that a worker has begun. Workers are daemon platform threads, started at the first call
 * that needs them and parked while there is nothing to do. One call at a time has the workers; a
 * call made while they are taken, from another thread or from within a part, does all of its work
 * on its own thread and waits for nobody. With one thread, nothing but the caller ever runs.
 *
 * <p>The number of threads is the system property {@value #THREADS_PROPERTY} where it is given,
 * else the number of processors available to this virtual machine; {@link #setThreads(int)} changes
 * it.
 *
 * <p>All methods may be called from any thread, virtual threads included.
 */
public final class Workers {
  /** The system property that sets the number of threads at start: a positive integer. */
  public static final String THREADS_PROPERTY = "gatun.threads";

  private static volatile @Nullable WorkerPool pool;

  private Workers() {}

  /**
   * Returns the number of threads that may work on one call, the caller included.
   *
   * @return the number of threads, at least 1
   */
  public static int threads() {
    return pool().threads();
  }

  /**
   * Sets the number of threads that may work on one call, the caller included. Calls under way
   * finish undisturbed; the threads of the former setting end once they have nothing to do.
   *
   * @param threads the number of threads; 1 means that nothing but the caller ever runs
   * @throws ArgumentException if {@code threads} is less than 1
   */
  public static synchronized void setThreads(int threads) {
    if (threads < 1) {
      throw new ArgumentException("setThreads: " + threads + ": at least 1 is needed");
    }
    var former = pool();
    if (former.threads() != threads) {
      pool = new WorkerPool(threads);
      former.shutDown();
    }
  }

  /**
   * Runs {@code task} over the indices 0 to {@code count}, cut into parts of {@code grain} indices
   * (the last may be shorter), and returns when all parts are done.
   *
   * <p>Parts may run in any order and at the same time; what they write is visible to the caller
   * afterwards. When a part throws, parts not yet begun may be left out, and the first exception is
   * thrown here (later ones are added to it as suppressed) once no part is running any more. This
   * method does not allocate in the steady state.
   *
   * @param count the number of indices; nothing is run for 0
   * @param grain the number of indices in a part, at least 1; choose it so that a part is worth
   *     some ten microseconds
   * @param task the work; must be safe to run on several threads for disjoint ranges
   * @throws ArgumentException if {@code count} is negative or {@code grain} is less than 1
   */
  public static void parallelFor(long count, long grain, RangeTask task) {
    if (count < 0 || grain < 1) {
      throw new ArgumentException(
          "parallelFor: count " + count + ", grain " + grain + ": need count >= 0 and grain >= 1");
    }
    if (count <= grain) {
      if (count > 0) {
        task.run(0, count);
      }
      return;
    }
    pool().run(count, grain, task);
  }

  private static WorkerPool pool() {
    var current = pool;
    return current != null ? current : firstPool();
  }

  private static synchronized WorkerPool firstPool() {
    var current = pool;
    if (current == null) {
      current = new WorkerPool(initialThreads());
      pool = current;
    }
    return current;
  }

  private static int initialThreads() {
    var text = System.getProperty(THREADS_PROPERTY);
    if (text == null || text.isBlank()) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int threads = Integer.parseInt(text.strip());
      if (threads >= 1) {
        return threads;
      }
    } catch (NumberFormatException _) {
      // Reported below together with numbers that are too small.
    }
    throw new ArgumentException(
        THREADS_PROPERTY + "=" + text + ": a positive number of threads is needed");
  }
}
