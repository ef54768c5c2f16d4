package dev.gatun.kernels.index;

import dev.gatun.kernels.record.Updated;
import dev.gatun.kernels.record.Written;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.StridedArray;

/**
 * Kernels that move elements: copies between layouts and element types, and access by index.
 *
 * <p>Axes are counted from the front. Indices are int64 arrays; a negative index counts from the
 * end of its axis. All indices are checked before anything is written: an exception leaves outputs
 * as they were. On a device, elements whose indices are not within the axis are left out, the
 * others are written, and the exception is thrown when the host next waits for it. Unless said
 * otherwise outputs have the element type of what is moved into them, no element of an output may
 * be addressed twice, and outputs must not overlap inputs. Results do not depend on the number of
 * threads. Methods are safe to call from any thread and do not allocate in the steady state.
 */
public interface IndexKernels {
  /**
   * Copies elements between any two layouts and any two element types. Conversions are PyTorch's:
   * floating point to integral cuts towards zero and keeps the low bits, anything to bool is
   * whether it differs from zero, integral to narrower integral keeps the low bits.
   *
   * @param out what is written
   * @param in what is read; its shape is that of {@code out}
   */
  void copy(@Written StridedArray out, StridedArray in);

  /**
   * Copies elements in the opposite order along an axis.
   *
   * @param out what is written
   * @param in what is read; its shape and element type are those of {@code out}
   * @param axis the axis
   */
  void flip(@Written StridedArray out, StridedArray in, int axis);

  /**
   * Sets every element to a value.
   *
   * @param out what is written
   * @param value the value, converted as by {@link #copy}
   */
  void fill(@Written StridedArray out, double value);

  /**
   * Sets every element to an integral value, exactly.
   *
   * @param out what is written
   * @param value the value, converted as by {@link #copy}
   */
  void fill(@Written StridedArray out, long value);

  /**
   * Picks slices: {@code out[.., i, ..] = in[.., index[i], ..]}.
   *
   * @param out what is written: the shape of {@code in} with the size of {@code index} along {@code
   *     axis}
   * @param in what is read
   * @param axis the axis
   * @param index which slices, rank 1
   * @throws IndexRangeException if an index is not within the axis
   */
  void indexSelect(@Written StridedArray out, StridedArray in, int axis, StridedArray index);

  /**
   * Adds slices: {@code out[.., index[i], ..] += source[.., i, ..]}. Slices with the same index are
   * added in ascending order of {@code i}.
   *
   * @param out what is added to
   * @param axis the axis
   * @param index where to add, rank 1
   * @param source what is added: the shape of {@code out} with the size of {@code index} along
   *     {@code axis}, and its element type
   * @throws IndexRangeException if an index is not within the axis
   */
  void indexAdd(@Updated StridedArray out, int axis, StridedArray index, StridedArray source);

  /**
   * Overwrites slices: {@code out[.., index[i], ..] = source[.., i, ..]}. Of slices with the same
   * index the last one stays.
   *
   * @param out what is written
   * @param axis the axis
   * @param index where to write, rank 1
   * @param source what is written there: the shape of {@code out} with the size of {@code index}
   *     along {@code axis}, and its element type
   * @throws IndexRangeException if an index is not within the axis
   */
  void indexCopy(@Updated StridedArray out, int axis, StridedArray index, StridedArray source);

  /**
   * Picks elements: {@code out[i][j][k] = in[i][index[i][j][k]][k]} for axis 1 of 3, and so on.
   *
   * @param out what is written: the shape of {@code index}
   * @param in what is read: the rank of {@code index}, sizes no less than those of {@code index}
   *     except along {@code axis}
   * @param axis the axis
   * @param index the positions along {@code axis}
   * @throws IndexRangeException if an index is not within the axis
   */
  void gather(@Written StridedArray out, StridedArray in, int axis, StridedArray index);

  /**
   * Overwrites elements: {@code out[i][index[i][j][k]][k] = source[i][j][k]} for axis 1 of 3, and
   * so on. Of elements with the same target the last one along the axis stays.
   *
   * @param out what is written: the rank of {@code index}, sizes no less than those of {@code
   *     index} except along {@code axis}
   * @param axis the axis
   * @param index the positions along {@code axis}
   * @param source what is written there: sizes no less than those of {@code index}
   * @throws IndexRangeException if an index is not within the axis
   */
  void scatter(@Updated StridedArray out, int axis, StridedArray index, StridedArray source);

  /**
   * Adds to elements: {@code out[i][index[i][j][k]][k] += source[i][j][k]} for axis 1 of 3, and so
   * on. Elements with the same target are added in ascending order along the axis.
   *
   * @param out what is added to: the rank of {@code index}, sizes no less than those of {@code
   *     index} except along {@code axis}
   * @param axis the axis
   * @param index the positions along {@code axis}
   * @param source what is added: sizes no less than those of {@code index}
   * @throws IndexRangeException if an index is not within the axis
   */
  void scatterAdd(@Updated StridedArray out, int axis, StridedArray index, StridedArray source);

  /**
   * Combines elements: {@code out[i][index[i][j][k]][k]} with {@code source[i][j][k]} for axis 1 of
   * 3, and so on. Elements with the same target are taken in ascending order along the axis.
   *
   * @param out what is written, not of bool: the rank of {@code index}, sizes no less than those of
   *     {@code index} except along {@code axis}
   * @param axis the axis
   * @param index the positions along {@code axis}
   * @param source what comes to them: sizes no less than those of {@code index}
   * @param how how they are combined
   * @throws IndexRangeException if an index is not within the axis
   */
  void scatterCombine(
      @Updated StridedArray out,
      int axis,
      StridedArray index,
      StridedArray source,
      Combination how);

  /**
   * Counts the elements that differ from zero; NaN does.
   *
   * @param in what is searched
   * @return their number
   */
  long countNonzero(StridedArray in);

  /**
   * Finds the elements that differ from zero, in row-major order.
   *
   * @param out their indices, int64, of shape [{@link #countNonzero}, rank of {@code in}]
   * @param in what is searched
   */
  void nonzero(@Written StridedArray out, StridedArray in);

  /**
   * Picks the elements where a mask is true, in row-major order.
   *
   * @param out what is written, of shape [{@link #countNonzero} of the mask]
   * @param in what is read
   * @param mask bool, of the shape of {@code in}
   */
  void maskedSelect(@Written StridedArray out, StridedArray in, StridedArray mask);

  /**
   * Overwrites the elements where a mask is true with successive elements of a source.
   *
   * @param out what is written
   * @param mask bool, of the shape of {@code out}
   * @param source what is written there, in row-major order: at least {@link #countNonzero} of the
   *     mask elements
   */
  void maskedScatter(@Updated StridedArray out, StridedArray mask, StridedArray source);

  /**
   * Copies a triangle of each matrix in the last two axes and sets the rest to zero.
   *
   * @param out what is written; may be {@code in}
   * @param in what is read, of the same shape, rank at least 2
   * @param diagonal where the triangle ends: 0 the main diagonal, positive above, negative below
   * @param upper whether the triangle is on and above that diagonal, else on and below
   */
  void triangle(@Written StridedArray out, StridedArray in, long diagonal, boolean upper);

  /**
   * Writes 1 at each index and 0 elsewhere.
   *
   * @param out what is written, any type: the shape of {@code index} and one more axis, of the
   *     number of classes, at the end
   * @param index the positions along the last axis; none may be negative
   * @throws IndexRangeException if an index is not within the last axis
   */
  void oneHot(@Written StridedArray out, StridedArray index);

  /**
   * Fills with {@code start + i * step} along row-major order.
   *
   * @param out what is written
   * @param start the first value
   * @param step the difference of neighbours
   */
  void range(@Written StridedArray out, double start, double step);
}
