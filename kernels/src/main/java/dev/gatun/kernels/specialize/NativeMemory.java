package dev.gatun.kernels.specialize;

import java.lang.foreign.MemorySegment;

/**
 * Tells the compiler that a segment is native, and not confined to a thread.
 *
 * <p>Accesses to a segment go through methods of the JDK that all users of segments share, the
 * Vector API's own fallback code among them, which uses segments on the heap. The compiler takes
 * what kind of segment to expect from the profile of those methods; once it has seen both kinds,
 * each access in a loop is compiled for both, with a branch between them, which halves the speed of
 * loops that do little else. A cast to the exact class outside the loop removes both the branch and
 * the second kind.
 *
 * <p>The same goes for the owner, which every access compares with the current thread where there
 * is one. Once an application has run loops of its own over confined memory, the compiler expects
 * an owner everywhere, takes the comparison out of loops that have none, and compiles code that
 * cannot be entered: it gives up only after a hundred attempts, which takes half a minute, and a
 * kernel runs several hundred times slower until then. When it has seen outside the loop that there
 * is no owner, there is nothing left to expect.
 */
public final class NativeMemory {
  private static final Class<? extends MemorySegment> NATIVE = MemorySegment.NULL.getClass();

  /** Owns no memory. */
  private static final Thread NOBODY =
      Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> {});

  private NativeMemory() {}

  /**
   * Returns the same segment, known to be native. To be called in the method that has the loop.
   *
   * @param segment a native segment, mapped files included
   * @return the segment
   * @throws ClassCastException if it is on the heap
   * @throws WrongThreadException if it is confined to another thread
   */
  public static MemorySegment of(MemorySegment segment) {
    var known = NATIVE.cast(segment);
    if (!known.isAccessibleBy(NOBODY)) {
      checkOwner(known);
    }
    return known;
  }

  private static void checkOwner(MemorySegment segment) {
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new WrongThreadException("memory that is confined to another thread");
    }
  }
}
