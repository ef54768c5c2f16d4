package dev.gatun.kernels.scratch;

/** A table of offsets that grows to what was needed once. Used by one thread at a time. */
public final class OffsetTable {
  private long[] offsets = new long[0];

  /** Makes an empty table. */
  public OffsetTable() {}

  /**
   * Makes sure that there is enough room. What the table held is lost when it grows.
   *
   * @param count how many offsets are needed
   * @return an array of at least that length
   */
  public long[] reserve(int count) {
    if (offsets.length < count) {
      offsets = new long[count + count / 4];
    }
    return offsets;
  }
}
