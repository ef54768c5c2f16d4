package dev.gatun.kernels;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Arrays in awkward layouts, and their elements as plain Java arrays in row-major order. */
public final class Layouts {
  /** Ways for an array to lie in memory. */
  public enum Kind {
    CONTIGUOUS,
    TRANSPOSED,
    SLICED,
    OFFSET,
    REPEATED
  }

  private Layouts() {}

  /** Returns an uninitialised array with the given way of lying in memory. */
  public static StridedArray allocate(Kind kind, DType type, long... sizes) {
    Shape shape = Shape.of(sizes);
    Layout layout = layout(kind, shape);
    long bytes = Math.max(1, layout.extent()) << type.byteShift();
    return new StridedArray(MemoryPool.shared().allocate(bytes), type, layout);
  }

  private static Layout layout(Kind kind, Shape shape) {
    int rank = shape.rank();
    return switch (kind) {
      case CONTIGUOUS -> Layout.contiguous(shape);
      case TRANSPOSED -> {
        if (rank < 2) {
          yield Layout.contiguous(shape);
        }
        long[] sizes = shape.toArray();
        long last = sizes[rank - 1];
        sizes[rank - 1] = sizes[rank - 2];
        sizes[rank - 2] = last;
        yield Layout.contiguous(Shape.of(sizes)).transpose(rank - 1, rank - 2);
      }
      case SLICED -> {
        long[] sizes = shape.toArray();
        for (int axis = 0; axis < rank; axis++) {
          sizes[axis] += axis + 1;
        }
        Layout whole = Layout.contiguous(Shape.of(sizes));
        for (int axis = 0; axis < rank; axis++) {
          whole = whole.narrow(axis, 1, shape.size(axis));
        }
        yield whole;
      }
      case OFFSET -> {
        Layout plain = Layout.contiguous(shape);
        yield Layout.strided(shape, plain.strides(), 3);
      }
      case REPEATED -> {
        long[] strides = Layout.contiguous(shape).strides();
        if (rank > 0) {
          strides[0] = 0;
        }
        yield Layout.strided(shape, strides, 0);
      }
    };
  }

  /** Returns an array filled from a supplier of numbers. */
  public static StridedArray filled(Kind kind, DType type, DoubleSupplier values, long... sizes) {
    StridedArray array = allocate(kind, type, sizes);
    for (long i = 0; i < array.layout().numel(); i++) {
      type.setDouble(array.segment(), offset(array, i), values.getAsDouble());
    }
    return array;
  }

  /** Returns an array of normally distributed numbers, the same ones at each call. */
  public static StridedArray gaussian(Kind kind, DType type, long... sizes) {
    Random random = new Random(17);
    return filled(kind, type, () -> 3 * random.nextGaussian(), sizes);
  }

  /** Returns the position in bytes of the element with a row-major index. */
  public static long offset(StridedArray array, long index) {
    Layout layout = array.layout();
    long rest = index;
    long element = layout.offset();
    for (int axis = layout.rank() - 1; axis >= 0; axis--) {
      element += rest % layout.size(axis) * layout.stride(axis);
      rest /= layout.size(axis);
    }
    return element << array.dtype().byteShift();
  }

  /** Returns all elements in row-major order. */
  public static double[] values(StridedArray array) {
    double[] values = new double[Math.toIntExact(array.layout().numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.dtype().getDouble(array.segment(), offset(array, i));
    }
    return values;
  }

  /** Returns all elements of an integral array in row-major order. */
  public static long[] longs(StridedArray array) {
    long[] values = new long[Math.toIntExact(array.layout().numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.dtype().getLong(array.segment(), offset(array, i));
    }
    return values;
  }

  /** Returns the scalar provider and the vector provider at each width of this machine. */
  public static List<KernelProvider> providers() {
    var providers = new java.util.ArrayList<KernelProvider>();
    providers.add(ScalarProvider.instance());
    for (int width : VectorProvider.availableWidths()) {
      providers.add(VectorProvider.ofWidth(width));
    }
    return providers;
  }
}
