package dev.gatun.bench.parity;

import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Compares some of the operations in a JVM of its own, so that several can do so at a time. */
final class ParityFork {

  /** Ends what is written about an operation: its cases and mismatches follow. */
  private static final String MARK = "@gatun-parity";

  private ParityFork() {}

  /**
   * What a fork has found about one operation.
   *
   * @param cases how many cases
   * @param mismatches how many of them differ
   * @param lines the text for people
   */
  record Found(int cases, long mismatches, List<String> lines) {}

  /**
   * Runs a fork to its end.
   *
   * @param names the operations
   * @param seed of all cases
   * @param first the number of the first case
   * @param cases for each operation
   * @param showsConfirmed whether the text has what double precision confirmed
   * @param found takes what is found about each operation
   * @throws IOException when the fork fails
   * @throws InterruptedException when this thread is interrupted; the fork is ended
   */
  static void run(
      List<String> names,
      long seed,
      int first,
      int cases,
      boolean showsConfirmed,
      Consumer<Found> found)
      throws IOException, InterruptedException {
    var arguments =
        Stream.of(seed, (long) first, (long) cases, showsConfirmed).map(String::valueOf);
    var lines = new ArrayList<String>();
    new ForkedJvm(ParityFork.class, 1)
        .run(
            Stream.concat(arguments, names.stream()).toList(),
            line -> {
              if (line.startsWith(MARK)) {
                var numbers = line.split("\t", -1);
                found.accept(
                    new Found(
                        Integer.parseInt(numbers[1]),
                        Long.parseLong(numbers[2]),
                        List.copyOf(lines)));
                lines.clear();
              } else {
                lines.add(line);
              }
            });
  }

  /**
   * The program of the fork.
   *
   * @param arguments the seed, the number of the first case, how many, whether to show what was
   *     confirmed, and the operations
   */
  public static void main(String[] arguments) {
    var library =
        (LibTorch) ((PeerLookup.Loaded) Peers.load(List.of(LibTorch.NAME)).getFirst()).peer();
    library.setThreads(1);
    int first = Integer.parseInt(arguments[1]);
    int cases = Integer.parseInt(arguments[2]);
    var names = List.of(arguments).subList(4, arguments.length);
    try (var parity = new Parity(library, Long.parseLong(arguments[0]))) {
      for (var subject : Subject.all()) {
        if (names.contains(subject.name())) {
          var row = parity.compare(subject, first, cases);
          row.lines(Boolean.parseBoolean(arguments[3])).forEach(System.out::println);
          System.out.println(MARK + "\t" + row.cases() + "\t" + row.mismatches());
          System.out.flush();
        }
      }
    }
  }
}
