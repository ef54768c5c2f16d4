package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies, conversions, and the way out to plain Java values.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Elements {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** A copy, perhaps of another element type. */
  StructuralOp<DType> CAST =
      StructuralOp.<DType>named(
              "to",
              call -> {
                Tensor x = call.input(0);
                Tensor result = call.result(call.attributes(), x.shape());
                Kernels.provider().indexing().copy(result, x);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g.to(call.dtype(0)))
          .pytorch((dtype, inputs) -> PyTorchCall.of("a.to(p)", dtype))
          .drawn(draw -> Sample.of(draw.oneOf(DType.values()), real(draw.sizes())))
          .samples(() ->
              List.of(
                  Sample.of(DType.FLOAT64, real(3, 4)),
                  Sample.of(DType.FLOAT64, real()),
                  Sample.of(DType.FLOAT64, real(0, 3))));

  /**
   * Returns the elements as another type; this tensor itself when it has that type. Floating-point
   * values are cut towards zero on the way to integers, integers keep their low bits on the way to
   * narrower ones, and whatever differs from zero is true.
   *
   * @param dtype the type
   * @return a new contiguous tensor, or this one
   */
  default Tensor to(DType dtype) {
    Tensor self = self();
    self.checkOpen("to");
    return self.dtype() == dtype ? self : CAST.apply(dtype, self);
  }

  /** A contiguous copy. */
  StructuralOp<NoAttributes> CLONE =
      StructuralOp.<NoAttributes>named(
              "clone",
              call -> {
                Tensor x = call.input(0);
                Tensor result = call.result(x.dtype(), x.shape());
                Kernels.provider().indexing().copy(result, x);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .pytorch("torch.clone(a)")
          .drawn(draw -> Sample.of(NoAttributes.NONE, real(draw.sizes())))
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 4)), Sample.of(NONE, real()), Sample.of(NONE, real(0))));

  /**
   * Returns this tensor where its elements lie in row-major order without gaps, else a copy that
   * does.
   *
   * @return this tensor, or a new one
   */
  default Tensor contiguous() {
    Tensor self = self();
    self.checkOpen("contiguous");
    return self.isContiguous() ? self : CLONE.apply(NONE, self);
  }

  /**
   * Overwrites the elements with those of another tensor, converted. Not recorded: where gradients
   * are to flow, compute a new tensor.
   *
   * @param source what to copy; broadcasts to this shape
   * @return this tensor
   * @throws ShapeException when the source does not broadcast to this shape
   * @throws GradientException when a gradient would have to flow through the copy
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor copy_(Tensor source) {
    Tensor self = self();
    source.checkOpen("copy_");
    self.checkInPlace("copy_", false);
    checkUnrecorded("copy_", source);
    try (Tensor spread =
        new Tensor(
            source.storage().retain(), source.dtype(), source.layout().expand(self.shape()))) {
      boolean same =
          source.sharesMemory(self)
              && source.dtype() == self.dtype()
              && spread.layout().equals(self.layout());
      if (same) {
        return self;
      }
      if (source.sharesMemory(self)) {
        try (Tensor apart = spread.copyOfElements()) {
          Kernels.provider().indexing().copy(self, apart);
        }
      } else {
        Kernels.provider().indexing().copy(self, spread);
      }
    }
    self.storage().bumpVersion();
    return self;
  }

  private void checkUnrecorded(String operation, @Nullable Tensor source) {
    boolean tracked = self().isTracked() || source != null && source.isTracked();
    if (tracked && GradientMode.isEnabled()) {
      throw new GradientException(
          operation
              + ": "
              + self().describe()
              + ": the write is not recorded; write under NoGrad, or compute a new tensor");
    }
  }

  /**
   * Sets every element to a value.
   *
   * @param value the value, converted to this type
   * @return this tensor
   * @throws GradientException when a gradient would have to flow through the write
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor fill_(double value) {
    Tensor self = self();
    self.checkInPlace("fill_", false);
    checkUnrecorded("fill_", null);
    Scalars.checkFits("fill_", self.dtype(), value);
    Kernels.provider().indexing().fill(self, value);
    self.storage().bumpVersion();
    return self;
  }

  /**
   * Sets every element to zero.
   *
   * @return this tensor
   * @throws GradientException when a gradient would have to flow through the write
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor zero_() {
    return fill_(0);
  }

  private long onlyElement(String operation) {
    Tensor self = self();
    self.checkOpen(operation);
    Recording.refuseHostAccess(operation);
    if (self.numel() != 1) {
      throw new ShapeException(operation + ": " + self.shape() + ": exactly one element");
    }
    return self.byteOffset();
  }

  /**
   * Returns the value of the one element.
   *
   * @return its value; of an int64 beyond 2^53 the nearest double
   * @throws ShapeException when there is not exactly one element
   */
  default double item() {
    long offset = onlyElement("item");
    return self().dtype().getDouble(self().segment(), offset);
  }

  /**
   * Returns the value of the one element, cut towards zero.
   *
   * @return its value
   * @throws ShapeException when there is not exactly one element
   */
  default long itemLong() {
    long offset = onlyElement("item");
    return self().dtype().getLong(self().segment(), offset);
  }

  /**
   * Returns the value of one element.
   *
   * @param indices one index for each axis; negative ones count from the end
   * @return its value
   * @throws ShapeException when there is not one index for each axis
   * @throws dev.gatun.memory.IndexRangeException when there is no such index
   */
  default double get(long... indices) {
    Tensor self = self();
    self.checkOpen("get");
    Recording.refuseHostAccess("get");
    return self.dtype().getDouble(self.segment(), byteOffset("get", indices));
  }

  /**
   * Sets the value of one element.
   *
   * @param value the value, converted to this type
   * @param indices one index for each axis; negative ones count from the end
   * @return this tensor
   * @throws ShapeException when there is not one index for each axis
   * @throws dev.gatun.memory.IndexRangeException when there is no such index
   * @throws GradientException when a gradient would have to flow through the write
   * @throws dev.gatun.memory.InPlaceException when the memory cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor set(double value, long... indices) {
    Tensor self = self();
    self.checkInPlace("set", false);
    checkUnrecorded("set", null);
    Scalars.checkFits("set", self.dtype(), value);
    long offset = byteOffset("set", indices);
    if (Recording.isActive()) {
      fillElement(offset >> self.dtype().byteShift(), value);
    } else {
      self.dtype().setDouble(self.segment(), offset, value);
    }
    self.storage().bumpVersion();
    return self;
  }

  /** Sets one element by a kernel, of which a recording takes note. */
  private void fillElement(long position, double value) {
    Tensor self = self();
    Layout layout = Layout.strided(Shape.scalar(), new long[0], position);
    try (StridedArray element = new StridedArray(self.storage().retain(), self.dtype(), layout)) {
      Kernels.provider().indexing().fill(element, value);
    }
  }

  private long byteOffset(String operation, long[] indices) {
    Tensor self = self();
    Shape shape = self.shape();
    if (indices.length != shape.rank()) {
      throw new ShapeException(
          operation
              + ": "
              + shape
              + " at "
              + Arrays.toString(indices)
              + ": one index for each axis");
    }
    long position = self.layout().offset();
    for (int axis = 0; axis < indices.length; axis++) {
      long size = shape.size(axis);
      long index = indices[axis];
      if (index < -size || index >= size) {
        throw new IndexRangeException(
            operation
                + ": "
                + shape
                + ": index "
                + index
                + " is outside axis "
                + axis
                + " of size "
                + size);
      }
      position += (index < 0 ? index + size : index) * self.layout().stride(axis);
    }
    return position << self.dtype().byteShift();
  }

  /**
   * Returns the elements in row-major order, as a copy on the heap.
   *
   * @return their values as floats
   * @throws ArgumentException when there are more elements than an array can hold
   */
  default float[] toFloatArray() {
    double[] values = toDoubleArray();
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /**
   * Returns the elements in row-major order, as a copy on the heap.
   *
   * @return their values as doubles
   * @throws ArgumentException when there are more elements than an array can hold
   */
  default double[] toDoubleArray() {
    double[] result = new double[checkedLength()];
    try (Tensor flat = self().copyOfElements()) {
      for (int i = 0; i < result.length; i++) {
        result[i] = flat.dtype().getDouble(flat.segment(), (long) i << flat.dtype().byteShift());
      }
    }
    return result;
  }

  /**
   * Returns the elements in row-major order, as a copy on the heap.
   *
   * @return their values as longs; fractions are cut towards zero
   * @throws ArgumentException when there are more elements than an array can hold
   */
  default long[] toLongArray() {
    long[] result = new long[checkedLength()];
    try (Tensor flat = self().copyOfElements()) {
      for (int i = 0; i < result.length; i++) {
        result[i] = flat.dtype().getLong(flat.segment(), (long) i << flat.dtype().byteShift());
      }
    }
    return result;
  }

  private int checkedLength() {
    self().checkOpen("to_array");
    Recording.refuseHostAccess("to_array");
    long numel = self().numel();
    if (numel > Integer.MAX_VALUE - 8) {
      throw new ArgumentException(
          "to_array: " + self().shape() + ": more elements than a Java array can hold");
    }
    return (int) numel;
  }
}
