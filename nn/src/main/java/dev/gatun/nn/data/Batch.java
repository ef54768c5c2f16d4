package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.Device;

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

  /**
   * Brings the examples to a device.
   *
   * @param device the device, which may be the host
   * @return this batch when it is there, else copies, which belong to the open scope
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used
   */
  public Batch to(Device device) {
    Tensor inputsThere = inputs.to(device);
    Tensor targetsThere = targets.to(device);
    return inputsThere == inputs && targetsThere == targets
        ? this
        : new Batch(inputsThere, targetsThere);
  }

  /** Closes both tensors. */
  @Override
  public void close() {
    inputs.close();
    targets.close();
  }
}
