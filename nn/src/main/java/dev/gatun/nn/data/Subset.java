package dev.gatun.nn.data;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Scope;

/**
 * Some examples of another dataset, in an order of their own. It holds their numbers, and asks the
 * other dataset for the examples whenever it is asked for them.
 */
public final class Subset implements Dataset, AutoCloseable {
  private final Dataset dataset;
  private final Tensor index;

  private Subset(Dataset dataset, Tensor index) {
    this.dataset = dataset;
    this.index = index;
  }

  /**
   * Makes a subset.
   *
   * @param dataset where the examples are; it must stay open while the subset is used
   * @param numbers the numbers of the examples there; copied
   * @return the subset
   * @throws IndexRangeException when there is no such example
   */
  public static Subset of(Dataset dataset, long... numbers) {
    for (long number : numbers) {
      if (number < 0 || number >= dataset.size()) {
        throw new IndexRangeException(
            "subset: example " + number + " of a dataset of " + dataset.size());
      }
    }
    try (var _ = Scope.suspend()) {
      return new Subset(dataset, Gatun.tensor(numbers));
    }
  }

  @Override
  public long size() {
    return index.numel();
  }

  /**
   * Returns which examples of the other dataset these are.
   *
   * @return their numbers, an int64 vector owned by this subset
   */
  public Tensor index() {
    return index;
  }

  @Override
  public Batch batch(Tensor positions) {
    try (Tensor numbers = index.indexSelect(0, positions)) {
      return dataset.batch(numbers);
    }
  }

  @Override
  public Batch range(long start, long length) {
    if (start < 0 || length < 0 || start > size() - length) {
      throw new IndexRangeException(
          "range: " + length + " examples from " + start + " on: the subset has " + size());
    }
    try (Tensor numbers = index.narrow(0, start, length)) {
      return dataset.batch(numbers);
    }
  }

  /** Gives the numbers back. Closing twice does nothing. */
  @Override
  public void close() {
    index.close();
  }
}
