package dev.gatun.memory;

/**
 * The sizes in which blocks are made: multiples of 128 bytes up to 512, then four to each doubling,
 * so that less than a fifth of a larger block is unused.
 */
final class SizeClasses {
  /** The alignment and the smallest size of a block, in bytes. */
  static final int ALIGNMENT = 128;

  /** Blocks of at least this many bytes are allocated one by one and can be given back. */
  static final long OWN_SLAB_BYTES = 1L << 20;

  private static final int ALIGNMENT_BITS = 7;
  private static final int LINEAR = 4;
  private static final int STEP_BITS = 2;
  private static final int FIRST_DOUBLING = 9; // 2^9 = 4 * ALIGNMENT

  /** The number of classes; the last one is of 2^62 bytes. */
  static final int COUNT = LINEAR + (62 - FIRST_DOUBLING) * (1 << STEP_BITS);

  private SizeClasses() {}

  /** Returns the class of the smallest blocks that hold so many bytes, from 0 to 2^62. */
  static int of(long bytes) {
    long last = Math.max(bytes, 1) - 1;
    if (last < LINEAR * ALIGNMENT) {
      return (int) (last >>> ALIGNMENT_BITS);
    }
    int doubling = 63 - Long.numberOfLeadingZeros(last);
    int step = (int) (last >>> (doubling - STEP_BITS)) & ((1 << STEP_BITS) - 1);
    return LINEAR + ((doubling - FIRST_DOUBLING) << STEP_BITS) + step;
  }

  /** Returns the class of the largest blocks that fit in so many bytes, at least 128. */
  static int within(long bytes) {
    int sizeClass = of(bytes);
    return bytes(sizeClass) > bytes ? sizeClass - 1 : sizeClass;
  }

  /** Returns the size of a class's blocks in bytes. */
  static long bytes(int sizeClass) {
    if (sizeClass < LINEAR) {
      return (sizeClass + 1L) * ALIGNMENT;
    }
    int doubling = FIRST_DOUBLING + ((sizeClass - LINEAR) >>> STEP_BITS);
    int step = (sizeClass - LINEAR) & ((1 << STEP_BITS) - 1);
    return (1L << doubling) + ((step + 1L) << (doubling - STEP_BITS));
  }
}
