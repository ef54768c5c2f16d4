package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/**
 * One item of a list of indices, by which {@link Subscripts#get(Index, Index...)} reads a part of a
 * tensor and {@link Subscripts#set(Tensor, Index, Index...)} writes one. Its factories are made to
 * be imported statically:
 *
 * {@snippet :
 * import static dev.gatun.autograd.Index.*;
 *
 * Tensor x = Gatun.arange(30).reshape(10, 3);
 * x.get(at(1), range(0, 3));          // x[1, 0:3]
 * x.get(ellipsis(), at(-1));          // x[..., -1]
 * x.get(all(), newAxis());            // x[:, None]
 * x.get(mask(x.gt(0)));               // x[x > 0]
 * x.get(positions(0, 2), all());      // x[[0, 2], :]
 * x.set(12, to(2), all());            // x[:2, :] = 12
 * x.set(x.get(at(0)), range(0, 9, 2)); // x[0:9:2] = x[0]
 * }
 *
 * <h2>The grammar</h2>
 *
 * <pre>
 * indices   = index { "," index }
 * index     = basic | advanced
 * basic     = at(i)                        one index of an axis, which is taken out        x[i]
 *           | range(start, end [, step])   a range of an axis, which stays                 x[start:end:step]
 *           | from(start) | to(end)        a range open at one side                        x[start:]  x[:end]
 *           | all() | every(step)          a whole axis, or every so many of it            x[:]  x[::step]
 *           | ellipsis()                   the axes that no other item names; once         x[...]
 *           | newAxis()                    a new axis of size 1                            x[None]
 * advanced  = positions(tensor or i, ..)   int64 or int32 positions of any shape           x[tensor]
 *           | mask(tensor)                 truth values for as many axes as the mask has   x[mask]
 * </pre>
 *
 * <p>Items are given to the axes from the first on. {@code at}, ranges and {@code positions} take
 * one axis each, a mask as many as it has, which agree in size; {@code newAxis} takes none, and an
 * ellipsis the axes that are left over. Axes behind the last item stay as they are. Positions count
 * from the end when they are negative; those outside their axis are refused, while the bounds of
 * ranges are cut to it. Steps are positive.
 *
 * <p><b>Basic items</b> alone give a view: it shares the tensor's memory. <b>Advanced items</b>
 * give a copy, by PyTorch's rules: first the basic items are applied; then a mask stands for the
 * positions where it is true, a tensor of positions for each of its axes; the tensors of positions
 * broadcast against each other, and their common axes take the place of the axes they address where
 * these are neighbours, or come first where they are not. Positions without axes, such as {@code
 * positions(scalar)}, count as {@code at}.
 *
 * <p>Indices are immutable; those that hold tensors can be used as long as the tensor is open.
 */
public sealed interface Index {
  /**
   * One index of an axis, which is taken out.
   *
   * @param index the index; negative ones count from the end
   */
  record At(long index) implements Index {
    @Override
    public String toString() {
      return Long.toString(index);
    }
  }

  /**
   * A range of an axis, by Python's rules: negative bounds count from the end, and bounds beyond
   * the axis are cut to it.
   *
   * @param start the first index
   * @param end the index before which the range ends; {@link Long#MAX_VALUE} for the end
   * @param step the distance between indices taken, at least 1
   */
  record Span(long start, long end, long step) implements Index {
    @Override
    public String toString() {
      return (start == 0 ? "" : Long.toString(start))
          + ':'
          + (end == Long.MAX_VALUE ? "" : Long.toString(end))
          + (step == 1 ? "" : ":" + step);
    }
  }

  /** An item without a value of its own. */
  enum Mark implements Index {
    /** The axes that no other item names. */
    ELLIPSIS("..."),
    /** A new axis of size 1. */
    NEW_AXIS("None");

    private final String text;

    Mark(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The positions where a tensor is true, for as many axes as it has.
   *
   * @param values the truth values
   */
  record Mask(Tensor values) implements Index {
    @Override
    public String toString() {
      return "mask " + values.describe();
    }
  }

  /**
   * Positions along one axis.
   *
   * @param values the positions, of type int64 or int32
   */
  record Positions(Tensor values) implements Index {
    @Override
    public String toString() {
      return "positions " + values.describe();
    }
  }

  /**
   * Returns one index of an axis, which is taken out.
   *
   * @param index the index; negative ones count from the end
   * @return the item, {@code x[index]} in Python
   */
  static Index at(long index) {
    return new At(index);
  }

  /**
   * Returns a range of an axis.
   *
   * @param start the first index; negative ones count from the end
   * @param end the index before which the range ends; negative ones count from the end
   * @return the item, {@code x[start:end]} in Python
   */
  static Index range(long start, long end) {
    return new Span(start, end, 1);
  }

  /**
   * Returns every so many of a range of an axis.
   *
   * @param start the first index; negative ones count from the end
   * @param end the index before which the range ends; negative ones count from the end
   * @param step the distance between indices taken, at least 1
   * @return the item, {@code x[start:end:step]} in Python
   */
  static Index range(long start, long end, long step) {
    return new Span(start, end, step);
  }

  /**
   * Returns an axis from an index on.
   *
   * @param start the first index; negative ones count from the end
   * @return the item, {@code x[start:]} in Python
   */
  static Index from(long start) {
    return new Span(start, Long.MAX_VALUE, 1);
  }

  /**
   * Returns an axis up to an index.
   *
   * @param end the index before which the range ends; negative ones count from the end
   * @return the item, {@code x[:end]} in Python
   */
  static Index to(long end) {
    return new Span(0, end, 1);
  }

  /**
   * Returns a whole axis.
   *
   * @return the item, {@code x[:]} in Python
   */
  static Index all() {
    return new Span(0, Long.MAX_VALUE, 1);
  }

  /**
   * Returns every so many of an axis.
   *
   * @param step the distance between indices taken, at least 1
   * @return the item, {@code x[::step]} in Python
   */
  static Index every(long step) {
    return new Span(0, Long.MAX_VALUE, step);
  }

  /**
   * Returns the axes that no other item names.
   *
   * @return the item, {@code x[...]} in Python
   */
  static Index ellipsis() {
    return Mark.ELLIPSIS;
  }

  /**
   * Returns a new axis of size 1.
   *
   * @return the item, {@code x[None]} in Python
   */
  static Index newAxis() {
    return Mark.NEW_AXIS;
  }

  /**
   * Returns the positions where a tensor is true.
   *
   * @param values truth values, for as many axes as they have
   * @return the item, {@code x[values]} in Python
   * @throws DTypeException when the tensor is not of bool
   */
  static Index mask(Tensor values) {
    if (values.dtype() != DType.BOOL) {
      throw new DTypeException("mask: " + values.describe() + ": a mask is of bool");
    }
    return new Mask(values);
  }

  /**
   * Returns positions along one axis.
   *
   * @param values the positions, of any shape; negative ones count from the end
   * @return the item, {@code x[values]} in Python
   * @throws DTypeException when the tensor is neither of int64 nor of int32
   */
  static Index positions(Tensor values) {
    if (values.dtype() != DType.INT64 && values.dtype() != DType.INT32) {
      throw new DTypeException(
          "positions: "
              + values.describe()
              + ": positions are of int64 or int32; truth values are a mask");
    }
    return new Positions(values);
  }

  /**
   * Returns positions along one axis.
   *
   * @param values the positions; negative ones count from the end
   * @return the item, {@code x[[values]]} in Python
   */
  static Index positions(long... values) {
    return new Positions(Gatun.tensor(values));
  }
}
