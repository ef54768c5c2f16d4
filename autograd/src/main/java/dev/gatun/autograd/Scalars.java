package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.MemorySegment;

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

  /** The common type of a tensor and two bounds, either of which may be infinite for none. */
  static DType boundedType(String operation, Tensor tensor, double low, double high) {
    if (Double.isNaN(low) || Double.isNaN(high)) {
      throw new ArgumentException(operation + ": from " + low + " to " + high + ": a bound is NaN");
    }
    DType dtype = tensor.dtype();
    boolean whole = low == Math.rint(low) && high == Math.rint(high);
    return whole ? dtype : dtype.toFloatingPoint();
  }

  /** Whether a whole number has a double of its own, as all up to 2^53 have. */
  static boolean isDouble(long value) {
    return (long) (double) value == value && value != Long.MAX_VALUE;
  }

  /** Whether numbers go beside a tensor as tensors: it is of int64, and a double holds not both. */
  static boolean needsExact(Tensor beside, long first, long second) {
    return beside.dtype() == DType.INT64 && !(isDouble(first) && isDouble(second));
  }

  /** As the above, of one number. */
  static boolean needsExact(Tensor beside, long value) {
    return needsExact(beside, value, value);
  }

  /** Whether a parameter of the kernel, which is a double, stands for the number. */
  private static boolean isParameter(PointwiseOp op, DType common, long value) {
    return isDouble(value) || op.typeRule().compute(op.name(), common).isFloatingPoint();
  }

  /** A scalar of int64 beside a tensor, for a number that no double holds. */
  static Tensor exact(Tensor beside, long value) {
    return Devices.full(beside, DType.INT64, Shape.scalar(), value);
  }

  /** Throws when a number lies outside what an integral type can hold. */
  static void checkFits(String operation, DType dtype, double value) {
    if (dtype.isIntegral()) {
      int bits = dtype.byteSize() * Byte.SIZE;
      double low = dtype == DType.UINT8 ? 0 : -Math.scalb(1.0, bits - 1);
      double high = Math.scalb(1.0, dtype == DType.UINT8 ? bits : bits - 1);
      if (!(value > low - 1 && value < high || value == low)) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
        String written = whole ? Long.toString((long) value) : Double.toString(value);
        throw new ArgumentException(
            operation + ": " + written + " for " + dtype + ": the type does not hold it");
      }
    }
  }

  /** A scalar is compared with numbers of half precision in their type, and rounded to it. */
  private static double comparable(PointwiseOp op, DType dtype, double value) {
    if (op.typeRule() != TypeRule.PREDICATE || !dtype.isHalfPrecision()) {
      return value;
    }
    MemorySegment element = MemorySegment.ofArray(new byte[dtype.byteSize()]);
    dtype.setDouble(element, 0, value);
    return dtype.getDouble(element, 0);
  }

  static Tensor right(PointwiseOp op, Tensor tensor, double value) {
    return apply(op, 1, tensor, value);
  }

  static Tensor right(PointwiseOp op, Tensor tensor, long value) {
    return apply(op, 1, tensor, value);
  }

  static Tensor left(PointwiseOp op, double value, Tensor tensor) {
    return apply(op, 0, tensor, value);
  }

  static Tensor left(PointwiseOp op, long value, Tensor tensor) {
    return apply(op, 0, tensor, value);
  }

  private static Tensor apply(
      PointwiseOp op, int input, Tensor tensor, DType common, double scalar) {
    return op.withScalar(input).atScalar(scalar, common).apply(tensor, common, scalar, 0);
  }

  private static Tensor apply(PointwiseOp op, int input, Tensor tensor, double value) {
    double scalar = comparable(op, tensor.dtype(), value);
    return apply(op, input, tensor, common(tensor, true), scalar);
  }

  private static Tensor apply(PointwiseOp op, int input, Tensor tensor, long value) {
    DType common = common(tensor, false);
    if (isParameter(op, common, value)) {
      double scalar = comparable(op, tensor.dtype(), value);
      return apply(op, input, tensor, common, scalar);
    }
    try (Tensor exact = exact(tensor, value)) {
      return input == 0 ? op.apply(exact, tensor) : op.apply(tensor, exact);
    }
  }

  static Tensor apply(PointwiseOp op, int input, Tensor tensor, Number value) {
    boolean whole =
        value instanceof Long
            || value instanceof Integer
            || value instanceof Short
            || value instanceof Byte;
    return whole
        ? apply(op, input, tensor, value.longValue())
        : apply(op, input, tensor, value.doubleValue());
  }

  private static Tensor inPlace(PointwiseOp op, Tensor tensor, DType common, double scalar) {
    PointwiseOp operation = op.withScalar(1).atScalar(scalar, common);
    return operation.applyInPlace(new Tensor[] {tensor}, common, scalar, 0);
  }

  /** In place, a whole number leaves the type of an integral tensor as it is. */
  static Tensor rightInPlace(PointwiseOp op, Tensor tensor, double value) {
    boolean fraction = value != Math.rint(value) || Double.isInfinite(value);
    if (!fraction && !tensor.dtype().isFloatingPoint()) {
      checkFits(op.name(), DType.INT64, value);
    }
    DType common = common(tensor, fraction);
    return inPlace(op, tensor, common, value);
  }

  static Tensor rightInPlace(PointwiseOp op, Tensor tensor, long value) {
    DType common = common(tensor, false);
    if (isParameter(op, common, value)) {
      return inPlace(op, tensor, common, value);
    }
    try (Tensor exact = exact(tensor, value)) {
      return op.applyInPlace(tensor, exact);
    }
  }
}
