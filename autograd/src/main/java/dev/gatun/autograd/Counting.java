package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many there are of what: counts, histograms, and elements without their repetitions.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Counting {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Counts the elements along axes, which are taken out, that differ from zero; NaN does.
   *
   * @param axes the axes; none means all of them
   * @return a new int64 tensor
   * @throws ShapeException when there is no such axis, or one is named twice
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor countNonzero(int... axes) {
    try (Tensor differing = self().openFor("count_nonzero").ne(0)) {
      return differing.sum(axes);
    }
  }

  /**
   * The bins of a histogram.
   *
   * @param bins how many
   * @param low where the first one starts
   * @param high where the last one ends; where it equals {@code low}, the bins are those between
   *     the smallest and the largest element
   */
  record Histogram(long bins, double low, double high) {}

  private static Tensor histogram(Invocation<Histogram> call) {
    Tensor x = call.input(0);
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException("histc: " + x.describe() + ": the input is floating point");
    }
    DType precise = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    long bins = call.attributes().bins;
    double low = call.attributes().low;
    double high = call.attributes().high;
    if (low == high && x.numel() > 0) {
      try (Tensor least = x.min();
          Tensor most = x.max()) {
        low = least.item();
        high = most.item();
      }
    }
    if (low == high) {
      low -= 1;
      high += 1;
    }
    if (bins < 1 || !(low < high) || Double.isInfinite(high - low)) {
      throw new ArgumentException(
          "histc: "
              + bins
              + " bins from "
              + low
              + " to "
              + high
              + ": one at least, of finite size");
    }
    try (Scope scope = Scope.open()) {
      Tensor flat = x.reshape(-1).to(precise);
      Tensor inside = flat.ge(low).logicalAnd(flat.le(high));
      Tensor bin =
          flat.maskedFill(inside.logicalNot(), low)
              .sub(low)
              .div(high - low)
              .mul((double) bins)
              .to(DType.INT64)
              .clamp(0, bins - 1);
      Tensor counts = Gatun.zeros(precise, Shape.of(bins)).scatterAdd(0, bin, inside.to(precise));
      Tensor result = scope.keep(call.result(x.dtype(), Shape.of(bins)));
      Kernels.provider().indexing().copy(result, counts);
      return result;
    }
  }

  /** How many elements lie in each of several bins of equal size. */
  StructuralOp<Histogram> HISTC =
      StructuralOp.<Histogram>named("histc", call -> histogram(call))
          .withoutGradient("a count does not change by small steps")
          .pytorch((bins, inputs) ->
              PyTorchCall.of("torch.histc(a, p, q, r)", bins.bins, bins.low, bins.high))
          .drawn(draw -> {
            double low = draw.between(-2, 1);
            return Sample.of(
                new Histogram(
                    draw.between(draw.scaled(1, 10), draw.scaled(9, 100)),
                    low,
                    low + draw.between(0, 2)),
                real(draw.sizes(1, 3)));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Histogram(4, -1, 1), real(3, 50)),
                  Sample.of(new Histogram(7, 0, 0), real(20)),
                  Sample.of(new Histogram(2, -1, 1), real(0)),
                  Sample.refused(
                      ArgumentException.class, "one at least", new Histogram(0, 0, 1), real(3)),
                  Sample.refused(
                      ArgumentException.class, "from 2.0", new Histogram(3, 2, 1), real(3))));

  /**
   * Counts the elements that lie in each of several bins of equal size. The last bin includes its
   * upper end; elements outside of all bins, and NaN, do not count.
   *
   * @param bins how many
   * @param low where the first one starts
   * @param high where the last one ends; where it equals {@code low}, the bins are those between
   *     the smallest and the largest element
   * @return a new vector of this type
   * @throws DTypeException when this tensor is not floating point
   * @throws ArgumentException when there is no bin, or the range is empty or not finite
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor histc(long bins, double low, double high) {
    return HISTC.apply(new Histogram(bins, low, high), self());
  }

  /**
   * Counts how often each number from 0 on occurs in this vector.
   *
   * @param minlength the least length of the result
   * @return a new int64 vector, long enough for the largest element
   * @throws ShapeException when this is no vector
   * @throws DTypeException when this tensor is not integral
   * @throws ArgumentException when an element is negative
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor bincount(long minlength) {
    return bincount(null, minlength);
  }

  /**
   * Adds up the weights that belong to each number from 0 on.
   *
   * @param weights what each element of this vector counts, of its shape; null for 1
   * @param minlength the least length of the result
   * @return a new vector, long enough for the largest element: int64 without weights, float32 for
   *     weights of that type, else float64
   * @throws ShapeException when this is no vector, or the weights are of another shape
   * @throws DTypeException when this tensor is not integral
   * @throws ArgumentException when an element or the length is negative
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  default Tensor bincount(@Nullable Tensor weights, long minlength) {
    Tensor x = self();
    x.checkOpen("bincount");
    if (!x.dtype().isIntegral()) {
      throw new DTypeException("bincount: " + x.describe() + ": the input is integral");
    }
    if (x.rank() != 1 || weights != null && !weights.shape().equals(x.shape())) {
      throw new ShapeException(
          "bincount: "
              + x.shape()
              + (weights == null ? "" : " with weights of " + weights.shape())
              + ": vectors of one length");
    }
    try (NoGrad off = NoGrad.open();
        Scope scope = Scope.open()) {
      if (minlength < 0 || x.numel() > 0 && x.min().itemLong() < 0) {
        throw new ArgumentException("bincount: a negative number: the numbers start from 0");
      }
      long length = x.numel() == 0 ? minlength : Math.max(minlength, x.max().itemLong() + 1);
      DType dtype =
          weights == null
              ? DType.INT64
              : weights.dtype() == DType.FLOAT32 ? DType.FLOAT32 : DType.FLOAT64;
      Tensor counted =
          weights == null ? Devices.ones(x, dtype, x.shape()) : weights.detach().to(dtype);
      Tensor none = Devices.zeros(x, dtype, Shape.of(length));
      return scope.keep(none.scatterAdd(0, x.to(DType.INT64), counted));
    }
  }

  private static Unique runs(Tensor sorted, Shape shape, @Nullable Tensor order) {
    long size = sorted.numel();
    if (size == 0) {
      Tensor none = Devices.zeros(sorted, DType.INT64, Shape.of(0));
      return new Unique(sorted, Devices.zeros(sorted, DType.INT64, shape), none);
    }
    // The first of each run of equals starts a new one.
    Tensor changed = sorted.narrow(0, 1, size - 1).ne(sorted.narrow(0, 0, size - 1));
    Tensor first = Gatun.cat(0, Devices.ones(sorted, DType.BOOL, Shape.of(1)), changed);
    Tensor run = first.cumsum(0).sub_(1L);
    Tensor starts = first.nonzero().reshape(-1);
    Tensor end = Devices.full(sorted, DType.INT64, Shape.of(1), size);
    Tensor ends = Gatun.cat(0, starts.narrow(0, 1, starts.numel() - 1), end);
    Tensor inverse = order == null ? run : Gatun.zerosLike(run).scatter_(0, order, run);
    return new Unique(sorted.indexSelect(0, starts), inverse.reshape(shape), ends.sub(starts));
  }

  private static Unique kept(Scope scope, Unique found) {
    scope.keep(found.values());
    scope.keep(found.inverse());
    scope.keep(found.counts());
    return found;
  }

  /**
   * Finds the different elements, in ascending order. No NaN equals another. Nothing flows back
   * through the values.
   *
   * @return the elements, where they are, and how often they occur
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Unique unique() {
    self().checkOpen("unique");
    try (NoGrad off = NoGrad.open();
        Scope scope = Scope.open()) {
      Selected sorted = self().detach().reshape(-1).sort(0);
      return kept(scope, runs(sorted.values(), self().shape(), sorted.indices()));
    }
  }

  /**
   * Finds the elements that differ from the one before them in row-major order. No NaN equals
   * another. Nothing flows back through the values.
   *
   * @return the elements, where they are, and how often they follow each other
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Unique uniqueConsecutive() {
    self().checkOpen("unique_consecutive");
    try (NoGrad off = NoGrad.open();
        Scope scope = Scope.open()) {
      return kept(scope, runs(self().detach().reshape(-1), self().shape(), null));
    }
  }
}
