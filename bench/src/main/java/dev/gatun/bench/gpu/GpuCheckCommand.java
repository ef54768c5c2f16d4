package dev.gatun.bench.gpu;

import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.report.Json;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.cuda.CudaReport;
import dev.gatun.memory.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun gpu-check}. */
@Command(
    name = "gpu-check",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false,
    description = {
      "Checks on a CUDA device that Gatun computes there what it computes on the host, and times it"
          + " beside PyTorch on the same device.",
      "Ends with status 0 when all is right, 1 when something is wrong, 3 when there is no device"
          + " to check."
    })
public final class GpuCheckCommand implements Callable<Integer> {

  /** The status when there is no device: nothing was found wrong, for nothing was looked at. */
  static final int NO_DEVICE = 3;

  private static final String BENCH = "bench";
  private static final int MNIST_IMAGES = 6000;
  private static final int MNIST_EPOCHS = 3;
  private static final int STREAM_ROUNDS = 200;
  private static final int FAULTS_SHOWN = 20;

  @Option(names = "--device", paramLabel = "N", description = "The number of the device.")
  private int device;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description =
          "Do these alone: catalogue, digits, mnist-shaped, memory, streams, out-of-memory,"
              + " activations, sanitizer, bench.")
  private List<String> only = List.of();

  @Option(
      names = "--op",
      paramLabel = "REGEX",
      description = "Which operations of the catalogue are checked, by their whole names.")
  private Pattern operations = Pattern.compile(".*");

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the loop that is to keep memory as it is.")
  private int steps = 10_000;

  @Option(names = "--epochs", paramLabel = "N", description = "Epochs on the digits.")
  private int epochs = 40;

  @Option(
      names = "--shrink",
      paramLabel = "N",
      description = "Divide the sizes of what is timed, for a device that is slow or small.")
  private int shrink = 1;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description = "The Python whose PyTorch is the peer, where it has one.")
  private String python = "python3";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder for the report, gpu.txt and gpu.json.")
  private Path out = Path.of("out", "gpu-check");

  @Spec private CommandSpec spec;

  private final StringWriter text = new StringWriter();

  /** Makes the command. */
  public GpuCheckCommand() {}

  @Override
  public Integer call() throws Exception {
    var cuda = Cuda.report();
    if (device < 0 || steps < 1 || epochs < 1 || shrink < 1) {
      throw new ParameterException(
          spec.commandLine(), "--device is not negative; --steps, --epochs, --shrink at least 1");
    }
    if (!cuda.available() || device >= cuda.devices().size()) {
      return explain(cuda);
    }
    var checks = chosen();
    var here = Device.cuda(device);
    var header = header(cuda);
    header.forEach((name, value) -> print("%-14s %s", name, value));
    var outcomes = new LinkedHashMap<String, CheckOutcome>();
    for (var check : checks) {
      outcomes.put(check.name(), run(check, here));
    }
    var rows = isChosen(BENCH) ? time(here, header) : List.<GpuRow>of();
    if (isChosen(BENCH)) {
      outcomes.put(BENCH, outcomeOf(rows));
    }
    var report = new GpuReport(header, outcomes, rows);
    print("%s", report.summary());
    Files.createDirectories(out);
    Files.writeString(out.resolve("gpu.txt"), text.toString());
    Files.writeString(out.resolve("gpu.json"), Json.write(report.tree()));
    return report.passed() ? 0 : 1;
  }

  /** Says why there is no device, and where was looked. */
  private int explain(CudaReport cuda) {
    String reason =
        cuda.available() ? "there is no device with the number " + device : cuda.reason();
    print("no device to check: %s", reason);
    for (var part : cuda.parts()) {
      if (part instanceof CudaReport.Missing missing) {
        print("  %s: %s", missing.name(), missing.reason());
        missing.lookedIn().forEach(place -> print("    looked for: %s", place));
        print("    to do: %s", missing.advice());
      }
    }
    if (!cuda.advice().isEmpty()) {
      print("to do: %s", cuda.advice());
    }
    print("gpu: unavailable reason=\"%s\"", reason.replace('"', '\''));
    return NO_DEVICE;
  }

  private List<DeviceCheck> chosen() {
    var checks =
        List.of(
            new CatalogueCheck(operations, line -> print("  %s", line)),
            TrainingCheck.digits(epochs),
            TrainingCheck.ofMnistShape(MNIST_IMAGES, MNIST_EPOCHS),
            new SteadyMemoryCheck(steps),
            new StreamsCheck(STREAM_ROUNDS),
            new OutOfMemoryCheck(),
            new ActivationsCheck(),
            new SanitizerCheck());
    var names = new ArrayList<>(checks.stream().map(DeviceCheck::name).toList());
    names.add(BENCH);
    for (var name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--only: no check '" + name + "' among " + names);
      }
    }
    return checks.stream().filter(check -> isChosen(check.name())).toList();
  }

  private boolean isChosen(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private Map<String, Object> header(CudaReport cuda) {
    var header = new LinkedHashMap<String, Object>();
    header.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    var info = cuda.devices().get(device);
    header.put(
        "device",
        info.name()
            + ", sm_"
            + info.computeCapability()
            + ", "
            + (info.totalBytes() >> 20)
            + " MiB");
    for (var part : cuda.parts()) {
      header.put(
          part.name(),
          switch (part) {
            case CudaReport.Found found -> found.version() + ", " + found.path();
            case CudaReport.Missing missing -> "none: " + missing.reason();
          });
    }
    header.putAll(Machine.current().toMap());
    return header;
  }

  private CheckOutcome run(DeviceCheck check, Device here) {
    print("%s", check.name());
    CheckOutcome outcome;
    try {
      outcome = check.run(here);
    } catch (Exception failed) { // of the check itself: reported as a fault, the others go on
      outcome = CheckOutcome.of(Map.of(), List.of("the check failed: " + failed));
    }
    if (!outcome.skipped().isEmpty()) {
      print("  skipped: %s", outcome.skipped());
    } else {
      print("  %s %s", outcome.passed() ? "passed" : "FAILED", outcome.figures());
    }
    outcome.faults().stream().limit(FAULTS_SHOWN).forEach(fault -> print("  %s", fault));
    int more = outcome.faults().size() - FAULTS_SHOWN;
    if (more > 0) {
      print("  and %d more, in gpu.json", more);
    }
    return outcome;
  }

  private List<GpuRow> time(Device here, Map<String, Object> header) throws Exception {
    try (var torch = startTorch(header)) {
      print("%s", GpuRow.heading());
      return new GpuContest(here, torch).run(GpuCases.all(shrink), row -> print("%s", row.line()));
    }
  }

  /** What cannot be timed is a fault; what is slow is not. */
  private static CheckOutcome outcomeOf(List<GpuRow> rows) {
    return CheckOutcome.of(
        Map.of("cases", rows.size()),
        rows.stream()
            .filter(row -> Double.isNaN(row.seconds()))
            .map(row -> row.name() + ": " + row.trouble())
            .toList());
  }

  private @Nullable TorchOnGpu startTorch(Map<String, Object> header) {
    try {
      var torch = TorchOnGpu.start(python, device);
      header.put("peer", torch.version());
      print("%-14s %s", "peer", torch.version());
      return torch;
    } catch (IOException absent) {
      String reason = "none: " + absent.getMessage();
      header.put("peer", reason);
      print("%-14s %s", "peer", reason);
      return null;
    }
  }

  private void print(String format, Object... values) {
    String line = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
    PrintWriter console = spec.commandLine().getOut();
    console.println(line);
    console.flush();
    text.write(line + System.lineSeparator());
  }
}
