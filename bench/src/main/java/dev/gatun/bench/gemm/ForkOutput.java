package dev.gatun.bench.gemm;

import dev.gatun.memory.DType;
import java.io.PrintStream;

/**
 * What a fork tells the process that started it, one line each on standard output. Lines of anybody
 * else there lack the mark and are skipped.
 */
final class ForkOutput {

  /** Starts each line. */
  static final String MARK = "@gatun-bench";

  private final PrintStream out;

  /**
   * Makes an output.
   *
   * @param out the stream the other process reads
   */
  ForkOutput(PrintStream out) {
    this.out = out;
  }

  /**
   * A contestant is loaded.
   *
   * @param name its name
   * @param description its version and code path
   */
  void contestant(String name, String description) {
    line("contestant", name, description);
  }

  /**
   * A peer does not take part.
   *
   * @param name its name
   * @param reason why
   */
  void missing(String name, String reason) {
    line("missing", name, reason);
  }

  /**
   * The FMA peak of an element type.
   *
   * @param dtype the element type
   * @param gigaflops all threads together
   */
  void peak(DType dtype, double gigaflops) {
    line("peak", dtype.name(), Double.toString(gigaflops));
  }

  /**
   * The speed of a contestant.
   *
   * @param gemmCase the case
   * @param name the contestant
   * @param gigaflops its speed
   * @param error its largest relative error
   */
  void speed(GemmCase gemmCase, String name, double gigaflops, double error) {
    line(
        "speed",
        gemmCase.dtype().name(),
        Integer.toString(gemmCase.size()),
        name,
        Double.toString(gigaflops),
        Double.toString(error));
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
