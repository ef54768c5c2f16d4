package dev.gatun.bench.cpu;

import dev.gatun.bench.cases.CpuCases;
import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.ContestTime;
import dev.gatun.bench.first.FirstCall;
import dev.gatun.bench.first.FirstCalls;
import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.peers.PeerProbe;
import dev.gatun.bench.peers.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench cpu}. */
@Command(
    name = "cpu",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Everything, Gatun beside its peers: products, elementwise operations, reductions,"
          + " convolutions, models, small tensors and first calls.",
      "All contestants work on the same random data, are checked for equal results first, and take"
          + " turns in short slices within fresh JVMs; figures are medians. A peer gets the better"
          + " of one thread and all.",
      "Prints a table with Gatun's ratio to the best peer, the target beside it, and the share of"
          + " the measured FMA peak (P) or memory bandwidth (M), whichever limits. A full run also"
          + " writes cpu.json and charts (SVG) to the results folder, and the table of the README.",
      "The last line has the number of cases with a target, how many meet it, and the one that"
          + " falls short most."
    })
public final class CpuCommand implements Callable<Integer> {

  /** Fewer are no base for figures that are to stay. */
  private static final int FULL_FORKS = 3;

  @Option(
      names = "--quick",
      description =
          "One fork and short slices: under five minutes. Leaves out first calls, cases without a"
              + " target, gradients of convolutions, the largest products and every other size, the"
              + " smaller of two sizes, products of small matrices on several threads and of 16"
              + " rows with large weights, mul beside add, and, in the rest of a family, a peer"
              + " that was eight times slower than another. Writes no files by itself.")
  private boolean quick;

  @Option(
      names = "--only",
      description =
          "A family (such as pointwise) or a regular expression that names of cases"
              + " match. Writes no files by itself.")
  private String only = "";

  @Option(
      names = "--forks",
      description =
          "Fresh JVMs for each family. Default: 3, or 1 if quick. With fewer than 3, writes no"
              + " files by itself.")
  private @Nullable Integer forks;

  @Option(names = "--threads", description = "How many threads may be used. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--peers", split = ",", description = "Who takes part, Gatun included.")
  private List<String> peers = allPeers();

  @Option(
      names = "--results",
      description = "Folder for JSON and SVG. Default for a full run: bench/results.")
  private @Nullable Path results;

  @Spec private CommandSpec spec;

  /** Makes the command. */
  public CpuCommand() {}

  private static List<String> allPeers() {
    var names = new ArrayList<String>();
    names.add(Peers.GATUN);
    names.addAll(Peers.NAMES);
    return names;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    var machine = Machine.current();
    var missing = new LinkedHashMap<String, String>();
    var filter = new CaseFilter(only, quick);
    if (!filter.choosesAny(CpuCases.families())) {
      throw new ParameterException(
          spec.commandLine(),
          "--only=%s: no family and no case has such a name; the families are %s"
              .formatted(only, CpuCases.families().stream().map(Family::name).toList()));
    }
    var run = new CpuRun(CpuCases.families(), filter, peersThatLoad(missing), threads, quick);
    int count = forks != null ? forks : quick ? 1 : FULL_FORKS;
    for (int fork = 1; fork <= count; fork++) {
      var label = "fork %d of %d, ".formatted(fork, count);
      run.fork(line -> spec.commandLine().getErr().println(label + line));
    }
    var report = report(run, machine, missing, count, firstCalls(run, filter, count));
    var out = spec.commandLine().getOut();
    out.print(ReportTable.draw(report));
    out.println();
    write(report, filter);
    out.println(report.summary());
    out.flush();
    return 0;
  }

  private void checkOptions() {
    if (threads < 1 || forks != null && forks < 1) {
      throw new ParameterException(spec.commandLine(), "--threads and --forks are at least 1");
    }
    var known = allPeers();
    for (var name : peers) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--peers: no '%s' among %s".formatted(name, known));
      }
    }
    if (!peers.contains(Peers.GATUN)) {
      throw new ParameterException(
          spec.commandLine(),
          "--peers: without %s there is nothing to compare with".formatted(Peers.GATUN));
    }
    try {
      var _ = Pattern.compile(only);
    } catch (PatternSyntaxException wrong) {
      throw new ParameterException(
          spec.commandLine(), "--only: no regular expression: " + wrong.getDescription(), wrong);
    }
  }

  private Report report(
      CpuRun run,
      Machine machine,
      Map<String, String> missing,
      int count,
      List<FirstCall> firstCalls) {
    missing.putAll(run.figures().missing());
    return new Report(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        quick,
        count,
        machine.toMap(),
        titles(),
        run.contestants(),
        missing,
        run.rows(),
        firstCalls);
  }

  /** The setting with which a contestant was fastest when all was warm. */
  private int bestThreads(CpuRun run, String name, String peer) {
    return run.figures().times(name).stream()
        .filter(time -> time.peer().equals(peer))
        .mapToInt(ContestTime::threads)
        .findFirst()
        .orElse(threads);
  }

  private List<FirstCall> firstCalls(CpuRun run, CaseFilter filter, int count)
      throws IOException, InterruptedException {
    var errors = spec.commandLine().getErr();
    return filter.includesFirstCalls()
        ? new FirstCalls((name, peer) -> bestThreads(run, name, peer), count)
            .measure(peers, errors::println)
        : List.of();
  }

  private static Map<String, String> titles() {
    var titles = new LinkedHashMap<String, String>();
    for (var family : CpuCases.families()) {
      titles.put(family.name(), family.title());
    }
    return titles;
  }

  private List<String> peersThatLoad(Map<String, String> missing)
      throws IOException, InterruptedException {
    var found = new ArrayList<String>();
    found.add(Peers.GATUN);
    for (var probe :
        PeerProbe.probe(peers.stream().filter(name -> !name.equals(Peers.GATUN)).toList())) {
      if (probe.loads()) {
        found.add(probe.name());
      } else {
        missing.put(probe.name(), probe.text());
      }
    }
    return found;
  }

  private void write(Report report, CaseFilter filter) throws IOException {
    var root = Path.of(System.getProperty("gatun.root", "."));
    boolean isFull =
        report.forks() >= FULL_FORKS && !quick && !filter.isPartial() && peers.equals(allPeers());
    var folder = results != null || !isFull ? results : root.resolve("bench", "results");
    var out = spec.commandLine().getOut();
    if (folder != null) {
      ReportFiles.write(report, folder, out);
    }
    var readme = root.resolve("README.md");
    if (results == null && isFull && Files.exists(readme)) {
      ReadmeTable.write(readme, report);
      out.println("wrote the table of " + readme);
    }
  }
}
