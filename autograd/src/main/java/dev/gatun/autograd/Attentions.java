package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.condition;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention: averages of values, weighted by how well queries fit keys.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Attentions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** An element, times what a mask of ones and zeros says of it, times a factor. */
  PointwiseOp DROPOUT =
      PointwiseOp.binary("dropout", (x, mask) -> x.mul(mask).mul(Expression.parameter(0)))
          .pytorch(
              "(a * b if a.is_floating_point() or b.is_floating_point() else a.float() * b)"
                  + " * float(p)");

  /**
   * What attention needs besides tensors.
   *
   * @param heads the number of heads that lie side by side, where they do; else 1
   * @param masked whether the input after the values is added to the scores
   * @param dropFactor what weights that are kept are multiplied by, when the last input says which
   *     are; 0 when none are dropped
   * @param causal whether query i leaves out the keys after key i
   * @param scale what the products of queries and keys are multiplied by
   * @param batchFirst whether packed inputs are [batch, positions, features], else [positions,
   *     batch, features]
   */
  record Rules(
      int heads,
      boolean masked,
      double dropFactor,
      boolean causal,
      double scale,
      boolean batchFirst) {
    boolean drops() {
      return dropFactor != 0;
    }
  }

  /** Attention of queries, keys and values, and perhaps a mask and which weights to keep. */
  StructuralOp<Rules> SCALED_DOT_PRODUCT_ATTENTION =
      StructuralOp.<Rules>named("scaled_dot_product_attention", SeparateAttention::forward)
          .gradients(SeparateAttention.SAVED, SeparateAttention::gradients)
          .pytorch(SeparateAttention::pytorch)
          .drawn(DrawnSamples::attentions)
          .samples(() ->
              List.of(
                  Sample.of(rules(false, 0, false), real(3, 4), real(5, 4), real(5, 2)),
                  Sample.of(
                      rules(true, 0, false),
                      real(2, 3, 4),
                      real(2, 5, 4),
                      real(2, 5, 4),
                      real(3, 5)),
                  Sample.of(
                      rules(true, 0, true),
                      real(2, 1, 3, 4),
                      real(1, 2, 3, 4),
                      real(2, 2, 3, 5),
                      real(2, 1, 1, 3)),
                  Sample.of(
                      rules(false, 1.25, true),
                      real(2, 18, 4),
                      real(2, 18, 4),
                      real(2, 18, 3),
                      condition(2, 18, 18)),
                  Sample.of(rules(false, 0, false), real(2, 0, 3), real(2, 4, 3), real(2, 4, 3)),
                  Sample.refused(
                      ShapeException.class,
                      "as wide as keys",
                      rules(false, 0, false),
                      real(3, 4),
                      real(5, 3),
                      real(5, 2)),
                  Sample.refused(
                      ShapeException.class,
                      "as many values as keys",
                      rules(false, 0, false),
                      real(3, 4),
                      real(5, 4),
                      real(4, 2)),
                  Sample.refused(
                      ShapeException.class,
                      "do not broadcast",
                      rules(true, 0, false),
                      real(3, 4),
                      real(5, 4),
                      real(5, 2),
                      real(3, 4))));

  /**
   * Attention of positions to one another, from queries, keys and values that lie side by side in
   * one tensor, [batch, positions, 3 * heads * width], to [batch, positions, heads * width], or
   * with positions and batch exchanged; and perhaps a mask and which weights to keep.
   */
  StructuralOp<Rules> PACKED_ATTENTION =
      StructuralOp.<Rules>named("packed_attention", PackedAttention::forward)
          .gradients(PackedAttention.SAVED, PackedAttention::gradients)
          .withoutPyTorch("scaled_dot_product_attention on another layout")
          .samples(() ->
              List.of(
                  Sample.of(packed(2, false, 0, false), real(2, 3, 12)),
                  Sample.of(packed(1, true, 0, true), real(1, 5, 9), real(5, 5)),
                  Sample.of(packed(2, true, 0, false), real(2, 4, 6), real(2, 1, 1, 4)),
                  Sample.of(packed(2, false, 2, true), real(2, 3, 6), condition(2, 2, 3, 3)),
                  Sample.of(packed(2, false, 0, false), real(0, 3, 6)),
                  Sample.of(
                      new Rules(2, true, 0, false, 0.75, false), real(3, 2, 12), real(2, 1, 3, 3)),
                  Sample.refused(
                      ShapeException.class,
                      "three times",
                      packed(2, false, 0, false),
                      real(1, 2, 8)),
                  Sample.refused(
                      ShapeException.class, "three axes", packed(1, false, 0, false), real(2, 3))));

  private static Rules rules(boolean masked, double dropFactor, boolean causal) {
    return new Rules(1, masked, dropFactor, causal, 0.5, true);
  }

  private static Rules packed(int heads, boolean masked, double dropFactor, boolean causal) {
    return new Rules(heads, masked, dropFactor, causal, 0.75, true);
  }

  /**
   * Averages values for each of these queries, [..., queries, width], weighted by the softmax of
   * the products of queries and keys over the root of the width.
   *
   * @param keys [..., keys, width]
   * @param values [..., keys, value width]
   * @return a new tensor, [..., queries, value width]
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the tensors are not of one floating-point type
   */
  default Tensor scaledDotProductAttention(Tensor keys, Tensor values) {
    return scaledDotProductAttention(keys, values, null, false);
  }

  /**
   * Averages values for each of these queries, [..., queries, width], weighted by the softmax of
   * the products of queries and keys over the root of the width, plus a mask. A query that is left
   * with no key gets zeros.
   *
   * @param keys [..., keys, width]
   * @param values [..., keys, value width]
   * @param mask of a shape that broadcasts to [..., queries, keys]: truth values, true where a key
   *     takes part, or numbers of this type that are added to the scores, negative infinity to
   *     leave a key out; null for nothing
   * @param causal whether query i leaves out the keys after key i
   * @return a new tensor, [..., queries, value width]
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the tensors are not of one floating-point type
   */
  default Tensor scaledDotProductAttention(
      Tensor keys, Tensor values, @Nullable Tensor mask, boolean causal) {
    Tensor queries = self();
    double scale = queries.rank() == 0 ? 1 : 1 / Math.sqrt((double) queries.size(-1));
    Rules rules = new Rules(1, mask != null, 0, causal, scale, true);
    return mask == null
        ? SCALED_DOT_PRODUCT_ATTENTION.apply(rules, queries, keys, values)
        : SCALED_DOT_PRODUCT_ATTENTION.apply(
            rules, queries, keys, values, additiveMask(mask, queries.dtype()));
  }

  /**
   * Turns truth values, true where something takes part, into what is added to scores.
   *
   * @param mask truth values, or numbers, which are returned as they are
   * @param dtype the type of the scores
   * @return 0 where the mask is true, negative infinity elsewhere
   */
  static Tensor additiveMask(Tensor mask, DType dtype) {
    return mask.dtype() == DType.BOOL
        ? Gatun.zerosLike(mask).to(dtype).maskedFill(mask.logicalNot(), Double.NEGATIVE_INFINITY)
        : mask;
  }
}
