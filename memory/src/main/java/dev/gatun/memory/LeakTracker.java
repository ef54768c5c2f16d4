package dev.gatun.memory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leak mode: remembers where each handle was made and where it was closed. Costs a stack trace for
 * each handle, so it is off unless the system property {@value #PROPERTY} is {@code true} or a
 * {@link Span} is open.
 *
 * {@snippet :
 * try (var leaks = LeakTracker.track()) {
 *   try (var scope = Scope.open()) {
 *     StridedArray.allocate(DType.FLOAT32, Shape.of(8));
 *   }
 * } // throws a LeakException if a handle made since track() were still open
 * }
 *
 * <p>Thread-safe.
 */
public final class LeakTracker {
  /** The system property that turns leak mode on for the whole process. */
  public static final String PROPERTY = "gatun.leaks";

  private static final boolean ALWAYS = Boolean.getBoolean(PROPERTY);
  private static final int SHOWN = 10;

  /** The classes whose own frames come before the one that a reader looks for. */
  private static final Set<String> OWN_CLASSES =
      Set.of(
          LeakTracker.class.getName(),
          Scope.class.getName(),
          StridedArray.class.getName(),
          UnscopedHandle.class.getName());

  /** The traces of handles that are still open, oldest first. Guarded by itself. */
  private static final Set<Trace> OPENED = new LinkedHashSet<>();

  /** The number of traces made so far. Guarded by {@link #OPENED}. */
  private static long traces;

  /** The number of spans that are open. Guarded by {@link #OPENED}. */
  private static int spans;

  private static volatile boolean on = ALWAYS;

  private LeakTracker() {}

  /** Where one handle was made and closed. Does not refer to the handle. */
  static final class Trace {
    private final String handle;
    private final @Nullable MemoryPool pool;
    private final @Nullable Throwable made;
    private volatile @Nullable Throwable closed;
    private long number;

    private Trace(StridedArray handle, @Nullable Throwable made) {
      this.handle = handle.dtype() + handle.layout().shape().toString();
      this.pool = handle.storage().pool();
      this.made = made;
    }

    private String describe() {
      return handle + (made == null ? "" : " made" + frames(made));
    }
  }

  /**
   * A span of leak mode. Not for concurrent spans that make handles in each other's time: a span
   * looks at the handles of all threads.
   */
  public static final class Span implements AutoCloseable {
    private final long first;
    private boolean open = true;

    private Span(long first) {
      this.first = first;
    }

    /**
     * Lists the handles made within this span that are still open.
     *
     * @return a line and a stack trace for each, oldest first
     */
    public List<String> survivors() {
      return survivorsSince(first);
    }

    /**
     * Ends the span. Closing twice does nothing.
     *
     * @throws LeakException when handles made within it are still open; the message says where each
     *     of the first few was made
     */
    @Override
    public void close() {
      List<String> found;
      synchronized (OPENED) {
        if (!open) {
          return;
        }
        open = false;
        found = survivors();
        spans--;
        on = ALWAYS || spans > 0;
        if (!on) {
          OPENED.clear();
        }
      }
      if (!found.isEmpty()) {
        throw new LeakException(
            "leaks: " + found.size() + " handles are still open:\n" + firstOf(found));
      }
    }
  }

  /**
   * Turns leak mode on until the span is closed.
   *
   * @return the span
   */
  public static Span track() {
    synchronized (OPENED) {
      spans++;
      on = true;
      return new Span(traces);
    }
  }

  /**
   * Tells whether leak mode is on.
   *
   * @return whether handles are being recorded
   */
  public static boolean isOn() {
    return on;
  }

  /**
   * Lists the handles that are still open, of those made in leak mode.
   *
   * @return a line and a stack trace for each, oldest first
   */
  public static List<String> survivors() {
    return survivorsSince(0);
  }

  private static List<String> survivorsSince(long first) {
    synchronized (OPENED) {
      List<String> found = new ArrayList<>();
      for (Trace trace : OPENED) {
        if (trace.number >= first) {
          found.add(trace.describe());
        }
      }
      return found;
    }
  }

  /** Records that a handle was made by the code that called. */
  static void opened(StridedArray handle) {
    Trace trace = new Trace(handle, new Throwable("made here"));
    synchronized (OPENED) {
      if (on) {
        trace.number = traces++;
        OPENED.add(trace);
        handle.trace = trace;
      }
    }
  }

  /** Records that a handle was closed by the code that called, unless that is on record already. */
  static void closed(StridedArray handle) {
    Throwable here = new Throwable("closed here");
    synchronized (OPENED) {
      Trace trace = handle.trace;
      if (trace == null) {
        trace = new Trace(handle, null);
        handle.trace = trace;
      }
      OPENED.remove(trace);
      if (trace.closed == null) {
        trace.closed = here;
      }
    }
  }

  /** Records that the cleaner closed a handle. */
  static void cleaned(@Nullable Trace trace) {
    if (trace != null) {
      synchronized (OPENED) {
        OPENED.remove(trace);
      }
    }
  }

  /** Says where a handle was closed, or how to find out; goes behind an error's message. */
  static String describeClosing(@Nullable Trace trace) {
    Throwable closed = trace == null ? null : trace.closed;
    return closed == null ? "; -D" + PROPERTY + "=true records where" : "; closed" + frames(closed);
  }

  /** Says where the open handles of a pool were made; goes behind an error's message. */
  static String describeSurvivors(MemoryPool pool) {
    if (!on) {
      return "; -D" + PROPERTY + "=true records where their handles were made";
    }
    List<String> found = new ArrayList<>();
    synchronized (OPENED) {
      for (Trace trace : OPENED) {
        if (trace.pool == pool) {
          found.add(trace.describe());
        }
      }
    }
    return found.isEmpty() ? "; by no handle made in leak mode" : ":\n" + firstOf(found);
  }

  private static String firstOf(List<String> found) {
    return String.join("\n", found.subList(0, Math.min(found.size(), SHOWN)));
  }

  private static String frames(Throwable where) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (StackTraceElement frame : where.getStackTrace()) {
      if (shown == 0 && OWN_CLASSES.contains(frame.getClassName())) {
        continue;
      }
      text.append("\n    at ").append(frame);
      if (++shown == SHOWN) {
        break;
      }
    }
    return text.toString();
  }
}
