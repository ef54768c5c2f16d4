package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;

/**
 * Areas under curves that are known at some places, and powers of the places.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Curves {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Twice the areas between neighbours, for places one apart. */
  private static Tensor heights(String operation, Tensor y, int axis) {
    y.checkOpen(operation);
    if (y.rank() == 0) {
      throw new ShapeException(operation + ": a scalar: at least one axis");
    }
    int at = y.shape().normalizeAxis(operation, axis);
    long count = Math.max(y.size(at) - 1, 0);
    Tensor left = y.narrow(at, 0, count);
    return left.add(y.narrow(at, y.size(at) - count, count));
  }

  /** The distances of neighbouring places, in the axis of the heights where they are a vector. */
  private static Tensor widths(String operation, Tensor y, Tensor x, int axis) {
    x.checkOpen(operation);
    int at = y.shape().normalizeAxis(operation, axis);
    if (x.rank() == 1) {
      if (x.size(0) != y.size(at)) {
        throw new ShapeException(
            operation + ": " + y.shape() + " at places of " + x.shape() + ": one for each");
      }
      long[] sizes = new long[y.rank() - at];
      Arrays.fill(sizes, 1);
      Tensor widths = x.diff();
      sizes[0] = widths.size(0);
      return widths.reshape(sizes);
    }
    return x.diff(1, axis);
  }

  /**
   * Returns the area under the curve along an axis, by the trapezoidal rule, for places that are
   * equally far apart.
   *
   * @param distance the distance of neighbouring places
   * @param axis the axis, which is taken out
   * @return a new tensor
   * @throws ShapeException when there is no such axis
   */
  default Tensor trapezoid(double distance, int axis) {
    Tensor area =
        heights("trapezoid", RoundedOnce.widened(self()), axis).mul(distance).sum(axis).div(2);
    return self().dtype().isFloatingPoint() ? RoundedOnce.narrowed(area, self().dtype()) : area;
  }

  /**
   * Returns the area under the curve along an axis, by the trapezoidal rule.
   *
   * @param places where the elements stand: a vector, or a tensor whose shape broadcasts with this
   *     one's
   * @param axis the axis, which is taken out
   * @return a new tensor
   * @throws ShapeException when there is no such axis or the shapes do not fit
   */
  default Tensor trapezoid(Tensor places, int axis) {
    Tensor heights = heights("trapezoid", self(), axis);
    return widths("trapezoid", self(), places, axis).mul(heights).sum(axis).div(2);
  }

  /**
   * Returns the area under the curve along the last axis, for places one apart.
   *
   * @return a new tensor
   * @throws ShapeException when there is no axis
   */
  default Tensor trapezoid() {
    return trapezoid(1, -1);
  }

  /**
   * Returns the areas under the curve up to each place but the first, by the trapezoidal rule, for
   * places that are equally far apart.
   *
   * @param distance the distance of neighbouring places
   * @param axis the axis
   * @return a new tensor, shorter by one along the axis
   * @throws ShapeException when there is no such axis
   */
  default Tensor cumulativeTrapezoid(double distance, int axis) {
    return heights("cumulative_trapezoid", self(), axis).mul(distance).cumsum(axis).div(2);
  }

  /**
   * Returns the areas under the curve up to each place but the first, by the trapezoidal rule.
   *
   * @param places where the elements stand: a vector, or a tensor whose shape broadcasts with this
   *     one's
   * @param axis the axis
   * @return a new tensor, shorter by one along the axis
   * @throws ShapeException when there is no such axis or the shapes do not fit
   */
  default Tensor cumulativeTrapezoid(Tensor places, int axis) {
    Tensor heights = heights("cumulative_trapezoid", self(), axis);
    return widths("cumulative_trapezoid", self(), places, axis).mul(heights).cumsum(axis).div(2);
  }

  /**
   * Returns a matrix of powers, with a row for each element: its powers up to one below the number
   * of columns.
   *
   * @param columns the number of columns
   * @param increasing whether the power 0 comes first, else last
   * @return a new matrix
   * @throws ShapeException when this is no vector
   * @throws ArgumentException when the number of columns is negative
   */
  default Tensor vander(long columns, boolean increasing) {
    Tensor x = self();
    x.checkOpen("vander");
    if (x.rank() != 1) {
      throw new ShapeException("vander: " + x.shape() + ": a vector");
    }
    if (columns < 0) {
      throw new ArgumentException("vander: " + columns + " columns: not negative");
    }
    DType dtype = x.dtype().isFloatingPoint() ? x.dtype() : DType.INT64;
    Tensor powers = Devices.zeros(x, dtype, Shape.of(x.numel(), 0));
    if (columns > 0) {
      Tensor repeated = x.to(dtype).unsqueeze(1).expand(-1, columns - 1);
      Tensor ones = Devices.ones(x, dtype, Shape.of(x.numel(), 1));
      powers = Gatun.cat(1, ones, repeated).cumprod(1);
    }
    return increasing ? powers : powers.flip(1);
  }

  /**
   * Returns a square matrix of powers, the highest first.
   *
   * @return a new matrix
   * @throws ShapeException when this is no vector
   */
  default Tensor vander() {
    return vander(self().numel(), false);
  }
}
