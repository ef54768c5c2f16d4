package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of attention on queries, keys and values of any layout: [..., queries, width],
 * [..., keys, width] and [..., keys, value width]. Products read and write heads where they lie.
 *
 * @param name the operation, to begin messages with
 * @param q the queries
 * @param k the keys
 * @param v the values
 * @param mask what is added to the scores, or null
 * @param drop 1 for weights to keep and 0 for those to drop, or null
 * @param rules what a call needs besides tensors
 */
record AttentionCore(
    String name,
    Tensor q,
    Tensor k,
    Tensor v,
    @Nullable Tensor mask,
    @Nullable Tensor drop,
    Attentions.Rules rules) {

  /**
   * The weights before and after dropout: the same tensor where there is none.
   *
   * @param weights the weights
   * @param dropped those that the values are multiplied by
   */
  record Weights(Tensor weights, Tensor dropped) {}

  /** Gradients, null for those that are not wanted. */
  record Gradients(
      @Nullable Tensor q, @Nullable Tensor k, @Nullable Tensor v, @Nullable Tensor mask) {}

  AttentionCore {
    check(name, q, k, v);
  }

  private static void check(String name, Tensor q, Tensor k, Tensor v) {
    String operands = q.shape() + ", " + k.shape() + ", " + v.shape();
    if (!q.dtype().isFloatingPoint() || k.dtype() != q.dtype() || v.dtype() != q.dtype()) {
      throw new DTypeException(
          name
              + ": "
              + q.describe()
              + ", "
              + k.describe()
              + ", "
              + v.describe()
              + ": queries, keys and values are of one floating-point type");
    }
    if (q.rank() < 2 || k.rank() < 2 || v.rank() < 2) {
      throw new ShapeException(name + ": " + operands + ": at least two axes each");
    }
    if (q.size(-1) != k.size(-1)) {
      throw new ShapeException(name + ": " + operands + ": queries are as wide as keys");
    }
    if (k.size(-2) != v.size(-2)) {
      throw new ShapeException(name + ": " + operands + ": there are as many values as keys");
    }
  }

  /**
   * The same on operands of float32 where they are narrower, else this: scores in a narrow type
   * would be rounded by more than the weights of close ones are apart, as PyTorch has it too.
   */
  AttentionCore widened() {
    if (!RoundedOnce.isNarrow(q.dtype())) {
      return this;
    }
    Tensor wideMask = mask != null && mask.dtype() == q.dtype() ? RoundedOnce.widened(mask) : mask;
    return new AttentionCore(
        name,
        RoundedOnce.widened(q),
        RoundedOnce.widened(k),
        RoundedOnce.widened(v),
        wideMask,
        drop,
        rules);
  }

  /** Closes what {@link #widened} has made. */
  void closeWidened(AttentionCore given) {
    q.close();
    k.close();
    v.close();
    if (mask != null && mask != given.mask) {
      mask.close();
    }
  }

  private static Shape leading(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
  }

  private static Shape matrices(Shape leading, long rows, long columns) {
    long[] sizes = Arrays.copyOf(leading.toArray(), leading.rank() + 2);
    sizes[leading.rank()] = rows;
    sizes[leading.rank() + 1] = columns;
    return Shape.of(sizes);
  }

  Shape weightsShape() {
    Shape batch = Shape.broadcast(name, leading(q.shape()), leading(k.shape()));
    return matrices(batch, q.size(-2), k.size(-2));
  }

  Shape outputShape() {
    Shape batch = Shape.broadcast(name, leading(weightsShape()), leading(v.shape()));
    return matrices(batch, q.size(-2), v.size(-1));
  }

  private static Tensor turned(Tensor matrix) {
    return matrix.viewOf(matrix.layout().transpose(-2, -1));
  }

  private static void product(StridedArray out, Tensor a, Tensor b, double factor) {
    Kernels.provider().matmul().matmul(out, a, b, factor, 0, null, null);
  }

  /** Computes the output into {@code out}; returns the weights for the backward pass. */
  Weights forward(StridedArray out) {
    Shape shape = weightsShape();
    Tensor weights;
    try (StridedArray added = mask == null ? null : expandedMask(mask, shape);
        Tensor turnedKeys = turned(k)) {
      weights = Tensor.allocate(q.dtype(), shape);
      product(weights, q, turnedKeys, rules.scale());
      Kernels.provider().reductions().attentionWeights(weights, added, rules.causal());
    }
    Tensor dropped = weights;
    if (drop != null) {
      dropped = Attentions.DROPOUT.apply(weights, drop, rules.dropFactor(), 0);
    }
    product(out, dropped, v, 1);
    return new Weights(weights, dropped);
  }

  private StridedArray expandedMask(Tensor mask, Shape shape) {
    if (mask.dtype() != q.dtype()) {
      throw new DTypeException(
          name + ": a mask of " + mask.dtype() + " for " + q.dtype() + ": the types agree");
    }
    if (mask.rank() > shape.rank() || !Shape.broadcast(name, mask.shape(), shape).equals(shape)) {
      throw new ShapeException(
          name + ": a mask of " + mask.shape() + " for " + shape + ": it broadcasts to the scores");
    }
    try (Tensor expanded = mask.viewOf(mask.layout().expand(shape))) {
      return Matrices.read(expanded, shape.toArray());
    }
  }

  /**
   * Computes gradients by kernels.
   *
   * @param known the weights of the forward pass
   * @param g the gradient of the output, in its shape, of any layout
   * @param gradQ where the gradient of the queries goes, with the batch of the weights; null if it
   *     is not wanted
   * @param gradK as {@code gradQ}, for the keys
   * @param gradV as {@code gradQ}, for the values
   * @param maskWanted whether the gradient of the mask is wanted
   * @return the gradient of the scores when that of the mask is wanted, else null
   */
  @Nullable Tensor backward(
      Weights known,
      Tensor g,
      @Nullable StridedArray gradQ,
      @Nullable StridedArray gradK,
      @Nullable StridedArray gradV,
      boolean maskWanted) {
    if (gradV != null) {
      try (Tensor turnedWeights = turned(known.dropped)) {
        product(gradV, turnedWeights, g, 1);
      }
    }
    if (gradQ == null && gradK == null && !maskWanted) {
      return null;
    }
    Tensor scores =
        Tensor.allocate(q.dtype(), matrices(leading(outputShape()), q.size(-2), k.size(-2)));
    try (Tensor turnedValues = turned(v)) {
      product(scores, g, turnedValues, 1);
    }
    if (drop != null) {
      Attentions.DROPOUT.applyInPlace(new Tensor[] {scores, drop}, rules.dropFactor(), 0);
    }
    Tensor weights = known.weights;
    try (Tensor expanded = weights.viewOf(weights.layout().expand(scores.shape()))) {
      Kernels.provider().reductions().softmaxBackward(scores, scores, expanded, scores.rank() - 1);
    }
    if (gradQ != null) {
      product(gradQ, scores, k, rules.scale());
    }
    if (gradK != null) {
      try (Tensor turnedScores = turned(scores)) {
        product(gradK, turnedScores, q, rules.scale());
      }
    }
    if (maskWanted) {
      return scores;
    }
    scores.close();
    return null;
  }

  /** Computes gradients by operations, which can be differentiated again. */
  Gradients byOperations(Tensor g) {
    Tensor scores = q.matmul(k.mT()).mul(rules.scale());
    if (mask != null) {
      scores = scores.add(mask);
    }
    if (rules.causal()) {
      Tensor later = Gatun.ones(scores.dtype(), Shape.of(q.size(-2), k.size(-2))).triu(1).ne(0);
      scores = scores.maskedFill(later, Double.NEGATIVE_INFINITY);
    }
    int[] last = {-1};
    Tensor empty = scores.detach().amax(last, true).eq(Double.NEGATIVE_INFINITY);
    Tensor weights = scores.maskedFill(empty, 0).softmax(-1).maskedFill(empty, 0);
    Tensor dropped = drop == null ? weights : weights.mul(drop).mul(rules.dropFactor());
    Tensor gradDropped = g.matmul(v.mT());
    Tensor gradWeights = drop == null ? gradDropped : gradDropped.mul(drop).mul(rules.dropFactor());
    Tensor along = gradWeights.mul(weights).sum(last, true);
    Tensor gradScores = weights.mul(gradWeights.sub(along));
    return new Gradients(
        gradScores.matmul(k).mul(rules.scale()),
        gradScores.mT().matmul(q).mul(rules.scale()),
        dropped.mT().matmul(g),
        mask == null ? null : gradScores);
  }
}
