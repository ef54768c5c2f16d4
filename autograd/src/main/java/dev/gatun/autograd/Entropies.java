package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cross entropies of logits with classes, each in one pass over the logits.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Entropies {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** How the losses of samples are joined. */
  enum Joining {
    /** Not at all: a loss for each sample. */
    NONE,
    /** Their sum, over the sum of the weights of the targets. */
    MEAN,
    /** Their sum. */
    SUM
  }

  /**
   * What a cross entropy needs besides tensors.
   *
   * @param axis the axis of the classes, from the front
   * @param joining how the losses of the samples are joined
   * @param ignoreIndex the target of samples to leave out
   * @param labelSmoothing the share of a target that is spread over all classes, from 0 to 1
   */
  record CrossEntropy(int axis, Joining joining, long ignoreIndex, double labelSmoothing) {}

  /**
   * The cross entropy of logits with class indices of the logits' shape without the axis and,
   * perhaps, a weight for each class, to which no gradient flows.
   */
  StructuralOp<CrossEntropy> CROSS_ENTROPY =
      StructuralOp.<CrossEntropy>named("cross_entropy", ClassEntropy::forward)
          .gradient(
              StructuralOp.input(0) | StructuralOp.input(1) | StructuralOp.input(2),
              ClassEntropy::gradient)
          .pytorch((loss, inputs) ->
              PyTorchCall.of(
                  "torch.cross_entropy_loss(a, b, %s, p, q, r)"
                      .formatted(inputs > 2 ? "c" : "None"),
                  (long) loss.joining.ordinal(),
                  loss.ignoreIndex,
                  loss.labelSmoothing))
          .drawn(DrawnSamples::entropies)
          .samples(() ->
              List.of(
                  Sample.of(new CrossEntropy(1, Joining.MEAN, -100, 0), real(4, 5), index(5, 4)),
                  Sample.of(new CrossEntropy(1, Joining.MEAN, 2, 0), real(9, 37), index(5, 9)),
                  Sample.of(
                      new CrossEntropy(1, Joining.SUM, 1, 0.25), real(4, 5, 3), index(5, 4, 3)),
                  Sample.of(
                      new CrossEntropy(1, Joining.NONE, -100, 0.5), real(3, 17), index(17, 3)),
                  Sample.of(new CrossEntropy(0, Joining.NONE, -100, 0), real(5), index(5)),
                  Sample.of(new CrossEntropy(1, Joining.SUM, -100, 0), real(0, 5), index(5, 0)),
                  Sample.refused(
                      ShapeException.class,
                      "one class for each sample",
                      new CrossEntropy(1, Joining.MEAN, -100, 0),
                      real(4, 5),
                      index(5, 3)),
                  Sample.refused(
                      IndexRangeException.class,
                      "outside 2 classes",
                      new CrossEntropy(1, Joining.MEAN, -100, 0),
                      real(3, 2),
                      new Operand(Operand.Kind.INDEX, Shape.of(3), 5, 9))));

  /**
   * Computes the cross entropy of these logits with classes: {@code log(sum(exp(x))) - x[target]}.
   *
   * @param targets the classes, int64, of this shape without the axis
   * @param weights the weight of each class, [classes], of this type; null for ones
   * @param settings the axis, and how losses are computed and joined
   * @return a scalar, or without joining a tensor of the targets' shape
   * @throws ShapeException when the shapes do not fit or there is no such axis
   * @throws DTypeException when this tensor is not floating point, the targets are not int64 or the
   *     weights are of another type
   * @throws IndexRangeException when a target is neither a class nor the index to ignore
   */
  default Tensor crossEntropy(Tensor targets, @Nullable Tensor weights, CrossEntropy settings) {
    return weights == null
        ? CROSS_ENTROPY.apply(settings, self(), targets)
        : CROSS_ENTROPY.apply(settings, self(), targets, weights);
  }
}
