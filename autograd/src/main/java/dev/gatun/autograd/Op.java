package dev.gatun.autograd;

import dev.gatun.memory.DType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of an operation on tensors: its name, how it computes, how gradients flow through
 * it, and on what it is tested. Everything else follows from it: the recorded backward pass, the
 * generated tests, the list of cases for benchmarks, and the table in the documentation.
 *
 * <p>Operations are constants in the interface of their family, above the method that users call:
 * {@link Arithmetic}, {@link Activations}, {@link Reductions} and so on. A program declares its own
 * in the same way, in any class. The {@link Catalogue} collects them.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public abstract sealed class Op permits PointwiseOp, StructuralOp {
  private final String name;

  Op(String name) {
    this.name = name;
  }

  /**
   * Returns the name, which error messages begin with.
   *
   * @return the name in PyTorch's spelling, for example {@code log_softmax}
   */
  public final String name() {
    return name;
  }

  /**
   * Returns the name that a result shows as its {@code grad_fn}.
   *
   * @return for example {@code LogSoftmaxBackward}
   */
  public final String gradientName() {
    StringBuilder text = new StringBuilder();
    for (String word : name.split("_", -1)) {
      if (!word.isEmpty()) {
        text.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
      }
    }
    return text.append("Backward").toString();
  }

  /**
   * Returns why no gradient flows through this operation.
   *
   * @return the reason, or null when one does
   */
  public abstract @Nullable String whyNoGradient();

  /**
   * Returns why PyTorch has no operation like this one.
   *
   * @return the reason, or null when it has one, or nothing is declared
   */
  public abstract @Nullable String whyNotInPyTorch();

  /**
   * Tells whether gradients flow through this operation.
   *
   * @return whether it has a vector-Jacobian product
   */
  public final boolean isDifferentiable() {
    return whyNoGradient() == null;
  }

  /**
   * Computes the gradients of the inputs that have a place in the graph.
   *
   * @param node the recorded operation
   * @param gradient the gradient of its output; to be left as it is
   * @param recording whether the results must themselves be differentiable
   * @return for each input its gradient, or null where none is needed; perhaps broadcast, perhaps
   *     of a wider type, perhaps {@code gradient} itself
   */
  abstract @Nullable Tensor[] gradients(Node node, Tensor gradient, boolean recording);

  /** Tells whether an operation on some tensors is to be recorded, or refused. */
  static boolean anyTracked(Tensor[] inputs) {
    for (Tensor input : inputs) {
      if (input.isTracked()) {
        return true;
      }
    }
    return false;
  }

  /** The common type of two operands; one without axes does not widen one with axes of its kind. */
  static DType resultType(Tensor a, Tensor b) {
    DType typeA = a.dtype();
    DType typeB = b.dtype();
    if (typeA == typeB) {
      return typeA;
    }
    boolean scalarA = a.rank() == 0;
    boolean scalarB = b.rank() == 0;
    if (scalarA != scalarB) {
      if (scalarA && category(typeA) <= category(typeB)) {
        return typeB;
      }
      if (scalarB && category(typeB) <= category(typeA)) {
        return typeA;
      }
    }
    return DType.promote(typeA, typeB);
  }

  /** The common type of several operands, by the rule for two. */
  static DType resultType(Tensor[] operands, int first) {
    DType withAxes = null;
    DType without = null;
    for (int i = first; i < operands.length; i++) {
      DType dtype = operands[i].dtype();
      if (operands[i].rank() > 0) {
        withAxes = withAxes == null ? dtype : DType.promote(withAxes, dtype);
      } else {
        without = without == null ? dtype : DType.promote(without, dtype);
      }
    }
    if (withAxes == null || without == null) {
      return Objects.requireNonNull(withAxes == null ? without : withAxes);
    }
    return category(without) <= category(withAxes) ? withAxes : DType.promote(withAxes, without);
  }

  private static int category(DType dtype) {
    return dtype.isFloatingPoint() ? 2 : dtype.isIntegral() ? 1 : 0;
  }

  @Override
  public final String toString() {
    return name;
  }
}
