package dev.gatun.nn.train;

import java.io.Console;
import java.io.PrintStream;

/** The ways of showing progress that there are. */
public final class ProgressDisplays {
  private ProgressDisplays() {}

  /**
   * Returns a bar that moves where standard output is a terminal, and plain lines elsewhere.
   *
   * @return the display, which writes to standard output
   */
  @SuppressWarnings("SystemConsoleNull") // It is null where -Djdk.console=java.base, the default.
  public static Progress console() {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return terminal ? bar(System.out) : lines(System.out);
  }

  /**
   * Returns a line for each epoch, without control characters.
   *
   * @param out where to
   * @return the display
   */
  public static Progress lines(PrintStream out) {
    return new ProgressLines(out);
  }

  /**
   * Returns a bar that is drawn over and over in one line, by carriage returns.
   *
   * @param out where to; a terminal
   * @return the display
   */
  public static Progress bar(PrintStream out) {
    return new ProgressLine(out);
  }

  /**
   * Returns a display that shows nothing.
   *
   * @return the display
   */
  public static Progress none() {
    return new NoProgress();
  }

  /** Shows nothing. */
  private static final class NoProgress implements Progress {
    @Override
    public void begin(int epochs, long examples) {}

    @Override
    public void step(long examples, double loss) {}

    @Override
    public void epochEnded(EpochResult result) {}

    @Override
    public void end() {}
  }
}
