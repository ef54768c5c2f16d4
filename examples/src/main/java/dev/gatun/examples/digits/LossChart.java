package dev.gatun.examples.digits;

import dev.gatun.nn.io.FileAccessException;
import dev.gatun.nn.train.EpochResult;
import dev.gatun.nn.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The losses of a training run as a picture. */
final class LossChart {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 480;

  private LossChart() {}

  /**
   * Writes the picture.
   *
   * @param history the epochs, at least one
   * @param file an SVG file, whose name ends in {@code .svg}
   */
  static void write(History history, Path file) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Loss by epoch")
            .xAxisTitle("epoch")
            .yAxisTitle("mean cross entropy")
            .build();
    chart.getStyler().setYAxisMin(0.0);
    List<EpochResult> epochs = history.epochs();
    List<Integer> numbers = epochs.stream().map(result -> result.epoch() + 1).toList();
    add(chart, "training", numbers, epochs.stream().map(EpochResult::trainingLoss).toList());
    add(chart, "test", numbers, epochs.stream().map(EpochResult::validationLoss).toList());
    try {
      ChartEncoder.saveChart(chart, file.toString(), "svg");
    } catch (IOException e) {
      throw new FileAccessException("digits", file, e);
    }
  }

  private static void add(XYChart chart, String name, List<Integer> epochs, List<Double> losses) {
    chart.addSeries(name, epochs, losses).setMarker(SeriesMarkers.NONE);
  }
}
