package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;

import dev.gatun.memory.ShapeException;

/**
 * Folds, running folds, products and selections that are written into given tensors. Such a tensor
 * has the result's shape and type, and no element in common with an operand; both may be parts of
 * one tensor. Nothing is recorded: it is refused where gradients would have to flow, but under
 * {@link NoGrad}.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Destinations {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * As {@link Reductions#sum(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor sumOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.SUM.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#mean(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor meanOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.MEAN.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#amax(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor amaxOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.AMAX.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#amin(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor aminOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.AMIN.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#logsumexp(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor logsumexpOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.LOGSUMEXP.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Folds#prod(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor prodOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.PROD.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#var(int[], double, boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param correction what is subtracted from the number of elements
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor varOut(int[] axes, double correction, boolean keepdim, Tensor out) {
    return Reductions.VAR.applyOut(
        out, new Reductions.Correction(Axes.of(axes, keepdim), correction), self());
  }

  /**
   * As {@link Folds#any(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor anyOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.ANY.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Folds#all(int[], boolean)}, into a given tensor.
   *
   * @param axes the axes; none means all of them
   * @param keepdim whether folded axes stay, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, there is no such axis, or one is named twice
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor allOut(int[] axes, boolean keepdim, Tensor out) {
    return Reductions.ALL.applyOut(out, Axes.of(axes, keepdim), self());
  }

  /**
   * As {@link Reductions#argmax(int, boolean)}, into a given tensor.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor argmaxOut(int axis, boolean keepdim, Tensor out) {
    return Reductions.ARGMAX.applyOut(out, new Axis(axis, keepdim), self());
  }

  /**
   * As {@link Reductions#argmin(int, boolean)}, into a given tensor.
   *
   * @param axis the axis
   * @param keepdim whether the axis stays, with size 1
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor argminOut(int axis, boolean keepdim, Tensor out) {
    return Reductions.ARGMIN.applyOut(out, new Axis(axis, keepdim), self());
  }

  /**
   * As {@link Reductions#cumsum(int)}, into a given tensor.
   *
   * @param axis the axis
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor cumsumOut(int axis, Tensor out) {
    return Reductions.CUMSUM.applyOut(out, axis, self());
  }

  /**
   * As {@link Reductions#cumprod(int)}, into a given tensor.
   *
   * @param axis the axis
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor cumprodOut(int axis, Tensor out) {
    return Reductions.CUMPROD.applyOut(out, axis, self());
  }

  /**
   * As {@link Folds#logcumsumexp(int)}, into a given tensor.
   *
   * @param axis the axis
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor logcumsumexpOut(int axis, Tensor out) {
    return Folds.LOGCUMSUMEXP.applyOut(out, axis, self());
  }

  /**
   * As {@link Ordering#argsort(int, boolean)}, into a given tensor.
   *
   * @param axis the axis
   * @param descending whether the largest comes first
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit, or there is no such axis
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor argsortOut(int axis, boolean descending, Tensor out) {
    return Ordering.ARGSORT.applyOut(out, new Ordering.Direction(axis, descending), self());
  }

  /**
   * As {@link Ordering#searchsorted(Tensor, boolean)}, into a given tensor.
   *
   * @param values what is looked for
   * @param right whether elements that equal a value come before it
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor searchsortedOut(Tensor values, boolean right, Tensor out) {
    return Ordering.SEARCHSORTED.applyOut(out, right, self(), values);
  }

  /**
   * As {@link LinearAlgebra#mm(Tensor)}, into a given tensor.
   *
   * @param other the right operand
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor mmOut(Tensor other, Tensor out) {
    checkRanks("mm", 2, self(), other);
    return LinearAlgebra.MATMUL.applyOutAs("mm", out, NONE, self(), other);
  }

  /**
   * As {@link LinearAlgebra#bmm(Tensor)}, into a given tensor.
   *
   * @param other the right operand
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor bmmOut(Tensor other, Tensor out) {
    checkRanks("bmm", 3, self(), other);
    return LinearAlgebra.MATMUL.applyOutAs("bmm", out, NONE, self(), other);
  }

  /**
   * As {@link LinearAlgebra#addmm(Tensor, Tensor, double, double)}, into a given tensor.
   *
   * @param a the left matrix
   * @param b the right matrix
   * @param beta what this counts
   * @param alpha what the product counts
   * @param out the tensor to write
   * @return {@code out}
   * @throws ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types do not fit
   * @throws dev.gatun.memory.InPlaceException when the tensors share elements, or the memory cannot
   *     be written
   * @throws GradientException when a gradient would have to flow
   */
  default Tensor addmmOut(Tensor a, Tensor b, double beta, double alpha, Tensor out) {
    return LinearAlgebra.ADDMM.applyOut(out, new LinearAlgebra.Factors(beta, alpha), self(), a, b);
  }

  private static void checkRanks(String name, int rank, Tensor a, Tensor b) {
    if (a.rank() != rank || b.rank() != rank) {
      throw new ShapeException(name + ": " + a.shape() + " x " + b.shape() + ": " + rank + " axes");
    }
  }
}
