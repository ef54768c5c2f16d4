package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
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

  private static void checkIndex(String name, Tensor index) {
    if (index.dtype() != DType.INT64) {
      throw new DTypeException(name + ": an index of " + index.dtype() + ": positions are int64");
    }
  }

  private static void checkVector(String name, Tensor index) {
    checkIndex(name, index);
    if (index.rank() != 1) {
      throw new ShapeException(name + ": an index of " + index.shape() + ": it has one axis");
    }
  }

  private static int axisOf(String name, Tensor tensor, int axis) {
    if (tensor.rank() == 0) {
      throw new ShapeException(name + ": []: a scalar has no axes");
    }
    return tensor.shape().normalizeAxis(name, axis);
  }

  /** Slices at given positions of an axis. */
  StructuralOp<Integer> INDEX_SELECT =
      StructuralOp.<Integer>named(
              "index_select",
              call -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                int axis = axisOf("index_select", x, call.attributes());
                checkVector("index_select", index);
                Tensor result = call.result(x.dtype(), x.shape().with(axis, index.numel()));
                kernels().indexSelect(result, x, axis, index);
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Gatun.zeros(g.dtype(), call.shape(0))
                      .indexAdd(call.attributes(), call.input(1), g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.index_select(a, p, b)", (long) axis))
          .drawn(DrawnSamples::selects)
          .samples(() ->
              List.of(
                  Sample.of(0, real(4, 3), index(4, 6)),
                  Sample.of(-1, real(2, 5), index(5, 2)),
                  Sample.of(1, real(2, 3, 4), index(3, 0)),
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
   * @param index the positions, a vector
   * @return a new tensor, as long as the index along the axis
   * @throws ShapeException when there is no such axis or the index is no vector
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexSelect(int axis, Tensor index) {
    return INDEX_SELECT.apply(axis, self(), index);
  }

  /** Slices added at given positions of an axis. */
  StructuralOp<Integer> INDEX_ADD =
      StructuralOp.<Integer>named(
              "index_add",
              call -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                Tensor source = call.input(2);
                int axis = axisOf("index_add", x, call.attributes());
                checkVector("index_add", index);
                Shape expected = x.shape().with(axis, index.numel());
                checkSource("index_add", x, source, expected);
                Tensor result = call.result(x.dtype(), x.shape());
                kernels().copy(result, x);
                kernels().indexAdd(result, axis, index, source);
                return result;
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
                  Sample.refused(
                      ShapeException.class, "source", 0, real(4), index(4, 2), real(3))));

  private static void checkSource(String name, Tensor x, Tensor source, Shape expected) {
    if (!source.shape().equals(expected)) {
      throw new ShapeException(
          name + ": a source of " + source.shape() + " for " + expected + ": the shapes agree");
    }
    if (source.dtype() != x.dtype()) {
      throw new DTypeException(
          name + ": a source of " + source.dtype() + " for " + x.dtype() + ": the types agree");
    }
  }

  /**
   * Adds slices at given positions of an axis; a position named twice receives both.
   *
   * @param axis the axis
   * @param index the positions, a vector
   * @param source the slices, of this shape but as long as the index along the axis, of this type
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type or the index not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexAdd(int axis, Tensor index, Tensor source) {
    return INDEX_ADD.apply(axis, self(), index, source);
  }

  private static void checkGathered(String name, Tensor x, Tensor index, int axis) {
    checkIndex(name, index);
    boolean fits = index.rank() == x.rank();
    for (int i = 0; fits && i < x.rank(); i++) {
      fits = i == axis || index.size(i) <= x.size(i);
    }
    if (!fits) {
      throw new ShapeException(
          name
              + ": "
              + x.shape()
              + " with an index of "
              + index.shape()
              + ": as many axes, none longer but axis "
              + axis);
    }
  }

  /** Elements at given positions along an axis. */
  StructuralOp<Integer> GATHER =
      StructuralOp.<Integer>named(
              "gather",
              call -> {
                Tensor x = call.input(0);
                Tensor index = call.input(1);
                int axis = axisOf("gather", x, call.attributes());
                checkGathered("gather", x, index, axis);
                Tensor result = call.result(x.dtype(), index.shape());
                kernels().gather(result, x, axis, index);
                return result;
              })
          .gradient(
              StructuralOp.input(1),
              (call, g) ->
                  Gatun.zeros(g.dtype(), call.shape(0))
                      .scatterAdd(call.attributes(), call.input(1), g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.gather(a, p, b)", (long) axis))
          .drawn(DrawnSamples::gathers)
          .samples(() ->
              List.of(
                  Sample.of(1, real(3, 5), index(5, 3, 2)),
                  Sample.of(0, real(3, 5), index(3, 4, 5)),
                  Sample.of(-1, real(2, 3, 4), index(4, 2, 3, 1)),
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

  private static void checkScattered(String name, Tensor x, Tensor index, Tensor source, int axis) {
    checkGathered(name, x, index, axis);
    boolean fits = source.rank() == index.rank();
    for (int i = 0; fits && i < index.rank(); i++) {
      fits = index.size(i) <= source.size(i);
    }
    if (!fits) {
      throw new ShapeException(
          name
              + ": a source of "
              + source.shape()
              + " with an index of "
              + index.shape()
              + ": no axis of the index is longer");
    }
    if (source.dtype() != x.dtype()) {
      throw new DTypeException(
          name + ": a source of " + source.dtype() + " for " + x.dtype() + ": the types agree");
    }
  }

  /** Cuts a gradient to the index's shape, and puts zeros around what was not read. */
  private static Tensor sourceGradient(Backward<Integer> call, Tensor gradient) {
    Tensor gathered = gradient.gather(call.attributes(), call.input(1));
    Shape source = call.shape(2);
    for (int axis = 0; axis < source.rank(); axis++) {
      if (gathered.size(axis) < source.size(axis)) {
        gathered =
            Embedding.embed(
                gathered,
                gathered.shape().with(axis, source.size(axis)),
                Embedding.slice(new Views.Range(axis, 0, gathered.size(axis), 1)));
      }
    }
    return gathered;
  }

  /** Elements added at given positions along an axis. */
  StructuralOp<Integer> SCATTER_ADD =
      StructuralOp.<Integer>named(
              "scatter_add",
              call -> {
                Tensor x = call.input(0);
                int axis = axisOf("scatter_add", x, call.attributes());
                checkScattered("scatter_add", x, call.input(1), call.input(2), axis);
                Tensor result = call.result(x.dtype(), x.shape());
                kernels().copy(result, x);
                kernels().scatterAdd(result, axis, call.input(1), call.input(2));
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(StructuralOp.input(1), (call, g) -> sourceGradient(call, g))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.scatter_add(a, p, b, c)", (long) axis))
          .drawn(DrawnSamples::scatters)
          .samples(() ->
              List.of(
                  Sample.of(1, real(3, 5), index(5, 3, 2), real(3, 2)),
                  Sample.of(0, real(3, 2), index(3, 4, 2), real(4, 3)),
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
    return TRIANGLE.apply(new Triangle(diagonal, false), self());
  }

  /**
   * Returns the matrices with zeros below a diagonal.
   *
   * @param diagonal where they end: 0 the main diagonal, positive above, negative below
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor triu(long diagonal) {
    return TRIANGLE.apply(new Triangle(diagonal, true), self());
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
              (call, g) -> Indexing.MASKED_SCATTER.apply(NONE, call.input(1), g))
          .pytorch("torch.masked_select(a, b)")
          .drawn(DrawnSamples::masks)
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 4), Operand.condition(3, 4)),
                  Sample.of(NONE, real(7), Operand.condition(7)),
                  Sample.refused(
                      ShapeException.class, "shapes agree", NONE, real(3), Operand.condition(4))));

  /** Zeros, with successive elements of a vector where a mask is true. */
  StructuralOp<NoAttributes> MASKED_SCATTER =
      StructuralOp.<NoAttributes>named(
              "masked_scatter",
              call -> {
                Tensor mask = call.input(0);
                Tensor source = call.input(1);
                if (source.numel() < kernels().countNonzero(mask)) {
                  throw new ShapeException(
                      "masked_scatter: "
                          + source.shape()
                          + ": fewer elements than the mask has"
                          + " places");
                }
                Tensor result = call.result(source.dtype(), mask.shape());
                kernels().fill(result, 0L);
                kernels().maskedScatter(result, mask, source);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .gradient(
              StructuralOp.input(0),
              (call, g) -> {
                Tensor taken = g.maskedSelect(call.input(0));
                long size = call.shape(1).numel();
                return taken.numel() == size
                    ? taken.reshape(call.shape(1))
                    : Embedding.embed(
                            taken,
                            Shape.of(size),
                            Embedding.slice(new Views.Range(0, 0, taken.numel(), 1)))
                        .reshape(call.shape(1));
              })
          .pytorch("torch.masked_scatter(torch.zeros_like(a, dtype=b.dtype), a, b)")
          .samples(() ->
              List.of(
                  Sample.of(NONE, Operand.condition(3, 4), real(12)),
                  Sample.of(NONE, Operand.condition(5), real(6))));

  /**
   * Returns the elements where a mask is true, in row-major order.
   *
   * @param mask truth values, of this shape
   * @return a new vector
   * @throws ShapeException when the shapes differ
   * @throws DTypeException when the mask is not of bool
   */
  default Tensor maskedSelect(Tensor mask) {
    return MASKED_SELECT.apply(NONE, self(), mask);
  }

  /**
   * Returns the positions of the elements that differ from zero, in row-major order.
   *
   * @return a new int64 matrix, one row for each of them
   */
  default Tensor nonzero() {
    Tensor x = self();
    x.checkOpen("nonzero");
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(kernels().countNonzero(x), x.rank()));
    kernels().nonzero(result, x);
    return result;
  }

  /**
   * Returns for each position a vector with 1 there and 0 elsewhere.
   *
   * @param classes the length of the vectors; every position is less
   * @return a new int64 tensor with one axis more
   * @throws DTypeException when this tensor is not of int64
   * @throws dev.gatun.memory.IndexRangeException when a position is negative or not less than
   *     {@code classes}
   */
  default Tensor oneHot(long classes) {
    Tensor x = self();
    x.checkOpen("one_hot");
    checkIndex("one_hot", x);
    long[] sizes = Arrays.copyOf(x.shape().toArray(), x.rank() + 1);
    sizes[x.rank()] = classes;
    Tensor result = Tensor.allocate(DType.INT64, Shape.of(sizes));
    kernels().oneHot(result, x);
    return result;
  }
}
