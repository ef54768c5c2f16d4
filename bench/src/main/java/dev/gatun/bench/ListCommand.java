package dev.gatun.bench;

import dev.gatun.bench.peers.PeerProbe;
import dev.gatun.bench.peers.Peers;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code gatun bench list}: what can be measured, and beside whom. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the benchmarks and the peers, with the reason for each one missing.")
final class ListCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var out = spec.commandLine().getOut();
    out.println("benchmarks:");
    for (var entry : spec.parent().subcommands().entrySet()) {
      var usage = entry.getValue().getCommandSpec().usageMessage();
      if (!usage.hidden()) {
        out.printf("  %-9s %s%n", entry.getKey(), usage.description()[0]);
      }
    }
    out.println("peers:");
    for (var peer : PeerProbe.probe(Peers.NAMES)) {
      out.printf("  %-9s %s%s%n", peer.name(), peer.loads() ? "" : "missing: ", peer.text());
    }
    out.flush();
    return 0;
  }
}
