package dev.gatun.examples.digits;

import dev.gatun.autograd.NoGrad;
import dev.gatun.examples.GatunVersion;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.GatunException;
import dev.gatun.nn.Module;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.data.DataLoader;
import dev.gatun.nn.data.TensorDataset;
import dev.gatun.nn.io.FileAccessException;
import dev.gatun.nn.io.Safetensors;
import dev.gatun.nn.io.SafetensorsFile;
import dev.gatun.nn.loss.CrossEntropyLoss;
import dev.gatun.nn.metrics.Accuracy;
import dev.gatun.nn.metrics.ConfusionMatrix;
import dev.gatun.nn.optim.AdamOptions;
import dev.gatun.nn.optim.AdamW;
import dev.gatun.nn.train.EpochResult;
import dev.gatun.nn.train.History;
import dev.gatun.nn.train.LearningRates;
import dev.gatun.nn.train.ProgressDisplays;
import dev.gatun.nn.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains a network on handwritten digits, saves and reloads it, and serves it one image at a time.
 */
@Command(
    name = "gatun digits",
    mixinStandardHelpOptions = true,
    versionProvider = GatunVersion.class,
    sortOptions = false,
    description = {
      "Trains a network on handwritten digits, measures it on images it has not seen, saves it,"
          + " loads it again, and serves it one image at a time."
    },
    footer = {
      "",
      "The digits that ship with Gatun: Optical Recognition of Handwritten Digits,",
      "E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0."
    })
public final class Digits implements Callable<Integer> {
  private static final int EVALUATION_BATCH = 1024;
  private static final double WARM_UP = 0.1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "learn MNIST from its four IDX files in this folder, gzipped or not")
  private @Nullable Path data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "how many times to go through the images (default: 40, for MNIST 5)")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "how many images a step takes (default: 128)")
  private @Nullable Integer batchSize;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "the highest learning rate (default: 0.02, for MNIST 0.002)")
  private @Nullable Double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "what all random numbers follow from (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "how many threads compute (default: one for each processor)")
  private @Nullable Integer threads;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "out/digits",
      description =
          "the folder for model, loss curve and confusion matrix" + " (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("out", "digits");

  @Spec private CommandSpec spec;

  private long firstEpochMillis;

  Digits() {}

  /**
   * Runs the program and ends the JVM: with status 0, with 1 when something went wrong, with 2 for
   * arguments that it does not understand.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Digits())
        .setExecutionExceptionHandler((problem, command, _) -> {
          if (!(problem instanceof GatunException)) {
            throw problem;
          }
          command.getErr().println("digits: " + problem.getMessage());
          return 1;
        });
  }

  @Override
  public Integer call() {
    checkOptions();
    if (threads != null) {
      Workers.setThreads(threads);
    }
    createFolder();
    Recipe recipe =
        (data == null ? Recipe.SHIPPED : Recipe.MNIST).with(epochs, batchSize, learningRate);
    try (DigitImages images = data == null ? DigitImages.shipped(seed) : DigitImages.mnist(data);
        Sequential model = DigitClassifier.make(images.pixels(), recipe, seed)) {
      say(
          "%s: %d images to learn from, %d to be tested on, %d parameters",
          images.name(), images.train().size(), images.test().size(), model.parameterCount());
      History history = train(model, images, recipe);
      ConfusionMatrix confusion = test(model, images.test());
      say(
          "test accuracy %.4f, precision %.4f, recall %.4f, F1 %.4f",
          confusion.accuracy(), confusion.precision(), confusion.recall(), confusion.f1());
      say(
          "trained in %.2f s, %.0f samples/s; first epoch done %d ms after the JVM started",
          history.seconds(), history.examples() / history.seconds(), firstEpochMillis);
      spec.commandLine().getOut().println(confusion);
      write(model, history, confusion);
      boolean same = reload(images, recipe, confusion.accuracy());
      Latencies latencies = Latencies.measure(model, images.test().inputs());
      say(
          "one image at a time, %d times: p50 %.2f us, p99 %.2f us, p99.9 %.2f us, %s heap bytes",
          latencies.count(), latencies.p50(), latencies.p99(), latencies.p999(), bytes(latencies));
      say(
          "digits: accuracy=%.4f train_s=%.1f p50_us=%.1f p99_us=%.1f p999_us=%.1f"
              + " bytes_per_inference=%s",
          confusion.accuracy(),
          history.seconds(),
          latencies.p50(),
          latencies.p99(),
          latencies.p999(),
          bytes(latencies));
      return same ? 0 : 1;
    }
  }

  private void checkOptions() {
    if (epochs != null && epochs < 1 || batchSize != null && batchSize < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--epochs and --batch-size are at least 1");
    }
    if (threads != null && threads < 1) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--threads is at least 1");
    }
    if (learningRate != null && !(learningRate > 0 && learningRate < 1e3)) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--lr is a positive number");
    }
  }

  private void createFolder() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new FileAccessException("digits", out, e);
    }
  }

  private History train(Module model, DigitImages images, Recipe recipe) {
    AdamOptions options =
        AdamOptions.of(recipe.learningRate()).withWeightDecay(recipe.weightDecay());
    try (AdamW optimizer = new AdamW(model.parameters(), options)) {
      return new Trainer(model, new CrossEntropyLoss(), optimizer)
          .learningRates(LearningRates.cosine(recipe.learningRate(), WARM_UP))
          .validateOn(DataLoader.of(images.test(), EVALUATION_BATCH), new Accuracy())
          .progress(ProgressDisplays.console())
          .listener(this::noteFirstEpoch)
          .fit(
              DataLoader.of(images.train(), recipe.batchSize()).shuffle(seed).dropLast(true),
              recipe.epochs());
    }
  }

  private void noteFirstEpoch(EpochResult result) {
    if (firstEpochMillis == 0) {
      Instant started = ProcessHandle.current().info().startInstant().orElse(Instant.now());
      firstEpochMillis = Duration.between(started, Instant.now()).toMillis();
    }
  }

  private static ConfusionMatrix test(Module model, TensorDataset test) {
    ConfusionMatrix confusion = new ConfusionMatrix(10);
    try (var _ = NoGrad.open()) {
      DataLoader.of(test, EVALUATION_BATCH)
          .forEach(batch -> confusion.update(model.forward(batch.inputs()), batch.targets()));
    }
    return confusion;
  }

  private void write(Sequential model, History history, ConfusionMatrix confusion) {
    Path csv = out.resolve("confusion.csv");
    Safetensors.save(modelFile(), model.state(), Map.of("seed", Long.toString(seed)));
    LossChart.write(history, out.resolve("loss.svg"));
    try {
      Files.writeString(csv, confusion.toCsv());
    } catch (IOException e) {
      throw new FileAccessException("digits", csv, e);
    }
    say("wrote model.safetensors, loss.svg and confusion.csv to %s", out);
  }

  private Path modelFile() {
    return out.resolve("model.safetensors");
  }

  /** Loads the saved model without copying it, and tells whether it answers as the trained one. */
  private boolean reload(DigitImages images, Recipe recipe, double accuracy) {
    try (SafetensorsFile file = SafetensorsFile.open(modelFile());
        Sequential model = DigitClassifier.make(images.pixels(), recipe, seed + 1)) {
      model.assignState(file.tensors());
      model.eval();
      double again = test(model, images.test()).accuracy();
      boolean same = again == accuracy;
      say("loaded again: test accuracy %s, %s", again, same ? "the same" : "NOT the same");
      return same;
    }
  }

  private static String bytes(Latencies latencies) {
    double bytes = latencies.bytesPerInference();
    return bytes == Math.rint(bytes)
        ? Long.toString((long) bytes)
        : String.format(Locale.ROOT, "%.2f", bytes);
  }

  private void say(String format, Object... arguments) {
    var writer = spec.commandLine().getOut();
    writer.println(String.format(Locale.ROOT, format, arguments));
    writer.flush();
  }
}
