package dev.gatun.kernels.bytecode;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Access to elements of segments, for written code: what {@code MemorySegment.get} would look up.
 */
public final class ElementAccess {
  /** Takes a segment and a position in bytes, which may be any. */
  public static final VarHandle FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.varHandle();

  /** Takes a segment and a position in bytes, which may be any. */
  public static final VarHandle DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.varHandle();

  private ElementAccess() {}
}
