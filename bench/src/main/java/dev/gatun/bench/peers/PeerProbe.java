package dev.gatun.bench.peers;

import dev.gatun.bench.fork.ForkFailedException;
import dev.gatun.bench.fork.ForkedJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries in a process of its own whether a peer loads: some libraries end the process when they do
 * not find a part of themselves, and a measurement must survive that.
 */
public final class PeerProbe {

  private static final String MARK = "@gatun-peer";
  private static final String LOADED = "loaded";
  private static final String MISSING = "missing";

  /**
   * What came of a probe.
   *
   * @param name the peer
   * @param loads whether it can take part
   * @param text its description, or the reason why it cannot
   */
  public record Result(String name, boolean loads, String text) {}

  private PeerProbe() {}

  /**
   * Probes peers, one process after the other.
   *
   * @param names names out of {@link Peers#NAMES}
   * @return one result for each, in the order given
   * @throws IOException when no process can be started
   * @throws InterruptedException when this thread is interrupted
   */
  public static List<Result> probe(List<String> names) throws IOException, InterruptedException {
    var results = new ArrayList<Result>();
    for (var name : names) {
      results.add(probe(name));
    }
    return List.copyOf(results);
  }

  private static Result probe(String name) throws IOException, InterruptedException {
    var results = new ArrayList<Result>();
    try {
      new ForkedJvm(PeerProbe.class, 1)
          .run(
              List.of(name),
              line -> {
                var fields = line.split("\t", 3);
                if (fields.length == 3 && fields[0].equals(MARK)) {
                  results.add(new Result(name, fields[1].equals(LOADED), fields[2]));
                }
              });
    } catch (ForkFailedException failure) {
      return new Result(name, false, lastLine(String.valueOf(failure.getMessage())));
    }
    return results.isEmpty()
        ? new Result(name, false, "its process ended without a word")
        : results.getFirst();
  }

  private static String lastLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).reduce((a, b) -> b).orElse(text);
  }

  /**
   * Loads one peer in this process and says what came of it on standard output.
   *
   * @param arguments the peer's name
   */
  public static void main(String[] arguments) {
    var line =
        switch (Peers.load(List.of(arguments[0])).getFirst()) {
          case PeerLookup.Loaded(Peer peer) -> LOADED + "\t" + oneLine(peer.description());
          case PeerLookup.Missing(String name, String reason) -> MISSING + "\t" + oneLine(reason);
        };
    System.out.println(MARK + "\t" + line);
    System.out.flush();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
