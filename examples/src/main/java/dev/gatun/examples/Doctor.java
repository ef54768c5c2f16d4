package dev.gatun.examples;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.MemoryPool;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reports how Gatun runs on this machine: the JVM, the kernels in use and why, memory, devices. */
@Command(
    name = "gatun doctor",
    mixinStandardHelpOptions = true,
    versionProvider = GatunVersion.class,
    description = "Says how Gatun runs on this machine, and why.")
public final class Doctor implements Callable<Integer> {
  @Spec private CommandSpec spec;

  Doctor() {}

  /**
   * Runs the program and ends the JVM: with status 0, with 1 where the settings ask for what this
   * machine does not have, with 2 for arguments that it does not understand.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Doctor()).execute(arguments));
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
    line(out, "Heap limit", mebibytes(Runtime.getRuntime().maxMemory()));
    boolean sound = printKernels(out);
    printMemory(out);
    line(out, "CUDA", "not available: this version of Gatun computes on the CPU only");
    out.flush();
    return sound ? 0 : 1;
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
