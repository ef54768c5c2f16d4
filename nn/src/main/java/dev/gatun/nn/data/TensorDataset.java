package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ShapeException;

/**
 * The rows of two tensors: example i is row i of both.
 *
 * <p>The dataset shares the memory of the tensors: nothing is copied, and writes to them show. It
 * has handles of its own, so that the tensors may be closed; the memory is given back when the
 * dataset is closed, or found unreachable. Ranges are views; batches by index are copies.
 *
 * <p>Thread-safe for reading.
 */
public final class TensorDataset implements Dataset, AutoCloseable {
  private final Tensor inputs;
  private final Tensor targets;

  private TensorDataset(Tensor inputs, Tensor targets) {
    this.inputs = inputs;
    this.targets = targets;
  }

  /**
   * Makes a dataset.
   *
   * @param inputs what a model is given, examples along axis 0
   * @param targets what it should answer, examples along axis 0
   * @return the dataset, which shares the tensors' memory
   * @throws ShapeException when a tensor has no axes, or their numbers of rows differ
   */
  public static TensorDataset of(Tensor inputs, Tensor targets) {
    if (inputs.rank() == 0 || targets.rank() == 0 || inputs.size(0) != targets.size(0)) {
      throw new ShapeException(
          "dataset: inputs "
              + inputs.shape()
              + " and targets "
              + targets.shape()
              + ": axis 0 has one row for each example");
    }
    try (var _ = Scope.suspend()) {
      return new TensorDataset(inputs.detach(), targets.detach());
    }
  }

  @Override
  public long size() {
    return inputs.size(0);
  }

  /**
   * Returns all inputs.
   *
   * @return the tensor, owned by this dataset
   */
  public Tensor inputs() {
    return inputs;
  }

  /**
   * Returns all targets.
   *
   * @return the tensor, owned by this dataset
   */
  public Tensor targets() {
    return targets;
  }

  @Override
  public Batch batch(Tensor index) {
    return new Batch(inputs.indexSelect(0, index), targets.indexSelect(0, index));
  }

  @Override
  public Batch range(long start, long length) {
    if (start < 0 || length < 0 || start > size() - length) {
      throw new IndexRangeException(
          "range: " + length + " examples from " + start + " on: the dataset has " + size());
    }
    return new Batch(inputs.narrow(0, start, length), targets.narrow(0, start, length));
  }

  /** Gives this dataset's hold on the memory up. Closing twice does nothing. */
  @Override
  public void close() {
    inputs.close();
    targets.close();
  }
}
