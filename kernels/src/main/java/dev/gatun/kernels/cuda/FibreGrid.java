package dev.gatun.kernels.cuda;

import org.jspecify.annotations.Nullable;

/**
 * How the threads of blocks are spread over fibres, lines of elements that belong together. It
 * depends on the operands' shapes and layouts alone, and so does the order in which elements are
 * folded.
 *
 * @param columns how many fibres a block works on at once
 * @param depth how many threads work on one of them, a power of two
 * @param columnsFirst whether neighbouring threads work on neighbouring fibres, else on
 *     neighbouring elements of one
 * @param splits into how many parts fibres are cut, each for a block of its own
 */
record FibreGrid(int columns, int depth, boolean columnsFirst, int splits) {
  private static final int USUAL_THREADS = 256;
  private static final int WARP = 32;

  /** So many blocks keep any device busy. */
  private static final long ENOUGH_BLOCKS = 512;

  private static final int ELEMENTS_OF_THREAD = 4;
  private static final int ELEMENTS_OF_SPLIT_THREAD = 16;
  private static final int MOST_SPLITS = 1024;

  /** So many powers of two are numbers of threads. */
  private static final int SIZES = Integer.numberOfTrailingZeros(BlockFolds.MOST_THREADS) + 1;

  /** Grids that do not cut fibres; racing threads make equal ones. */
  private static final @Nullable FibreGrid[] WHOLE = new @Nullable FibreGrid[2 * SIZES * SIZES];

  /** The text that says which fibre of a block's, and which of its elements, a thread is at. */
  static final String COLUMN =
      """
        const int column =
            columns_first ? (int)threadIdx.x % columns : (int)threadIdx.x / depth;
        const int along = columns_first ? (int)threadIdx.x / columns : (int)threadIdx.x % depth;
      """
          .stripTrailing();

  /** The same, and how far apart the threads of a fibre are. */
  static final String PLACE = COLUMN + "\n  const int step = columns_first ? columns : 1;";

  /** A thread for each of neighbouring fibres. */
  static final FibreGrid THREAD_EACH = new FibreGrid(WARP, 1, true, 1);

  /**
   * Spreads threads.
   *
   * @param fibres how many fibres there are
   * @param length how many elements are in each
   * @param neighbouring whether neighbouring fibres lie side by side, rather than the elements of
   *     one
   * @param divisible whether fibres may be cut
   */
  static FibreGrid of(long fibres, long length, boolean neighbouring, boolean divisible) {
    int depth = powerOfTwo((length + ELEMENTS_OF_THREAD - 1) / ELEMENTS_OF_THREAD);
    int columns;
    if (neighbouring && fibres > 1) {
      columns = Math.min(WARP, powerOfTwo(fibres));
      depth = Math.min(depth, USUAL_THREADS / columns);
    } else {
      depth = Math.min(depth, length >= 1 << 13 ? BlockFolds.MOST_THREADS : USUAL_THREADS);
      columns = (int) Math.min(Math.max(1, USUAL_THREADS / 2 / depth), powerOfTwo(fibres));
    }
    int splits = 1;
    if (divisible) {
      long blocks = (fibres + columns - 1) / columns;
      long wanted = (ENOUGH_BLOCKS + blocks - 1) / blocks;
      long most = length / ((long) depth * ELEMENTS_OF_SPLIT_THREAD);
      splits = (int) Math.max(1, Math.min(Math.min(wanted, most), MOST_SPLITS));
    }
    return shared(columns, depth, neighbouring && fibres > 1, splits);
  }

  /** Where fibres are not cut, one object stands for all grids that are equal. */
  private static FibreGrid shared(int columns, int depth, boolean columnsFirst, int splits) {
    if (splits != 1) {
      return new FibreGrid(columns, depth, columnsFirst, splits);
    }
    int index =
        Integer.numberOfTrailingZeros(columns) * 2 * SIZES
            + Integer.numberOfTrailingZeros(depth) * 2
            + (columnsFirst ? 1 : 0);
    var known = WHOLE[index];
    if (known == null) {
      known = new FibreGrid(columns, depth, columnsFirst, 1);
      WHOLE[index] = known;
    }
    return known;
  }

  /** The smallest power of two that is not less, and at most {@link BlockFolds#MOST_THREADS}. */
  private static int powerOfTwo(long least) {
    int power = 1;
    while (power < least && power < BlockFolds.MOST_THREADS) {
      power *= 2;
    }
    return power;
  }

  int threads() {
    return columns * depth;
  }

  /** The number of blocks along x that work on all fibres, within what a grid may have. */
  int blocks(long fibres) {
    return (int) Math.min((fibres + columns - 1) / columns, Integer.MAX_VALUE);
  }

  /** The number of elements of a part of a fibre. */
  long perSplit(long length) {
    return (length + splits - 1) / splits;
  }

  /** Adds what {@link #PLACE} needs. */
  void add(KernelArguments arguments) {
    arguments.int32(columns).int32(depth).int32(columnsFirst ? 1 : 0);
  }
}
