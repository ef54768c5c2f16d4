package dev.gatun.kernels.specialize;

import java.lang.foreign.MemorySegment;

/**
 * Tells the compiler that a segment is native.
 *
 * <p>Accesses to a segment go through methods of the JDK that all users of segments share, the
 * Vector API's own fallback code among them, which uses segments on the heap. The compiler takes
 * what kind of segment to expect from the profile of those methods; once it has seen both kinds,
 * each access in a loop is compiled for both, with a branch between them, which halves the speed of
 * loops that do little else. A cast to the exact class outside the loop removes both the branch and
 * the second kind.
 */
public final class NativeMemory {
  private static final Class<? extends MemorySegment> NATIVE = MemorySegment.NULL.getClass();

  private NativeMemory() {}

  /**
   * Returns the same segment, known to be native. To be called in the method that has the loop.
   *
   * @param segment a native segment, mapped files included
   * @return the segment
   * @throws ClassCastException if it is on the heap
   */
  public static MemorySegment of(MemorySegment segment) {
    return NATIVE.cast(segment);
  }
}
