package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Encoder layers one after the other, and perhaps a norm at the end. As PyTorch's {@code
 * TransformerEncoder}, but that each layer begins with values of its own.
 *
 * <p>Children: {@code layers}, whose children are {@code 0}, {@code 1} and so on, and {@code norm}.
 */
public final class TransformerEncoder extends Module {
  private final Sequential layers;
  private final @Nullable Module norm;

  /**
   * Makes a stack of layers.
   *
   * @param layer makes a layer
   * @param count how many there are
   * @throws ArgumentException when the count is negative
   */
  public TransformerEncoder(Supplier<TransformerEncoderLayer> layer, int count) {
    this(layer, count, null);
  }

  /**
   * Makes a stack of layers with a norm at the end.
   *
   * @param layer makes a layer
   * @param count how many there are
   * @param norm what is applied to the last layer's output, for layers whose norms come first; null
   *     for nothing
   * @throws ArgumentException when the count is negative
   */
  public TransformerEncoder(
      Supplier<TransformerEncoderLayer> layer, int count, @Nullable Module norm) {
    if (count < 0) {
      throw new ArgumentException("transformer_encoder: " + count + " layers: not negative");
    }
    layers = new Sequential();
    for (int i = 0; i < count; i++) {
      layers.add(layer.get());
    }
    register("layers", layers);
    this.norm = norm == null ? null : register("norm", norm);
  }

  /**
   * Transforms positions, all of which see one another.
   *
   * @param input as for {@link TransformerEncoderLayer#forward(Tensor)}
   * @return a new tensor of the input's shape; the input itself when there are neither layers nor a
   *     norm
   */
  @Override
  public Tensor forward(Tensor input) {
    return forward(input, null, null, false);
  }

  /**
   * Transforms positions.
   *
   * @param input as for {@link TransformerEncoderLayer#forward(Tensor)}
   * @param mask which positions others do not see, or what is added to the scores; null for nothing
   * @param paddingMask which positions none sees, or what is added to their scores; null for none
   * @param causal whether positions do not see later ones
   * @return a new tensor of the input's shape
   */
  public Tensor forward(
      Tensor input, @Nullable Tensor mask, @Nullable Tensor paddingMask, boolean causal) {
    Tensor x = input;
    for (Module layer : layers.modules()) {
      x = ((TransformerEncoderLayer) layer).forward(x, mask, paddingMask, causal);
    }
    return norm == null ? x : norm.forward(x);
  }
}
