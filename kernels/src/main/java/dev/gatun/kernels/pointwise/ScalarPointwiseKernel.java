package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.Workers;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;

/**
 * A kernel that interprets its program: block by block, in double for floating-point programs and
 * in long for integer ones. Needs nothing but the base of the JDK.
 */
public final class ScalarPointwiseKernel extends PointwiseKernel {
  private static final int BLOCK = InterpreterScratch.BLOCK;
  private static final long PARALLEL_GRAIN = 16 * BLOCK;

  private final RegisterProgram registers;
  private final boolean floatingPoint;
  private final boolean narrow;

  /** Flattens the program. */
  public ScalarPointwiseKernel(PointwiseProgram program) {
    super(program);
    registers = new RegisterProgram(program.outputs());
    floatingPoint = program.computeType().isFloatingPoint();
    narrow = program.computeType() == DType.FLOAT32 || program.computeType() == DType.INT32;
  }

  @Override
  public void run(StridedArray out, StridedArray a, double p0, double p1) {
    checkOperands(1, 1, 2);
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    run(walk, p0, p1);
  }

  @Override
  public void run(StridedArray out, StridedArray a, StridedArray b, double p0, double p1) {
    checkOperands(1, 2, 2);
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    walk.add(b);
    run(walk, p0, p1);
  }

  @Override
  public void run(
      StridedArray out, StridedArray a, StridedArray b, StridedArray c, double p0, double p1) {
    checkOperands(1, 3, 2);
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    walk.add(b);
    walk.add(c);
    run(walk, p0, p1);
  }

  @Override
  public void run(StridedArray[] outs, StridedArray[] ins, double[] parameters) {
    checkOperands(outs.length, ins.length, parameters.length);
    var walk = Traversal.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    run(walk, parameters);
  }

  @Override
  public void runRectangle(
      StridedArray[] outs,
      StridedArray[] ins,
      double[] parameters,
      long matrix,
      long row,
      long column,
      long rows,
      long columns) {
    checkOperands(outs.length, ins.length, parameters.length);
    if (rows == 0 || columns == 0) {
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    try {
      walk.collapseRectangle(matrix, row, column, rows, columns);
      evaluate(walk, parameters, 0, walk.numel());
    } catch (ArithmeticException e) {
      throw divisionByZero();
    } finally {
      walk.clear();
    }
  }

  private ArgumentException divisionByZero() {
    return new ArgumentException(program().name() + ": integer division by zero");
  }

  @Override
  public void warmUp() {
    // The interpreter is shared by all programs and compiled along with the first of them.
  }

  private void run(Traversal walk, double p0, double p1) {
    var scratch = InterpreterScratch.ofThread();
    scratch.two[0] = p0;
    scratch.two[1] = p1;
    run(walk, scratch.two);
  }

  private void run(Traversal walk, double[] parameters) {
    try {
      walk.collapse();
      long numel = walk.numel();
      if (numel <= PARALLEL_GRAIN) {
        evaluate(walk, parameters, 0, numel);
      } else {
        Workers.parallelFor(
            numel, PARALLEL_GRAIN, (from, to) -> evaluate(walk, parameters, from, to));
      }
    } catch (ArithmeticException e) {
      throw divisionByZero();
    } finally {
      walk.clear();
    }
  }

  private void evaluate(Traversal walk, double[] parameters, long from, long to) {
    if (floatingPoint) {
      evaluateReals(walk, parameters, from, to);
    } else {
      evaluateIntegers(walk, parameters, from, to);
    }
  }

  private void evaluateReals(Traversal walk, double[] parameters, long from, long to) {
    double[][] values = InterpreterScratch.ofThread().reals(registers.registers());
    int width = (int) Math.min(BLOCK, to - from);
    for (var fill : registers.fills()) {
      double value = value(fill, parameters);
      Arrays.fill(values[fill.register()], 0, width, narrow ? (float) value : value);
    }
    for (long start = from; start < to; start += BLOCK) {
      int count = (int) Math.min(BLOCK, to - start);
      for (var load : registers.loads()) {
        load(walk, outputs + load.input(), start, count, values[load.register()]);
      }
      registers.execute(values, count);
      for (int output = 0; output < outputs; output++) {
        store(walk, output, start, count, values[registers.outputRegister(output)]);
      }
    }
  }

  private void evaluateIntegers(Traversal walk, double[] parameters, long from, long to) {
    long[][] values = InterpreterScratch.ofThread().integers(registers.registers());
    int width = (int) Math.min(BLOCK, to - from);
    for (var fill : registers.fills()) {
      long value = (long) value(fill, parameters);
      Arrays.fill(values[fill.register()], 0, width, narrow ? (int) value : value);
    }
    for (long start = from; start < to; start += BLOCK) {
      int count = (int) Math.min(BLOCK, to - start);
      for (var load : registers.loads()) {
        load(walk, outputs + load.input(), start, count, values[load.register()]);
      }
      registers.execute(values, count, narrow);
      for (int output = 0; output < outputs; output++) {
        store(walk, output, start, count, values[registers.outputRegister(output)]);
      }
    }
  }

  private static double value(RegisterProgram.Fill fill, double[] parameters) {
    return fill.parameter() == RegisterProgram.Fill.NO_PARAMETER
        ? fill.constant()
        : parameters[fill.parameter()];
  }

  private void load(Traversal walk, int operand, long start, int count, double[] block) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      ElementBlocks.load(
          walk.type(operand), walk.segment(operand), offset, stride, block, at, piece, narrow);
      at += piece;
    }
  }

  private void load(Traversal walk, int operand, long start, int count, long[] block) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      ElementBlocks.load(
          walk.type(operand), walk.segment(operand), offset, stride, block, at, piece);
      if (narrow) {
        for (int i = at; i < at + piece; i++) {
          block[i] = (int) block[i];
        }
      }
      at += piece;
    }
  }

  private void store(Traversal walk, int operand, long start, int count, double[] block) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      ElementBlocks.store(
          walk.type(operand), walk.segment(operand), offset, stride, block, at, piece, narrow);
      at += piece;
    }
  }

  private void store(Traversal walk, int operand, long start, int count, long[] block) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      ElementBlocks.store(
          walk.type(operand), walk.segment(operand), offset, stride, block, at, piece);
      at += piece;
    }
  }
}
