package dev.gatun.bench;

import dev.gatun.bench.cpu.CpuCommand;
import dev.gatun.bench.gpu.GpuCheckCommand;
import dev.gatun.bench.memory.MemoryCommand;
import dev.gatun.bench.ops.OpsCommand;
import dev.gatun.bench.parity.FuzzCommand;
import dev.gatun.bench.parity.ParityCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code gatun bench}: measures Gatun, and the libraries one would use instead, in one run. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures Gatun beside its peers.",
    synopsisSubcommandLabel = "COMMAND")
public final class Bench {

  private Bench() {}

  /**
   * Runs a benchmark and ends the process: status 0 when it ran, 1 when it failed, 2 when an option
   * is wrong.
   *
   * @param arguments a subcommand and its options
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .addSubcommand(new CpuCommand())
        .addSubcommand(new OpsCommand())
        .addSubcommand(new GpuCheckCommand())
        .addSubcommand(new MemoryCommand())
        .addSubcommand(new ParityCommand())
        .addSubcommand(new FuzzCommand())
        .addSubcommand(
            new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true))
        .addSubcommand(new ListCommand());
  }
}
