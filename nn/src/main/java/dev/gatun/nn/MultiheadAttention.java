package dev.gatun.nn;

import dev.gatun.autograd.Attentions;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.init.Init;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Attention with several heads: queries, keys and values are mapped, split into heads, attended to
 * head by head, and mapped back. As PyTorch's {@code MultiheadAttention} with keys and values as
 * wide as queries.
 *
 * <p>Parameters: {@code in_proj_weight} [3 * width, width], uniform by Xavier's rule, {@code
 * in_proj_bias} [3 * width], zeros, {@code out_proj.weight} [width, width] and {@code
 * out_proj.bias} [width], zeros.
 *
 * <p>Inputs are [positions, batch, width], or [batch, positions, width] when the batch is said to
 * be first, or [positions, width]. Masks of truth values are true where a key is <em>left out</em>,
 * as in PyTorch's layer; masks of numbers are added to the scores.
 */
public final class MultiheadAttention extends Module {
  private static final int PARTS = 3;

  private final long width;
  private final int heads;
  private final double dropout;
  private final boolean batchFirst;
  private final Generator generator;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private final Linear output;

  /**
   * Makes a layer with biases and without dropout, for inputs [positions, batch, width].
   *
   * @param width the number of features of queries, keys, values and the output
   * @param heads the number of heads, which divides the width
   * @throws ArgumentException when the sizes do not fit
   */
  public MultiheadAttention(long width, int heads) {
    this(width, heads, 0, true, false, Generator.shared());
  }

  /**
   * Makes a layer.
   *
   * @param width the number of features of queries, keys, values and the output
   * @param heads the number of heads, which divides the width
   * @param dropout the probability of dropping a weight in training, from 0 to 1
   * @param bias whether the maps have biases
   * @param batchFirst whether inputs are [batch, positions, width]
   * @param generator where the first values and the dropout come from
   * @throws ArgumentException when the sizes do not fit or the probability is out of range
   */
  public MultiheadAttention(
      long width,
      int heads,
      double dropout,
      boolean bias,
      boolean batchFirst,
      Generator generator) {
    if (heads < 1 || width < 1 || width % heads != 0) {
      throw new ArgumentException(
          "multihead_attention: "
              + heads
              + " heads of a width of "
              + width
              + ": the number of heads divides the width");
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new ArgumentException("multihead_attention: dropout " + dropout + ": from 0 to 1");
    }
    this.width = width;
    this.heads = heads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.generator = generator;
    try (var _ = Scope.suspend()) {
      Tensor values = Gatun.empty(DType.FLOAT32, Shape.of(PARTS * width, width));
      this.weight = register("in_proj_weight", Init.xavierUniform_(values, 1, generator));
      this.bias =
          bias
              ? register("in_proj_bias", Gatun.zeros(DType.FLOAT32, Shape.of(PARTS * width)))
              : null;
    }
    this.output = register("out_proj", new Linear(width, width, bias, generator));
    output.bias().ifPresent(parameter -> Init.zeros_(parameter.tensor()));
  }

  /**
   * Returns the weights of the maps of queries, keys and values.
   *
   * @return the parameter, [3 * width, width]
   */
  public Parameter inProjWeight() {
    return weight;
  }

  /**
   * Returns the biases of the maps of queries, keys and values.
   *
   * @return the parameter, [3 * width]; empty when there is none
   */
  public Optional<Parameter> inProjBias() {
    return Optional.ofNullable(bias);
  }

  /**
   * Returns the map of the output.
   *
   * @return the layer, which stays this one's
   */
  public Linear outProj() {
    return output;
  }

  /**
   * Lets positions attend to one another, all to all.
   *
   * @param input queries, keys and values in one
   * @return a new tensor of the input's shape
   */
  @Override
  public Tensor forward(Tensor input) {
    return forward(input, input, input, null, null, false);
  }

  /**
   * Computes attention.
   *
   * @param query what the output is about
   * @param key what queries are compared with; as many positions as values
   * @param value what is averaged
   * @param mask what to leave out, of [queries, keys] or [batch * heads, queries, keys]: truth
   *     values, true to leave out, or numbers that are added to the scores; null for nothing
   * @param keyPaddingMask which keys to leave out, [batch, keys], likewise; without a batch [keys];
   *     null for none
   * @param causal whether query i leaves out the keys after key i
   * @return a new tensor of the query's shape
   * @throws ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the element types differ
   */
  @SuppressWarnings("ReferenceEquality") // the very same tensor is mapped once
  public Tensor forward(
      Tensor query,
      Tensor key,
      Tensor value,
      @Nullable Tensor mask,
      @Nullable Tensor keyPaddingMask,
      boolean causal) {
    Tensor queries = batched(query);
    boolean one = query == key && key == value;
    Tensor keys = one ? queries : batched(key);
    int batchAxis = batchFirst ? 0 : 1;
    long batch = queries.size(batchAxis);
    long queryCount = queries.size(1 - batchAxis);
    long keyCount = keys.size(1 - batchAxis);
    Tensor added = added(queries.dtype(), mask, keyPaddingMask, batch, queryCount, keyCount);
    double keep = isTraining() ? 1 - dropout : 1;
    Tensor drop = keep == 1 ? null : drop(queries, batch, queryCount, keyCount, keep);
    double factor = drop == null ? 0 : keep == 0 ? 1 : 1 / keep;
    double scale = 1 / Math.sqrt((double) width / heads);
    var rules = new Attentions.Rules(heads, added != null, factor, causal, scale, batchFirst);
    Tensor mixed =
        one
            ? packed(rules, queries, added, drop)
            : separate(rules, queries, keys, key == value ? keys : batched(value), added, drop);
    Tensor result = output.forward(mixed);
    return query.rank() == 2 ? result.squeeze(batchAxis) : result;
  }

  /** Returns an input with an axis for the batch. */
  private Tensor batched(Tensor input) {
    if (input.rank() != 2 && input.rank() != 3 || input.size(-1) != width) {
      throw new ShapeException(
          "multihead_attention: "
              + input.shape()
              + ": two or three axes, the last of size "
              + width);
    }
    return input.rank() == 2 ? input.unsqueeze(batchFirst ? 0 : 1) : input;
  }

  private @Nullable Tensor added(
      DType dtype,
      @Nullable Tensor mask,
      @Nullable Tensor padding,
      long batch,
      long queries,
      long keys) {
    Tensor result = null;
    if (mask != null) {
      boolean each = mask.rank() == 3;
      Shape due = each ? Shape.of(batch * heads, queries, keys) : Shape.of(queries, keys);
      if (!mask.shape().equals(due)) {
        throw new ShapeException(
            "multihead_attention: a mask of "
                + mask.shape()
                + " for "
                + queries
                + " queries and "
                + keys
                + " keys: it is of "
                + Shape.of(queries, keys)
                + " or "
                + Shape.of(batch * heads, queries, keys));
      }
      result = additive(mask, dtype);
      result = each ? result.reshape(batch, heads, queries, keys) : result;
    }
    if (padding != null) {
      boolean single = padding.rank() == 1 && batch == 1;
      if (!single && !padding.shape().equals(Shape.of(batch, keys))
          || single && padding.size(0) != keys) {
        throw new ShapeException(
            "multihead_attention: a padding mask of "
                + padding.shape()
                + " for "
                + batch
                + " x "
                + keys
                + " keys: one element for each");
      }
      Tensor ofKeys = additive(padding, dtype).reshape(batch, 1, 1, keys);
      result = result == null ? ofKeys : result.add(ofKeys);
    }
    return result;
  }

  private static Tensor additive(Tensor mask, DType dtype) {
    return mask.dtype() == DType.BOOL
        ? Gatun.zerosLike(mask).to(dtype).maskedFill(mask, Double.NEGATIVE_INFINITY)
        : mask;
  }

  private Tensor drop(Tensor like, long batch, long queries, long keys, double keep) {
    Tensor drop = like.newEmpty(batch, heads, queries, keys);
    Kernels.providerOf(drop).random().bernoulli(drop, keep, generator);
    return drop;
  }

  private Tensor packed(
      Attentions.Rules rules, Tensor x, @Nullable Tensor mask, @Nullable Tensor drop) {
    Tensor packed = x.linear(weight.tensor(), bias == null ? null : bias.tensor());
    return Attentions.PACKED_ATTENTION.apply(rules, operands(mask, drop, packed));
  }

  private Tensor separate(
      Attentions.Rules rules,
      Tensor queries,
      Tensor keys,
      Tensor values,
      @Nullable Tensor mask,
      @Nullable Tensor drop) {
    Tensor mixed =
        Attentions.SCALED_DOT_PRODUCT_ATTENTION.apply(
            rules,
            operands(
                mask,
                drop,
                split(mapped(queries, 0)),
                split(mapped(keys, 1)),
                split(mapped(values, 2))));
    Tensor side = batchFirst ? mixed.permute(0, 2, 1, 3) : mixed.permute(2, 0, 1, 3);
    return side.reshape(queries.size(0), queries.size(1), width);
  }

  private Tensor mapped(Tensor x, int part) {
    Tensor rows = weight.tensor().narrow(0, part * width, width);
    return x.linear(rows, bias == null ? null : bias.tensor().narrow(0, part * width, width));
  }

  private Tensor split(Tensor x) {
    Tensor side = x.reshape(x.size(0), x.size(1), heads, width / heads);
    return batchFirst ? side.permute(0, 2, 1, 3) : side.permute(1, 2, 0, 3);
  }

  private static Tensor[] operands(
      @Nullable Tensor mask, @Nullable Tensor drop, Tensor... tensors) {
    Tensor[] all = Arrays.copyOf(tensors, tensors.length + 2);
    int count = tensors.length;
    if (mask != null) {
      all[count++] = mask;
    }
    if (drop != null) {
      all[count++] = drop;
    }
    return Arrays.copyOf(all, count);
  }

  @Override
  protected String settings() {
    return "";
  }
}
