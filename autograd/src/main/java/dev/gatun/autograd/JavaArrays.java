package dev.gatun.autograd;

import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tensors from Java's arrays, buffers and files. */
final class JavaArrays {
  private JavaArrays() {}

  private static DType typeOf(Class<?> element) {
    if (element == float.class) {
      return DType.FLOAT32;
    } else if (element == double.class) {
      return DType.FLOAT64;
    } else if (element == byte.class) {
      return DType.INT8;
    } else if (element == short.class) {
      return DType.INT16;
    } else if (element == int.class) {
      return DType.INT32;
    } else if (element == long.class) {
      return DType.INT64;
    } else if (element == boolean.class) {
      return DType.BOOL;
    }
    throw new ArgumentException(
        "from_array: elements of " + element.getName() + ": numbers or truth values");
  }

  /** Copies an array, or an array of arrays of one length each, however deep. */
  static Tensor copy(Object array) {
    Class<?> element = array.getClass();
    int rank = 0;
    for (; element.isArray(); rank++) {
      element = element.getComponentType();
    }
    if (rank == 0) {
      throw new ArgumentException("from_array: " + element.getName() + ": an array");
    }
    DType dtype = typeOf(element);
    long[] sizes = new long[rank];
    Object first = array;
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = Array.getLength(first);
      if (sizes[axis] == 0) {
        break;
      }
      first = axis + 1 < rank ? part(first, 0) : first;
    }
    Tensor result = Tensor.allocate(dtype, Shape.of(sizes));
    Recording.filledByHost(result);
    fill(result, array, sizes, 0, 0);
    return result;
  }

  private static Object part(Object array, int index) {
    Object part = Array.get(array, index);
    if (part == null) {
      throw new ArgumentException("from_array: row " + index + " is null");
    }
    return part;
  }

  private static long fill(Tensor result, Object array, long[] sizes, int axis, long at) {
    int length = Array.getLength(array);
    if (length != sizes[axis]) {
      throw new ShapeException(
          "from_array: "
              + length
              + " elements along axis "
              + axis
              + " of "
              + Arrays.toString(sizes)
              + ": all rows have one length");
    }
    long next = at;
    if (axis + 1 < sizes.length) {
      for (int i = 0; i < length; i++) {
        next = fill(result, part(array, i), sizes, axis + 1, next);
      }
      return next;
    }
    if (array instanceof boolean[] truths) {
      for (boolean truth : truths) {
        DType.BOOL.setLong(result.segment(), next++, truth ? 1 : 0);
      }
      return next;
    }
    MemorySegment source = segmentOf(array);
    MemorySegment.copy(source, 0, result.segment(), at, source.byteSize());
    return at + source.byteSize();
  }

  private static MemorySegment segmentOf(Object array) {
    return switch (array) {
      case float[] values -> MemorySegment.ofArray(values);
      case double[] values -> MemorySegment.ofArray(values);
      case byte[] values -> MemorySegment.ofArray(values);
      case short[] values -> MemorySegment.ofArray(values);
      case int[] values -> MemorySegment.ofArray(values);
      case long[] values -> MemorySegment.ofArray(values);
      default -> throw new ArgumentException("from_array: " + array.getClass().getName());
    };
  }

  /** Copies what is left in a buffer, from its byte order to the machine's. */
  static Tensor copy(ByteBuffer buffer, DType dtype, Shape shape) {
    Tensor result = Tensor.allocate(dtype, shape);
    long bytes = shape.numel() << dtype.byteShift();
    if (buffer.remaining() < bytes) {
      throw new ShapeException(
          "from_buffer: " + buffer.remaining() + " bytes for " + dtype + shape + ": " + bytes);
    }
    Recording.filledByHost(result);
    MemorySegment target = result.segment();
    MemorySegment.copy(MemorySegment.ofBuffer(buffer), 0, target, 0, bytes);
    if (buffer.order() != ByteOrder.nativeOrder() && dtype.byteSize() > 1) {
      for (long i = 0; i < bytes; i += dtype.byteSize()) {
        turnAround(target, i, i + dtype.byteSize() - 1);
      }
    }
    return result;
  }

  private static void turnAround(MemorySegment bytes, long first, long last) {
    for (long low = first, high = last; low < high; low++, high--) {
      byte swapped = bytes.get(ValueLayout.JAVA_BYTE, low);
      bytes.set(ValueLayout.JAVA_BYTE, low, bytes.get(ValueLayout.JAVA_BYTE, high));
      bytes.set(ValueLayout.JAVA_BYTE, high, swapped);
    }
  }

  /** Maps a part of a file, to be read. */
  static Tensor map(Path file, long offset, DType dtype, Shape shape) throws IOException {
    long bytes = shape.numel() << dtype.byteShift();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (offset < 0 || channel.size() - offset < bytes) {
        throw new ShapeException(
            "from_file: "
                + dtype
                + shape
                + " at byte "
                + offset
                + " of "
                + channel.size()
                + ": the file is too short");
      }
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, offset, bytes, Arena.ofAuto());
      return Gatun.wrap(mapped, dtype, shape.toArray());
    }
  }

  // ---- and back

  private static Class<?> elementOf(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> double.class;
      case FLOAT32, FLOAT16, BFLOAT16 -> float.class;
      case INT64 -> long.class;
      case INT32 -> int.class;
      case INT16, UINT8 -> short.class;
      case INT8 -> byte.class;
      case BOOL -> boolean.class;
    };
  }

  private static Object element(Tensor x, long position) {
    long at = position << x.dtype().byteShift();
    return switch (x.dtype()) {
      case FLOAT64 -> x.dtype().getDouble(x.segment(), at);
      case FLOAT32, FLOAT16, BFLOAT16 -> (float) x.dtype().getDouble(x.segment(), at);
      case INT64 -> x.dtype().getLong(x.segment(), at);
      case INT32 -> (int) x.dtype().getLong(x.segment(), at);
      case INT16, UINT8 -> (short) x.dtype().getLong(x.segment(), at);
      case INT8 -> (byte) x.dtype().getLong(x.segment(), at);
      case BOOL -> x.dtype().getLong(x.segment(), at) != 0;
    };
  }

  private static int length(Tensor x, int axis) {
    long size = x.size(axis);
    if (size > Integer.MAX_VALUE - 8) {
      throw new ArgumentException(
          "to_array: " + x.shape() + ": axis " + axis + " is longer than a Java array");
    }
    return (int) size;
  }

  /** Copies elements into an array of arrays. */
  static Object nested(Tensor x) {
    return nested(x, elementOf(x.dtype()), 0, x.layout().offset());
  }

  private static Object nested(Tensor x, Class<?> element, int axis, long position) {
    if (axis == x.rank()) {
      return element(x, position);
    }
    Class<?> part = element;
    for (int i = axis + 1; i < x.rank(); i++) {
      part = part.arrayType();
    }
    Object result = Array.newInstance(part, length(x, axis));
    for (int i = 0; i < x.size(axis); i++) {
      Array.set(result, i, nested(x, element, axis + 1, position + i * x.stride(axis)));
    }
    return result;
  }

  /** Copies elements into lists of lists. */
  static Object lists(Tensor x) {
    return lists(x, 0, x.layout().offset());
  }

  private static Object lists(Tensor x, int axis, long position) {
    if (axis == x.rank()) {
      long at = position << x.dtype().byteShift();
      if (x.dtype().isFloatingPoint()) {
        return x.dtype().getDouble(x.segment(), at);
      }
      long whole = x.dtype().getLong(x.segment(), at);
      return x.dtype() == DType.BOOL ? (Object) (whole != 0) : (Object) whole;
    }
    List<Object> result = new ArrayList<>(length(x, axis));
    for (int i = 0; i < x.size(axis); i++) {
      result.add(lists(x, axis + 1, position + i * x.stride(axis)));
    }
    return result;
  }
}
