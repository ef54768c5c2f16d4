package dev.gatun.bench.cpu;

import dev.gatun.bench.report.Json;
import java.awt.AWTError;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a report to a folder. */
final class ReportFiles {

  static final String JSON = "cpu.json";
  private static final String TABLE = "cpu.txt";

  private ReportFiles() {}

  /**
   * Writes JSON, the table and charts.
   *
   * @param report the figures
   * @param folder where to; made if need be
   * @param out told what was written
   * @throws IOException when a file cannot be written
   */
  static void write(Report report, Path folder, PrintWriter out) throws IOException {
    Files.createDirectories(folder);
    var json = folder.resolve(JSON);
    Files.writeString(json, Json.write(ReportJson.tree(report)));
    out.println("wrote " + json);
    var table = folder.resolve(TABLE);
    Files.writeString(table, ReportTable.draw(report) + "\n" + report.summary() + "\n");
    out.println("wrote " + table);
    try {
      ReportCharts.write(report, folder);
      out.println("wrote " + folder.resolve("cpu-*.svg"));
    } catch (AWTError | LinkageError | RuntimeException noGraphics) {
      // Machines without fonts or without the desktop libraries still get their figures.
      out.println("charts not drawn: " + noGraphics);
    }
  }
}
