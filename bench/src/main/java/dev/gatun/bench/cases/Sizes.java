package dev.gatun.bench.cases;

/** How sizes are written in the names of cases. */
final class Sizes {

  private static final int KIBI = 1 << 10;
  private static final int MEBI = 1 << 20;

  private Sizes() {}

  /** Such as {@code 64K} for 65,536. */
  static String name(int size) {
    if (size % MEBI == 0) {
      return size / MEBI + "M";
    }
    return size % KIBI == 0 ? size / KIBI + "K" : Integer.toString(size);
  }
}
