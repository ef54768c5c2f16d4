package dev.gatun.bench.ops;

import org.jspecify.annotations.Nullable;

/**
 * A call with its figures, or with the reason why it has none.
 *
 * @param operation the operation
 * @param call shapes and arguments; empty where no call came about
 * @param gatunSeconds Gatun's time; NaN where the call was not timed
 * @param libtorchSeconds libtorch's
 * @param ratio libtorch's time divided by Gatun's
 * @param trouble why the call was not timed; empty where it was
 */
record OpRow(
    String operation,
    String call,
    double gatunSeconds,
    double libtorchSeconds,
    double ratio,
    String trouble) {

  /** To call libtorch through its interpreter takes up to a fifth of this. */
  private static final double SHORT_SECONDS = 10e-6;

  /** Starts a line that holds a row, on the standard output of a fork. */
  private static final String MARK = "@gatun-ops-row";

  private static final int FIELDS = 7;

  /**
   * A call that was not timed.
   *
   * @param operation the operation
   * @param call shapes and arguments
   * @param trouble why
   */
  static OpRow untimed(String operation, String call, String trouble) {
    return new OpRow(operation, call, Double.NaN, Double.NaN, Double.NaN, trouble);
  }

  boolean isTimed() {
    return trouble.isEmpty();
  }

  /** Whether the times are those of calling more than of computing. */
  boolean isShort() {
    return Math.max(gatunSeconds, libtorchSeconds) < SHORT_SECONDS;
  }

  /** Operation and call. */
  String name() {
    return call.isEmpty() ? operation : operation + " " + call;
  }

  /** The row as a line that {@link #ofLine} reads. */
  String line() {
    return String.join(
        "\t",
        MARK,
        operation,
        plain(call),
        Double.toString(gatunSeconds),
        Double.toString(libtorchSeconds),
        Double.toString(ratio),
        plain(trouble));
  }

  private static String plain(String text) {
    return text.replaceAll("\\s+", " ");
  }

  /** The row of a line; null where the line is something else. */
  static @Nullable OpRow ofLine(String line) {
    var fields = line.split("\t", -1);
    return fields.length != FIELDS || !fields[0].equals(MARK)
        ? null
        : new OpRow(
            fields[1],
            fields[2],
            Double.parseDouble(fields[3]),
            Double.parseDouble(fields[4]),
            Double.parseDouble(fields[5]),
            fields[6]);
  }
}
