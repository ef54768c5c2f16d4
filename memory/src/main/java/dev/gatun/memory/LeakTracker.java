package dev.gatun.memory;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Leak mode: remembers where each handle was made and where it was closed. Costs a stack trace for each
 * handle, so it is off unless the system property {@value #PROPERTY} is {@code true} or a {@link Span}
 * is open.
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

  /** Where handles that are still open were made. Guarded by itself. */
  private static final Map<StridedArray, Throwable> OPENED = new IdentityHashMap<>();

  /** Where handles were closed, as long as somebody can still ask. Guarded by {@link #OPENED}. */
  private static final Map<StridedArray, Throwable> CLOSED = new WeakHashMap<>();

  private static int spans;
  private static volatile boolean on = ALWAYS;

  private LeakTracker() {}

  /**
   * A span of leak mode. Not for concurrent spans that make handles in each other's time: a span looks
   * at the handles of all threads.
   */
  public static final class Span implements AutoCloseable {
    private final Map<StridedArray, Throwable> before;
    private boolean open = true;

    private Span(Map<StridedArray, Throwable> before) {
      this.before = before;
    }

    /**
     * Lists the handles made within this span that are still open.
     *
     * @return a line and a stack trace for each
     */
    public List<String> survivors() {
      synchronized (OPENED) {
        List<String> found = new ArrayList<>();
        OPENED.forEach(
            (handle, made) -> {
              if (!before.containsKey(handle)) {
                found.add(describe(handle, made));
              }
            });
        return found;
      }
    }

    /**
     * Ends the span.
     *
     * @throws LeakException when handles made within it are still open; the message says where each of
     *     the first few was made
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
          CLOSED.clear();
        }
      }
      if (!found.isEmpty()) {
        throw new LeakException(
            found.size() + " handles are still open:\n"
                + String.join("\n", found.subList(0, Math.min(found.size(), SHOWN))));
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
      return new Span(new IdentityHashMap<>(OPENED));
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
   * @return a line and a stack trace for each
   */
  public static List<String> survivors() {
    synchronized (OPENED) {
      List<String> found = new ArrayList<>();
      OPENED.forEach((handle, made) -> found.add(describe(handle, made)));
      return found;
    }
  }

  static void opened(StridedArray handle) {
    Throwable here = new Throwable("made here");
    synchronized (OPENED) {
      if (on) {
        OPENED.put(handle, here);
      }
    }
  }

  static void closed(StridedArray handle) {
    Throwable here = new Throwable("closed here");
    synchronized (OPENED) {
      OPENED.remove(handle);
      if (on) {
        CLOSED.put(handle, here);
      }
    }
  }

  /** Says where a handle was closed, or how to find out; goes behind an error's message. */
  static String describeClosing(StridedArray handle) {
    Throwable where;
    synchronized (OPENED) {
      where = CLOSED.get(handle);
    }
    return where == null
        ? "; -D" + PROPERTY + "=true records where"
        : "; closed" + frames(where);
  }

  /** Says where the open handles of a pool were made; goes behind an error's message. */
  static String describeSurvivors(MemoryPool pool) {
    if (!on) {
      return "; -D" + PROPERTY + "=true records where their handles were made";
    }
    List<String> found = new ArrayList<>();
    synchronized (OPENED) {
      OPENED.forEach(
          (handle, made) -> {
            if (handle.storage().isFrom(pool)) {
              found.add(describe(handle, made));
            }
          });
    }
    return ":\n" + String.join("\n", found.subList(0, Math.min(found.size(), SHOWN)));
  }

  private static String describe(StridedArray handle, @Nullable Throwable made) {
    return handle + (made == null ? "" : " made" + frames(made));
  }

  private static String frames(Throwable where) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (StackTraceElement frame : where.getStackTrace()) {
      if (frame.getClassName().startsWith("dev.gatun.memory.") && shown == 0) {
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
