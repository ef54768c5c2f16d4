package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * Elements and slices written at tensors of positions, or where a mask is true: in a copy, or in
 * place under the names that end with an underscore. Positions are int64; negative ones count from
 * the end. In-place forms are recorded, and may be applied to views.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Scattering {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static IndexKernels kernels() {
    return Kernels.provider().indexing();
  }

  /** A scalar of a tensor's type. */
  private Tensor scalar(String operation, double value) {
    DType dtype = self().dtype();
    Scalars.checkFits(operation, dtype, value);
    return Devices.full(self(), dtype, Shape.scalar(), value);
  }

  private Tensor scalar(String operation, long value) {
    return self().dtype() == DType.INT64
        ? Scalars.exact(self(), value)
        : scalar(operation, (double) value);
  }

  // ---- slices

  /** Slices in place of those at given positions of an axis. */
  StructuralOp<Integer> INDEX_COPY =
      StructuralOp.<Integer>updating(
              "index_copy",
              (call, self) -> {
                Tensor index = call.input(1);
                Tensor source = call.input(2);
                int axis = IndexRules.axisOf(call.name(), self, call.attributes());
                IndexRules.checkVector(call.name(), index);
                Shape expected = IndexRules.slices(call.name(), self, axis, index.numel());
                IndexRules.checkSource(call.name(), self, source, expected);
                if (IndexRules.anyScalar(self, index)) {
                  IndexRules.onVectors(
                      a -> kernels().indexCopy(a[0], axis, a[1], a[2]), self, index, source);
                } else {
                  kernels().indexCopy(self, axis, index, source);
                }
              })
          .gradient(
              StructuralOp.input(1), (call, g) -> g.indexFill(call.attributes(), call.input(1), 0))
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(
              StructuralOp.input(1), (call, g) -> g.indexSelect(call.attributes(), call.input(1)))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.index_copy(a, p, b, c)", (long) axis))
          .drawn(DrawnSamples::indexCopies)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3), index(4, 1), real(1, 3)),
                  Sample.of(-1, real(2, 5), index(5, 1), real(2, 1)),
                  Sample.of(0, real(), index(1), real()),
                  Sample.refused(
                      ShapeException.class, "source", 0, real(4), index(4, 2), real(3))));

  /**
   * Returns a copy with other slices at given positions of an axis; of those for one position, the
   * last stays.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param source the slices, of this shape but as long as the index along the axis, of this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type or the index not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexCopy(int axis, Tensor index, Tensor source) {
    return INDEX_COPY.apply(axis, self(), index, source);
  }

  /**
   * As {@link #indexCopy}, in place.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param source the slices
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexCopy_(int axis, Tensor index, Tensor source) {
    return INDEX_COPY.applyInPlace(axis, self(), index, source);
  }

  /** One number in all slices at given positions of an axis; the last input is the number. */
  StructuralOp<Integer> INDEX_FILL =
      StructuralOp.<Integer>updating(
              "index_fill",
              (call, self) -> {
                Tensor index = call.input(1);
                Tensor value = call.input(2);
                int axis = IndexRules.axisOf(call.name(), self, call.attributes());
                IndexRules.checkVector(call.name(), index);
                IndexRules.checkSource(call.name(), self, value, Shape.scalar());
                Shape filled = IndexRules.slices(call.name(), self, axis, index.numel());
                try (Tensor spread =
                    new Tensor(
                        value.storage().retain(), value.dtype(), value.layout().expand(filled))) {
                  if (IndexRules.anyScalar(self, index)) {
                    IndexRules.onVectors(
                        a -> kernels().indexCopy(a[0], axis, a[1], a[2]), self, index, spread);
                  } else {
                    kernels().indexCopy(self, axis, index, spread);
                  }
                }
              })
          .gradient(
              StructuralOp.input(1), (call, g) -> g.indexFill(call.attributes(), call.input(1), 0))
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(StructuralOp.input(1), Scattering::gradientOfFilling)
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.index_fill(a, p, b, c)", (long) axis))
          .drawn(draw -> {
            Sample<Integer> call = DrawnSamples.selects(draw);
            return Sample.of(
                call.attributes(), call.operands().get(0), call.operands().get(1), real());
          })
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3), index(4, 1), real()),
                  Sample.of(1, real(2, 3), index(3, 5), real()),
                  Sample.of(-1, real(2, 5), index(5, 1), real()),
                  Sample.of(0, real(), index(1, 1), real()),
                  Sample.refused(
                      ShapeException.class, "source", 0, real(4), index(4, 2), real(2))));

  /** What is filled counts once, however often its position is named. */
  private static Tensor gradientOfFilling(Backward<Integer> call, Tensor gradient) {
    if (gradient.rank() == 0) {
      return gradient;
    }
    int axis = gradient.shape().normalizeAxis("index_fill", call.attributes());
    long[] alongAxis = new long[gradient.rank()];
    Arrays.fill(alongAxis, 1);
    alongAxis[axis] = gradient.size(axis);
    Tensor untouched = Gatun.ones(alongAxis).indexFill(axis, call.input(1), 0).ne(0);
    return gradient.maskedFill(untouched, 0).sum();
  }

  /**
   * Returns a copy with a number in all slices at given positions of an axis.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param value the number, converted to this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the index is no vector
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor indexFill(int axis, Tensor index, double value) {
    return INDEX_FILL.apply(axis, self(), index, scalar("index_fill", value));
  }

  /**
   * As {@link #indexFill(int, Tensor, double)}, exact for int64 beyond 2^53 too.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param value the number, converted to this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the index is no vector
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor indexFill(int axis, Tensor index, long value) {
    return INDEX_FILL.apply(axis, self(), index, scalar("index_fill", value));
  }

  /**
   * As {@link #indexFill(int, Tensor, double)}, in place.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param value the number, converted to this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexFill_(int axis, Tensor index, double value) {
    return INDEX_FILL.applyInPlace(axis, self(), index, scalar("index_fill_", value));
  }

  /**
   * As {@link #indexFill_(int, Tensor, double)}, exact for int64 beyond 2^53 too.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param value the number, converted to this type
   * @return this tensor
   * @throws ShapeException when there is no such axis or the index is no vector
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexFill_(int axis, Tensor index, long value) {
    return INDEX_FILL.applyInPlace(axis, self(), index, scalar("index_fill_", value));
  }

  /**
   * As {@link Indexing#indexAdd}, in place.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param source the slices
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexAdd_(int axis, Tensor index, Tensor source) {
    return Indexing.INDEX_ADD.applyInPlace(axis, self(), IndexRules.wide(index), source);
  }

  // ---- elements

  /** Elements in place of those at given positions along an axis. */
  StructuralOp<Integer> SCATTER =
      StructuralOp.<Integer>updating(
              "scatter",
              (call, self) -> {
                int axis = IndexRules.axisOf(call.name(), self, call.attributes());
                IndexRules.checkScattered(call.name(), self, call.input(1), call.input(2), axis);
                if (IndexRules.anyScalar(self, call.input(1), call.input(2))) {
                  IndexRules.onVectors(
                      a -> kernels().scatter(a[0], axis, a[1], a[2]),
                      self,
                      call.input(1),
                      call.input(2));
                } else {
                  kernels().scatter(self, axis, call.input(1), call.input(2));
                }
              })
          .gradient(
              StructuralOp.input(1), (call, g) -> g.scatter(call.attributes(), call.input(1), 0))
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(StructuralOp.input(1), IndexRules::sourceGradient)
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.scatter(a, p, b, c)", (long) axis))
          .drawn(DrawnSamples::scatters)
          .samples(() ->
              List.of(
                  Sample.of(1, real(3, 5), index(5, 3, 1), real(3, 1)),
                  Sample.of(0, real(3, 2), index(3, 1, 2), real(4, 3)),
                  Sample.of(-1, real(), index(1), real()),
                  Sample.of(0, real(3), index(3), real(2)),
                  Sample.refused(
                      ShapeException.class, "source", 1, real(2, 3), index(3, 2, 2), real(2, 1))));

  /**
   * Returns a copy with other elements: {@code out[i][index[i][j]] = source[i][j]} for axis 1 of 2,
   * and so on. Of those for one place, the last along the axis stays.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what is written, of this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type or the index not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor scatter(int axis, Tensor index, Tensor source) {
    return SCATTER.apply(axis, self(), index, source);
  }

  /**
   * Returns a copy with a number at given positions along an axis.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param value the number, converted to this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor scatter(int axis, Tensor index, double value) {
    Tensor source = scalar("scatter", value).broadcastTo(index.shape());
    return SCATTER.apply(axis, self(), index, source);
  }

  /**
   * As {@link #scatter(int, Tensor, double)}, exact for int64 beyond 2^53 too.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param value the number, converted to this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor scatter(int axis, Tensor index, long value) {
    Tensor source = scalar("scatter", value).broadcastTo(index.shape());
    return SCATTER.apply(axis, self(), index, source);
  }

  /**
   * As {@link #scatter(int, Tensor, Tensor)}, in place.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what is written, of this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor scatter_(int axis, Tensor index, Tensor source) {
    return SCATTER.applyInPlace(axis, self(), index, source);
  }

  /**
   * As {@link #scatter(int, Tensor, double)}, in place.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param value the number, converted to this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor scatter_(int axis, Tensor index, double value) {
    Tensor source = scalar("scatter_", value).broadcastTo(index.shape());
    return SCATTER.applyInPlace(axis, self(), index, source);
  }

  /**
   * As {@link #scatter(int, Tensor, long)}, in place.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param value the number, converted to this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor scatter_(int axis, Tensor index, long value) {
    Tensor source = scalar("scatter_", value).broadcastTo(index.shape());
    return SCATTER.applyInPlace(axis, self(), index, source);
  }

  /**
   * As {@link Indexing#scatterAdd}, in place.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what is added, of this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor scatterAdd_(int axis, Tensor index, Tensor source) {
    return Indexing.SCATTER_ADD.applyInPlace(axis, self(), index, source);
  }

  /**
   * Returns the elements at given positions of all elements in row-major order.
   *
   * @param index the positions, int64, of any shape
   * @return a new tensor of the index's shape
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is beyond the elements
   */
  default Tensor take(Tensor index) {
    index.checkOpen("take");
    try (Tensor flat = Views.RESHAPE.applyAs("take", Shape.of(self().numel()), self())) {
      return AdvancedIndexing.INDEX.applyAs(
          "take", AdvancedIndexing.Places.of(false, 0), flat, index);
    }
  }

  /**
   * Picks elements along an axis as {@link Indexing#gather} does, the other axes broadcasting.
   *
   * @param index the positions along the axis; as many axes as this tensor
   * @param axis the axis
   * @return a new tensor
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor takeAlongDim(Tensor index, int axis) {
    Tensor x = self().openFor("take_along_dim");
    if (index.openFor("take_along_dim").rank() != x.rank()) {
      throw new ShapeException(
          "take_along_dim: " + x.shape() + " with an index of " + index.shape() + ": as many axes");
    }
    int at = IndexRules.axisOf("take_along_dim", x, axis);
    Shape common =
        Shape.broadcast("take_along_dim", x.shape().with(at, 1), index.shape().with(at, 1));
    return x.broadcastTo(common.with(at, x.size(at)))
        .gather(at, index.broadcastTo(common.with(at, index.size(at))));
  }

  /**
   * Picks the elements of all at given positions, as {@link #take} does.
   *
   * @param index the positions, int64
   * @return a new vector, one element for each position
   * @throws DTypeException when the index is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is beyond the elements
   */
  default Tensor takeAlongDim(Tensor index) {
    self().checkOpen("take_along_dim");
    try (Tensor places = index.openFor("take_along_dim").reshape(-1)) {
      return take(places);
    }
  }

  // ---- masks

  /** Successive elements of a tensor where a mask is true, else the first one's. */
  StructuralOp<NoAttributes> MASKED_SCATTER =
      StructuralOp.<NoAttributes>updating(
              "masked_scatter",
              (call, self) -> {
                Tensor mask = call.input(1);
                Tensor source = call.input(2);
                if (mask.dtype() != DType.BOOL || source.dtype() != self.dtype()) {
                  throw new DTypeException(
                      call.name()
                          + ": "
                          + self.dtype()
                          + " with a mask of "
                          + mask.dtype()
                          + " and a source of "
                          + source.dtype()
                          + ": the mask is of bool, the others of one type");
                }
                if (!mask.shape().equals(self.shape())) {
                  throw new ShapeException(
                      call.name()
                          + ": "
                          + self.shape()
                          + " with a mask of "
                          + mask.shape()
                          + ": the shapes agree");
                }
                if (source.numel() < kernels().countNonzero(mask)) {
                  throw new ShapeException(
                      call.name()
                          + ": "
                          + source.shape()
                          + ": fewer elements than the mask has places");
                }
                kernels().maskedScatter(self, mask, source);
              })
          .gradient(StructuralOp.input(1), (call, g) -> g.maskedFill(call.input(1), 0))
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(
              StructuralOp.input(1),
              (call, g) -> {
                Tensor taken = g.maskedSelect(call.input(1));
                long size = call.shape(2).numel();
                return taken.numel() == size
                    ? taken.reshape(call.shape(2))
                    : Embedding.embed(
                            taken,
                            Shape.of(size),
                            Embedding.slice(new Views.Range(0, 0, taken.numel(), 1)))
                        .reshape(call.shape(2));
              })
          .pytorch("torch.masked_scatter(a, b, c)")
          .drawn(draw -> {
            long[] sizes = draw.sizes();
            long most = Shape.of(sizes).numel();
            return Sample.of(
                NONE, real(sizes), Operand.condition(sizes), real(draw.between(most, most + 2)));
          })
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 4), Operand.condition(3, 4), real(12)),
                  Sample.of(NONE, real(5), Operand.condition(5), real(6)),
                  Sample.refused(
                      ShapeException.class,
                      "shapes agree",
                      NONE,
                      real(3),
                      Operand.condition(4),
                      real(4))));

  /**
   * Returns a copy with successive elements of another tensor where a mask is true.
   *
   * @param mask truth values; the shapes broadcast
   * @param source what is written, in row-major order, of this type; at least as many elements as
   *     places
   * @return a new tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast, or the source has too few elements
   * @throws DTypeException when the mask is not of bool or the source of another type
   */
  default Tensor maskedScatter(Tensor mask, Tensor source) {
    Tensor x = self();
    x.checkOpen("masked_scatter");
    Masks.check("masked_scatter", mask);
    Shape shape = Shape.broadcast("masked_scatter", x.shape(), mask.shape());
    try (Tensor spread = x.broadcastTo(shape);
        Tensor places = mask.broadcastTo(shape)) {
      return MASKED_SCATTER.apply(NONE, spread, places, source);
    }
  }

  /**
   * As {@link #maskedScatter}, in place.
   *
   * @param mask truth values; broadcasts to this shape
   * @param source what is written, in row-major order, of this type; at least as many elements as
   *     places
   * @return this tensor
   * @throws ShapeException when the mask does not broadcast to this shape, or the source has too
   *     few elements
   * @throws DTypeException when the mask is not of bool or the source of another type
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor maskedScatter_(Tensor mask, Tensor source) {
    try (Tensor places = Masks.over("masked_scatter_", self(), mask)) {
      return MASKED_SCATTER.applyInPlace(NONE, self(), places, source);
    }
  }

  /**
   * As {@link Logic#maskedFill(Tensor, double)}, in place.
   *
   * @param mask truth values; broadcasts to this shape
   * @param value the scalar, converted to this type: an integral one takes its whole part, so 0.5
   *     becomes 0, as in PyTorch
   * @return this tensor
   * @throws ShapeException when the mask does not broadcast to this shape
   * @throws DTypeException when the mask is not of bool
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor maskedFill_(Tensor mask, double value) {
    try (Tensor places = Masks.over("masked_fill_", self(), mask)) {
      return Writes.become(
          "masked_fill_", self(), x -> Masks.fill("masked_fill_", x, places, value));
    }
  }

  /**
   * As {@link Logic#maskedFill(Tensor, long)}, in place.
   *
   * @param mask truth values; broadcasts to this shape
   * @param value the scalar
   * @return this tensor
   * @throws ShapeException when the mask does not broadcast to this shape
   * @throws DTypeException when the mask is not of bool
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor maskedFill_(Tensor mask, long value) {
    try (Tensor places = Masks.over("masked_fill_", self(), mask)) {
      return Writes.become(
          "masked_fill_", self(), x -> Masks.fill("masked_fill_", x, places, value));
    }
  }

  /**
   * Returns the positions of the elements that differ from zero, in row-major order; {@link
   * Indexing#nonzero} by NumPy's name.
   *
   * @return a new int64 matrix, one row for each of them
   */
  default Tensor argwhere() {
    return self().openFor("argwhere").nonzero();
  }

  // ---- triangles

  /**
   * Returns the matrices with zeros above the main diagonal.
   *
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor tril() {
    return self().tril(0);
  }

  /**
   * Returns the matrices with zeros below the main diagonal.
   *
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor triu() {
    return self().triu(0);
  }

  /**
   * As {@link Indexing#tril}, in place.
   *
   * @param diagonal where the matrices end: 0 the main diagonal, positive above, negative below
   * @return this tensor
   * @throws ShapeException when there are fewer than two axes
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor tril_(long diagonal) {
    return Writes.become("tril_", self(), x -> x.tril(diagonal));
  }

  /**
   * As {@link Indexing#triu}, in place.
   *
   * @param diagonal where the matrices end: 0 the main diagonal, positive above, negative below
   * @return this tensor
   * @throws ShapeException when there are fewer than two axes
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor triu_(long diagonal) {
    return Writes.become("triu_", self(), x -> x.triu(diagonal));
  }

  /**
   * Puts the element of a scalar where a mask is true. Gradients flow to it.
   *
   * @param mask truth values; the shapes broadcast
   * @param value a tensor without axes, converted to this type
   * @return a new tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast or the value has axes
   * @throws DTypeException when the mask is not of bool
   */
  default Tensor maskedFill(Tensor mask, Tensor value) {
    self().checkOpen("masked_fill");
    Masks.check("masked_fill", mask);
    IndexRules.checkScalar("masked_fill", value);
    try (Tensor converted = value.to(self().dtype())) {
      return Gatun.where(mask, converted, self());
    }
  }

  /**
   * As {@link #maskedFill(Tensor, Tensor)}, in place.
   *
   * @param mask truth values; broadcasts to this shape
   * @param value a tensor without axes, converted to this type
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor maskedFill_(Tensor mask, Tensor value) {
    try (Tensor places = Masks.over("masked_fill_", self(), mask);
        Tensor filled = maskedFill(places, value)) {
      return self().copy_(filled);
    }
  }

  /**
   * Returns a copy with other elements at given positions of all elements in row-major order.
   *
   * @param index the positions, int64, of any shape
   * @param source what is written, of as many elements and of this type
   * @param accumulate whether to add to what is there; a place named twice then receives both
   * @return a new tensor of this shape
   * @throws ShapeException when there are more or fewer elements than positions
   * @throws DTypeException when the index is not of int64 or the source of another type
   * @throws dev.gatun.memory.IndexRangeException when a position is beyond the elements
   */
  default Tensor put(Tensor index, Tensor source, boolean accumulate) {
    Tensor self = self().openFor("put");
    if (index.openFor("put").numel() != source.openFor("put").numel()) {
      throw new ShapeException(
          "put: a source of " + source.shape() + " for " + index.shape() + ": as many elements");
    }
    return self.reshape(-1)
        .indexPut(source.reshape(index.shape()), accumulate, Index.positions(index))
        .reshape(self.shape());
  }

  /**
   * As {@link #put}, in place.
   *
   * @param index the positions, int64, of any shape
   * @param source what is written, of as many elements and of this type
   * @param accumulate whether to add to what is there; a place named twice then receives both
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor put_(Tensor index, Tensor source, boolean accumulate) {
    return self().copy_(put(index, source, accumulate));
  }

  /**
   * Returns the positions of the elements that differ from zero, axis by axis, as {@link
   * Index#positions(Tensor)} takes them.
   *
   * @return for each axis an int64 vector, a view; for a scalar, one vector as for a vector of one
   *     element
   */
  default List<Tensor> nonzeroAsTuple() {
    Tensor self = self().openFor("nonzero_as_tuple");
    return (self.rank() == 0 ? self.reshape(1) : self).nonzero().unbind(1);
  }
}
