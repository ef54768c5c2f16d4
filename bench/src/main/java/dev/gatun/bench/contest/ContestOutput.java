package dev.gatun.bench.contest;

import java.io.PrintStream;

/**
 * What a fork tells the process that started it, one line each on standard output. Lines of anybody
 * else there lack the mark and are skipped.
 */
public final class ContestOutput {

  /** Starts each line. */
  static final String MARK = "@gatun-bench";

  private final PrintStream out;

  /**
   * Makes an output.
   *
   * @param out the stream the other process reads
   */
  public ContestOutput(PrintStream out) {
    this.out = out;
  }

  /**
   * A peer is loaded.
   *
   * @param name its name
   * @param description its version and code path
   */
  public void contestant(String name, String description) {
    line("contestant", name, description);
  }

  /**
   * A peer does not take part.
   *
   * @param name its name
   * @param reason why
   */
  public void missing(String name, String reason) {
    line("missing", name, reason);
  }

  /**
   * What the machine allows in a case.
   *
   * @param caseName the case
   * @param flopsPerSecond the peak of fused multiply-adds; NaN where the case does not compute
   * @param bytesPerSecond the speed of memory
   */
  void limits(String caseName, double flopsPerSecond, double bytesPerSecond) {
    line("limits", caseName, Double.toString(flopsPerSecond), Double.toString(bytesPerSecond));
  }

  /**
   * The time of a contestant.
   *
   * @param caseName the case
   * @param time who, how and how long
   */
  void time(String caseName, ContestTime time) {
    line(
        "time",
        caseName,
        time.peer(),
        time.variant(),
        Integer.toString(time.threads()),
        Double.toString(time.seconds()),
        Double.toString(time.ratio()),
        Double.toString(time.difference()));
  }

  /**
   * A contestant could not do a case, or its result was wrong.
   *
   * @param caseName the case
   * @param peer the contestant
   * @param reason what happened
   */
  void trouble(String caseName, String peer, String reason) {
    line("trouble", caseName, peer, reason);
  }

  /**
   * A case is finished.
   *
   * @param caseName the case
   */
  void finished(String caseName) {
    line("finished", caseName);
  }

  private void line(String... fields) {
    var text = new StringBuilder(MARK);
    for (var field : fields) {
      text.append('\t').append(field.replaceAll("\\s+", " "));
    }
    out.println(text);
    out.flush();
  }
}
