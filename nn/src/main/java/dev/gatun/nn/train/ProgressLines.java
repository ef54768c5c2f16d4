package dev.gatun.nn.train;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A line for each epoch. */
final class ProgressLines implements Progress {
  private final PrintStream out;
  private int epochs;

  ProgressLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(int epochs, long examples) {
    this.epochs = epochs;
  }

  @Override
  public void step(long examples, double loss) {}

  @Override
  public void epochEnded(EpochResult result) {
    out.println("epoch " + (result.epoch() + 1) + "/" + epochs + ": " + describe(result));
  }

  /** Returns the figures of an epoch in one line. */
  static String describe(EpochResult result) {
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "loss %.4f", result.trainingLoss()));
    if (!Double.isNaN(result.validationLoss())) {
      text.append(String.format(Locale.ROOT, ", validation loss %.4f", result.validationLoss()));
    }
    for (Map.Entry<String, Double> metric : new TreeMap<>(result.metrics()).entrySet()) {
      text.append(String.format(Locale.ROOT, ", %s %.4f", metric.getKey(), metric.getValue()));
    }
    return text.append(String.format(Locale.ROOT, ", %.2f s", result.seconds())).toString();
  }

  @Override
  public void end() {
    out.flush();
  }
}
