package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.Random;

/** Arrays for tests, in every kind of layout. */
final class Operands {
  /** Values where functions are likely to go wrong. */
  static final double[] SPECIAL = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    1e-40,
    -1e-40,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    88,
    -88,
    89,
    -104,
    1e10,
    -1e10,
    127,
    128,
    255,
    256,
    32767,
    32768,
    8388607.5,
    3e9
  };

  private Operands() {}

  /** How elements lie in memory. */
  enum Arrangement {
    CONTIGUOUS,
    OFFSET,
    TRANSPOSED,
    STEPPED,
    PADDED_ROWS,
    BROADCAST_ROW,
    BROADCAST_COLUMN,
    BROADCAST_ELEMENT;

    /** Whether every element has a place of its own. */
    boolean isWritable() {
      return compareTo(BROADCAST_ROW) < 0;
    }

    Layout layout(Shape shape) {
      int rank = shape.rank();
      long[] strides = new long[rank];
      long stride = this == STEPPED ? 2 : 1;
      long offset = this == CONTIGUOUS ? 0 : 5;
      for (int i = 0; i < rank; i++) {
        int axis = this == TRANSPOSED ? i : rank - 1 - i;
        strides[axis] = stride;
        stride *= Math.max(1, shape.size(axis));
        if (this == PADDED_ROWS && i == 0) {
          stride += 3;
        }
      }
      if (rank > 0 && this == BROADCAST_ROW) {
        strides[0] = 0;
      } else if (rank > 0 && this == BROADCAST_COLUMN) {
        strides[rank - 1] = 0;
      } else if (this == BROADCAST_ELEMENT) {
        strides = new long[rank];
      }
      return Layout.strided(shape, strides, offset);
    }
  }

  static StridedArray random(
      DType type, Shape shape, Arrangement arrangement, Random random, boolean special) {
    var layout = arrangement.layout(shape);
    long elements = Math.max(1, layout.extent() + 4);
    var storage = MemoryPool.shared().allocate(elements * type.byteSize());
    for (long i = 0; i < elements; i++) {
      double value =
          special && random.nextInt(4) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : random.nextGaussian() * 3;
      if (!type.isFloatingPoint() && type != DType.BOOL) {
        value = Math.rint(value * 20);
      }
      type.setDouble(storage.segment(), i * type.byteSize(), value);
    }
    return new StridedArray(storage, type, layout);
  }

  /** Another array with the same layout and the same bytes, in memory of its own. */
  static StridedArray copy(StridedArray array) {
    long bytes = array.storage().byteSize();
    var storage = MemoryPool.shared().allocate(bytes);
    storage.segment().asSlice(0, bytes).copyFrom(array.segment().asSlice(0, bytes));
    return new StridedArray(storage, array.dtype(), array.layout());
  }

  /** Every element of the memory behind an array, whether the layout reaches it or not. */
  static double[] memory(StridedArray array) {
    int size = array.dtype().byteSize();
    double[] values = new double[(int) (array.storage().byteSize() / size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.dtype().getDouble(array.segment(), (long) i * size);
    }
    return values;
  }
}
