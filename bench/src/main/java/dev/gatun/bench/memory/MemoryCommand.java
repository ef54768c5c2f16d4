package dev.gatun.bench.memory;

import dev.gatun.bench.fork.ForkedJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench memory}. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Resident memory of a long training loop of small steps: after the first 1,000, and on the"
          + " way to the end; once with steps written out, once with a plan that is warmed up and"
          + " replayed.",
      "It runs in a JVM of its own with a heap of fixed size, after a loop that is not counted and"
          + " makes the JIT compiler do its work; what could grow then are tensors.",
      "The last line of each has both ends and the growth between them, in MiB, how often the pool"
          + " asked the operating system for memory after the first 1,000 steps, how often it was"
          + " asked for memory itself, and the bytes allocated on the heap for each step."
    })
public final class MemoryCommand implements Callable<Integer> {

  private static final int FIRST_STEPS = 1_000;
  private static final double MEBIBYTE = 1 << 20;

  private static final List<String> FIXED_HEAP =
      List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

  @Option(names = "--steps", description = "Steps of the loop, more than 1000.")
  private int steps = 100_000;

  @Option(names = "--warm-up", description = "Steps of the loop that is not counted.")
  private int warmUpSteps = 30_000;

  @Spec private CommandSpec spec;

  /** Makes the command. */
  public MemoryCommand() {}

  private record Reading(
      int steps,
      double residentMiB,
      double reservedMiB,
      long systemCalls,
      long takings,
      long heapBytes) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (steps <= FIRST_STEPS) {
      throw new ParameterException(
          spec.commandLine(), "--steps: " + steps + ": more than " + FIRST_STEPS + " are needed");
    }
    for (var way : TrainingLoop.Way.values()) {
      run(way);
    }
    return 0;
  }

  private void run(TrainingLoop.Way way) throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    var name = way.name().toLowerCase(Locale.ROOT);
    out.println(
        "%10s  resident MiB  reserved by the pool MiB  asked the system  was asked"
            .formatted(name));
    var readings = new ArrayList<Reading>();
    new ForkedJvm(TrainingLoop.class, 1, FIXED_HEAP)
        .run(
            arguments(way),
            line -> {
              if (line.startsWith(TrainingLoop.MARK)) {
                readings.add(reading(line.split("\t", -1)));
                print(readings.getLast());
              }
            });
    var first = readings.getFirst();
    var last = readings.getLast();
    out.println(
        String.format(
            Locale.ROOT,
            "memory: way=%s steps=%d rss_first_mib=%.1f rss_last_mib=%.1f growth_mib=%.1f"
                + " pool_growth_mib=%.1f system_calls=%d allocator_calls=%d"
                + " heap_bytes_per_step=%.2f",
            name,
            last.steps(),
            first.residentMiB(),
            last.residentMiB(),
            last.residentMiB() - first.residentMiB(),
            last.reservedMiB() - first.reservedMiB(),
            last.systemCalls() - first.systemCalls(),
            last.takings() - first.takings(),
            (double) (last.heapBytes() - first.heapBytes()) / (last.steps() - first.steps())));
    out.flush();
  }

  /** The warm-up, and lines after the first 1,000 steps, at nine points on the way, at the end. */
  private List<String> arguments(TrainingLoop.Way way) {
    var stops = new TreeSet<Integer>();
    stops.add(FIRST_STEPS);
    for (int tenth = 1; tenth <= 10; tenth++) {
      int stop = (int) ((long) steps * tenth / 10);
      if (stop > FIRST_STEPS) {
        stops.add(stop);
      }
    }
    var arguments = new ArrayList<String>();
    arguments.add(way.name());
    arguments.add(Integer.toString(warmUpSteps));
    stops.forEach(stop -> arguments.add(Integer.toString(stop)));
    return arguments;
  }

  private static Reading reading(String[] fields) {
    return new Reading(
        Integer.parseInt(fields[1]),
        Long.parseLong(fields[2]) / MEBIBYTE,
        Long.parseLong(fields[3]) / MEBIBYTE,
        Long.parseLong(fields[4]),
        Long.parseLong(fields[5]),
        Long.parseLong(fields[6]));
  }

  private void print(Reading reading) {
    var out = spec.commandLine().getOut();
    out.println(
        String.format(
            Locale.ROOT,
            "%10d%14.1f%26.1f%18d%11d",
            reading.steps(),
            reading.residentMiB(),
            reading.reservedMiB(),
            reading.systemCalls(),
            reading.takings()));
    out.flush();
  }
}
