package dev.gatun.nn.data;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.IndexRangeException;

/**
 * Numbered examples, handed out in batches. Batches belong to the innermost scope of the thread
 * that asks for them.
 */
public interface Dataset {
  /**
   * Returns the number of examples.
   *
   * @return the number, not negative
   */
  long size();

  /**
   * Returns some examples.
   *
   * @param index the numbers of the examples, an int64 vector; may repeat
   * @return the examples in the order of the index
   * @throws IndexRangeException when there is no such example
   */
  Batch batch(Tensor index);

  /**
   * Returns neighbouring examples, without copying them where the dataset can.
   *
   * @param start the number of the first one
   * @param length how many
   * @return the examples; they may share the memory of the dataset
   * @throws IndexRangeException when the range reaches beyond the dataset
   */
  default Batch range(long start, long length) {
    if (start < 0 || length < 0 || start > size() - length) {
      throw new IndexRangeException(
          "range: " + length + " examples from " + start + " on: the dataset has " + size());
    }
    try (Tensor numbers = Gatun.arange(length);
        Tensor index = numbers.add(start)) {
      return batch(index);
    }
  }
}
