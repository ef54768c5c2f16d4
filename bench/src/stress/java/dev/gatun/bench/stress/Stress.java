package dev.gatun.bench.stress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.Main;

/**
 * {@code gatun stress}: runs jcstress with defaults that suit this suite. Arguments go to jcstress;
 * {@code -h} shows its help. The process ends with a status other than 0 when a test fails.
 */
public final class Stress {

  /** About two minutes on two cores; {@code -m default} and {@code -m tough} look longer. */
  private static final List<String> QUICK = List.of("-m", "quick");

  private static final Path REPORT =
      Path.of(System.getProperty("gatun.root", "."), "bench", "target", "stress", "report");

  private Stress() {}

  /**
   * Runs the tests of this package.
   *
   * @param arguments arguments of jcstress; {@code --help} is understood as {@code -h}
   * @throws Exception when jcstress cannot run, or a test fails
   */
  public static void main(String[] arguments) throws Exception {
    var all = new ArrayList<String>();
    for (var argument : arguments) {
      all.add(argument.equals("--help") ? "-h" : argument);
    }
    addUnlessGiven(all, QUICK);
    addUnlessGiven(all, List.of("-t", Stress.class.getPackageName()));
    addUnlessGiven(all, List.of("-r", REPORT.toString()));
    Main.main(all.toArray(String[]::new));
  }

  private static void addUnlessGiven(List<String> arguments, List<String> option) {
    if (!arguments.contains(option.getFirst())) {
      arguments.addAll(option);
    }
  }
}
