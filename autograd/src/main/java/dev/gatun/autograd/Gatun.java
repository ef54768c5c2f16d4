package dev.gatun.autograd;

import dev.gatun.autograd.manual.Manual;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where tensors come from: what {@code torch} is to PyTorch. Meant to be imported statically.
 *
 * {@snippet :
 * import static dev.gatun.autograd.Gatun.*;
 *
 * Tensor x = tensor(2.0, 3.0).requiresGrad_();
 * Tensor y = x.mul(x).sum();
 * y.backward();
 * System.out.println(x.grad()); // tensor([4., 6.])
 * }
 *
 * <p>Unless a method says otherwise, tensors are float32 and contiguous, and made on the host:
 *
 * {@snippet :
 * try (var on = Gatun.on(Device.cuda(0))) {
 *   Tensor w = Gatun.randn(64, 32); // made on the device
 * }
 * Tensor x = Gatun.tensor(1, 2, 3).to(Device.cuda(0)); // made on the host, and copied
 * }
 *
 * <p>Thread-safe.
 */
public final class Gatun {
  private Gatun() {}

  // ---- where

  /**
   * Has this thread make new tensors on a device: what {@code device=} is to PyTorch's factories,
   * and {@code with torch.device(...)}. Operations compute where their operands are all the same.
   *
   * @param device the device, which may be the host
   * @return what ends it, to be closed by this thread
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used
   */
  public static OnDevice on(Device device) {
    return new OnDevice(Devices.memory(device));
  }

  // ---- from values

  /**
   * Makes a float32 vector.
   *
   * @param values the elements, rounded to float32
   * @return a new tensor
   */
  public static Tensor tensor(double... values) {
    return tensor(DType.FLOAT32, Shape.of(values.length), values);
  }

  /**
   * Makes a float32 vector.
   *
   * @param values the elements; copied
   * @return a new tensor
   */
  public static Tensor tensor(float[] values) {
    return tensor(values, values.length);
  }

  /**
   * Makes a float32 tensor.
   *
   * @param values the elements in row-major order; copied
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws ShapeException when there are not as many values as elements
   */
  public static Tensor tensor(float[] values, long... sizes) {
    if (Placement.current() != null) {
      return Devices.made(() -> tensor(values, sizes));
    }
    Shape shape = Shape.of(sizes);
    checkCount(shape, values.length);
    Tensor result = allocateToFill(DType.FLOAT32, shape);
    MemorySegment.copy(values, 0, result.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    return result;
  }

  /**
   * Makes a float32 matrix.
   *
   * @param rows the rows, all of one length, rounded to float32
   * @return a new tensor
   * @throws ShapeException when the rows' lengths differ
   */
  public static Tensor tensor(double[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    double[] values = new double[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new ShapeException(
            "tensor: row "
                + i
                + " has "
                + rows[i].length
                + " elements, row 0 has "
                + columns
                + ": all rows have one length");
      }
      System.arraycopy(rows[i], 0, values, i * columns, columns);
    }
    return tensor(DType.FLOAT32, Shape.of(rows.length, columns), values);
  }

  /**
   * Makes an int64 vector.
   *
   * @param values the elements; copied
   * @return a new tensor
   */
  public static Tensor tensor(long... values) {
    if (Placement.current() != null) {
      return Devices.made(() -> tensor(values));
    }
    Tensor result = allocateToFill(DType.INT64, Shape.of(values.length));
    MemorySegment.copy(values, 0, result.segment(), ValueLayout.JAVA_LONG, 0, values.length);
    return result;
  }

  /**
   * Makes an int64 vector.
   *
   * @param values the elements; copied
   * @return a new tensor
   */
  public static Tensor tensor(int... values) {
    if (Placement.current() != null) {
      return Devices.made(() -> tensor(values));
    }
    Tensor result = allocateToFill(DType.INT64, Shape.of(values.length));
    for (int i = 0; i < values.length; i++) {
      DType.INT64.setLong(result.segment(), (long) i << 3, values[i]);
    }
    return result;
  }

  /**
   * Makes a bool vector.
   *
   * @param values the elements; copied
   * @return a new tensor
   */
  public static Tensor tensor(boolean... values) {
    if (Placement.current() != null) {
      return Devices.made(() -> tensor(values));
    }
    Tensor result = allocateToFill(DType.BOOL, Shape.of(values.length));
    for (int i = 0; i < values.length; i++) {
      DType.BOOL.setLong(result.segment(), i, values[i] ? 1 : 0);
    }
    return result;
  }

  /**
   * Makes a tensor.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @param values the elements in row-major order, converted
   * @return a new tensor
   * @throws ShapeException when there are not as many values as elements
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  public static Tensor tensor(DType dtype, Shape shape, double... values) {
    if (Placement.current() != null) {
      return Devices.made(() -> tensor(dtype, shape, values));
    }
    checkCount(shape, values.length);
    Tensor result = allocateToFill(dtype, shape);
    for (int i = 0; i < values.length; i++) {
      Scalars.checkFits("tensor", dtype, values[i]);
      dtype.setDouble(result.segment(), (long) i << dtype.byteShift(), values[i]);
    }
    return result;
  }

  /** Makes a tensor that plain Java code is about to fill. */
  private static Tensor allocateToFill(DType dtype, Shape shape) {
    Tensor result = Tensor.allocate(dtype, shape);
    Recording.filledByHost(result);
    return result;
  }

  private static void checkCount(Shape shape, int count) {
    if (shape.numel() != count) {
      throw new ShapeException(
          "tensor: " + count + " values for " + shape + ": one for each element");
    }
  }

  /**
   * Makes a scalar.
   *
   * @param value the element, rounded to float32
   * @return a new tensor without axes
   */
  public static Tensor scalar(double value) {
    return tensor(DType.FLOAT32, Shape.scalar(), value);
  }

  /**
   * Makes a scalar of int64.
   *
   * @param value the element
   * @return a new tensor without axes
   */
  public static Tensor scalar(long value) {
    return full(DType.INT64, Shape.scalar(), value);
  }

  /**
   * Makes a scalar of bool.
   *
   * @param value the element
   * @return a new tensor without axes
   */
  public static Tensor scalar(boolean value) {
    return full(DType.BOOL, Shape.scalar(), value ? 1L : 0L);
  }

  /**
   * Makes a tensor of an array, or of an array of arrays however deep, with an axis for each level.
   *
   * @param array numbers or truth values, for example {@code float[][]}; copied. {@code float}
   *     makes float32, {@code double} float64, {@code byte} int8, {@code short} int16, {@code int}
   *     int32, {@code long} int64 and {@code boolean} bool
   * @return a new tensor
   * @throws ShapeException when arrays of one level differ in length
   * @throws ArgumentException when this is no such array
   */
  public static Tensor fromArray(Object array) {
    return Devices.made(() -> JavaArrays.copy(array));
  }

  /**
   * Makes a tensor of the bytes of a buffer, from its position on, in the buffer's byte order.
   *
   * @param buffer any buffer; copied, its position stays
   * @param dtype the type of the elements
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws ShapeException when the buffer is too short
   */
  public static Tensor fromBuffer(ByteBuffer buffer, DType dtype, long... sizes) {
    return Devices.made(() -> JavaArrays.copy(buffer, dtype, Shape.of(sizes)));
  }

  // ---- on memory there is

  /**
   * Makes a tensor on a segment, without copying. Writes go both ways. The segment stays its
   * owner's: when the owner frees it, using the tensor throws {@link IllegalStateException}.
   *
   * @param segment native memory that any thread may access, in the machine's byte order; elements
   *     lie in row-major order from its start
   * @param dtype the type of the elements
   * @param sizes the sizes of the axes
   * @return a tensor that shares the segment's memory; read-only when the segment is
   * @throws ArgumentException when the segment is on the heap or confined to one thread
   * @throws ShapeException when the segment is too short
   */
  public static Tensor wrap(MemorySegment segment, DType dtype, long... sizes) {
    return Tensor.on(Storage.wrap(segment), dtype, Layout.contiguous(Shape.of(sizes)));
  }

  /**
   * Makes a tensor on a direct buffer, from its position to its limit, without copying.
   *
   * @param buffer a direct buffer, whose contents are in the machine's byte order
   * @param dtype the type of the elements
   * @param sizes the sizes of the axes
   * @return a tensor that shares the buffer's memory; read-only when the buffer is
   * @throws ArgumentException when the buffer is on the heap
   * @throws ShapeException when the buffer is too short
   */
  public static Tensor wrap(ByteBuffer buffer, DType dtype, long... sizes) {
    return wrap(MemorySegment.ofBuffer(buffer), dtype, sizes);
  }

  /**
   * Makes a tensor on a part of a file, which is mapped, not read: elements come to memory when
   * they are used. The mapping ends when no tensor on it is left.
   *
   * @param file the file, in the machine's byte order
   * @param offset where the elements start, in bytes
   * @param dtype the type of the elements
   * @param sizes the sizes of the axes
   * @return a read-only tensor
   * @throws IOException when the file cannot be read
   * @throws ShapeException when the file is too short
   */
  public static Tensor fromFile(Path file, long offset, DType dtype, long... sizes)
      throws IOException {
    return JavaArrays.map(file, offset, dtype, Shape.of(sizes));
  }

  // ---- filled

  /**
   * Makes a tensor whose elements are undefined.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return a new tensor
   */
  public static Tensor empty(DType dtype, Shape shape) {
    return Tensor.allocate(dtype, shape);
  }

  /**
   * Makes a tensor whose elements are all one value.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @param value the value, converted: an integral type takes its whole part, as in PyTorch
   * @return a new tensor
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  public static Tensor full(DType dtype, Shape shape, double value) {
    Scalars.checkFits("full", dtype, value);
    Tensor result = Tensor.allocate(dtype, shape);
    Kernels.provider().indexing().fill(result, value);
    return result;
  }

  /**
   * As {@link #full(DType, Shape, double)}, exact for int64 beyond 2^53 too.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @param value the value, converted
   * @return a new tensor
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  public static Tensor full(DType dtype, Shape shape, long value) {
    if (dtype != DType.INT64) {
      return full(dtype, shape, (double) value);
    }
    Tensor result = Tensor.allocate(dtype, shape);
    Kernels.provider().indexing().fill(result, value);
    return result;
  }

  /**
   * Makes a tensor of zeros.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return a new tensor
   */
  public static Tensor zeros(DType dtype, Shape shape) {
    return full(dtype, shape, 0);
  }

  /**
   * Makes a tensor of zeros.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   */
  public static Tensor zeros(long... sizes) {
    return zeros(DType.FLOAT32, Shape.of(sizes));
  }

  /**
   * Makes a tensor of ones.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return a new tensor
   */
  public static Tensor ones(DType dtype, Shape shape) {
    return full(dtype, shape, 1);
  }

  /**
   * Makes a tensor of ones.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   */
  public static Tensor ones(long... sizes) {
    return ones(DType.FLOAT32, Shape.of(sizes));
  }

  /**
   * Makes a tensor of zeros with the shape and type of another, on its device.
   *
   * @param like the other tensor
   * @return a new tensor
   */
  public static Tensor zerosLike(Tensor like) {
    return Placement.devicesInUse()
        ? Devices.at(like, () -> zeros(like.dtype(), like.shape()))
        : zeros(like.dtype(), like.shape());
  }

  /**
   * Makes a tensor of ones with the shape and type of another, on its device.
   *
   * @param like the other tensor
   * @return a new tensor
   */
  public static Tensor onesLike(Tensor like) {
    return Placement.devicesInUse()
        ? Devices.at(like, () -> ones(like.dtype(), like.shape()))
        : ones(like.dtype(), like.shape());
  }

  /**
   * Makes a tensor with the shape and type of another, on its device, whose elements are undefined.
   *
   * @param like the other tensor
   * @return a new tensor
   */
  public static Tensor emptyLike(Tensor like) {
    return Placement.devicesInUse()
        ? Devices.at(like, () -> empty(like.dtype(), like.shape()))
        : empty(like.dtype(), like.shape());
  }

  /**
   * Makes a tensor with the shape and type of another, on its device, whose elements are all one
   * value.
   *
   * @param like the other tensor
   * @param value the value, converted: an integral type takes its whole part, as in PyTorch
   * @return a new tensor
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  public static Tensor fullLike(Tensor like, double value) {
    return Placement.devicesInUse()
        ? Devices.at(like, () -> full(like.dtype(), like.shape(), value))
        : full(like.dtype(), like.shape(), value);
  }

  /**
   * As {@link #fullLike(Tensor, double)}, exact for int64 beyond 2^53 too.
   *
   * @param like the other tensor
   * @param value the value, converted
   * @return a new tensor
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  public static Tensor fullLike(Tensor like, long value) {
    return Placement.devicesInUse()
        ? Devices.at(like, () -> full(like.dtype(), like.shape(), value))
        : full(like.dtype(), like.shape(), value);
  }

  /**
   * Makes a matrix with ones on the diagonal and zeros elsewhere.
   *
   * @param size the number of rows and columns
   * @return a new tensor
   */
  public static Tensor eye(long size) {
    return eye(size, size);
  }

  /**
   * Makes a matrix with ones on the diagonal and zeros elsewhere.
   *
   * @param rows the number of rows
   * @param columns the number of columns
   * @return a new tensor
   */
  public static Tensor eye(long rows, long columns) {
    Tensor result = zeros(rows, columns);
    try (Tensor diagonal = result.diagonal()) {
      Kernels.provider().indexing().fill(diagonal, 1L);
    }
    return result;
  }

  // ---- ranges

  /**
   * Makes the int64 vector 0, 1, ..., end - 1.
   *
   * @param end the number of elements
   * @return a new tensor
   * @throws ArgumentException when the end is negative
   */
  public static Tensor arange(long end) {
    return arange(0, end, 1L);
  }

  /**
   * Makes the int64 vector start, start + 1, ..., end - 1.
   *
   * @param start the first value
   * @param end the bound
   * @return a new tensor
   * @throws ArgumentException when the end is before the start
   */
  public static Tensor arange(long start, long end) {
    return arange(start, end, 1L);
  }

  /**
   * Makes the int64 vector start, start + step, ..., up to but not including the end.
   *
   * @param start the first value
   * @param end the bound
   * @param step the difference of neighbours, not zero
   * @return a new tensor
   * @throws ArgumentException when the step is zero or leads away from the end, or the bounds are
   *     2^63 apart or more
   */
  public static Tensor arange(long start, long end, long step) {
    if (step == 0 || start != end && (end > start) != (step > 0)) {
      throw noWay(start, end, step);
    }
    long way = end - start;
    if (way == Long.MIN_VALUE || way != 0 && (way > 0) != (end > start)) {
      throw new ArgumentException("arange: " + start + " to " + end + ": less than 2^63 apart");
    }
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(Math.ceilDiv(way, step)));
    if (Scalars.isDouble(start) && Scalars.isDouble(step)) {
      Kernels.provider().indexing().range(result, start, step);
      return result;
    }
    Kernels.provider().indexing().range(result, 0, 1);
    return result.mul_(step).add_(start);
  }

  private static ArgumentException noWay(Number start, Number end, Number step) {
    return new ArgumentException(
        "arange: " + start + " to " + end + " by " + step + ": a step that leads there");
  }

  /**
   * Makes the float32 vector 0, 1, ..., up to but not including the end.
   *
   * @param end the bound
   * @return a new tensor
   * @throws ArgumentException when the end is negative or not finite
   */
  public static Tensor arange(double end) {
    return arange(0.0, end, 1.0);
  }

  /**
   * Makes the float32 vector start, start + 1, ..., up to but not including the end.
   *
   * @param start the first value
   * @param end the bound
   * @return a new tensor
   * @throws ArgumentException when the end is before the start or a value is not finite
   */
  public static Tensor arange(double start, double end) {
    return arange(start, end, 1.0);
  }

  /**
   * Makes the float32 vector start, start + step, ..., up to but not including the end.
   *
   * @param start the first value
   * @param end the bound
   * @param step the difference of neighbours, not zero
   * @return a new tensor
   * @throws ArgumentException when the step is zero or leads away from the end, or a value is not
   *     finite
   */
  public static Tensor arange(double start, double end, double step) {
    double count = Math.ceil((end - start) / step);
    boolean leadsThere = step != 0 && (start == end || (end > start) == (step > 0));
    if (!leadsThere || !(count < 1L << 53)) {
      throw noWay(start, end, step);
    }
    Tensor result = Tensor.allocate(DType.FLOAT32, Shape.of((long) count));
    Kernels.provider().indexing().range(result, start, step);
    return result;
  }

  /**
   * Makes a float32 vector of equally spaced values, both bounds included.
   *
   * @param start the first value
   * @param end the last value
   * @param count how many values
   * @return a new tensor
   * @throws ShapeException when the count is negative
   */
  public static Tensor linspace(double start, double end, long count) {
    Tensor result = Tensor.allocate(DType.FLOAT32, Shape.of(count));
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    Kernels.provider().indexing().range(result, start, step);
    if (count > 1) {
      result.set(end, count - 1);
    }
    return result;
  }

  /**
   * Makes a float32 vector of powers whose exponents are equally spaced, both bounds included.
   *
   * @param start the first exponent
   * @param end the last exponent
   * @param count how many values
   * @param base the base of the powers
   * @return a new tensor
   * @throws ShapeException when the count is negative
   */
  public static Tensor logspace(double start, double end, long count, double base) {
    Tensor exponents = Tensor.allocate(DType.FLOAT64, Shape.of(count));
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    Kernels.provider().indexing().range(exponents, start, step);
    return Scalars.left(Exponentials.POW, base, exponents).to(DType.FLOAT32);
  }

  /**
   * Makes a float32 vector of powers of 10 whose exponents are equally spaced, both bounds
   * included.
   *
   * @param start the first exponent
   * @param end the last exponent
   * @param count how many values
   * @return a new tensor
   * @throws ShapeException when the count is negative
   */
  public static Tensor logspace(double start, double end, long count) {
    return logspace(start, end, count, 10);
  }

  // ---- grids

  /**
   * Makes the positions on and below a diagonal of a matrix, in row-major order.
   *
   * @param rows the number of rows
   * @param columns the number of columns
   * @param diagonal 0 for the main diagonal, positive above, negative below
   * @return a new int64 tensor of two rows: those of the positions, and their columns
   * @throws ShapeException when a size is negative
   */
  public static Tensor trilIndices(long rows, long columns, long diagonal) {
    return Grids.triangle("tril_indices", rows, columns, diagonal, false);
  }

  /**
   * Makes the positions on and above a diagonal of a matrix, in row-major order.
   *
   * @param rows the number of rows
   * @param columns the number of columns
   * @param diagonal 0 for the main diagonal, positive above, negative below
   * @return a new int64 tensor of two rows: those of the positions, and their columns
   * @throws ShapeException when a size is negative
   */
  public static Tensor triuIndices(long rows, long columns, long diagonal) {
    return Grids.triangle("triu_indices", rows, columns, diagonal, true);
  }

  // ---- random

  /**
   * Starts the shared random numbers over.
   *
   * @param seed any number; the same one gives the same numbers, on any number of threads
   */
  public static void manualSeed(long seed) {
    Generator.shared().manualSeed(seed);
  }

  /**
   * Makes a tensor of numbers uniform over [0, 1).
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   */
  public static Tensor rand(long... sizes) {
    return rand(DType.FLOAT32, Shape.of(sizes), Generator.shared());
  }

  /**
   * Makes a tensor of numbers uniform over [0, 1).
   *
   * @param dtype a floating-point type
   * @param shape the sizes
   * @param generator where the randomness comes from
   * @return a new tensor
   * @throws DTypeException when the type is not floating point
   */
  public static Tensor rand(DType dtype, Shape shape, Generator generator) {
    checkFloating("rand", dtype);
    Tensor result = Tensor.allocate(dtype, shape);
    Kernels.provider().random().uniform(result, 0, 1, generator);
    return result;
  }

  /**
   * Makes a tensor of normally distributed numbers, mean 0 and deviation 1.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   */
  public static Tensor randn(long... sizes) {
    return randn(DType.FLOAT32, Shape.of(sizes), Generator.shared());
  }

  /**
   * Makes a tensor of normally distributed numbers, mean 0 and deviation 1.
   *
   * @param dtype a floating-point type
   * @param shape the sizes
   * @param generator where the randomness comes from
   * @return a new tensor
   * @throws DTypeException when the type is not floating point
   */
  public static Tensor randn(DType dtype, Shape shape, Generator generator) {
    checkFloating("randn", dtype);
    Tensor result = Tensor.allocate(dtype, shape);
    Kernels.provider().random().normal(result, 0, 1, generator);
    return result;
  }

  private static void checkFloating(String operation, DType dtype) {
    if (!dtype.isFloatingPoint()) {
      throw new DTypeException(operation + ": " + dtype + ": the type is floating point");
    }
  }

  /**
   * Makes an int64 tensor of random integers.
   *
   * @param low the smallest
   * @param high the bound above, not included
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws ArgumentException when the bound is not above the smallest
   */
  public static Tensor randint(long low, long high, long... sizes) {
    if (high <= low) {
      throw new ArgumentException("randint: from " + low + " to " + high + ": the range is empty");
    }
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(sizes));
    Kernels.provider().random().integers(result, low, high, Generator.shared());
    return result;
  }

  /**
   * Makes the int64 vector of 0 to count - 1 in random order.
   *
   * @param count how many
   * @param generator where the randomness comes from
   * @return a new tensor
   * @throws ShapeException when the count is negative
   */
  public static Tensor randperm(long count, Generator generator) {
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(count));
    Kernels.provider().random().permutation(result, generator);
    return result;
  }

  /**
   * Makes the int64 vector of 0 to count - 1 in random order.
   *
   * @param count how many
   * @return a new tensor
   * @throws ShapeException when the count is negative
   */
  public static Tensor randperm(long count) {
    return randperm(count, Generator.shared());
  }

  /**
   * Makes a tensor of the shape and type of another, of numbers uniform over [0, 1).
   *
   * @param like the other tensor, floating point
   * @return a new tensor
   * @throws DTypeException when the type is not floating point
   */
  public static Tensor randLike(Tensor like) {
    return rand(like.dtype(), like.shape(), Generator.shared());
  }

  /**
   * Makes a tensor of the shape and type of another, of normally distributed numbers.
   *
   * @param like the other tensor, floating point
   * @return a new tensor
   * @throws DTypeException when the type is not floating point
   */
  public static Tensor randnLike(Tensor like) {
    return randn(like.dtype(), like.shape(), Generator.shared());
  }

  /**
   * Makes a tensor of the shape and type of another, of random integers.
   *
   * @param like the other tensor
   * @param low the smallest
   * @param high the bound above, not included
   * @return a new tensor
   * @throws ArgumentException when the bound is not above the smallest
   */
  public static Tensor randintLike(Tensor like, long low, long high) {
    return randint(low, high, like.shape().toArray()).to(like.dtype());
  }

  /**
   * Draws positions along the last axis, with chances in proportion to weights.
   *
   * @param weights a vector, or rows of weights; not negative, with a sum above zero
   * @param count how many are drawn for each row
   * @param replacement whether a position may be drawn again
   * @param generator where the randomness comes from
   * @return a new int64 tensor, as long as the count along the last axis
   * @throws ShapeException when there are no axes or more than two
   * @throws DTypeException when the weights are not floating point
   * @throws ArgumentException when a weight is negative, infinite or NaN, or there are too few that
   *     are above zero
   */
  public static Tensor multinomial(
      Tensor weights, long count, boolean replacement, Generator generator) {
    return Grids.draw(weights, count, replacement, generator);
  }

  /**
   * Draws positions along the last axis, with chances in proportion to weights.
   *
   * @param weights a vector, or rows of weights; not negative, with a sum above zero
   * @param count how many are drawn for each row
   * @param replacement whether a position may be drawn again
   * @return a new int64 tensor, as long as the count along the last axis
   * @throws ShapeException when there are no axes or more than two
   * @throws DTypeException when the weights are not floating point
   * @throws ArgumentException when a weight is negative, infinite or NaN, or there are too few that
   *     are above zero
   */
  public static Tensor multinomial(Tensor weights, long count, boolean replacement) {
    return multinomial(weights, count, replacement, Generator.shared());
  }

  // ---- several tensors

  /**
   * Sums products in Einstein's notation: {@code einsum("bij,bjk->bik", x, y)} multiplies two
   * batches of matrices. Each letter names an axis, and the products of the elements are added up
   * over all axes that the result does not name. A letter that is repeated in one term stands for
   * the diagonal; an axis of size 1 broadcasts; {@code ...} stands for all axes that are not named,
   * which broadcast. Without {@code ->}, the result has the axes of the ellipsis, and then those
   * whose letters occur once, in the order of the alphabet, capitals first. Spaces do not count.
   *
   * <p>Operands are multiplied from left to right, by matrix products; in which order is the
   * caller's choice.
   *
   * @param equation terms with one letter for each axis, separated by commas, an arrow, and the
   *     letters of the result
   * @param operands a tensor for each term, all of one type
   * @return a new tensor, or a view where a single operand is only rearranged
   * @throws dev.gatun.memory.ArgumentException when the equation is malformed, or has not as many
   *     terms as there are operands
   * @throws ShapeException when an operand has not the axes named, or sizes of an axis differ
   * @throws DTypeException when the types differ
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.of(equation, operands);
  }

  /**
   * Puts tensors one behind the other.
   *
   * @param axis the axis along which they follow each other
   * @param tensors at least one, of one shape but along that axis
   * @return a new tensor of the common type
   * @throws ShapeException when the shapes do not fit or there is no such axis
   */
  public static Tensor cat(int axis, Tensor... tensors) {
    return Joining.CAT.apply(axis, tensors.clone());
  }

  /**
   * Puts tensors one behind the other.
   *
   * @param axis the axis along which they follow each other
   * @param tensors at least one, of one shape but along that axis
   * @return a new tensor of the common type
   * @throws ShapeException when the shapes do not fit or there is no such axis
   */
  public static Tensor cat(int axis, List<Tensor> tensors) {
    return Joining.CAT.apply(axis, tensors.toArray(new Tensor[0]));
  }

  /**
   * Puts tensors of one shape beside each other along a new axis.
   *
   * @param axis where the new axis stands in the result
   * @param tensors at least one, of one shape
   * @return a new tensor of the common type
   * @throws ShapeException when the shapes differ or there is no such place
   */
  public static Tensor stack(int axis, Tensor... tensors) {
    Tensor[] parts = new Tensor[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      if (!tensors[i].shape().equals(tensors[0].shape())) {
        throw new ShapeException(
            "stack: " + tensors[0].shape() + " and " + tensors[i].shape() + ": the shapes agree");
      }
      parts[i] = tensors[i].unsqueeze(axis);
    }
    int at = axis < 0 && parts.length > 0 ? axis + parts[0].rank() : axis;
    return Joining.CAT.apply(at, parts);
  }

  /**
   * Joins tensors side by side: along axis 1, or axis 0 of scalars and vectors.
   *
   * @param tensors the tensors
   * @return a new tensor
   * @throws ShapeException when there are none, or the shapes do not agree
   */
  public static Tensor hstack(Tensor... tensors) {
    return Stacking.hstack(tensors);
  }

  /**
   * Joins tensors one below the other: along axis 0, vectors as rows.
   *
   * @param tensors the tensors
   * @return a new tensor
   * @throws ShapeException when there are none, or the shapes do not agree
   */
  public static Tensor vstack(Tensor... tensors) {
    return Stacking.vstack(tensors);
  }

  /**
   * Joins tensors one behind the other: along axis 2, which vectors and matrices get.
   *
   * @param tensors the tensors
   * @return a new tensor
   * @throws ShapeException when there are none, or the shapes do not agree
   */
  public static Tensor dstack(Tensor... tensors) {
    return Stacking.dstack(tensors);
  }

  /**
   * Joins tensors as columns: along axis 1, vectors and scalars being columns of their own.
   *
   * @param tensors the tensors
   * @return a new tensor
   * @throws ShapeException when there are none, or the shapes do not agree
   */
  public static Tensor columnStack(Tensor... tensors) {
    return Stacking.columnStack(tensors);
  }

  /**
   * Puts matrices along the diagonal of one that is zero elsewhere.
   *
   * @param tensors the matrices; vectors and scalars count as rows
   * @return a new matrix of the common type
   * @throws ShapeException when there are none, or one has more than two axes
   */
  public static Tensor blockDiag(Tensor... tensors) {
    return Stacking.blockDiag(tensors);
  }

  /**
   * As {@link #cat(int, List)}, into a given tensor.
   *
   * @param axis the axis to join along
   * @param tensors the tensors
   * @param out the tensor to write, of the result's shape and type, sharing no memory with the
   *     tensors
   * @return {@code out}
   * @throws ShapeException when there are none, or the shapes do not agree
   * @throws GradientException when a tensor involved requires a gradient and this thread records
   */
  public static Tensor catOut(int axis, List<Tensor> tensors, Tensor out) {
    return Joining.CAT.applyOut(out, axis, tensors.toArray(new Tensor[0]));
  }

  /**
   * Broadcasts tensors against each other.
   *
   * @param tensors the tensors
   * @return views, all of the common shape
   * @throws ShapeException when the shapes do not broadcast
   */
  public static List<Tensor> broadcastTensors(Tensor... tensors) {
    return Stacking.broadcast(tensors);
  }

  /**
   * Makes the coordinates of a grid: the first vector varies along axis 0, the second along axis 1,
   * and so on ({@code indexing="ij"} in PyTorch).
   *
   * @param tensors vectors of one type, or scalars
   * @return for each of them a view with as many axes as there are tensors
   * @throws ShapeException when there are none, or one has more than one axis
   * @throws DTypeException when the types differ
   */
  public static List<Tensor> meshgrid(Tensor... tensors) {
    return Stacking.meshgrid(tensors);
  }

  /**
   * Makes all combinations of one element of each vector, those of the last varying fastest.
   *
   * @param tensors vectors of one type
   * @return a new matrix of one row for each combination; for one vector, that vector
   * @throws ShapeException when there are none, or one is no vector
   * @throws DTypeException when the types differ
   */
  public static Tensor cartesianProd(Tensor... tensors) {
    return Stacking.cartesianProd(tensors);
  }

  /**
   * Chooses, element by element.
   *
   * @param condition truth values
   * @param whenTrue what to take where the condition holds; the shapes broadcast
   * @param whenFalse what to take elsewhere
   * @return a new tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the condition is not of bool
   */
  public static Tensor where(Tensor condition, Tensor whenTrue, Tensor whenFalse) {
    return whenTrue.where(condition, whenFalse);
  }

  // ---- gradients

  /**
   * Stops recording on this thread, as {@link NoGrad#open} does.
   *
   * @return the span, to be closed by this thread
   */
  public static NoGrad noGrad() {
    return NoGrad.open();
  }

  /**
   * Records on this thread, also within a span that does not.
   *
   * @return the span, to be closed by this thread
   */
  public static NoGrad enableGrad() {
    return NoGrad.setGradEnabled(true);
  }

  /**
   * Records on this thread, or does not, as {@link NoGrad#setGradEnabled} does.
   *
   * @param enabled whether to record
   * @return the span, to be closed by this thread
   */
  public static NoGrad setGradEnabled(boolean enabled) {
    return NoGrad.setGradEnabled(enabled);
  }

  /**
   * Stops recording on this thread, for inference. The same as {@link #noGrad}: what PyTorch's
   * inference mode saves besides, Gatun does not spend, and unlike there its results may take part
   * in recorded operations later.
   *
   * @return the span, to be closed by this thread
   */
  public static NoGrad inferenceMode() {
    return NoGrad.open();
  }

  /**
   * Computes the gradients of a scalar with respect to some tensors, and leaves {@link
   * Tensor#grad()} alone.
   *
   * @param output a scalar
   * @param inputs tensors that it was computed from
   * @return the gradients, in the order of the inputs
   * @throws GradientException when the output is no scalar, or an input requires no gradient, or
   *     the output does not depend on one
   */
  public static Tensor[] grad(Tensor output, Tensor... inputs) {
    return grad(output, null, false, false, inputs);
  }

  /**
   * Computes the gradients of a tensor with respect to some tensors, and leaves {@link
   * Tensor#grad()} alone.
   *
   * <p>With {@code retainGraph} one record serves any number of passes, for this output or another
   * one; the last pass may let go, or the record goes with its tensors:
   *
   * {@snippet :
   * Tensor x = Gatun.tensor(1.0, 2.0).requiresGrad_();
   * Tensor y = x.pow(3.0);
   * Tensor z = y.exp();
   * Tensor dy = Gatun.grad(y.sum(), null, true, false, x)[0];
   * Tensor dz = Gatun.grad(z.sum(), null, true, false, x)[0]; // the same record again
   * }
   *
   * @param output the tensor
   * @param gradient the gradient of the output, of its shape; may be null for a scalar
   * @param retainGraph whether to keep what the graph saved, for another pass
   * @param createGraph whether to record the pass itself, for gradients of gradients; the graph is
   *     kept then too
   * @param inputs tensors that it was computed from
   * @return the gradients, in the order of the inputs
   * @throws GradientException when the shapes differ, or an input requires no gradient, or the
   *     output does not depend on one
   */
  public static Tensor[] grad(
      Tensor output,
      @Nullable Tensor gradient,
      boolean retainGraph,
      boolean createGraph,
      Tensor... inputs) {
    @Nullable Tensor[] found =
        BackwardPass.gradientsOf(
            new Tensor[] {output},
            new @Nullable Tensor[] {gradient},
            inputs,
            retainGraph || createGraph,
            createGraph,
            false);
    Tensor[] gradients = new Tensor[found.length];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = Objects.requireNonNull(found[i]);
    }
    return gradients;
  }

  /**
   * Computes the gradients of several tensors together, added up, with respect to some tensors, and
   * leaves {@link Tensor#grad()} alone.
   *
   * @param outputs the tensors
   * @param gradients for each output its gradient, of its shape, or null for a scalar; null for
   *     scalars all over
   * @param inputs tensors that they were computed from
   * @param retainGraph whether to keep what the graph saved, for another pass
   * @param createGraph whether to record the pass itself, for gradients of gradients; the graph is
   *     kept then too
   * @param allowUnused whether the outputs need not depend on every input
   * @return the gradients, in the order of the inputs; null where no output was computed from one,
   *     which happens with {@code allowUnused} alone
   * @throws GradientException when numbers or shapes differ, or an output or an input requires no
   *     gradient, or an input is unused and may not be
   */
  public static @Nullable Tensor[] grad(
      Tensor[] outputs,
      @Nullable Tensor @Nullable [] gradients,
      Tensor[] inputs,
      boolean retainGraph,
      boolean createGraph,
      boolean allowUnused) {
    return BackwardPass.gradientsOf(
        outputs.clone(),
        seeds("grad", outputs, gradients),
        inputs.clone(),
        retainGraph || createGraph,
        createGraph,
        allowUnused);
  }

  /**
   * Computes the gradients of several tensors together with respect to every leaf, and adds them to
   * theirs: one pass, which goes once through what the tensors have in common.
   *
   * @param outputs the tensors
   * @param gradients for each output its gradient, of its shape, or null for a scalar; null for
   *     scalars all over
   * @param retainGraph whether to keep what the graph saved, for another pass
   * @param createGraph whether to record the pass itself, for gradients of gradients; the graph is
   *     kept then too
   * @throws GradientException when numbers or shapes differ, or an output requires no gradient, or
   *     the graph has been gone through before
   * @throws dev.gatun.memory.InPlaceException when a tensor that the pass needs has been written
   *     since
   */
  public static void backward(
      Tensor[] outputs,
      @Nullable Tensor @Nullable [] gradients,
      boolean retainGraph,
      boolean createGraph) {
    BackwardPass.accumulate(
        outputs.clone(),
        seeds("backward", outputs, gradients),
        retainGraph || createGraph,
        createGraph);
  }

  private static @Nullable Tensor[] seeds(
      String operation, Tensor[] outputs, @Nullable Tensor @Nullable [] gradients) {
    if (gradients == null) {
      return new @Nullable Tensor[outputs.length];
    }
    if (gradients.length != outputs.length) {
      throw new GradientException(
          operation
              + ": got "
              + outputs.length
              + " tensors and "
              + gradients.length
              + " gradients: one for each");
    }
    return gradients.clone();
  }

  // ---- what there is

  /**
   * Prints what an operation, a method or a type does: its signatures, whether gradients flow
   * through it, and its documentation where the system property {@code gatun.sources} names folders
   * with Gatun's sources. Made for JShell, where {@code ./gatun shell} sets it.
   *
   * @param name for example {@code matmul}, {@code log_softmax}, {@code Linear} or {@code
   *     Linear.forward}
   */
  public static void help(String name) {
    System.out.println(new Manual().page(name));
  }

  /**
   * Prints what a type is for, as {@link #help(String)} does.
   *
   * @param type the type
   */
  public static void help(Class<?> type) {
    System.out.println(new Manual().page(type));
  }

  /**
   * Prints the names of the public methods and constants of a type.
   *
   * @param type the type, for example {@code Tensor.class}
   */
  public static void dir(Class<?> type) {
    System.out.println(new Manual().namesIn(type));
  }
}
