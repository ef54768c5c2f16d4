package dev.gatun.nn.train;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Module;
import dev.gatun.nn.data.Batch;
import dev.gatun.nn.data.DataLoader;
import dev.gatun.nn.loss.Loss;
import dev.gatun.nn.metrics.MeanLoss;
import dev.gatun.nn.metrics.Metric;
import dev.gatun.nn.optim.Optimizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model: for each batch a forward pass, a backward pass and a step of the optimizer.
 *
 * {@snippet :
 * History train(Module model, Optimizer optimizer, Dataset train, Dataset test) {
 *   return new Trainer(model, new CrossEntropyLoss(), optimizer)
 *       .validateOn(DataLoader.of(test, 256), new Accuracy())
 *       .progress(ProgressDisplays.console())
 *       .fit(DataLoader.of(train, 64).shuffle(1), 20);
 * }
 * }
 *
 * <p>The model is in training mode during steps and in evaluation mode during validation and
 * afterwards. Model, optimizer and loaders stay their owners'. Each step and each batch of
 * validation runs in a scope of its own. Not thread-safe.
 *
 * <p>A model on a device is trained there: each batch is brought to where the parameters are, and
 * the metrics get what came of it back on the host.
 */
public final class Trainer {
  private final Module model;
  private final Loss loss;
  private final Optimizer optimizer;
  private final List<EpochListener> listeners = new ArrayList<>();
  private Metric[] metrics = {};
  private @Nullable DataLoader validation;
  private @Nullable LearningRates learningRates;
  private Progress progress = ProgressDisplays.none();
  private int patience = Integer.MAX_VALUE;
  private Device device = Device.CPU;

  /**
   * Makes a trainer.
   *
   * @param model what is trained
   * @param loss what is made small; a scalar, the mean over the examples of a batch
   * @param optimizer what changes the parameters of the model
   */
  public Trainer(Module model, Loss loss, Optimizer optimizer) {
    this.model = model;
    this.loss = loss;
    this.optimizer = optimizer;
  }

  /**
   * Measures the model after each epoch.
   *
   * @param loader the examples to measure it on
   * @param metrics the figures to take, beside the loss
   * @return this trainer
   */
  public Trainer validateOn(DataLoader loader, Metric... metrics) {
    this.validation = loader;
    this.metrics = metrics.clone();
    return this;
  }

  /**
   * Changes the learning rate of all groups before each step.
   *
   * @param learningRates the rates
   * @return this trainer
   */
  public Trainer learningRates(LearningRates learningRates) {
    this.learningRates = learningRates;
    return this;
  }

  /**
   * Shows how far training is.
   *
   * @param progress the display
   * @return this trainer
   */
  public Trainer progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  /**
   * Tells somebody of each epoch that ends.
   *
   * @param listener whom to tell, after those told already
   * @return this trainer
   */
  public Trainer listener(EpochListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Stops when the loss has not fallen for some epochs: that of the validation where there is one,
   * else that of the training.
   *
   * @param patience for how many epochs in a row it may fail to fall below its minimum so far
   * @return this trainer
   * @throws ArgumentException when that is not positive
   */
  public Trainer earlyStopping(int patience) {
    if (patience < 1) {
      throw new ArgumentException("early stopping: a patience of " + patience + ": at least 1");
    }
    this.patience = patience;
    return this;
  }

  /**
   * Trains the model.
   *
   * @param loader the examples to train on
   * @param epochs how many times to go through them
   * @return what the epochs have come to
   * @throws ArgumentException when the number of epochs is negative
   */
  public History fit(DataLoader loader, int epochs) {
    if (epochs < 0) {
      throw new ArgumentException("fit: " + epochs + " epochs: not negative");
    }
    List<EpochResult> results = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    int disappointments = 0;
    device = deviceOfModel();
    progress.begin(epochs, loader.exampleCount());
    try {
      for (int epoch = 0; epoch < epochs && disappointments < patience; epoch++) {
        EpochResult result = runEpoch(loader, epoch, epochs);
        results.add(result);
        progress.epochEnded(result);
        listeners.forEach(listener -> listener.epochEnded(result));
        double watched = validation == null ? result.trainingLoss() : result.validationLoss();
        disappointments = watched < best ? 0 : disappointments + 1;
        best = Math.min(best, watched);
      }
    } finally {
      model.eval();
      progress.end();
    }
    return new History(results);
  }

  private EpochResult runEpoch(DataLoader loader, int epoch, int epochs) {
    model.train();
    MeanLoss mean = new MeanLoss();
    long batches = loader.batchCount();
    long step = epoch * batches;
    long begin = System.nanoTime();
    Iterator<Batch> iterator = loader.epoch(epoch).iterator();
    while (iterator.hasNext()) {
      try (var _ = Scope.open()) {
        Batch batch = iterator.next().to(device);
        if (learningRates != null) {
          optimizer.setLearningRate(learningRates.at(step, epochs * batches));
        }
        double value = step(batch);
        mean.add(value, batch.size());
        progress.step(batch.size(), value);
      }
      step++;
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    model.eval();
    double validationLoss = validation == null ? Double.NaN : validate(validation);
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      figures.put(metric.name(), metric.value());
    }
    return new EpochResult(epoch, mean.value(), validationLoss, figures, mean.examples(), seconds);
  }

  private Device deviceOfModel() {
    List<Tensor> parameters = model.parameters();
    return parameters.isEmpty() ? Device.CPU : parameters.getFirst().device();
  }

  private double step(Batch batch) {
    optimizer.zeroGrad();
    Tensor value = loss.forward(model.forward(batch.inputs()), batch.targets());
    value.backward();
    optimizer.step();
    return value.item();
  }

  private double validate(DataLoader loader) {
    MeanLoss mean = new MeanLoss();
    for (Metric metric : metrics) {
      metric.reset();
    }
    try (var _ = NoGrad.open()) {
      loader
          .epoch(0)
          .forEach(examples -> {
            Batch batch = examples.to(device);
            Tensor output = model.forward(batch.inputs());
            mean.add(loss.forward(output, batch.targets()).item(), batch.size());
            for (Metric metric : metrics) {
              metric.update(output.to(Device.CPU), batch.targets().to(Device.CPU));
            }
          });
    }
    return mean.value();
  }
}
