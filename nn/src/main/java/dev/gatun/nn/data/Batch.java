package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;

/**
 * Some examples of a dataset: row i of the inputs belongs to row i of the targets.
 *
 * <p>The tensors belong to the scope that was open when the batch was made; closing the batch
 * closes them earlier.
 *
 * @param inputs what a model is given, examples along axis 0
 * @param targets what it should answer, examples along axis 0
 */
public record Batch(Tensor inputs, Tensor targets) implements AutoCloseable {
  /**
   * Returns the number of examples.
   *
   * @return the size of axis 0
   */
  public long size() {
    return inputs.size(0);
  }

  /** Closes both tensors. */
  @Override
  public void close() {
    inputs.close();
    targets.close();
  }
}
