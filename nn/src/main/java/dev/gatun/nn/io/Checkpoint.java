package dev.gatun.nn.io;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.Scope;
import dev.gatun.nn.ParameterTree;
import dev.gatun.nn.optim.Optimizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a training run in one safetensors file: that of the model under {@code model.}, that
 * of the optimizer under {@code optimizer.}, and strings that describe it.
 *
 * <p>Saving survives a crash half-way: the file is either the former checkpoint or the new one.
 */
public final class Checkpoint {
  private static final String MODEL = "model.";
  private static final String OPTIMIZER = "optimizer.";

  private Checkpoint() {}

  /**
   * Writes a checkpoint.
   *
   * @param path the file; replaced when it exists
   * @param model whose parameters and buffers to save
   * @param optimizer whose state to save; null for none
   * @param metadata strings that describe the checkpoint, by name
   * @throws FileAccessException when the operating system refuses to write; a former checkpoint is
   *     untouched then
   */
  public static void save(
      Path path, ParameterTree model, @Nullable Optimizer optimizer, Map<String, String> metadata) {
    try (var _ = Scope.open()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      model.state().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
      if (optimizer != null) {
        optimizer.state().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
      }
      Safetensors.save(path, tensors, metadata);
    }
  }

  /**
   * Reads a checkpoint. What it holds for an optimizer is passed over when none is given.
   *
   * @param path the file
   * @param model what gets the parameters and buffers
   * @param optimizer what gets the optimizer's state; null for nobody
   * @return the strings that describe the checkpoint, by name
   * @throws FileFormatException when the file is not well-formed; nothing has been changed then
   * @throws FileAccessException when it cannot be read; nothing has been changed then
   * @throws dev.gatun.nn.StateException when a name is missing or unexpected, or a shape or type
   *     differs; of model and optimizer neither has been changed, or the model alone
   */
  public static Map<String, String> load(
      Path path, ParameterTree model, @Nullable Optimizer optimizer) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      model.loadState(under(MODEL, file.tensors()));
      if (optimizer != null) {
        optimizer.loadState(under(OPTIMIZER, file.tensors()));
      }
      return file.metadata();
    }
  }

  private static Map<String, Tensor> under(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> found = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), tensor);
      }
    });
    return found;
  }
}
