package dev.gatun.bench.ops;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Op;
import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.PeerProbe;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.bench.report.Json;
import dev.gatun.memory.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench ops}. */
@Command(
    name = "ops",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Every operation beside libtorch, on calls of real work drawn as its declaration says: about"
          + " half a million elements, row-major. The same command times the same calls.",
      "Both sides work on the same memory, are compared first, and take turns in short slices"
          + " within one fresh JVM; figures are medians. Prints a table, the slowest beside"
          + " libtorch first, then the calls that are too short to tell, and those not timed, with"
          + " the reason.",
      "The last line has the number of operations and calls, the geometric mean of libtorch's time"
          + " by Gatun's, the number of calls that take more than twice libtorch's time, and the"
          + " one that falls behind most."
    })
public final class OpsCommand implements Callable<Integer> {

  @Option(names = "--op", split = ",", description = "Operations to time. Default: all.")
  private List<String> names = List.of();

  @Option(names = "--draws", description = "Calls for each operation.")
  private int draws = 3;

  @Option(names = "--dtype", description = "The type of inputs that are numbers.")
  private String dtype = "float32";

  @Option(names = "--threads", description = "How many threads each side may use.")
  private int threads = 1;

  @Option(
      names = "--gradients",
      description = "Time forward and backward together, where gradients flow.")
  private boolean withGradients;

  @Option(names = "--results", description = "Folder for the table and JSON.")
  private @Nullable Path results;

  @Spec private CommandSpec spec;

  /** Makes the command. */
  public OpsCommand() {}

  /** The operations that PyTorch has too, in the order of the catalogue. */
  static List<Op> operations() {
    return Catalogue.all().stream().filter(op -> op.whyNotInPyTorch() == null).toList();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (threads < 1 || draws < 1) {
      throw new ParameterException(spec.commandLine(), "--threads and --draws are at least 1");
    }
    var type = type();
    var chosen = chosen();
    var machine = Machine.current().toMap();
    var contestants = contestants();
    var errors = spec.commandLine().getErr();
    var rows =
        new OpsRun(draws, type, threads, withGradients)
            .time(
                chosen,
                row -> {
                  errors.println(OpsTable.line(row));
                  errors.flush();
                });
    var date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var report = new OpsReport(date, settings(), machine, contestants, rows);
    var out = spec.commandLine().getOut();
    out.print(OpsTable.draw(report));
    out.println();
    if (results != null) {
      write(report, results);
    }
    out.println(report.summary());
    out.flush();
    return 0;
  }

  private void write(OpsReport report, Path folder) throws IOException {
    var out = spec.commandLine().getOut();
    Files.createDirectories(folder);
    var json = folder.resolve("ops.json");
    Files.writeString(json, Json.write(report.tree()));
    out.println("wrote " + json);
    var table = folder.resolve("ops.txt");
    Files.writeString(table, OpsTable.draw(report) + "\n" + report.summary() + "\n");
    out.println("wrote " + table);
  }

  private DType type() {
    return Arrays.stream(DType.values())
        .filter(candidate -> candidate.toString().equals(dtype))
        .findFirst()
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "--dtype=%s: one of %s".formatted(dtype, Arrays.toString(DType.values()))));
  }

  private List<String> chosen() {
    var all = operations().stream().map(Op::name).toList();
    for (var name : names) {
      if (!all.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--op=" + name + ": no operation of PyTorch's too has this name");
      }
    }
    return all.stream().filter(name -> names.isEmpty() || names.contains(name)).toList();
  }

  private Map<String, Object> settings() {
    var settings = new LinkedHashMap<String, Object>();
    settings.put("draws", draws);
    settings.put("dtype", dtype);
    settings.put("threads", threads);
    settings.put("gradients", withGradients);
    return settings;
  }

  private Map<String, String> contestants() throws IOException, InterruptedException {
    var probe = PeerProbe.probe(List.of(LibTorch.NAME)).getFirst();
    if (!probe.loads()) {
      throw new ParameterException(
          spec.commandLine(), LibTorch.NAME + " is needed: " + probe.text());
    }
    var contestants = new LinkedHashMap<String, String>();
    contestants.put(Peers.GATUN, new Gatun().description());
    contestants.put(LibTorch.NAME, probe.text());
    return contestants;
  }
}
