package dev.gatun.examples.thermometer;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.examples.GatunVersion;
import dev.gatun.memory.Scope;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.optim.SGD;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds out which unit an old thermometer shows, from readings beside one in degrees Celsius. */
@Command(
    name = "gatun thermometer",
    mixinStandardHelpOptions = true,
    versionProvider = GatunVersion.class,
    description = "Fits t_c = w * t_u + b to readings of a thermometer of unknown unit.")
public final class Thermometer implements Callable<Integer> {
  /** What the thermometer in degrees Celsius shows. */
  private static final double[] CELSIUS = {0.5, 14, 15, 28, 11, 8, 3, -4, 6, 13, 21};

  /** What the unknown one shows at the same times. */
  private static final double[] UNKNOWN = {
    35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4
  };

  /**
   * Brings the unknown readings to the size of the others, so that one rate fits both parameters.
   */
  private static final double SCALE = 0.1;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5000",
      description = "how many steps to make (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description = "the learning rate (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Spec private CommandSpec spec;

  Thermometer() {}

  /**
   * Runs the program and ends the JVM: with status 0, or with 2 for arguments that it does not
   * understand.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Thermometer()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (steps < 1 || !(learningRate > 0)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--steps is at least 1, --lr positive");
    }
    try (var _ = Scope.open()) {
      Tensor celsius = Gatun.tensor(CELSIUS);
      Tensor unknown = Gatun.tensor(UNKNOWN);
      Tensor w = Gatun.tensor(1.0).requiresGrad_();
      Tensor b = Gatun.tensor(0.0).requiresGrad_();
      printGradients(unknown, celsius, w, b);
      fit(unknown.mul(SCALE), celsius, w, b);
    }
    return 0;
  }

  /**
   * Prints the gradient twice. Single precision rounds each addition where readings are added up
   * one by one; one pass over all of them comes within a last digit of the true 4517.29636.
   */
  private void printGradients(Tensor unknown, Tensor celsius, Tensor w, Tensor b) {
    long readings = unknown.numel();
    for (long i = 0; i < readings; i++) {
      loss(unknown.narrow(0, i, 1), celsius.narrow(0, i, 1), w, b).div(readings).backward();
    }
    say(
        "gradient at w = 1, b = 0: [%.4f, %.4f], added up reading by reading",
        gradient(w), gradient(b));
    w.zeroGrad();
    b.zeroGrad();
    loss(unknown, celsius, w, b).backward();
    say(
        "gradient at w = 1, b = 0: [%.4f, %.4f], of all readings in one pass",
        gradient(w), gradient(b));
  }

  private void fit(Tensor scaled, Tensor celsius, Tensor w, Tensor b) {
    double loss = 0;
    try (SGD optimizer = new SGD(List.of(w, b), learningRate)) {
      for (int step = 1; step <= steps; step++) {
        try (var _ = Scope.open()) {
          optimizer.zeroGrad();
          Tensor value = loss(scaled, celsius, w, b);
          value.backward();
          optimizer.step();
          loss = value.item();
        }
        if (step == 1 || step % Math.max(steps / 10, 1) == 0) {
          say("step %5d: loss %9.4f, w %.4f, b %.4f", step, loss, w.item(), b.item());
        }
      }
    }
    say(
        "t_c = %.4f * t_u %+.4f; degrees Fahrenheit would be t_c = 0.5556 * t_u -17.7778",
        w.item() * SCALE, b.item());
  }

  private static Tensor loss(Tensor reading, Tensor celsius, Tensor w, Tensor b) {
    return new MSELoss().forward(reading.mul(w).add(b), celsius);
  }

  private static double gradient(Tensor leaf) {
    return Objects.requireNonNull(leaf.grad()).item();
  }

  private void say(String format, Object... arguments) {
    var out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
