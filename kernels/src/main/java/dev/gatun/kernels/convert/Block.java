package dev.gatun.kernels.convert;

/**
 * A thread's room for a block of elements on their way from one type to another, small enough for
 * the first cache. Which array holds the elements, and as what, is between the steps of the way.
 */
final class Block {
  /** How many elements a block holds. */
  static final int LENGTH = 1024;

  private static final ThreadLocal<Block> OF_THREAD = ThreadLocal.withInitial(Block::new);

  final byte[] bytes = new byte[LENGTH];
  final short[] shorts = new short[LENGTH];
  final int[] ints = new int[LENGTH];
  final long[] longs = new long[LENGTH];
  final float[] floats = new float[LENGTH];
  final double[] doubles = new double[LENGTH];

  private Block() {}

  static Block ofThread() {
    return OF_THREAD.get();
  }
}
