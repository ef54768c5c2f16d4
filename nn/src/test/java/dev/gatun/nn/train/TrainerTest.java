package dev.gatun.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Linear;
import dev.gatun.nn.data.DataLoader;
import dev.gatun.nn.data.TensorDataset;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.metrics.R2Score;
import dev.gatun.nn.optim.SGD;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private Scope scope;
  private TensorDataset line;
  private Linear model;
  private SGD optimizer;

  @BeforeEach
  void open() {
    scope = Scope.open();
    Tensor x = Gatun.linspace(-1, 1, 40).unsqueeze(1);
    line = TensorDataset.of(x, x.mul(3).add(0.5));
    model = new Linear(1, 1, true, new Generator(1));
    optimizer = new SGD(model.parameters(), 0.1);
  }

  @AfterEach
  void close() {
    optimizer.close();
    model.close();
    line.close();
    scope.close();
  }

  @Test
  void aLineIsFound() {
    List<EpochResult> told = new ArrayList<>();
    History history =
        new Trainer(model, new MSELoss(), optimizer)
            .validateOn(DataLoader.of(line, 7), new R2Score())
            .listener(told::add)
            .fit(DataLoader.of(line, 8).shuffle(1), 60);
    assertEquals(3, model.weight().tensor().item(), 1e-3);
    assertEquals(60, history.epochs().size());
    assertEquals(told, history.epochs());
    assertEquals(60 * 40, history.examples());
    EpochResult last = history.epochs().getLast();
    assertTrue(last.trainingLoss() < 1e-5 && last.validationLoss() < 1e-5);
    assertEquals(1, last.metrics().get("r2"), 1e-4);
    assertFalse(model.isTraining());
  }

  @Test
  void theSameSeedGivesTheSameLosses() {
    History first =
        new Trainer(model, new MSELoss(), optimizer).fit(DataLoader.of(line, 8).shuffle(1), 3);
    try (Linear again = new Linear(1, 1, true, new Generator(1));
        SGD sgd = new SGD(again.parameters(), 0.1)) {
      History second =
          new Trainer(again, new MSELoss(), sgd).fit(DataLoader.of(line, 8).shuffle(1), 3);
      for (int epoch = 0; epoch < 3; epoch++) {
        assertEquals(
            first.epochs().get(epoch).trainingLoss(), second.epochs().get(epoch).trainingLoss());
      }
    }
  }

  @Test
  void memoryStaysFlat() {
    Trainer trainer = new Trainer(model, new MSELoss(), optimizer);
    trainer.fit(DataLoader.of(line, 8).shuffle(1), 2);
    long before = MemoryPool.shared().inUseBytes();
    trainer.fit(DataLoader.of(line, 8).shuffle(1), 20);
    // Less, where the cleaner has been at work meanwhile.
    assertTrue(MemoryPool.shared().inUseBytes() <= before);
    assertEquals(
        Double.NaN, trainer.fit(DataLoader.of(line, 8), 1).epochs().get(0).validationLoss());
  }

  @Test
  void earlyStoppingEndsWhatDoesNotImprove() {
    Trainer trainer =
        new Trainer(model, new MSELoss(), optimizer)
            .learningRates((step, steps) -> 0)
            .earlyStopping(3);
    assertEquals(4, trainer.fit(DataLoader.of(line, 40), 50).epochs().size());
    assertThrows(ArgumentException.class, () -> trainer.earlyStopping(0));
    assertThrows(ArgumentException.class, () -> trainer.fit(DataLoader.of(line, 40), -1));
    assertTrue(trainer.fit(DataLoader.of(line, 40), 0).epochs().isEmpty());
  }

  @Test
  void ratesRiseAndFall() {
    LearningRates rates = LearningRates.cosine(1, 0.1);
    assertTrue(rates.at(0, 100) > 0 && rates.at(0, 100) < rates.at(5, 100));
    assertEquals(1, rates.at(10, 100), 1e-12);
    assertEquals(0.5, rates.at(55, 100), 1e-12);
    assertTrue(rates.at(99, 100) < 1e-3 && rates.at(99, 100) > 0);
    new Trainer(model, new MSELoss(), optimizer)
        .learningRates(rates)
        .fit(DataLoader.of(line, 8), 2);
    assertEquals(rates.at(9, 10), optimizer.learningRate());
    assertThrows(ArgumentException.class, () -> LearningRates.cosine(-1, 0));
    assertThrows(ArgumentException.class, () -> LearningRates.cosine(1, 2));
  }

  private String shown(Function<PrintStream, Progress> display) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      new Trainer(model, new MSELoss(), optimizer)
          .validateOn(DataLoader.of(line, 40), new R2Score())
          .progress(display.apply(out))
          .fit(DataLoader.of(line, 8), 2);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesHaveNoControlCharacters() {
    String text = shown(ProgressDisplays::lines);
    assertEquals(2, text.lines().count());
    assertTrue(text.startsWith("epoch 1/2: loss "), text);
    assertTrue(text.contains(", validation loss ") && text.contains(", r2 "), text);
    assertTrue(text.chars().allMatch(c -> c >= ' ' || c == '\n'), text);
  }

  @Test
  void theBarIsDrawnInOneLine() {
    String text = shown(ProgressDisplays::bar);
    assertTrue(text.startsWith("\r") && text.endsWith(System.lineSeparator()), text);
    assertTrue(text.contains("100%"), text);
    assertTrue(text.chars().noneMatch(c -> c == 0x1b), text);
  }
}
