package dev.gatun.bench.gemm;

import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.peers.PeerProbe;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.report.Json;
import dev.gatun.memory.DType;
import java.awt.AWTError;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench gemm}. */
@Command(
    name = "gemm",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Square matrix products: Gatun against OpenBLAS, oneMKL and libtorch, in GFLOP/s.",
      "All contestants work on the same random data, are checked for equal results first, and take"
          + " turns in short slices within each of several fresh JVMs; figures are medians.",
      "Prints a table; writes gemm.json and charts (SVG) to the results folder. The last line has"
          + " worst_ratio and geomean_ratio (Gatun divided by the better of OpenBLAS and oneMKL,"
          + " over all cases) and peak_share (Gatun divided by the FMA peak measured in the same"
          + " run, geometric mean over sizes of 192 and more).",
      "On all threads a peer gets the better of two settings: all threads, or one."
    })
public final class GemmCommand implements Callable<Integer> {

  @Option(names = "--sizes", split = ",", description = "Sizes of the square matrices.")
  private List<Integer> sizes = List.of(64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048);

  @Option(
      names = "--threads",
      split = ",",
      description = "Thread settings: numbers, or 'all'. Default: 1,all.")
  private List<String> threads = List.of("1", "all");

  @Option(names = "--forks", description = "Fresh JVMs for each thread setting.")
  private int forks = 3;

  @Option(names = "--seconds", description = "Aim for the duration of the whole run.")
  private double seconds = 480;

  @Option(names = "--dtype", split = ",", description = "Element types.")
  private List<DType> dtypes = List.of(DType.FLOAT32, DType.FLOAT64);

  @Option(names = "--peers", split = ",", description = "Peers to measure beside Gatun.")
  private List<String> peers = Peers.NAMES;

  @Option(names = "--results", description = "Folder for JSON and SVG.")
  private Path results = Path.of(System.getProperty("gatun.root", "."), "bench", "results");

  @Spec private CommandSpec spec;

  /** Makes the command. */
  public GemmCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    var machine = Machine.current();
    var asked = plan();
    var figures = new GemmFigures();
    var plan = asked.withPeers(peersThatLoad(asked, figures));
    measure(plan, figures, spec.commandLine().getErr());
    var gemmResults = new GemmResults(plan, machine, figures);
    out.print(GemmTable.draw(gemmResults));
    out.println();
    write(gemmResults, out);
    out.println(gemmResults.summary());
    out.flush();
    return 0;
  }

  private GemmPlan plan() {
    for (var peer : peers) {
      if (!Peers.NAMES.contains(peer)) {
        throw new ParameterException(
            spec.commandLine(), "--peers: no peer '" + peer + "'; there are " + Peers.NAMES);
      }
    }
    try {
      var settings = threads.stream().map(GemmCommand::threadCount).distinct().toList();
      return new GemmPlan(dtypes, settings, sizes, peers, forks, seconds);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
    }
  }

  private static int threadCount(String setting) {
    if (setting.equals("all")) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      return Integer.parseInt(setting);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException("--threads: '" + setting + "': a number or 'all'", wrong);
    }
  }

  private static List<String> peersThatLoad(GemmPlan plan, GemmFigures figures)
      throws IOException, InterruptedException {
    var found = new ArrayList<String>();
    for (var probe : PeerProbe.probe(plan.peers())) {
      if (probe.loads()) {
        found.add(probe.name());
      } else {
        figures.missing().put(probe.name(), probe.text());
      }
    }
    return found;
  }

  private static void measure(GemmPlan plan, GemmFigures figures, PrintWriter progress)
      throws IOException, InterruptedException {
    var launcher = new GemmLauncher(plan);
    int casesPerFork = plan.dtypes().size() * plan.sizes().size();
    boolean live = isTerminal(System.console());
    for (int fork = 1; fork <= plan.forks(); fork++) {
      for (int threadCount : plan.threads()) {
        var label = "fork %d of %d, %d threads".formatted(fork, plan.forks(), threadCount);
        launcher.run(
            threadCount,
            figures,
            finished -> {
              if (live) {
                progress.printf("\r%s: %d of %d cases", label, finished, casesPerFork);
                progress.flush();
              }
            });
        progress.println((live ? "\r" : "") + label + ": " + casesPerFork + " cases done");
        progress.flush();
      }
    }
  }

  private static boolean isTerminal(@Nullable Console console) {
    return console != null && console.isTerminal();
  }

  private void write(GemmResults gemmResults, PrintWriter out) throws IOException {
    Files.createDirectories(results);
    var json = results.resolve("gemm.json");
    var date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Files.writeString(json, Json.write(GemmJson.tree(gemmResults, date)));
    out.println("wrote " + json);
    try {
      GemmCharts.write(gemmResults, results);
      out.println("wrote " + results.resolve("gemm-*.svg"));
    } catch (AWTError | LinkageError | RuntimeException noGraphics) {
      // Machines without fonts or without the desktop libraries still get their figures.
      out.println("charts not drawn: " + noGraphics);
    }
  }
}
