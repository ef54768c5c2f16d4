package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.List;

/**
 * Elements and slices chosen by tensors of positions or of truth values. Positions are int64;
 * negative ones count from the end.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Indexing {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static IndexKernels kernels() {
    return Kernels.provider().indexing();
  }

  /** Slices at given positions of an axis. */
  StructuralOp<Integer> INDEX_SELECT =
      StructuralOp.<Integer>named(
              "index_select",
              call -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                int axis = IndexRules.axisOf("index_select", x, call.attributes());
                IndexRules.checkVector("index_select", index);
                Tensor result =
                    call.result(x.dtype(), IndexRules.slices(call.name(), x, axis, index.numel()));
                if (IndexRules.anyScalar(x, index)) {
                  IndexRules.onVectors(
                      a -> kernels().indexSelect(a[0], a[1], axis, a[2]), result, x, index);
                } else {
                  kernels().indexSelect(result, x, axis, index);
                }
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Gatun.zeros(RoundedOnce.widened(g.dtype()), call.shape(0))
                      .indexAdd(call.attributes(), call.input(1), RoundedOnce.widened(g)))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.index_select(a, p, b)", (long) axis))
          .drawn(DrawnSamples::selects)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3), index(4, 6)),
                  Sample.of(-1, real(2, 5), index(5, 2)),
                  Sample.of(1, real(2, 3, 4), index(3, 0)),
                  Sample.of(0, real(), index(1, 1)),
                  Sample.of(0, real(4, 3), index(4)),
                  Sample.refused(
                      IndexRangeException.class,
                      "index",
                      0,
                      real(1, 3),
                      new Operand(Operand.Kind.INDEX, Shape.of(2), 5, 9)),
                  Sample.refused(ShapeException.class, "one axis", 0, real(3), index(3, 2, 2))));

  /**
   * Returns the slices at given positions of an axis.
   *
   * @param axis the axis
   * @param index the positions, a vector; a scalar counts as one of one position
   * @return a new tensor, as long as the index along the axis
   * @throws ShapeException when there is no such axis or the index has several axes
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexSelect(int axis, Tensor index) {
    return INDEX_SELECT.apply(axis, self(), IndexRules.wide(index));
  }

  /** Slices added at given positions of an axis. */
  StructuralOp<Integer> INDEX_ADD =
      StructuralOp.<Integer>updating(
              "index_add",
              (call, self) -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                Tensor source = call.input(2);
                int axis = IndexRules.axisOf("index_add", x, call.attributes());
                IndexRules.checkVector("index_add", index);
                Shape expected = IndexRules.slices("index_add", x, axis, index.numel());
                IndexRules.checkSource("index_add", x, source, expected);
                if (IndexRules.anyScalar(x, index)) {
                  IndexRules.onVectors(
                      a -> kernels().indexAdd(a[0], axis, a[1], a[2]), self, index, source);
                } else {
                  RoundedOnce.fold(
                      self, source, (to, from) -> kernels().indexAdd(to, axis, index, from));
                }
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(
              StructuralOp.input(1), (call, g) -> g.indexSelect(call.attributes(), call.input(1)))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.index_add(a, p, b, c)", (long) axis))
          .drawn(DrawnSamples::indexAdds)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3), index(4, 6), real(6, 3)),
                  Sample.of(1, real(2, 3), index(3, 1), real(2, 1)),
                  Sample.of(-1, real(), index(1), real()),
                  Sample.refused(
                      ShapeException.class, "source", 0, real(4), index(4, 2), real(3))));

  /**
   * Adds slices at given positions of an axis; a position named twice receives both.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param source the slices, of this shape but as long as the index along the axis, of this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type or the index neither of int64 nor of
   *     int32
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexAdd(int axis, Tensor index, Tensor source) {
    return INDEX_ADD.apply(axis, self(), IndexRules.wide(index), source);
  }

  /** Elements at given positions along an axis. */
  StructuralOp<Integer> GATHER =
      StructuralOp.<Integer>named(
              "gather",
              call -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                int axis = IndexRules.axisOf("gather", x, call.attributes());
                IndexRules.checkGathered("gather", x, index, axis);
                Tensor result = call.result(x.dtype(), index.shape());
                if (IndexRules.anyScalar(x, index)) {
                  IndexRules.onVectors(
                      a -> kernels().gather(a[0], a[1], axis, a[2]), result, x, index);
                } else {
                  kernels().gather(result, x, axis, index);
                }
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Gatun.zeros(RoundedOnce.widened(g.dtype()), call.shape(0))
                      .scatterAdd(call.attributes(), call.input(1), RoundedOnce.widened(g)))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.gather(a, p, b)", (long) axis))
          .drawn(DrawnSamples::gathers)
          .samples(() ->
              List.of(
                  Sample.of(1, real(3, 5), index(5, 3, 2)),
                  Sample.of(0, real(3, 5), index(3, 4, 5)),
                  Sample.of(-1, real(2, 3, 4), index(4, 2, 3, 1)),
                  Sample.of(0, real(), index(1)),
                  Sample.of(0, real(), index(1, 4)),
                  Sample.of(-1, real(5), index(5)),
                  Sample.refused(
                      ShapeException.class, "none longer", 1, real(2, 3), index(3, 4, 1))));

  /**
   * Picks elements: {@code out[i][j] = this[i][index[i][j]]} for axis 1 of 2, and so on.
   *
   * @param axis the axis
   * @param index the positions along the axis; as many axes as this tensor, none longer but that
   *     axis
   * @return a new tensor of the index's shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor gather(int axis, Tensor index) {
    return GATHER.apply(axis, self(), index);
  }

  /** Elements added at given positions along an axis. */
  StructuralOp<Integer> SCATTER_ADD =
      StructuralOp.<Integer>updating(
              "scatter_add",
              (call, self) -> {
                Tensor x = call.input(0);
                int axis = IndexRules.axisOf("scatter_add", x, call.attributes());
                IndexRules.checkScattered("scatter_add", x, call.input(1), call.input(2), axis);
                if (IndexRules.anyScalar(self, call.input(1), call.input(2))) {
                  IndexRules.onVectors(
                      a -> kernels().scatterAdd(a[0], axis, a[1], a[2]),
                      self,
                      call.input(1),
                      call.input(2));
                } else {
                  Tensor index = call.input(1);
                  RoundedOnce.fold(
                      self,
                      call.input(2),
                      (to, from) -> kernels().scatterAdd(to, axis, index, from));
                }
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(StructuralOp.input(1), (call, g) -> IndexRules.sourceGradient(call, g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.scatter_add(a, p, b, c)", (long) axis))
          .drawn(DrawnSamples::scatters)
          .samples(() ->
              List.of(
                  Sample.of(1, real(3, 5), index(5, 3, 2), real(3, 2)),
                  Sample.of(0, real(3, 2), index(3, 4, 2), real(4, 3)),
                  Sample.of(0, real(), index(1), real()),
                  Sample.of(0, real(3), index(3), real(2)),
                  Sample.refused(
                      ShapeException.class, "source", 1, real(2, 3), index(3, 2, 2), real(2, 1))));

  /**
   * Adds elements: {@code out[i][index[i][j]] += source[i][j]} for axis 1 of 2, and so on.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what is added, of this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type or the index not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
    return SCATTER_ADD.apply(axis, self(), index, source);
  }

  /** A triangle of matrices; the rest is zero. */
  StructuralOp<Triangle> TRIANGLE =
      StructuralOp.<Triangle>named(
              "triangle",
              call -> {
                Tensor x = call.input(0);
                if (x.rank() < 2) {
                  throw new ShapeException("triangle: " + x.shape() + ": at least two axes");
                }
                Tensor result = call.result(x.dtype(), x.shape());
                long diagonal = Math.clamp(call.attributes().diagonal, -x.size(-2), x.size(-1));
                kernels().triangle(result, x, diagonal, call.attributes().upper);
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) ->
                  call.attributes().upper
                      ? g.triu(call.attributes().diagonal)
                      : g.tril(call.attributes().diagonal))
          .pytorch((triangle, inputs) ->
              PyTorchCall.of(
                  triangle.upper ? "torch.triu(a, p)" : "torch.tril(a, p)", triangle.diagonal))
          .drawn(DrawnSamples::triangles)
          .samples(() ->
              List.of(
                  Sample.of(new Triangle(0, true), real(3, 4)),
                  Sample.of(new Triangle(-1, false), real(2, 4, 3)),
                  Sample.refused(
                      ShapeException.class, "two axes", new Triangle(0, true), real(3))));

  /**
   * Which part of a matrix stays.
   *
   * @param diagonal where it ends: 0 the main diagonal, positive above, negative below
   * @param upper whether it lies on and above that diagonal, else on and below
   */
  record Triangle(long diagonal, boolean upper) {}

  /**
   * Returns the matrices with zeros above a diagonal.
   *
   * @param diagonal where they end: 0 the main diagonal, positive above, negative below
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor tril(long diagonal) {
    return TRIANGLE.applyAs("tril", new Triangle(diagonal, false), self());
  }

  /**
   * Returns the matrices with zeros below a diagonal.
   *
   * @param diagonal where they end: 0 the main diagonal, positive above, negative below
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor triu(long diagonal) {
    return TRIANGLE.applyAs("triu", new Triangle(diagonal, true), self());
  }

  /** The elements where a mask is true. */
  StructuralOp<NoAttributes> MASKED_SELECT =
      StructuralOp.<NoAttributes>named(
              "masked_select",
              call -> {
                Tensor x = call.input(0);
                Tensor mask = call.input(1);
                if (mask.dtype() != DType.BOOL) {
                  throw new DTypeException(
                      "masked_select: a mask of " + mask.dtype() + ": the mask is of bool");
                }
                if (!mask.shape().equals(x.shape())) {
                  throw new ShapeException(
                      "masked_select: "
                          + x.shape()
                          + " with a mask of "
                          + mask.shape()
                          + ": the shapes agree");
                }
                Tensor result = call.result(x.dtype(), Shape.of(kernels().countNonzero(mask)));
                kernels().maskedSelect(result, x, mask);
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Scattering.MASKED_SCATTER.apply(
                      NONE, Embedding.zeros(g.dtype(), call.shape(0)), call.input(1), g))
          .pytorch("torch.masked_select(a, b)")
          .drawn(DrawnSamples::masks)
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 4), Operand.condition(3, 4)),
                  Sample.of(NONE, real(7), Operand.condition(7)),
                  Sample.refused(
                      ShapeException.class, "shapes agree", NONE, real(3), Operand.condition(4))));

  /**
   * Returns the elements where a mask is true, in row-major order.
   *
   * @param mask truth values; the shapes broadcast
   * @return a new vector
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the mask is not of bool
   */
  default Tensor maskedSelect(Tensor mask) {
    Tensor x = self();
    if (mask.shape().equals(x.shape())) {
      return MASKED_SELECT.apply(NONE, x, mask);
    }
    Shape shape = Shape.broadcast("masked_select", x.shape(), mask.shape());
    try (Tensor spread = x.broadcastTo(shape);
        Tensor places = mask.broadcastTo(shape)) {
      return MASKED_SELECT.apply(NONE, spread, places);
    }
  }

  /**
   * Returns the positions of the elements that differ from zero, in row-major order.
   *
   * @return a new int64 matrix, one row for each of them
   */
  default Tensor nonzero() {
    Tensor x = self();
    x.checkOpen("nonzero");
    if (Placement.devicesInUse() && Devices.elsewhere(x)) {
      return Devices.at(x, x::nonzero);
    }
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(kernels().countNonzero(x), x.rank()));
    kernels().nonzero(result, x);
    return result;
  }

  /**
   * Returns for each position a vector with 1 there and 0 elsewhere.
   *
   * @param classes the length of the vectors, more than every position; -1 for the least that will
   *     do
   * @return a new int64 tensor with one axis more
   * @throws DTypeException when this tensor is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is negative or not less than
   *     {@code classes}
   */
  default Tensor oneHot(long classes) {
    if (classes == -1) {
      return oneHot();
    }
    Tensor x = self();
    x.checkOpen("one_hot");
    IndexRules.checkIndex("one_hot", x);
    if (x.numel() == 0 && classes <= 0) {
      throw new ShapeException("one_hot: " + x.shape() + ": no elements to count classes from");
    }
    if (Placement.devicesInUse() && Devices.elsewhere(x)) {
      return Devices.at(x, () -> x.oneHot(classes));
    }
    long[] sizes = Arrays.copyOf(x.shape().toArray(), x.rank() + 1);
    sizes[x.rank()] = classes;
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(sizes));
    kernels().oneHot(result, x);
    return result;
  }

  /**
   * Returns for each position a vector with 1 there and 0 elsewhere, just long enough for all.
   *
   * @return a new int64 tensor with one axis more, as long as the greatest position and one
   * @throws DTypeException when this tensor is not of int64
   * @throws ShapeException when this tensor has no elements
   * @throws dev.gatun.memory.IndexRangeException when a position is negative
   */
  default Tensor oneHot() {
    Tensor x = self();
    x.checkOpen("one_hot");
    IndexRules.checkIndex("one_hot", x);
    if (x.numel() == 0) {
      throw new ShapeException("one_hot: " + x.shape() + ": no elements to count classes from");
    }
    return oneHot(Math.max(x.amax(new int[0], false).itemLong(), 0) + 1);
  }

  /**
   * As {@link #indexSelect}, into a given tensor.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param out the tensor to write, of the result's shape and type, sharing no memory with the
   *     operands
   * @return {@code out}
   * @throws GradientException when a tensor involved requires a gradient and this thread records
   */
  default Tensor indexSelectOut(int axis, Tensor index, Tensor out) {
    return INDEX_SELECT.applyOut(out, axis, self(), IndexRules.wide(index));
  }

  /**
   * As {@link #gather}, into a given tensor.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param out the tensor to write, of the index's shape and this type, sharing no memory with the
   *     operands
   * @return {@code out}
   * @throws GradientException when a tensor involved requires a gradient and this thread records
   */
  default Tensor gatherOut(int axis, Tensor index, Tensor out) {
    return GATHER.applyOut(out, axis, self(), index);
  }
}
