package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a library has chosen for problems, of those that came up last: how to compute it, or that it
 * cannot.
 *
 * <p>What comes up least recently is pushed out. It is closed when the next new problem comes up
 * and no thread is launching it any more; where launched work needs it, after the streams have done
 * what they were given until then, and after the graphs have been closed in which it was recorded.
 *
 * <p>Thread-safe. Finding what is known allocates nothing.
 *
 * @param <P> problems
 * @param <C> choices
 */
final class RecentChoices<P, C extends AutoCloseable> {
  private static final Logger LOG = System.getLogger("dev.gatun.kernels.cuda");

  private final int most;
  private final boolean neededByLaunchedWork;
  private final Function<P, @Nullable C> chooser;
  private final LinkedHashMap<P, Choice<P, C>> known = new LinkedHashMap<>(16, 0.75f, true);

  /** Pushed out, and perhaps needed by work that has been launched. */
  private final ArrayDeque<Choice<P, C>> leaving = new ArrayDeque<>();

  /**
   * Knows nothing as yet.
   *
   * @param most so many problems are kept
   * @param neededByLaunchedWork whether a choice stays open until its work is done
   * @param chooser chooses, or returns null where the library cannot compute it; throws what the
   *     library said where memory was lacking
   */
  RecentChoices(int most, boolean neededByLaunchedWork, Function<P, @Nullable C> chooser) {
    this.most = most;
    this.neededByLaunchedWork = neededByLaunchedWork;
    this.chooser = chooser;
  }

  /** What was chosen for a problem, kept open for somebody until that one closes this. */
  static final class Choice<P, C extends AutoCloseable> implements AutoCloseable {
    private final RecentChoices<P, C> owner;
    private @Nullable C value;
    private boolean made;

    // Guarded by the owner.
    private int users;
    private boolean pushedOut;
    private final List<WorkQueue> queues = new ArrayList<>();
    private @Nullable List<CudaEvent> ends;

    private Choice(RecentChoices<P, C> owner) {
      this.owner = owner;
    }

    /** Returns what was chosen; null where the library cannot compute it. */
    @Nullable C value() {
      return value;
    }

    private synchronized void make(P problem) {
      if (!made) {
        value = owner.chooser.apply(problem);
        made = true;
      }
    }

    /** Ends the use. */
    @Override
    public void close() {
      owner.leave(this);
    }

    private void note(WorkQueue queue) {
      if (!queues.contains(queue)) {
        queues.removeIf(WorkQueue::isClosed);
        queues.add(queue);
      }
    }

    /** Marks where queues are now; false where one cannot be marked while it is recorded. */
    private boolean mark() {
      if (ends != null) {
        return true;
      }
      for (var queue : queues) {
        if (queue.isCapturing()) {
          return false;
        }
      }
      var marks = new ArrayList<CudaEvent>();
      ends = marks;
      for (var queue : queues) {
        var end = queue.end();
        if (end != null) {
          marks.add(end);
        }
      }
      return true;
    }

    /** Tells whether the queues have come to where they were marked. */
    private boolean isDone() {
      if (!mark()) {
        return false;
      }
      var rest = Objects.requireNonNull(ends);
      while (!rest.isEmpty()) {
        if (!rest.getLast().isDone()) {
          return false;
        }
        rest.removeLast().close();
      }
      return true;
    }
  }

  /**
   * Finds what was chosen for a problem, or has it chosen, which may take a second.
   *
   * @param problem the problem
   * @param queue in which it is going to be launched
   * @return the choice, to be closed after the launch; null where there was not enough memory to
   *     choose, which says nothing about the next time
   */
  @Nullable Choice<P, C> use(P problem, WorkQueue queue) {
    var choice = find(problem, queue);
    boolean usable = false;
    try {
      choice.make(problem);
      usable = true;
    } catch (CudaException failed) {
      if (!failed.isOutOfMemory()) {
        throw failed;
      }
      LOG.log(Level.DEBUG, "{0}: {1}", problem, failed.getMessage());
      return null;
    } finally {
      if (!usable) {
        forget(problem, choice);
      }
    }
    if (neededByLaunchedWork && queue.isCapturing()) {
      hold(choice, queue);
    }
    return choice;
  }

  private synchronized Choice<P, C> find(P problem, WorkQueue queue) {
    var choice = known.get(problem);
    if (choice == null) {
      choice = new Choice<>(this);
      known.put(problem, choice);
      pushOut();
      if (!queue.isCapturing()) {
        closeDone();
      }
    }
    choice.users++;
    if (neededByLaunchedWork) {
      choice.note(queue);
    }
    return choice;
  }

  /** Keeps a choice for the graph that a queue is recorded into. */
  private synchronized void hold(Choice<P, C> choice, WorkQueue queue) {
    choice.users++;
    queue.keepForGraph(choice);
  }

  private synchronized void forget(P problem, Choice<P, C> choice) {
    known.remove(problem, choice);
    choice.pushedOut = true;
    leave(choice);
  }

  private synchronized void leave(Choice<P, C> choice) {
    choice.users--;
    if (choice.users == 0 && choice.pushedOut) {
      leaving.add(choice);
    }
  }

  private void pushOut() {
    if (known.size() > most) {
      var eldest = known.pollFirstEntry().getValue();
      eldest.pushedOut = true;
      if (eldest.users == 0) {
        leaving.add(eldest);
      }
    }
  }

  /** Closes what was pushed out and nobody needs any more; not while this thread records. */
  private void closeDone() {
    for (var rest = leaving.iterator(); rest.hasNext(); ) {
      var choice = rest.next();
      try {
        if (!choice.isDone()) {
          continue;
        }
      } catch (CudaException _) {
        // The device has failed, as its next call will tell: nothing is closed under its work.
        rest.remove();
        continue;
      }
      rest.remove();
      close(choice);
    }
  }

  private void close(Choice<P, C> choice) {
    var value = choice.value;
    if (value == null) {
      return;
    }
    try {
      value.close();
    } catch (RuntimeException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}
