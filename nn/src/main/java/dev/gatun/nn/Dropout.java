package dev.gatun.nn;

import dev.gatun.autograd.Attentions;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;

/**
 * In training mode sets elements to zero at random and divides the others by the probability of
 * keeping them, so that the mean stays; in evaluation mode passes its input on.
 *
 * <p>Which elements are dropped depends on the generator's seed and offset and on an element's
 * place alone, not on the number of threads or the element type.
 */
public final class Dropout extends Module {
  /** An element, times what the mask says of it, times a factor. */
  public static final PointwiseOp DROPOUT = Attentions.DROPOUT;

  private final double probability;
  private final Generator generator;

  /** Makes a layer that drops one element of two. */
  public Dropout() {
    this(0.5);
  }

  /**
   * Makes a layer that takes the shared random numbers.
   *
   * @param probability the probability of dropping an element, from 0 to 1
   * @throws ArgumentException when it is out of range
   */
  public Dropout(double probability) {
    this(probability, Generator.shared());
  }

  /**
   * Makes a layer.
   *
   * @param probability the probability of dropping an element, from 0 to 1
   * @param generator where the randomness comes from
   * @throws ArgumentException when the probability is out of range
   */
  public Dropout(double probability, Generator generator) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new ArgumentException("dropout: probability " + probability + ": from 0 to 1");
    }
    this.probability = probability;
    this.generator = generator;
  }

  /**
   * Drops elements, or passes the input on.
   *
   * @param input a floating-point tensor
   * @return a new tensor in training mode, {@code input} itself in evaluation mode
   * @throws DTypeException when the input is not floating point
   */
  @Override
  public Tensor forward(Tensor input) {
    if (!input.dtype().isFloatingPoint()) {
      throw new DTypeException(
          "dropout: " + input.dtype() + input.shape() + ": the input is floating point");
    }
    if (!isTraining() || probability == 0) {
      return input;
    }
    double keep = 1 - probability;
    // Closing the handle leaves the mask to the graph, if that needs it.
    try (Tensor mask = Gatun.emptyLike(input)) {
      Kernels.providerOf(mask).random().bernoulli(mask, keep, generator);
      return DROPOUT.apply(input, mask, keep == 0 ? 0 : 1 / keep, 0);
    }
  }

  @Override
  protected String settings() {
    return "p=" + number(probability) + ", inplace=False";
  }
}
