package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Lookups;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.init.Init;
import java.util.OptionalLong;

/**
 * A table of vectors, looked up by integers.
 *
 * <p>Parameter: {@code weight} [entries, width], float32 and normally distributed, as in PyTorch.
 * The row of a padding, where there is one, begins as zeros and gets no gradient.
 */
public final class Embedding extends Module {
  private final long entries;
  private final long width;
  private final long padding;
  private final Parameter weight;

  /**
   * Makes a table without a padding, from the shared random numbers.
   *
   * @param entries the number of vectors
   * @param width the number of elements of a vector
   * @throws ArgumentException when a size is negative
   */
  public Embedding(long entries, long width) {
    this(entries, width, OptionalLong.empty(), Generator.shared());
  }

  /**
   * Makes a table with a padding, from the shared random numbers.
   *
   * @param entries the number of vectors
   * @param width the number of elements of a vector
   * @param paddingIdx the entry that stands for nothing; a negative one counts from the end
   * @throws ArgumentException when a size is negative or the padding is no entry
   */
  public Embedding(long entries, long width, long paddingIdx) {
    this(entries, width, OptionalLong.of(paddingIdx), Generator.shared());
  }

  /**
   * Makes a table.
   *
   * @param entries the number of vectors
   * @param width the number of elements of a vector
   * @param paddingIdx the entry that stands for nothing, if any; a negative one counts from the end
   * @param generator where the first values come from
   * @throws ArgumentException when a size is negative or the padding is no entry
   */
  public Embedding(long entries, long width, OptionalLong paddingIdx, Generator generator) {
    if (entries < 0 || width < 0) {
      throw new ArgumentException(
          "embedding: " + entries + " entries of " + width + ": sizes are not negative");
    }
    long from = paddingIdx.orElse(0);
    if (paddingIdx.isPresent() && (from < -entries || from >= entries)) {
      throw new ArgumentException(
          "embedding: padding " + from + " is outside " + entries + " entries");
    }
    this.entries = entries;
    this.width = width;
    this.padding = paddingIdx.isEmpty() ? Lookups.NO_PADDING : from < 0 ? from + entries : from;
    try (var _ = Scope.suspend()) {
      Tensor values =
          Init.normal_(Gatun.empty(DType.FLOAT32, Shape.of(entries, width)), 0, 1, generator);
      if (paddingIdx.isPresent()) {
        try (Tensor row = values.select(0, padding)) {
          row.fill_(0);
        }
      }
      this.weight = register("weight", values);
    }
  }

  /**
   * Returns the table.
   *
   * @return the parameter, [entries, width]
   */
  public Parameter weight() {
    return weight;
  }

  /**
   * Looks vectors up.
   *
   * @param input the entries, integral, of any shape
   * @return a new tensor, of the input's shape and with an axis of the width behind
   * @throws DTypeException when the input is not integral
   * @throws dev.gatun.memory.IndexRangeException when there is no such entry
   */
  @Override
  public Tensor forward(Tensor input) {
    if (!input.dtype().isIntegral()) {
      throw new DTypeException("embedding: " + input.dtype() + ": entries are named by integers");
    }
    Tensor index = input.dtype() == DType.INT64 ? input : input.to(DType.INT64);
    return padding == Lookups.NO_PADDING
        ? weight.tensor().embedding(index)
        : weight.tensor().embedding(index, padding);
  }

  @Override
  protected String settings() {
    return entries
        + ", "
        + width
        + (padding == Lookups.NO_PADDING ? "" : ", padding_idx=" + padding);
  }
}
