package dev.gatun.kernels.pointwise;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.StridedArray;

/**
 * A compiled {@link PointwiseProgram}.
 *
 * <p>Each run computes every element of the outputs. Inputs are broadcast to the shape of the
 * outputs by PyTorch's rule; all outputs have the same shape. Layouts are arbitrary. The caller has
 * checked shapes, and the arrays have the element types that the program declares; parameters that
 * the program does not use are ignored.
 *
 * <p><b>Aliasing.</b> An output may be the very elements of an input (same storage, offset and
 * layout): results are then written in place. Any other overlap of an output with an input or
 * another output gives undefined values.
 *
 * <p><b>Threads.</b> Kernels are safe for use by several threads at once. Large arrays are split
 * across {@link dev.gatun.kernels.Workers}; results do not depend on the number of threads.
 *
 * <p><b>Warm-up.</b> SIMD code runs some hundred times slower until the JIT compiler has seen it
 * often enough, after a few thousand calls. {@link #warmUp()} gets there ahead of time. Results are
 * the same before and after.
 *
 * <p>Runs on contiguous arrays of the same shape allocate nothing on the Java heap.
 */
public abstract class PointwiseKernel {
  /** How many outputs the program has. */
  protected final int outputs;

  /** How many inputs the program declares. */
  protected final int inputs;

  /** How many parameters the program uses. */
  protected final int parameterCount;

  private final PointwiseProgram program;

  /** For providers. */
  protected PointwiseKernel(PointwiseProgram program) {
    this.program = program;
    outputs = program.outputs().size();
    inputs = program.inputTypes().size();
    parameterCount = program.parameterCount();
  }

  /** What this kernel computes. */
  public final PointwiseProgram program() {
    return program;
  }

  /** Computes one output from one input. */
  public abstract void run(StridedArray out, StridedArray a, double p0, double p1);

  /** Computes one output from two inputs. */
  public abstract void run(StridedArray out, StridedArray a, StridedArray b, double p0, double p1);

  /** Computes one output from three inputs. */
  public abstract void run(
      StridedArray out, StridedArray a, StridedArray b, StridedArray c, double p0, double p1);

  /**
   * Computes all outputs from any number of inputs, none included.
   *
   * @param outs the outputs, as many as the program has
   * @param ins the inputs, as many as the program declares
   * @param parameters the scalar parameters, at least as many as the program uses
   */
  public abstract void run(StridedArray[] outs, StridedArray[] ins, double[] parameters);

  /**
   * Computes a rectangle of one matrix of the outputs, on the calling thread. The last two axes of
   * the outputs are the rows and columns of matrices; an output of rank 1 is a matrix of one row.
   * Inputs are broadcast to the shape of the whole outputs. Everything outside the rectangle is
   * neither read nor written.
   *
   * <p>Allocates nothing in the steady state, except where the program is so large that it has been
   * cut into several loops.
   *
   * @param outs the whole outputs, as many as the program has
   * @param ins the whole inputs, as many as the program declares
   * @param parameters the scalar parameters, at least as many as the program uses
   * @param matrix which matrix, counted row-major over the leading axes of the outputs
   * @param row the first row of the rectangle
   * @param column the first column of the rectangle
   * @param rows the number of rows; with 0 nothing is done
   * @param columns the number of columns; with 0 nothing is done
   */
  public abstract void runRectangle(
      StridedArray[] outs,
      StridedArray[] ins,
      double[] parameters,
      long matrix,
      long row,
      long column,
      long rows,
      long columns);

  /**
   * Runs this kernel on scratch memory until it is likely to have been compiled to machine code.
   */
  public abstract void warmUp();

  /**
   * Checks the numbers of operands of a run.
   *
   * @param givenOutputs how many outputs there are
   * @param givenInputs how many inputs
   * @param givenParameters how many parameters, at least as many as the program uses
   * @throws ArgumentException when the program has others
   */
  protected final void checkOperands(int givenOutputs, int givenInputs, int givenParameters) {
    if (givenOutputs != outputs || givenInputs != inputs || givenParameters < parameterCount) {
      throw operandMismatch(givenOutputs, givenInputs, givenParameters);
    }
  }

  private ArgumentException operandMismatch(
      int givenOutputs, int givenInputs, int givenParameters) {
    return new ArgumentException(
        program.name()
            + ": run with "
            + givenOutputs
            + " outputs, "
            + givenInputs
            + " inputs and "
            + givenParameters
            + " parameters: the program has "
            + outputs
            + ", "
            + inputs
            + " and "
            + parameterCount);
  }

  @Override
  public final String toString() {
    return program.name() + " " + program.outputs();
  }
}
