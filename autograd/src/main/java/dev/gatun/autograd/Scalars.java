package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;

/** Operations of two operands with a Java number for one of them, by PyTorch's rules for types. */
final class Scalars {
  private Scalars() {}

  /**
   * The common type: a fraction lifts integers to float32, truth values count as less than numbers.
   */
  private static DType common(Tensor tensor, boolean fraction) {
    DType dtype = tensor.dtype();
    if (fraction) {
      return dtype.toFloatingPoint();
    }
    return dtype == DType.BOOL ? DType.INT64 : dtype;
  }

  private static double exact(PointwiseOp op, long value) {
    if ((long) (double) value != value || value == Long.MAX_VALUE) {
      throw new ArgumentException(
          op.name() + ": scalar " + value + ": beyond 2^53 pass a tensor, which holds it exactly");
    }
    return value;
  }

  static Tensor right(PointwiseOp op, Tensor tensor, double value) {
    return op.withScalar(1).apply(tensor, common(tensor, true), value, 0);
  }

  static Tensor right(PointwiseOp op, Tensor tensor, long value) {
    return op.withScalar(1).apply(tensor, common(tensor, false), exact(op, value), 0);
  }

  static Tensor left(PointwiseOp op, double value, Tensor tensor) {
    return op.withScalar(0).apply(tensor, common(tensor, true), value, 0);
  }

  /** In place, a whole number leaves the type of an integral tensor as it is. */
  static Tensor rightInPlace(PointwiseOp op, Tensor tensor, double value) {
    DType common = common(tensor, value != Math.rint(value));
    return op.withScalar(1).applyInPlace(new Tensor[] {tensor}, common, value, 0);
  }
}
