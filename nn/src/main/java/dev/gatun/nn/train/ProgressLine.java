package dev.gatun.nn.train;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar over all epochs, in one line of a terminal. */
final class ProgressLine implements Progress {
  private static final int WIDTH = 100;
  private static final int UPDATE_MILLISECONDS = 200;

  private final PrintStream out;
  private @Nullable ProgressBar bar;
  private String epochNote = "";

  ProgressLine(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(int epochs, long examples) {
    // Drawing by carriage returns alone: the library's own console support would load native code.
    bar =
        new ProgressBarBuilder()
            .setTaskName("training")
            .setInitialMax(epochs * examples)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
            .build();
  }

  private void draw(String line) {
    out.print('\r' + line);
    out.flush();
  }

  @Override
  public void step(long examples, double loss) {
    if (bar != null) {
      bar.stepBy(examples);
    }
  }

  @Override
  public void epochEnded(EpochResult result) {
    epochNote = String.format(Locale.ROOT, "loss %.4f", result.trainingLoss());
    if (bar != null) {
      bar.setExtraMessage(" " + epochNote);
    }
  }

  @Override
  public void end() {
    if (bar != null) {
      bar.close();
      bar = null;
      out.println();
    }
  }
}
