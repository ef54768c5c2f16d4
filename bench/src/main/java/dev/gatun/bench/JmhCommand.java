package dev.gatun.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun bench jmh}: hands its arguments to JMH, which does the rest. */
@Command(
    name = "jmh",
    description = {
      "Runs the JMH suites; everything after 'jmh' goes to JMH ('-h' shows its own help).",
      "The allocation profiler (-prof gc) is on unless the arguments name another profiler."
    })
final class JmhCommand implements Callable<Integer> {

  @Option(names = "--help", usageHelp = true, description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "Arguments of JMH.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException {
    var all = new ArrayList<String>(arguments);
    if (!all.contains("-prof") && !all.contains("-h") && !all.contains("-l")) {
      all.addAll(List.of("-prof", "gc"));
    }
    Main.main(all.toArray(String[]::new));
    return 0;
  }
}
