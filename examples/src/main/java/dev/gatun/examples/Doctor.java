package dev.gatun.examples;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.cuda.CudaReport;
import dev.gatun.kernels.cuda.CudaReport.Found;
import dev.gatun.kernels.cuda.CudaReport.Missing;
import dev.gatun.kernels.gemm.CacheSizes;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.MemoryPool;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Reports how Gatun runs on this machine: the JVM, the kernels in use and why, memory, devices,
 * what is missing and what to do about it. The last line is for scripts.
 */
@Command(
    name = "gatun doctor",
    mixinStandardHelpOptions = true,
    versionProvider = GatunVersion.class,
    description = "Says how Gatun runs on this machine, and why.")
public final class Doctor implements Callable<Integer> {
  private static final Pattern FILE = Pattern.compile("lib\\w+\\.so[.0-9]*.*");

  @Spec private CommandSpec spec;

  Doctor() {}

  /**
   * Runs the program and ends the JVM: with status 0, with 1 where the settings ask for what this
   * machine does not have, with 2 for arguments that it does not understand.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Doctor());
  }

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    line(out, "Gatun", new GatunVersion().getVersion()[0]);
    line(out, "Java", Runtime.version() + ", " + property("java.vm.name"));
    line(
        out,
        "System",
        property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
    line(out, "Processors", Runtime.getRuntime().availableProcessors());
    line(out, "Caches", caches());
    line(out, "Heap limit", mebibytes(Runtime.getRuntime().maxMemory()));
    boolean sound = printKernels(out);
    printMemory(out);
    var cuda = Cuda.report();
    printCuda(out, cuda);
    out.printf(
        Locale.ROOT,
        "doctor: cpu=%s %s%n",
        sound ? "ok" : "unusable",
        cuda.available()
            ? "cuda=ok devices=" + cuda.devices().size()
            : "cuda=unavailable reason=\"" + cuda.reason().replace('"', '\'') + '"');
    out.flush();
    return sound ? 0 : 1;
  }

  private static String caches() {
    var sizes = CacheSizes.ofThisMachine();
    return String.format(
        Locale.ROOT,
        "%,d KiB, %,d KiB, %,d KiB",
        sizes.first() >> 10,
        sizes.second() >> 10,
        sizes.last() >> 10);
  }

  /** Prints what computes; returns whether the settings could be followed. */
  private boolean printKernels(PrintWriter out) {
    try {
      line(out, "Threads", Workers.threads());
      line(out, "Kernels", Kernels.provider().name() + " (" + Kernels.reason() + ")");
      return true;
    } catch (GatunException refused) {
      line(out, "Kernels", "none: " + refused.getMessage());
      return false;
    }
  }

  private static void printMemory(PrintWriter out) {
    var pool = MemoryPool.shared().statistics();
    line(out, "Memory limit", mebibytes(pool.limitBytes()));
    line(
        out,
        "Memory in use",
        mebibytes(pool.inUseBytes())
            + " in "
            + pool.liveBlocks()
            + " blocks, peak "
            + mebibytes(pool.peakBytes()));
    line(
        out,
        "Memory held",
        mebibytes(pool.reservedBytes())
            + ", of it "
            + mebibytes(pool.cachedBytes())
            + " free; "
            + pool.systemAllocations()
            + " requests to the system");
  }

  private static void printCuda(PrintWriter out, CudaReport cuda) {
    line(out, "CUDA", cuda.available() ? "available" : "unavailable: " + cuda.reason());
    boolean isPartMissing =
        cuda.parts().stream()
            .anyMatch(
                part -> part instanceof Missing missing && missing.advice().equals(cuda.advice()));
    if (!cuda.available() && !isPartMissing) {
      line(out, "", "to do: " + cuda.advice());
    }
    for (var device : cuda.devices()) {
      line(
          out,
          "  " + device.device(),
          device.name()
              + ", sm_"
              + device.computeCapability()
              + ", "
              + mebibytes(device.totalBytes()));
    }
    Missing before = null;
    for (var part : cuda.parts()) {
      switch (part) {
        case Found found ->
            line(
                out,
                "  " + shortName(part),
                found.version() + ", " + found.path() + " (" + found.place() + ")");
        case Missing missing -> {
          line(out, "  " + shortName(part), missing.reason());
          printPlaces(out, missing, before);
          before = missing;
        }
      }
    }
  }

  private static String shortName(CudaReport.Part part) {
    return part.name().replace("the NVIDIA ", "");
  }

  /** Prints where was looked for a part: in few words where it is as with the part before. */
  private static void printPlaces(PrintWriter out, Missing missing, @Nullable Missing before) {
    if (before != null && folders(before).equals(folders(missing))) {
      line(out, "", "looked for in the same places");
    } else {
      missing.lookedIn().forEach(place -> line(out, "", "looked for: " + place));
    }
    line(out, "", "to do: " + missing.advice());
  }

  /** The places without the names of files, which differ from part to part. */
  private static List<String> folders(Missing missing) {
    return missing.lookedIn().stream()
        .map(place -> FILE.matcher(place).replaceAll("library"))
        .toList();
  }

  private static void line(PrintWriter out, String name, Object value) {
    out.printf(Locale.ROOT, "%-14s %s%n", name, value);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }

  private static String property(String name) {
    return Objects.requireNonNullElse(System.getProperty(name), "unknown");
  }
}
