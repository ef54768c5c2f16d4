package dev.gatun.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Linear;
import dev.gatun.nn.StateException;
import dev.gatun.nn.optim.Adam;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  private static void step(Linear model, Adam optimizer) {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Tensor input = Gatun.arange(6.0).reshape(2, 3);
      model.forward(input).square().sum().backward();
      optimizer.step();
      assertEquals(true, scope.size() > 0);
    }
  }

  @Test
  void trainingGoesOnAsIfItHadNotStopped() {
    Path file = folder.resolve("checkpoint.safetensors");
    try (Linear model = new Linear(3, 2);
        Adam optimizer = new Adam(model.parameters(), 0.1);
        Linear other = new Linear(3, 2);
        Adam otherOptimizer = new Adam(other.parameters(), 0.7)) {
      step(model, optimizer);
      step(model, optimizer);
      Checkpoint.save(file, model, optimizer, Map.of("epoch", "2"));
      step(other, otherOptimizer);
      assertEquals(Map.of("epoch", "2"), Checkpoint.load(file, other, otherOptimizer));
      assertEquals(0.1, otherOptimizer.learningRate());
      for (int i = 0; i < 3; i++) {
        step(model, optimizer);
        step(other, otherOptimizer);
      }
      model
          .state()
          .forEach((name, tensor) ->
              assertArrayEquals(
                  tensor.toDoubleArray(), other.state().get(name).toDoubleArray(), name));
    }
  }

  @Test
  void aModelAloneIsEnough() {
    Path file = folder.resolve("model.safetensors");
    try (Linear model = new Linear(3, 2);
        Linear other = new Linear(3, 2);
        Linear wider = new Linear(4, 2);
        Adam optimizer = new Adam(other.parameters(), 0.1)) {
      Checkpoint.save(file, model, null, Map.of());
      Checkpoint.load(file, other, null);
      assertArrayEquals(
          model.weight().tensor().toDoubleArray(), other.weight().tensor().toDoubleArray());
      assertThrows(StateException.class, () -> Checkpoint.load(file, wider, null));
      assertThrows(StateException.class, () -> Checkpoint.load(file, other, optimizer));
    }
  }
}
