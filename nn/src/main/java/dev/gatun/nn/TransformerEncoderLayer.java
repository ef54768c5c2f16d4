package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention and a network of two maps applied to each position, with a residual connection and
 * a layer norm around each. As PyTorch's {@code TransformerEncoderLayer}.
 *
 * <p>Children: {@code self_attn}, {@code linear1}, {@code dropout}, {@code linear2}, {@code norm1},
 * {@code norm2}, {@code dropout1}, {@code dropout2}.
 */
public final class TransformerEncoderLayer extends Module {
  /** What stands between the two maps. */
  public enum Activation {
    /** {@code max(x, 0)}. */
    RELU,
    /** {@code x} times the normal distribution's probability of less. */
    GELU
  }

  /**
   * The settings of a layer.
   *
   * @param width the number of features
   * @param heads the number of heads, which divides the width
   * @param feedForward the number of features between the two maps
   * @param dropout the probability of dropping an element in training, from 0 to 1
   * @param activation what stands between the two maps
   * @param epsilon what is added to the variance in layer norms
   * @param batchFirst whether inputs are [batch, positions, width], else [positions, batch, width]
   * @param normFirst whether layer norms come before attention and maps, else after the residual
   *     connections
   * @param bias whether maps and norms have biases
   */
  public record Settings(
      long width,
      int heads,
      long feedForward,
      double dropout,
      Activation activation,
      double epsilon,
      boolean batchFirst,
      boolean normFirst,
      boolean bias) {
    /**
     * PyTorch's defaults: 2048 features between the maps, a dropout of 0.1, ReLU, an epsilon of
     * 1e-5, positions first, norms last, biases.
     *
     * @param width the number of features
     * @param heads the number of heads, which divides the width
     * @return the settings
     */
    public static Settings of(long width, int heads) {
      return new Settings(width, heads, 2048, 0.1, Activation.RELU, 1e-5, false, false, true);
    }

    /**
     * Returns these settings with another size between the maps.
     *
     * @param size the number of features between the two maps
     * @return new settings
     */
    public Settings withFeedForward(long size) {
      return new Settings(
          width, heads, size, dropout, activation, epsilon, batchFirst, normFirst, bias);
    }

    /**
     * Returns these settings with another dropout.
     *
     * @param probability the probability of dropping an element in training, from 0 to 1
     * @return new settings
     */
    public Settings withDropout(double probability) {
      return new Settings(
          width, heads, feedForward, probability, activation, epsilon, batchFirst, normFirst, bias);
    }

    /**
     * Returns these settings with another activation.
     *
     * @param function what stands between the two maps
     * @return new settings
     */
    public Settings withActivation(Activation function) {
      return new Settings(
          width, heads, feedForward, dropout, function, epsilon, batchFirst, normFirst, bias);
    }

    /**
     * Returns these settings with another order of axes.
     *
     * @param first whether inputs are [batch, positions, width]
     * @return new settings
     */
    public Settings withBatchFirst(boolean first) {
      return new Settings(
          width, heads, feedForward, dropout, activation, epsilon, first, normFirst, bias);
    }

    /**
     * Returns these settings with norms first or last.
     *
     * @param first whether layer norms come before attention and maps
     * @return new settings
     */
    public Settings withNormFirst(boolean first) {
      return new Settings(
          width, heads, feedForward, dropout, activation, epsilon, batchFirst, first, bias);
    }
  }

  private final boolean normFirst;
  private final Activation activation;
  private final MultiheadAttention attention;
  private final Linear linear1;
  private final Dropout dropout;
  private final Linear linear2;
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final Dropout dropout1;
  private final Dropout dropout2;

  /**
   * Makes a layer with PyTorch's defaults.
   *
   * @param width the number of features
   * @param heads the number of heads, which divides the width
   * @throws ArgumentException when the sizes do not fit
   */
  public TransformerEncoderLayer(long width, int heads) {
    this(Settings.of(width, heads));
  }

  /**
   * Makes a layer from the shared random numbers.
   *
   * @param settings the settings
   * @throws ArgumentException when the sizes do not fit or the dropout is out of range
   */
  public TransformerEncoderLayer(Settings settings) {
    this(settings, Generator.shared());
  }

  /**
   * Makes a layer.
   *
   * @param settings the settings
   * @param generator where the first values and the dropout come from
   * @throws ArgumentException when the sizes do not fit or the dropout is out of range
   */
  public TransformerEncoderLayer(Settings settings, Generator generator) {
    long width = settings.width();
    double probability = settings.dropout();
    boolean bias = settings.bias();
    normFirst = settings.normFirst();
    activation = settings.activation();
    attention =
        register(
            "self_attn",
            new MultiheadAttention(
                width, settings.heads(), probability, bias, settings.batchFirst(), generator));
    linear1 = register("linear1", new Linear(width, settings.feedForward(), bias, generator));
    dropout = register("dropout", new Dropout(probability, generator));
    linear2 = register("linear2", new Linear(settings.feedForward(), width, bias, generator));
    norm1 = register("norm1", norm(settings));
    norm2 = register("norm2", norm(settings));
    dropout1 = register("dropout1", new Dropout(probability, generator));
    dropout2 = register("dropout2", new Dropout(probability, generator));
  }

  private static LayerNorm norm(Settings settings) {
    return new LayerNorm(Shape.of(settings.width()), settings.epsilon(), true, settings.bias());
  }

  /**
   * Transforms positions, all of which see one another.
   *
   * @param input [positions, batch, width], or [batch, positions, width] when the batch is first,
   *     or [positions, width]
   * @return a new tensor of the input's shape
   */
  @Override
  public Tensor forward(Tensor input) {
    return forward(input, null, null, false);
  }

  /**
   * Transforms positions.
   *
   * @param input as for {@link #forward(Tensor)}
   * @param mask which positions others do not see, or what is added to the scores; see {@link
   *     MultiheadAttention}; null for nothing
   * @param paddingMask which positions none sees, or what is added to their scores; null for none
   * @param causal whether positions do not see later ones
   * @return a new tensor of the input's shape
   */
  public Tensor forward(
      Tensor input, @Nullable Tensor mask, @Nullable Tensor paddingMask, boolean causal) {
    if (normFirst) {
      Tensor x = input.add(attend(norm1.forward(input), mask, paddingMask, causal));
      return x.add(feedForward(norm2.forward(x)));
    }
    Tensor x = norm1.forward(input.add(attend(input, mask, paddingMask, causal)));
    return norm2.forward(x.add(feedForward(x)));
  }

  private Tensor attend(
      Tensor x, @Nullable Tensor mask, @Nullable Tensor paddingMask, boolean causal) {
    return dropout1.forward(attention.forward(x, x, x, mask, paddingMask, causal));
  }

  private Tensor feedForward(Tensor x) {
    Tensor inner = linear1.forward(x);
    Tensor active =
        switch (activation) {
          case RELU -> inner.relu();
          case GELU -> inner.gelu();
        };
    return dropout2.forward(linear2.forward(dropout.forward(active)));
  }

  /**
   * Returns the attention.
   *
   * @return the layer, which stays this one's
   */
  public MultiheadAttention selfAttention() {
    return attention;
  }
}
