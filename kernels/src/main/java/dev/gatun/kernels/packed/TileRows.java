package dev.gatun.kernels.packed;

/**
 * How rows are shared out among tiles. A few kinds of tiles are enough, and are compiled sooner
 * than many.
 */
public final class TileRows {
  /** The rows of a full tile. */
  public static final int FULL = 6;

  /** The rows of tiles for what full ones leave. */
  private static final int SHORT = 4;

  private TileRows() {}

  /**
   * Returns the number of rows of the tiles to use next. Narrower tiles are not taller than a full
   * one, though registers would allow it: the first compiler gives up on more than that.
   *
   * @param remaining how many rows there are, at least 1
   */
  public static int within(int remaining) {
    return fullTilesWithin(remaining) > 0
        ? FULL
        : remaining >= SHORT ? SHORT : remaining >= 2 ? 2 : 1;
  }

  /**
   * Returns how many tiles of {@link #within} follow each other.
   *
   * @param remaining how many rows there are, at least 1
   * @return a number of tiles, at least 1
   */
  public static int tilesWithin(int remaining) {
    int full = fullTilesWithin(remaining);
    return full > 0 ? full : remaining / within(remaining);
  }

  /** Leaves what tiles of four rows cover without a rest, where there is such a number. */
  private static int fullTilesWithin(int remaining) {
    for (int rest = remaining; rest >= 0; rest -= SHORT) {
      if (rest % FULL == 0) {
        return rest / FULL;
      }
    }
    return remaining / FULL;
  }
}
