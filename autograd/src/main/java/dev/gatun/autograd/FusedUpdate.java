package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Overlap;
import dev.gatun.memory.Placement;
import dev.gatun.memory.ShapeException;
import java.util.List;

/**
 * Several tensors overwritten element by element, each by a formula of all of them, in one pass
 * over memory: the step of an optimizer, the update of running statistics.
 *
 * {@snippet :
 * // x <- x - p0 * v,  v <- p1 * v + g
 * static final FusedUpdate MOMENTUM =
 *     FusedUpdate.of(
 *         "momentum",
 *         3, // x, v, g
 *         List.of(
 *             Expression.input(0).sub(Expression.parameter(0).mul(Expression.input(1))),
 *             Expression.parameter(1).mul(Expression.input(1)).add(Expression.input(2))));
 * }
 *
 * <p>The first operands are overwritten, one by each formula; the rest are only read. All formulas
 * see the elements as they were before.
 *
 * <p>Never recorded, whatever the gradient mode: a leaf that requires a gradient may be written.
 * Backward passes that need the old elements notice the write.
 *
 * <p>Immutable, and safe for use by several threads on different tensors.
 */
public final class FusedUpdate {
  /** What the packed key of a kernel has room for, the type computed in included. */
  private static final int MOST_TYPES = 15;

  private final String name;
  private final int operandCount;
  private final int writtenCount;
  private final int parameterCount;
  private final PointwiseKernels kernels;

  private FusedUpdate(String name, int operandCount, List<Expression> formulas) {
    this.name = name;
    this.operandCount = operandCount;
    this.writtenCount = formulas.size();
    int parameters = 0;
    for (Expression formula : formulas) {
      parameters = Math.max(parameters, formula.parameterCount());
    }
    this.parameterCount = parameters;
    this.kernels = new PointwiseKernels(name, formulas, operandCount);
  }

  /**
   * Declares an update.
   *
   * @param name the name, which error messages begin with
   * @param operandCount the number of tensors
   * @param formulas the new elements of the first tensors, of inputs numbered as the tensors are
   * @return the update
   * @throws ArgumentException when there is no formula, or more than tensors, or too many tensors
   *     for one kernel (14, tensors that are written counted twice)
   */
  public static FusedUpdate of(String name, int operandCount, List<Expression> formulas) {
    int written = formulas.size();
    if (written == 0 || written > operandCount || 1 + operandCount + written > MOST_TYPES) {
      throw new ArgumentException(
          name
              + ": "
              + written
              + " formulas for "
              + operandCount
              + " tensors: at least one, no more than tensors, and no more than 14 together");
    }
    return new FusedUpdate(name, operandCount, List.copyOf(formulas));
  }

  /**
   * Overwrites the first operands. In the steady state nothing is allocated for contiguous
   * operands.
   *
   * @param written the first operands again, as many as there are formulas
   * @param operands the operands: floating point, of one shape; those that are written share no
   *     elements with any other
   * @param parameters the values of the formulas' parameters
   * @throws ShapeException when the shapes differ, or there are not as many tensors as declared
   * @throws DTypeException when an operand is not floating point
   * @throws ArgumentException when there are too few parameters
   * @throws InPlaceException when an operand that is written shares elements with another, or
   *     cannot be written
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  public void run(Tensor[] written, Tensor[] operands, double[] parameters) {
    if (Placement.devicesInUse() && Devices.anyElsewhere(operands)) {
      Devices.at(
          name,
          operands,
          () -> {
            run(written, operands, parameters);
            return written;
          });
      return;
    }
    check(written, operands, parameters);
    DType compute = operands[0].dtype();
    for (int i = 1; i < operandCount; i++) {
      compute = DType.promote(compute, operands[i].dtype());
    }
    long key = PointwiseKernels.key(1, compute);
    for (int i = 0; i < operandCount; i++) {
      key = PointwiseKernels.key(key, operands[i].dtype());
    }
    for (int i = 0; i < writtenCount; i++) {
      key = PointwiseKernels.key(key, written[i].dtype());
    }
    kernels.get(key).run(written, operands, parameters);
    for (int i = 0; i < writtenCount; i++) {
      written[i].storage().bumpVersion();
    }
  }

  private void check(Tensor[] written, Tensor[] operands, double[] parameters) {
    if (written.length != writtenCount || operands.length != operandCount) {
      throw new ShapeException(
          name
              + ": "
              + written.length
              + " of "
              + operands.length
              + " tensors written: there are "
              + writtenCount
              + " of "
              + operandCount);
    }
    if (parameters.length < parameterCount) {
      throw new ArgumentException(
          name + ": " + parameters.length + " parameters: there are " + parameterCount);
    }
    for (int i = 0; i < operandCount; i++) {
      Tensor operand = operands[i];
      operand.checkOpen(name);
      if (!operand.dtype().isFloatingPoint()) {
        throw new DTypeException(
            name + ": operand " + i + ", " + operand.describe() + ": operands are floating point");
      }
      if (!operand.shape().equals(operands[0].shape())) {
        throw new ShapeException(
            name
                + ": operand "
                + i
                + " is "
                + operand.shape()
                + ", operand 0 is "
                + operands[0].shape()
                + ": the shapes agree");
      }
    }
    for (int i = 0; i < writtenCount; i++) {
      if (written[i] != operands[i]) {
        throw new InPlaceException(name + ": tensor " + i + " is written but is not operand " + i);
      }
      written[i].checkMemoryWritable(name);
      for (int j = 0; j < operandCount; j++) {
        // Words are made for an error alone: a step leaves nothing on the heap.
        if (j != i && written[i].overlap(operands[j]) != Overlap.NONE) {
          Writes.checkApart(
              name,
              "operand " + i + ", which is written,",
              written[i],
              "operand " + j,
              operands[j]);
        }
      }
    }
  }
}
