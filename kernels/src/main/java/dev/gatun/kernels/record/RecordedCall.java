package dev.gatun.kernels.record;

import java.util.List;

/** Something that a step did: a kernel that it ran, or an action on the host. Immutable. */
public sealed interface RecordedCall permits KernelCall, PointwiseCall, HostAction {
  /**
   * Returns the arrays whose elements are used, those updated in place included.
   *
   * @return the arrays, in the kernel's order
   */
  List<RecordedArray> reads();

  /**
   * Returns the arrays whose elements are written, those updated in place included.
   *
   * @return the arrays, in the kernel's order
   */
  List<RecordedArray> writes();

  /**
   * Tells whether running again on equal elements gives equal elements and does nothing else: no
   * random numbers, no numbers that the host changes between runs.
   *
   * @return whether results follow from what is read alone
   */
  boolean isRepeatable();

  /**
   * Returns a short name for listings and messages.
   *
   * @return for example {@code matmul}
   */
  String name();
}
