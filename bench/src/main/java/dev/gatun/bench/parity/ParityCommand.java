package dev.gatun.bench.parity;

import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun parity}. */
@Command(
    name = "parity",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Every operation, and every method made of some, beside libtorch, on calls drawn at random:"
          + " types, shapes, layouts, arguments, special values; results and gradients.",
      "Prints, for each operation, the cases, those that both sides refused, those with gradients,"
          + " mismatches, differences that are intended, those in which elements are more than"
          + " 4 units in the last place apart (1 in narrow types) and libtorch's own double"
          + " precision confirms Gatun: it is nearly as close to it as libtorch in the type; and"
          + " the worst distances of the others, in units in the last place.",
      "Ends with status 0 when there is no mismatch, else 1. A mismatch comes with the command that"
          + " shows it again."
    })
public final class ParityCommand implements Callable<Integer> {

  @Option(names = "--op", split = ",", description = "Operations to compare. Default: all.")
  private List<String> names = List.of();

  @Option(names = "--cases", description = "Cases for each operation.")
  private int cases = 100;

  @Option(names = "--seed", description = "The seed of all cases.")
  private long seed = 1;

  @Option(names = "--first", description = "The number of the first case.")
  private int first;

  @Option(
      names = "--jobs",
      description = "So many processes share the operations; each takes one thread.")
  private int jobs = 1;

  @Option(
      names = "--confirmed",
      description =
          "Print, for each operation, some of the cases in which double precision was asked.")
  private boolean showsConfirmed;

  @Spec private CommandSpec spec;

  private long compared;
  private long mismatches;

  /** Makes the command. */
  public ParityCommand() {}

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    if (jobs < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs=" + jobs + ": 1 at least");
    }
    var subjects = chosen();
    out().println(ParityRow.header());
    if (jobs == 1) {
      compareHere(subjects);
    } else {
      compareInForks(subjects);
    }
    out()
        .printf(
            "parity: ops=%d cases=%d mismatches=%d listed=%d%n",
            subjects.size(), compared, mismatches, Difference.all().size());
    out().flush();
    return mismatches == 0 ? 0 : 1;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void compareHere(List<Subject> subjects) {
    try (var parity = new Parity(library(spec), seed)) {
      for (var subject : subjects) {
        var row = parity.compare(subject, first, cases);
        found(new ParityFork.Found(row.cases(), row.mismatches(), row.lines(showsConfirmed)));
      }
    }
  }

  /** Each fork takes every so-manieth operation. */
  private void compareInForks(List<Subject> subjects)
      throws InterruptedException, ExecutionException {
    library(spec);
    try (var forks = Executors.newFixedThreadPool(jobs)) {
      var running = new ArrayList<Future<?>>();
      for (int job = 0; job < Math.min(jobs, subjects.size()); job++) {
        var names = new ArrayList<String>();
        for (int i = job; i < subjects.size(); i += jobs) {
          names.add(subjects.get(i).name());
        }
        running.add(
            forks.submit(() -> {
              ParityFork.run(names, seed, first, cases, showsConfirmed, this::found);
              return null;
            }));
      }
      for (var fork : running) {
        fork.get();
      }
    }
  }

  private synchronized void found(ParityFork.Found found) {
    compared += found.cases();
    mismatches += found.mismatches();
    found.lines().forEach(out()::println);
    out().flush();
  }

  /**
   * Loads libtorch, or ends the command with what is missing. One thread is enough for small
   * tensors; to wake another one takes longer than to compute them.
   */
  static LibTorch library(CommandSpec spec) {
    // JavaCPP's handles are closed at once; its tracking of them by the collector costs time.
    System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    return switch (Peers.load(List.of(LibTorch.NAME)).getFirst()) {
      case PeerLookup.Loaded(LibTorch library) -> {
        library.setThreads(1);
        yield library;
      }
      case PeerLookup.Loaded(var other) -> throw new IllegalStateException(other.name());
      case PeerLookup.Missing(String name, String reason) ->
          throw new ParameterException(spec.commandLine(), name + " is needed: " + reason);
    };
  }

  private List<Subject> chosen() {
    var all = Subject.all();
    for (var name : names) {
      if (all.stream().noneMatch(subject -> subject.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(), "--op=" + name + ": no operation has this name");
      }
    }
    return all.stream()
        .filter(subject -> names.isEmpty() || names.contains(subject.name()))
        .toList();
  }
}
