package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The elements of a drawn tensor. */
public enum Elements {
  /** Numbers of an operand's range. */
  ORDINARY,
  /** Among them NaN, infinities, both zeros and denormal numbers. */
  SPECIAL,
  /** As {@link #SPECIAL}, and the largest and smallest numbers of the type. */
  EXTREME;

  /** One element of so many is special. */
  private static final int SPECIAL_IN = 3;

  /** Whether all elements are finite and neither huge nor tiny. */
  boolean areOrdinary() {
    return this == ORDINARY;
  }

  /**
   * Writes all elements; where several share an address, the last one stays.
   *
   * @param tensor where to write
   * @param operand the range of ordinary elements
   * @param draw where the randomness comes from
   */
  void fill(Tensor tensor, Operand operand, Draw draw) {
    long count = tensor.numel();
    var dtype = tensor.dtype();
    double[] related = related(operand, dtype, (int) count, draw);
    var segment = tensor.segment();
    long[] index = new long[tensor.rank()];
    for (int i = 0; i < count; i++) {
      long at = byteOffset(tensor, index);
      if (related != null) {
        dtype.setDouble(segment, at, fitting(dtype, related[i]));
      } else if (this != ORDINARY
          && operand.kind() == Operand.Kind.REAL
          && draw.oneIn(SPECIAL_IN)) {
        setSpecial(dtype, segment, at, draw);
      } else {
        dtype.setDouble(segment, at, fitting(dtype, ordinary(operand, draw)));
      }
      for (int axis = index.length - 1; axis >= 0; axis--) {
        if (++index[axis] < tensor.size(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
  }

  /** Elements that have to do with each other; null where each is drawn by itself. */
  private static double @Nullable [] related(Operand operand, DType dtype, int count, Draw draw) {
    return switch (operand.kind()) {
      case DISTINCT -> distinct(count, draw);
      case PLACES -> places((int) operand.high(), count, draw);
      case ASCENDING -> ascending(operand, dtype, count, draw);
      case DEFINITE -> definite(operand, count, draw);
      case REAL, INDEX, CONDITION, BFLOAT16, INT8 -> null;
    };
  }

  private static double[] places(int bound, int count, Draw draw) {
    return Arrays.stream(draw.permutation(bound)).limit(count).asDoubleStream().toArray();
  }

  private static double[] ascending(Operand operand, DType dtype, int count, Draw draw) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> fitting(dtype, ordinary(operand, draw)));
    int length = (int) operand.shape().size(operand.shape().rank() - 1);
    for (int from = 0; from < count; from += length) {
      Arrays.sort(values, from, from + length);
    }
    return values;
  }

  /** Symmetric matrices whose diagonals outweigh what is beside them. */
  private static double[] definite(Operand operand, int count, Draw draw) {
    double[] values = new double[count];
    int size = (int) operand.shape().size(operand.shape().rank() - 1);
    for (int from = 0; from < count; from += size * size) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < i; j++) {
          values[from + i * size + j] = ordinary(operand, draw);
          values[from + j * size + i] = values[from + i * size + j];
        }
        values[from + i * size + i] = size + ordinary(operand, draw);
      }
    }
    return values;
  }

  private static long byteOffset(Tensor tensor, long[] index) {
    long offset = tensor.layout().offset();
    for (int axis = 0; axis < index.length; axis++) {
      offset += index[axis] * tensor.stride(axis);
    }
    return offset << tensor.dtype().byteShift();
  }

  private static double fitting(DType dtype, double value) {
    return dtype == DType.UINT8 || dtype == DType.BOOL ? Math.abs(value) : value;
  }

  private static double ordinary(Operand operand, Draw draw) {
    double low = operand.low();
    double high = operand.high();
    return switch (operand.kind()) {
      case INDEX, INT8 -> low + Math.floor((high - low) * draw.real(0, 1));
      case CONDITION -> draw.coin() ? 1 : 0;
      default -> draw.real(low, high);
    };
  }

  /** Numbers from -count to count, no two alike, that any type can hold. */
  private static double[] distinct(int count, Draw draw) {
    int[] order = draw.permutation(count);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = order[i] - count / 2;
    }
    return values;
  }

  private void setSpecial(DType dtype, MemorySegment segment, long at, Draw draw) {
    if (dtype == DType.BOOL) {
      dtype.setLong(segment, at, draw.coin() ? 1 : 0);
    } else if (!dtype.isFloatingPoint()) {
      dtype.setLong(
          segment,
          at,
          this == EXTREME ? draw.oneOf(lowest(dtype), highest(dtype)) : draw.between(0, 1));
    } else if (this == EXTREME && draw.coin()) {
      double largest = largest(dtype);
      dtype.setDouble(segment, at, draw.oneOf(largest, -largest, 1 / largest, 80.0, -80.0, 1e-3));
    } else {
      dtype.setDouble(
          segment,
          at,
          draw.oneOf(
              Double.NaN,
              Double.POSITIVE_INFINITY,
              Double.NEGATIVE_INFINITY,
              0.0,
              -0.0,
              1.0,
              -1.0,
              0.5,
              2.5,
              tiny(dtype),
              -tiny(dtype)));
    }
  }

  private static double largest(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> Double.MAX_VALUE;
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.fep127;
      default -> Float.MAX_VALUE;
    };
  }

  /** A denormal number. */
  private static double tiny(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> Double.MIN_VALUE * 5;
      case FLOAT16 -> 0x1.8p-23;
      case BFLOAT16 -> 0x1p-130;
      default -> Float.MIN_VALUE * 5;
    };
  }

  private static long lowest(DType dtype) {
    return dtype == DType.UINT8 ? 0 : -1L << 8 * dtype.byteSize() - 1;
  }

  private static long highest(DType dtype) {
    return dtype == DType.UINT8 ? 255 : ~lowest(dtype);
  }
}
