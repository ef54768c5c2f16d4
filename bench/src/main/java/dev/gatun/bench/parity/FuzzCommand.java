package dev.gatun.bench.parity;

import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gatun fuzz}. */
@Command(
    name = "fuzz",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Random programs of 5 to 30 statements beside libtorch: views, elementwise operations, folds,"
          + " products, writes in place, backward passes.",
      "A program whose sides differ is run again, first as it was, and then with its numbers moved"
          + " to their neighbours: where only this changes Gatun's own result as much, a jump or a"
          + " steep slope has made rounding errors large, and the program counts as unstable."
          + " Memory has to be back to where it was after each program.",
      "Ends with status 0 when there is no mismatch and no leak, else 1. A mismatch comes with the"
          + " program and the command that shows it again."
    })
public final class FuzzCommand implements Callable<Integer> {

  /** Ways to move the numbers of a program to their neighbours. */
  private static final int NUDGES = 8;

  private static final double NANOS_PER_MINUTE = 60e9;

  @Option(names = "--minutes", description = "How long to go on.")
  private double minutes = 1;

  @Option(names = "--seed", description = "The seed of all programs.")
  private long seed = 1;

  @Option(names = "--first", description = "The number of the first program.")
  private long first;

  @Option(names = "--programs", description = "The most programs to run.")
  private long most = Long.MAX_VALUE;

  @Spec private CommandSpec spec;

  private long programs;
  private long statements;
  private long refusals;
  private long passes;
  private long unnoticed;
  private long unstable;
  private long intended;
  private long mismatches;
  private long leaks;

  /** Makes the command. */
  public FuzzCommand() {}

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.printf("fuzz: seed %d%n", seed);
    out.flush();
    long end = System.nanoTime() + (long) (minutes * NANOS_PER_MINUTE);
    try (var referee = new Referee(ParityCommand.library(spec))) {
      while (programs < most && (System.nanoTime() < end || programs == 0)) {
        long number = first + programs++;
        long before = MemoryPool.shared().inUseBytes();
        run(referee, number, out);
        long left = MemoryPool.shared().inUseBytes() - before;
        if (left != 0) {
          leaks++;
          out.printf("program %d left %d bytes behind: %s%n", number, left, again(number));
        }
      }
    }
    out.printf(
        "fuzz: programs=%d statements=%d passes=%d refused=%d one_side_noticed_a_write=%d"
            + " unstable=%d intended=%d mismatches=%d leaks=%d seed=%d%n",
        programs,
        statements,
        passes,
        refusals,
        unnoticed,
        unstable,
        intended,
        mismatches,
        leaks,
        seed);
    out.flush();
    return mismatches == 0 && leaks == 0 ? 0 : 1;
  }

  private void run(Referee referee, long number, PrintWriter out) {
    long program = seed * 1_000_003 + number;
    try (var _ = Scope.open();
        var random = new RandomProgram(referee, program, program, null)) {
      random.run();
      statements += random.statements();
      refusals += random.refusals();
      passes += random.passes();
      if (random.differsAsIntended()) {
        intended++;
      }
      if (random.onlyOneSideNoticedAWrite()) {
        unnoticed++;
      }
      if (random.mismatch() == null) {
        return;
      }
      if (random.isMovedByRoundings(NUDGES)) {
        unstable++;
        return;
      }
      mismatches++;
      out.printf("program %d: %s%n", number, random.mismatch());
      random.lines().forEach(line -> out.println("    " + line));
      out.println("    " + again(number));
      out.flush();
    }
  }

  private String again(long number) {
    return "./gatun fuzz --seed=%d --first=%d --programs=1".formatted(seed, number);
  }
}
