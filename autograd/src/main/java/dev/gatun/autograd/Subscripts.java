package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/**
 * Reading and writing by lists of {@linkplain Index indices}, as Python does between square
 * brackets.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Subscripts {
  /** The first number that a double does not tell from its neighbours. */
  long BEYOND_DOUBLE = 1L << 53;

  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Returns a part of this tensor.
   *
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return a view that shares this tensor's memory, where all indices are basic ones; else a new
   *     tensor. Gradients flow through either
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask or
   *     positions do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   */
  default Tensor get(Index first, Index... rest) {
    return Subscript.of("get", self(), first, rest).read();
  }

  /**
   * Writes a number in every place of a part of this tensor. Recorded: no gradient flows to what
   * was overwritten.
   *
   * @param value the number, converted to this type
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask or
   *     positions do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor set(double value, Index first, Index... rest) {
    Subscript.of("set", self(), first, rest).write(value);
    return self();
  }

  /**
   * As {@link #set(double, Index, Index...)}, with a whole number, which int64 holds exactly.
   *
   * @param value the number, converted to this type
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask or
   *     positions do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor set(long value, Index first, Index... rest) {
    Subscript subscript = Subscript.of("set", self(), first, rest);
    if (self().dtype() == DType.INT64 && Math.abs(value) >= BEYOND_DOUBLE) {
      subscript.write(Gatun.tensor(new long[] {value}).to(self().device()));
    } else {
      subscript.write((double) value);
    }
    return self();
  }

  /**
   * Writes elements of another tensor in a part of this one. Recorded: gradients flow to the
   * values, and no longer to what was overwritten. Where positions name a place twice, one of its
   * values stays.
   *
   * @param values what to write, converted to this type; broadcasts to the shape that {@link #get}
   *     has for the same indices, and may have further leading axes of size 1
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask,
   *     positions or the values do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor set(Tensor values, Index first, Index... rest) {
    Subscript.of("set", self(), first, rest).write(values);
    return self();
  }

  /**
   * Returns a copy of this tensor with elements of another one written, or added, in a part of it.
   *
   * @param values what to write, of this type; broadcasts to the shape that {@link #get} has for
   *     the same indices
   * @param accumulate whether to add to what is there; a place named twice then receives both
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return a new tensor of this shape
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask,
   *     positions or the values do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   * @throws DTypeException when the values are of another type
   */
  default Tensor indexPut(Tensor values, boolean accumulate, Index first, Index... rest) {
    return self().clone().indexPut_(values, accumulate, first, rest);
  }

  /**
   * As {@link #indexPut}, in place.
   *
   * @param values what to write, of this type; broadcasts to the shape that {@link #get} has for
   *     the same indices
   * @param accumulate whether to add to what is there; a place named twice then receives both
   * @param first the index of the first axis; see {@link Index} for what there is
   * @param rest further indices
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when more axes are named than there are, or a mask,
   *     positions or the values do not fit in shape
   * @throws dev.gatun.memory.IndexRangeException when an index or a position is outside its axis,
   *     or a step is not positive
   * @throws DTypeException when the values are of another type
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexPut_(Tensor values, boolean accumulate, Index first, Index... rest) {
    if (values.dtype() != self().dtype()) {
      throw new DTypeException(
          "index_put: values of "
              + values.dtype()
              + " for "
              + self().dtype()
              + ": the types agree");
    }
    Subscript subscript = Subscript.of("index_put_", self(), first, rest);
    subscript.put(values, accumulate);
    return self();
  }
}
