package dev.gatun.bench.gpu;

import dev.gatun.memory.Device;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's {@code compute-sanitizer}, where there is one, over a piece of the catalogue: no kernel
 * reads or writes where it must not, nor what another thread of its block is writing.
 */
final class SanitizerCheck implements DeviceCheck {

  private static final List<String> TOOLS = List.of("memcheck", "racecheck");
  private static final String PROGRAM = "compute-sanitizer";
  private static final int STATUS_OF_FINDINGS = 86;
  private static final int LINES_KEPT = 20;

  /** At least one operation of every family of kernels; all of them would take hours. */
  private static final String OPERATIONS =
      "add|exp|where|sum|mean|var|argmax|softmax|log_softmax|cross_entropy|layer_norm|cumsum|sort"
          + "|topk_values|gather|scatter_add|index_select|index_add|matmul|conv2d|max_pool2d"
          + "|avg_pool2d|embedding|dropout|scaled_dot_product_attention|tril|one_hot";

  @Override
  public String name() {
    return "sanitizer";
  }

  @Override
  public CheckOutcome run(Device device) throws IOException, InterruptedException {
    Optional<Path> program = find();
    if (program.isEmpty()) {
      return CheckOutcome.skipped("no " + PROGRAM + " on PATH nor under /usr/local/cuda*/bin");
    }
    var figures = new LinkedHashMap<String, Object>();
    var faults = new ArrayList<String>();
    for (var tool : TOOLS) {
      int status = run(program.get(), tool, device, faults);
      figures.put(tool, status == 0 ? "clean" : "status " + status);
    }
    return CheckOutcome.of(figures, faults);
  }

  private static Optional<Path> find() throws IOException {
    var folders = new ArrayList<Path>();
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      folders.add(Path.of(folder));
    }
    var local = Path.of("/usr/local");
    if (Files.isDirectory(local)) {
      try (Stream<Path> entries = Files.list(local)) {
        entries
            .filter(entry -> entry.getFileName().toString().startsWith("cuda"))
            .map(entry -> entry.resolve("bin"))
            .forEach(folders::add);
      }
    }
    return folders.stream()
        .map(folder -> folder.resolve(PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int run(Path program, String tool, Device device, List<String> faults)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.addAll(
        List.of(
            program.toString(),
            "--tool",
            tool,
            "--error-exitcode",
            Integer.toString(STATUS_OF_FINDINGS),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.gatun.bench.Bench",
            "gpu-check",
            "--device",
            Integer.toString(device.index()),
            "--only",
            "catalogue",
            "--op",
            OPERATIONS));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> findings;
    try (var output = process.inputReader()) {
      findings =
          output.lines().filter(line -> line.startsWith("=========")).limit(LINES_KEPT).toList();
      output.lines().forEach(_ -> {});
    }
    int status = process.waitFor();
    if (status != 0) {
      faults.add(tool + ": " + String.join(" / ", findings));
    }
    return status;
  }
}
