package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;

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

  /**
   * Returns the elements on a device; this tensor itself when it is there. Recorded: gradients flow
   * back to where this tensor is. To the host the copy is there when this returns; to a device it
   * is made while the host goes on.
   *
   * @param device the device, which may be the host
   * @return a new contiguous tensor, or this one
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used
   */
  default Tensor to(Device device) {
    Tensor self = self();
    self.checkOpen("to");
    if (self.device().equals(device)) {
      return self;
    }
    Devices.checkNotCaptured("to", self, device);
    return Devices.TO.apply(new Devices.Move(self.device(), device), self);
  }

  /**
   * Returns the elements on a device, as another type; this tensor itself when it is there and has
   * that type.
   *
   * @param device the device, which may be the host
   * @param dtype the type
   * @return a new contiguous tensor, or this one; gradients flow to this one
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used
   */
  default Tensor to(Device device, DType dtype) {
    // Converted where fewer bytes are copied then.
    return self().dtype().byteSize() < dtype.byteSize()
        ? self().to(device).to(dtype)
        : self().to(dtype).to(device);
  }

  /**
   * Returns the elements on the host; this tensor itself when it is there.
   *
   * @return a new contiguous tensor, or this one; gradients flow to this one
   */
  default Tensor cpu() {
    return self().openFor("cpu").to(Device.CPU);
  }

  /**
   * Returns the elements on the first GPU; this tensor itself when it is there.
   *
   * @return a new contiguous tensor, or this one; gradients flow to this one
   * @throws dev.gatun.memory.DeviceException when there is none, with the reason
   */
  default Tensor cuda() {
    return self().openFor("cuda").to(Device.cuda(0));
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

  /** Another tensor's elements, converted and broadcast, in place of the first one's. */
  StructuralOp<NoAttributes> COPY =
      StructuralOp.<NoAttributes>updating(
              "copy",
              (call, self) -> {
                Tensor source = call.input(1);
                try (StridedArray spread = spread(call.name(), source, self.shape())) {
                  Kernels.provider().indexing().copy(self, spread);
                }
              })
          .replacingAll()
          .gradient(
              StructuralOp.NOTHING, (call, g) -> Embedding.zeros(call.dtype(0), call.shape(0)))
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .pytorch("a.clone().copy_(b)")
          .drawn(draw -> {
            long[] sizes = draw.sizes();
            return Sample.of(NONE, real(sizes), real(draw.broadcastable(sizes)));
          })
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 4), real(4)),
                  Sample.of(NONE, real(2), real()),
                  Sample.refused(ShapeException.class, "sizes", NONE, real(3), real(2)),
                  Sample.refused(
                      ShapeException.class, "does not broadcast", NONE, real(1), real(2))));

  private static StridedArray spread(String operation, Tensor source, Shape shape) {
    if (!source.shape().equals(shape)
        && !Shape.broadcast(operation, source.shape(), shape).equals(shape)) {
      throw new ShapeException(
          operation + ": a source of " + source.shape() + " does not broadcast to " + shape);
    }
    return new StridedArray(
        source.storage().retain(), source.dtype(), source.layout().expand(shape));
  }

  /**
   * Overwrites the elements with those of another tensor, converted. Recorded: gradients flow to
   * the source, and no longer to what was overwritten.
   *
   * @param source what to copy; broadcasts to this shape
   * @return this tensor
   * @throws ShapeException when the source does not broadcast to this shape
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor copy_(Tensor source) {
    Tensor self = self();
    source.checkOpen("copy_");
    if ((self.isPartOfGraph() || source.isTracked()) && GradientMode.isEnabled()) {
      return COPY.applyInPlace(NONE, self, source);
    }
    self.checkInPlace("copy_", false);
    if (source.storage().memory() != self.storage().memory()) {
      Devices.checkNotCaptured("copy_", source, self.device());
      try (StridedArray spread = spread("copy_", source, self.shape())) {
        Transfers.copy(self, spread);
      }
      self.storage().bumpVersion();
      return self;
    }
    KernelProvider provider = Kernels.providerOf(self);
    try (StridedArray spread = spread("copy_", source, self.shape())) {
      boolean same =
          source.sharesMemory(self)
              && source.dtype() == self.dtype()
              && spread.layout().equals(self.layout());
      if (same) {
        return self;
      }
      if (source.sharesMemory(self)) {
        try (Tensor apart = source.copyOfElements();
            StridedArray spreadApart = spread("copy_", apart, self.shape())) {
          provider.indexing().copy(self, spreadApart);
        }
      } else {
        provider.indexing().copy(self, spread);
      }
    }
    self.storage().bumpVersion();
    return self;
  }

  /** A number in place of every element. */
  StructuralOp<Double> FILL =
      StructuralOp.<Double>updating(
              "fill",
              (call, self) -> {
                Scalars.checkFits(call.name(), self.dtype(), call.attributes());
                Kernels.provider().indexing().fill(self, call.attributes());
              })
          .replacingAll()
          .gradient(
              StructuralOp.NOTHING, (call, g) -> Embedding.zeros(call.dtype(0), call.shape(0)))
          .pytorch((value, inputs) -> PyTorchCall.of("torch.fill(a, p)", value))
          .drawn(draw -> Sample.of((double) draw.between(0, 9), real(draw.sizes())))
          .samples(() ->
              List.of(
                  Sample.of(3.0, real(3, 4)), Sample.of(0.5, real()), Sample.of(1.0, real(0, 2))));

  /**
   * Sets every element to a value. Recorded: no gradient flows to what was overwritten.
   *
   * @param value the value, converted to this type: an integral one takes its whole part, as in
   *     PyTorch
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor fill_(double value) {
    Tensor self = self();
    if (self.isPartOfGraph() && GradientMode.isEnabled()) {
      return FILL.applyInPlace(value, self);
    }
    self.checkInPlace("fill_", false);
    Scalars.checkFits("fill_", self.dtype(), value);
    Kernels.providerOf(self).indexing().fill(self, value);
    self.storage().bumpVersion();
    return self;
  }

  /**
   * As {@link #fill_(double)}, exact for int64 beyond 2^53 too.
   *
   * @param value the value, converted to this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor fill_(long value) {
    Tensor self = self();
    if (self.dtype() != DType.INT64) {
      return fill_((double) value);
    }
    self.checkInPlace("fill_", false);
    Kernels.providerOf(self).indexing().fill(self, value);
    self.storage().bumpVersion();
    return self;
  }

  /**
   * Sets every element to that of a scalar. Recorded: gradients flow to it.
   *
   * @param value a tensor without axes, converted to this type
   * @return this tensor
   * @throws ShapeException when the value has axes
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor fill_(Tensor value) {
    IndexRules.checkScalar("fill_", value);
    return copy_(value);
  }

  /**
   * Sets every element to zero. Recorded: no gradient flows to what was overwritten.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor zero_() {
    return self().openFor("zero_").fill_(0.0);
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
    if (!self().device().isCpu()) {
      try (Tensor host = Devices.onHost(self())) {
        return host.item();
      }
    }
    double value = self().dtype().getDouble(self().segment(), offset);
    self().checkStillOpen("item");
    return value;
  }

  /**
   * Returns the value of the one element, cut towards zero.
   *
   * @return its value
   * @throws ShapeException when there is not exactly one element
   */
  default long itemLong() {
    long offset = onlyElement("item");
    if (!self().device().isCpu()) {
      try (Tensor host = Devices.onHost(self())) {
        return host.itemLong();
      }
    }
    long value = self().dtype().getLong(self().segment(), offset);
    self().checkStillOpen("item");
    return value;
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
    long offset = offsetToRead(indices);
    if (!self.device().isCpu()) {
      try (Tensor element = self.viewOf(elementAt(offset))) {
        return element.item();
      }
    }
    double value = self.dtype().getDouble(self.segment(), offset);
    self.checkStillOpen("get");
    return value;
  }

  /**
   * Returns the value of one element, cut towards zero; exact for int64, which {@link #get} is not
   * beyond 2^53.
   *
   * @param indices one index for each axis; negative ones count from the end
   * @return its value
   * @throws ShapeException when there is not one index for each axis
   * @throws dev.gatun.memory.IndexRangeException when there is no such index
   */
  default long getLong(long... indices) {
    Tensor self = self();
    long offset = offsetToRead(indices);
    if (!self.device().isCpu()) {
      try (Tensor element = self.viewOf(elementAt(offset))) {
        return element.itemLong();
      }
    }
    long value = self.dtype().getLong(self.segment(), offset);
    self.checkStillOpen("get");
    return value;
  }

  /**
   * Sets the value of one element. Recorded: no gradient flows to what was overwritten.
   *
   * @param value the value, converted to this type: an integral one takes its whole part, as in
   *     PyTorch
   * @param indices one index for each axis; negative ones count from the end
   * @return this tensor
   * @throws ShapeException when there is not one index for each axis
   * @throws dev.gatun.memory.IndexRangeException when there is no such index
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor set(double value, long... indices) {
    Tensor self = self();
    self.checkInPlace("set", false);
    Scalars.checkFits("set", self.dtype(), value);
    long offset = byteOffset("set", indices);
    if (self.isPartOfGraph() && GradientMode.isEnabled()) {
      fillSelected(self, value, indices, 0);
      return self;
    }
    if (Recording.isActive() || !self.device().isCpu()) {
      try (StridedArray element = element(offset)) {
        Kernels.providerOf(element).indexing().fill(element, value);
      }
    } else {
      self.dtype().setDouble(self.segment(), offset, value);
    }
    self.storage().bumpVersion();
    return self;
  }

  /**
   * As {@link #set(double, long...)}, exact for int64 beyond 2^53 too.
   *
   * @param value the value, converted to this type
   * @param indices one index for each axis; negative ones count from the end
   * @return this tensor
   * @throws ShapeException when there is not one index for each axis
   * @throws dev.gatun.memory.IndexRangeException when there is no such index
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor set(long value, long... indices) {
    Tensor self = self();
    if (self.dtype() != DType.INT64) {
      return set((double) value, indices);
    }
    self.checkInPlace("set", false);
    long offset = byteOffset("set", indices);
    if (Recording.isActive() || !self.device().isCpu()) {
      try (StridedArray element = element(offset)) {
        Kernels.providerOf(element).indexing().fill(element, value);
      }
    } else {
      self.dtype().setLong(self.segment(), offset, value);
    }
    self.storage().bumpVersion();
    return self;
  }

  /** Fills the element at the indices from an axis on, by views that it closes. */
  private static void fillSelected(Tensor tensor, double value, long[] indices, int axis) {
    if (axis == indices.length) {
      tensor.fill_(value);
      return;
    }
    try (Tensor selected = tensor.select(0, indices[axis])) {
      fillSelected(selected, value, indices, axis + 1);
    }
  }

  /** One element, for a kernel to write, of which a recording takes note. */
  private StridedArray element(long byteOffset) {
    Tensor self = self();
    return new StridedArray(self.storage().retain(), self.dtype(), elementAt(byteOffset));
  }

  private long offsetToRead(long[] indices) {
    self().checkOpen("get");
    Recording.refuseHostAccess("get");
    return byteOffset("get", indices);
  }

  private Layout elementAt(long byteOffset) {
    long position = byteOffset >> self().dtype().byteShift();
    return Layout.strided(Shape.scalar(), new long[0], position);
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
    try (Tensor flat = Devices.copy(self(), Device.CPU)) {
      for (int i = 0; i < result.length; i++) {
        result[i] = flat.dtype().getDouble(flat.segment(), (long) i << flat.dtype().byteShift());
      }
    }
    self().checkStillOpen("to_array");
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
    try (Tensor flat = Devices.copy(self(), Device.CPU)) {
      for (int i = 0; i < result.length; i++) {
        result[i] = flat.dtype().getLong(flat.segment(), (long) i << flat.dtype().byteShift());
      }
    }
    self().checkStillOpen("to_array");
    return result;
  }

  /**
   * Returns the elements as a Java array of arrays, one level for each axis: {@code float[][]} for
   * a float32 matrix. The reverse of {@link Gatun#fromArray}. Elements of float16 and bfloat16 are
   * floats, those of uint8 shorts.
   *
   * @return a new array; the boxed element for a scalar
   * @throws ArgumentException when an axis is longer than an array can be
   */
  default Object toArray() {
    self().checkOpen("to_array");
    Recording.refuseHostAccess("to_array");
    Object result;
    try (Tensor host = Devices.onHost(self())) {
      result = JavaArrays.nested(host);
    }
    self().checkStillOpen("to_array");
    return result;
  }

  /**
   * Returns the elements as lists of lists, one level for each axis, as PyTorch does. Of
   * floating-point types they are {@link Double}, of integral ones {@link Long}, of bool {@link
   * Boolean}.
   *
   * @return a new list that can be changed; the element for a scalar
   * @throws ArgumentException when an axis is longer than a list can be
   */
  default Object tolist() {
    self().checkOpen("tolist");
    Recording.refuseHostAccess("tolist");
    Object result;
    try (Tensor host = Devices.onHost(self())) {
      result = JavaArrays.lists(host);
    }
    self().checkStillOpen("tolist");
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
