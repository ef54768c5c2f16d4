package dev.gatun.bench.gpu;

import dev.gatun.examples.digits.DigitClassifier;
import dev.gatun.examples.digits.DigitImages;
import dev.gatun.examples.digits.Recipe;
import dev.gatun.memory.Device;
import dev.gatun.nn.data.DataLoader;
import dev.gatun.nn.loss.CrossEntropyLoss;
import dev.gatun.nn.metrics.Accuracy;
import dev.gatun.nn.optim.AdamOptions;
import dev.gatun.nn.optim.AdamW;
import dev.gatun.nn.train.LearningRates;
import dev.gatun.nn.train.Trainer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A network trained on the device and on the host, from the same weights, with the same examples in
 * the same order and the same dropout: it learns as well there as here.
 */
final class TrainingCheck implements DeviceCheck {

  private static final int EVALUATION_BATCH = 1024;
  private static final double WARM_UP = 0.1;
  private static final long SEED = 1;

  /** What rounding in another order may cost, or gain, on some hundreds of test images. */
  private static final double TOLERANCE = 0.015;

  private final String name;
  private final Supplier<DigitImages> images;
  private final Recipe recipe;

  private TrainingCheck(String name, Supplier<DigitImages> images, Recipe recipe) {
    this.name = name;
    this.images = images;
    this.recipe = recipe;
  }

  /** The digits that ship with Gatun. */
  static TrainingCheck digits(int epochs) {
    return new TrainingCheck(
        "digits", () -> DigitImages.shipped(SEED), Recipe.SHIPPED.with(epochs, null, null));
  }

  /** Images of MNIST's shape, of ten classes. */
  static TrainingCheck ofMnistShape(int images, int epochs) {
    return new TrainingCheck(
        "mnist-shaped",
        () -> SyntheticImages.make(images, SEED),
        Recipe.MNIST.with(epochs, null, null));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CheckOutcome run(Device device) {
    try (var examples = images.get()) {
      double host = accuracy(examples, Device.CPU);
      double there = accuracy(examples, device);
      var faults =
          Math.abs(there - host) <= TOLERANCE
              ? List.<String>of()
              : List.of(
                  String.format(Locale.ROOT, "accuracy %.4f, and %.4f on the host", there, host));
      return CheckOutcome.of(Map.of("accuracy", there, "accuracy_on_the_host", host), faults);
    }
  }

  private double accuracy(DigitImages examples, Device device) {
    try (var model = DigitClassifier.make(examples.pixels(), recipe, SEED).to(device);
        var optimizer =
            new AdamW(
                model.parameters(),
                AdamOptions.of(recipe.learningRate()).withWeightDecay(recipe.weightDecay()))) {
      var accuracy = new Accuracy();
      new Trainer(model, new CrossEntropyLoss(), optimizer)
          .learningRates(LearningRates.cosine(recipe.learningRate(), WARM_UP))
          .validateOn(DataLoader.of(examples.test(), EVALUATION_BATCH), accuracy)
          .fit(DataLoader.of(examples.train(), recipe.batchSize()).shuffle(SEED), recipe.epochs());
      return accuracy.value();
    }
  }
}
