package dev.gatun.bench.cpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** One chart for each family: Gatun's ratio to the best peer, and the target, case by case. */
final class ReportCharts {

  private static final int HEIGHT = 560;
  private static final int LEAST_WIDTH = 480;
  private static final int WIDTH_OF_CASE = 26;
  private static final int LABEL_DEGREES = 90;

  private ReportCharts() {}

  /**
   * Writes the charts.
   *
   * @param report the figures
   * @param folder where to, an existing folder
   * @throws IOException when a file cannot be written
   */
  static void write(Report report, Path folder) throws IOException {
    for (var family : report.families()) {
      var rows =
          report.ofFamily(family).stream().filter(row -> Double.isFinite(row.ratio())).toList();
      if (!rows.isEmpty()) {
        ChartEncoder.saveChart(
            chart(family, rows), folder.resolve("cpu-" + family).toString(), "svg");
      }
    }
  }

  private static CategoryChart chart(String family, List<Row> rows) {
    var chart =
        new CategoryChartBuilder()
            .width(Math.max(LEAST_WIDTH, WIDTH_OF_CASE * rows.size()))
            .height(HEIGHT)
            .title(family + ": time of the best peer divided by Gatun's")
            .yAxisTitle("ratio (above 1: Gatun is faster)")
            .build();
    chart.getStyler().setXAxisLabelRotation(LABEL_DEGREES);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setYAxisMin(0.0);
    var names = rows.stream().map(Row::name).toList();
    chart.addSeries("ratio", names, rows.stream().map(Row::ratio).toList());
    chart.addSeries(
        "target",
        names,
        rows.stream().map(row -> row.target().exists() ? row.target().ratio() : 0).toList());
    return chart;
  }
}
