package dev.gatun.bench.gemm;

import dev.gatun.memory.DType;
import java.io.IOException;
import java.nio.file.Path;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Speed over size as SVG, one chart for each element type and thread setting. */
final class GemmCharts {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 480;

  private GemmCharts() {}

  /**
   * Writes the charts.
   *
   * @param results the figures
   * @param folder where to, an existing folder
   * @throws IOException when a file cannot be written
   */
  static void write(GemmResults results, Path folder) throws IOException {
    for (var dtype : results.plan().dtypes()) {
      for (int threads : results.plan().threads()) {
        var file =
            "gemm-%s-%s".formatted(dtype.typeName(), threads == 1 ? "one-thread" : "all-threads");
        ChartEncoder.saveChart(
            chart(results, dtype, threads), folder.resolve(file).toString(), "svg");
      }
    }
  }

  private static XYChart chart(GemmResults results, DType dtype, int threads) {
    var chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(
                "Square matrix product, %s, %s"
                    .formatted(dtype.typeName(), threads == 1 ? "1 thread" : threads + " threads"))
            .xAxisTitle("rows and columns")
            .yAxisTitle("GFLOP/s")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    var cases =
        results.plan().cases().stream()
            .filter(c -> c.dtype() == dtype && c.threads() == threads)
            .toList();
    var sizes = cases.stream().map(GemmCase::size).toList();
    for (var name : results.figures().contestants().keySet()) {
      chart.addSeries(name, sizes, cases.stream().map(c -> results.speed(c, name)).toList());
    }
    double peak = results.figures().peak(dtype, threads);
    var line = chart.addSeries("FMA peak", sizes, sizes.stream().map(size -> peak).toList());
    line.setMarker(SeriesMarkers.NONE);
    return chart;
  }
}
