package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Elements in other places: turned, rolled, repeated, put on diagonals. All but the diagonals that
 * are taken give new tensors.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Rearrangements {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  // ---- turned

  /**
   * Returns the elements in the opposite order along several axes.
   *
   * @param first an axis
   * @param second another axis
   * @param more further axes
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or one is named twice
   */
  default Tensor flip(int first, int second, int... more) {
    int[] axes = new int[more.length + 2];
    axes[0] = first;
    axes[1] = second;
    System.arraycopy(more, 0, axes, 2, more.length);
    Shape shape = self().shape();
    new Axes(axes, false).folded("flip", shape.rank() == 0 ? Shape.of(1) : shape);
    Tensor result = self();
    for (int axis : axes) {
      result = result.flip(axis);
    }
    return result;
  }

  /**
   * Returns the elements in the opposite order along axis 1.
   *
   * @return a new tensor of this shape
   * @throws ShapeException when there are fewer than two axes
   */
  default Tensor fliplr() {
    if (self().openFor("fliplr").rank() < 2) {
      throw new ShapeException("fliplr: " + self().shape() + ": at least two axes");
    }
    return self().flip(1);
  }

  /**
   * Returns the elements in the opposite order along axis 0.
   *
   * @return a new tensor of this shape
   * @throws ShapeException when there are no axes
   */
  default Tensor flipud() {
    if (self().openFor("flipud").rank() < 1) {
      throw new ShapeException("flipud: []: at least one axis");
    }
    return self().flip(0);
  }

  /**
   * Turns the plane of two axes by right angles.
   *
   * @param times how often, from the first axis towards the second; may be negative
   * @param first the one axis
   * @param second the other axis
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or the two are one
   */
  default Tensor rot90(int times, int first, int second) {
    Tensor x = self();
    new Axes(new int[] {first, second}, false).folded("rot90", x.shape());
    if (x.rank() < 2) {
      throw new ShapeException("rot90: " + x.shape() + ": at least two axes");
    }
    return switch (Math.floorMod(times, 4)) {
      case 1 -> x.flip(second).transpose(first, second);
      case 2 -> x.flip(first, second);
      case 3 -> x.flip(first).transpose(first, second);
      default -> x.clone();
    };
  }

  /**
   * By how much elements go along which axes.
   *
   * @param shifts for each axis the number of places
   * @param axes the axes
   */
  record Roll(List<Long> shifts, List<Integer> axes) {
    /** Copies the lists. */
    public Roll {
      shifts = List.copyOf(shifts);
      axes = List.copyOf(axes);
    }

    private Roll back() {
      return new Roll(shifts.stream().map(shift -> -shift).toList(), axes);
    }
  }

  /** Elements moved along axes; those that leave at one end come in at the other. */
  StructuralOp<Roll> ROLL =
      StructuralOp.<Roll>named(
              "roll",
              call -> {
                Roll roll = call.attributes();
                Tensor x = call.input(0);
                if (roll.shifts.size() != roll.axes.size() || roll.axes.isEmpty()) {
                  throw new ShapeException(
                      "roll: "
                          + x.shape()
                          + ": shifts "
                          + roll.shifts
                          + " of axes "
                          + roll.axes
                          + ": one for each, at least one");
                }
                if (x.numel() == 0) {
                  // As in PyTorch, whatever the axes are.
                  return call.result(x.dtype(), x.shape());
                }
                try (Scope scope = Scope.open()) {
                  Tensor result = x;
                  for (int i = 0; i < roll.axes.size(); i++) {
                    int axis = IndexRules.axisOf("roll", x, roll.axes.get(i));
                    long size = x.size(axis);
                    long start = size == 0 ? 0 : Math.floorMod(-roll.shifts.get(i), size);
                    result =
                        Gatun.cat(
                            axis,
                            result.slice(axis, start, Long.MAX_VALUE),
                            result.slice(axis, 0, start));
                  }
                  return scope.keep(result);
                }
              })
          .gradient(
              StructuralOp.NOTHING, (call, g) -> Rearrangements.roll(g, call.attributes().back()))
          .pytorch((roll, inputs) ->
              PyTorchCall.of(
                  "torch.roll(a, p, q)",
                  roll.shifts.stream().mapToLong(Long::longValue).toArray(),
                  roll.axes.stream().mapToLong(Integer::longValue).toArray()))
          .drawn(draw -> {
            long[] sizes = draw.sizes(1, 4);
            List<Long> shifts = new ArrayList<>();
            List<Integer> axes = new ArrayList<>();
            for (int i = draw.pick(1, 3); i > 0; i--) {
              shifts.add(draw.between(-9, 9));
              axes.add(draw.axis(sizes.length));
            }
            return Sample.of(new Roll(shifts, axes), real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Roll(List.of(1L), List.of(0)), real(3, 2)),
                  Sample.of(new Roll(List.of(-2L, 4L), List.of(-1, 0)), real(2, 5)),
                  Sample.of(new Roll(List.of(1L), List.of(1)), real(2, 0)),
                  Sample.of(new Roll(List.of(1L), List.of(7)), real(2, 0)),
                  Sample.refused(
                      ShapeException.class,
                      "one for each",
                      new Roll(List.of(1L, 2L), List.of(0)),
                      real(3))));

  private static Tensor roll(Tensor x, Roll roll) {
    return ROLL.apply(roll, x);
  }

  /**
   * Moves elements along an axis; those that leave at one end come in at the other.
   *
   * @param shift by how many places; may be negative
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   */
  default Tensor roll(long shift, int axis) {
    return ROLL.apply(new Roll(List.of(shift), List.of(axis)), self());
  }

  /**
   * Moves elements along several axes; those that leave at one end come in at the other.
   *
   * @param shifts for each axis by how many places; may be negative
   * @param axes the axes
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis, or not one shift for each
   */
  default Tensor roll(long[] shifts, int... axes) {
    return ROLL.apply(
        new Roll(Arrays.stream(shifts).boxed().toList(), Arrays.stream(axes).boxed().toList()),
        self());
  }

  /**
   * Moves elements along their row-major order; those that leave at one end come in at the other.
   *
   * @param shift by how many places; may be negative
   * @return a new tensor of this shape
   */
  default Tensor roll(long shift) {
    return self().openFor("roll").flatten().roll(shift, 0).reshape(self().shape());
  }

  // ---- repeated

  /**
   * Returns this tensor a number of times along each axis. Where there are fewer numbers than axes,
   * they are those of the last axes.
   *
   * @param times how often along each axis
   * @return a new tensor
   * @throws ShapeException when a number is negative
   */
  default Tensor tile(long... times) {
    int missing = Math.max(self().openFor("tile").rank() - times.length, 0);
    long[] all = new long[times.length + missing];
    Arrays.fill(all, 0, missing, 1);
    System.arraycopy(times, 0, all, missing, times.length);
    return self().repeat(all);
  }

  /**
   * Returns each index of an axis a number of times in a row.
   *
   * @param times how often, not negative
   * @param axis the axis
   * @return a new tensor
   * @throws ShapeException when there is no such axis
   * @throws ArgumentException when the number is negative
   */
  default Tensor repeatInterleave(long times, int axis) {
    Tensor x = self().openFor("repeat_interleave");
    int at = IndexRules.axisOf("repeat_interleave", x, axis);
    if (times < 0) {
      throw new ArgumentException("repeat_interleave: " + times + " times is negative");
    }
    long[] wide = Arrays.copyOf(x.shape().toArray(), x.rank() + 1);
    System.arraycopy(wide, at + 1, wide, at + 2, x.rank() - at - 1);
    wide[at + 1] = times;
    Tensor spread = x.unsqueeze(at + 1).broadcastTo(Shape.of(wide)).clone();
    return spread.reshape(x.shape().with(at, x.size(at) * times));
  }

  /**
   * Returns each element, in row-major order, a number of times in a row.
   *
   * @param times how often, not negative
   * @return a new vector
   * @throws ArgumentException when the number is negative
   */
  default Tensor repeatInterleave(long times) {
    return self().openFor("repeat_interleave").flatten().repeatInterleave(times, 0);
  }

  /**
   * Returns each index of an axis a number of times of its own in a row.
   *
   * @param times for each index how often, of an integral type: a vector as long as the axis, or of
   *     one element for all
   * @param axis the axis
   * @return a new tensor
   * @throws ShapeException when there is no such axis, or there are not as many numbers as indices
   * @throws ArgumentException when a number is negative
   * @throws DTypeException when the numbers are not integral
   */
  default Tensor repeatInterleave(Tensor times, int axis) {
    Tensor x = self().openFor("repeat_interleave");
    int at = IndexRules.axisOf("repeat_interleave", x, axis);
    if (!times.dtype().isIntegral()) {
      throw new DTypeException(
          "repeat_interleave: numbers of " + times.dtype() + ": they are integral");
    }
    if (times.rank() > 1 || times.numel() != 1 && times.numel() != x.size(at)) {
      throw new ShapeException(
          "repeat_interleave: "
              + x.shape()
              + ": "
              + times.shape()
              + " numbers for axis "
              + at
              + ": one for each index");
    }
    long[] numbers = times.toLongArray();
    if (numbers.length == 1) {
      return repeatInterleave(numbers[0], at);
    }
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] < 0) {
        throw new ArgumentException("repeat_interleave: " + numbers[i] + " times is negative");
      }
      for (long j = 0; j < numbers[i]; j++) {
        positions.add((long) i);
      }
    }
    Tensor chosen = Gatun.tensor(positions.stream().mapToLong(Long::longValue).toArray());
    return x.indexSelect(at, chosen.to(x.device()));
  }

  // ---- diagonals

  /**
   * Puts a vector on a diagonal of zeros, or takes a diagonal out of a matrix.
   *
   * @param offset 0 for the main one, positive above, negative below
   * @return a new matrix, or a new vector
   * @throws ShapeException when there are neither one nor two axes
   */
  default Tensor diag(long offset) {
    Tensor x = self().openFor("diag");
    return switch (x.rank()) {
      case 1 -> x.diagEmbed(offset, 0, 1);
      case 2 -> x.diagonal(offset, 0, 1).clone();
      default -> throw new ShapeException("diag: " + x.shape() + ": one axis or two");
    };
  }

  /**
   * Puts a vector on the main diagonal of zeros, or takes it out of a matrix.
   *
   * @return a new matrix, or a new vector
   * @throws ShapeException when there are neither one nor two axes
   */
  default Tensor diag() {
    return diag(0);
  }

  /**
   * Puts the last axis on diagonals of zeros.
   *
   * @param offset 0 for the main one, positive above, negative below
   * @param first the axis of rows, in the result
   * @param second the axis of columns, in the result
   * @return a new tensor of one axis more
   * @throws ShapeException when there is no such axis, or the two are one
   */
  default Tensor diagEmbed(long offset, int first, int second) {
    Tensor x = self().openFor("diag_embed");
    IndexRules.axisOf("diag_embed", x, -1);
    int rank = x.rank() + 1;
    if (first < -rank || first >= rank || second < -rank || second >= rank) {
      throw new ShapeException(
          "diag_embed: "
              + x.shape()
              + ": axes "
              + first
              + " and "
              + second
              + " are within "
              + -rank
              + " to "
              + (rank - 1));
    }
    int rows = Math.floorMod(first, rank);
    int columns = Math.floorMod(second, rank);
    if (rows == columns) {
      throw new ShapeException(
          "diag_embed: " + x.shape() + ": axes " + first + " and " + second + " are the same");
    }
    long size = x.size(-1) + Math.abs(offset);
    long[] sizes = new long[rank];
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = axis == rows || axis == columns ? size : x.size(next++);
    }
    Shape shape = Shape.of(sizes);
    Layout diagonal = Layout.contiguous(shape).diagonal(offset, rows, columns);
    Tensor zeros = Devices.zeros(x, x.dtype(), Shape.scalar()).broadcastTo(shape);
    return StridedParts.put(zeros, diagonal, x);
  }

  /**
   * Puts the last axis on the main diagonals of matrices of zeros.
   *
   * @return a new tensor of one axis more
   * @throws ShapeException when there are no axes
   */
  default Tensor diagEmbed() {
    return diagEmbed(0, -2, -1);
  }

  /**
   * Adds up the main diagonal of a matrix.
   *
   * @return a new scalar
   * @throws ShapeException when there are not two axes
   */
  default Tensor trace() {
    if (self().openFor("trace").rank() != 2) {
      throw new ShapeException("trace: " + self().shape() + ": a matrix");
    }
    try (Tensor diagonal = self().diagonal()) {
      return diagonal.sum();
    }
  }

  /**
   * Sets the elements whose indices are all the same to a value. Recorded: no gradient flows to
   * what was overwritten.
   *
   * @param value the value, converted to this type
   * @return this tensor
   * @throws ShapeException when this tensor has fewer than two axes, or more than two that are not
   *     of one size
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor fillDiagonal_(double value) {
    Tensor part = self().openFor("fill_diagonal_");
    Shape shape = part.shape();
    boolean fits = shape.rank() >= 2;
    for (int axis = 1; fits && shape.rank() > 2 && axis < shape.rank(); axis++) {
      fits = shape.size(axis) == shape.size(0);
    }
    if (!fits) {
      throw new ShapeException(
          "fill_diagonal_: " + shape + ": a matrix, or more axes that are of one size");
    }
    while (part.rank() > 1) {
      part = part.diagonal();
    }
    part.fill_(value);
    return self();
  }
}
