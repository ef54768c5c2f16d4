package dev.gatun.bench.parity;

import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
          + " mismatches, differences that are intended, and the worst errors in units in the last"
          + " place (of the largest element for sums and gradients).",
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

  @Spec private CommandSpec spec;

  /** Makes the command. */
  public ParityCommand() {}

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var rows = new ArrayList<ParityRow>();
    try (var parity = new Parity(library(spec), seed)) {
      out.println(header());
      for (var subject : chosen()) {
        var row = parity.compare(subject, first, cases);
        rows.add(row);
        print(row, out);
      }
    }
    long mismatches = rows.stream().mapToLong(ParityRow::mismatches).sum();
    out.printf(
        "parity: ops=%d cases=%d mismatches=%d listed=%d%n",
        rows.size(),
        rows.stream().mapToLong(ParityRow::cases).sum(),
        mismatches,
        Difference.all().size());
    out.flush();
    return mismatches == 0 ? 0 : 1;
  }

  /** Loads libtorch, or ends the command with what is missing. */
  static LibTorch library(CommandSpec spec) {
    return switch (Peers.load(List.of(LibTorch.NAME)).getFirst()) {
      case PeerLookup.Loaded(LibTorch library) -> library;
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

  private static String header() {
    return "%-32s%8s%9s%11s%12s%10s%14s%16s"
        .formatted(
            "operation",
            "cases",
            "refused",
            "gradients",
            "mismatches",
            "intended",
            "worst result",
            "worst gradient");
  }

  private static void print(ParityRow row, PrintWriter out) {
    out.println(
        String.format(
            Locale.ROOT,
            "%-32s%8d%9d%11d%12d%10d%14.1f%16.1f",
            row.name(),
            row.cases(),
            row.refusedCases(),
            row.gradientCases(),
            row.mismatches(),
            row.intendedDifferences(),
            row.worstResult(),
            row.worstGradient()));
    row.examples().forEach(example -> out.println("    " + example));
    out.flush();
  }
}
