package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Functions of square matrices, one after the other of a batch, computed in float64. */
final class Matrix64 {
  private Matrix64() {}

  /** What is made of one matrix, in the caller's scope. */
  @FunctionalInterface
  interface MatrixFunction {
    Tensor of(Tensor matrix, String label);
  }

  /** Throws unless the operand is a square matrix, or a batch of them, of a type with solvers. */
  static void check(String name, Tensor x) {
    Recording.refuseHostAccess(name);
    if (x.rank() < 2 || x.size(-1) != x.size(-2)) {
      throw new ShapeException(name + ": " + x.shape() + ": square matrices");
    }
    checkType(name, x);
  }

  /** Throws unless the operand is a matrix, or a batch of them, of a type with solvers. */
  static void checkAnyShape(String name, Tensor x) {
    Recording.refuseHostAccess(name);
    if (x.rank() < 2) {
      throw new ShapeException(name + ": " + x.shape() + ": matrices");
    }
    checkType(name, x);
  }

  private static void checkType(String name, Tensor x) {
    if (x.dtype() != DType.FLOAT32 && x.dtype() != DType.FLOAT64) {
      throw new DTypeException(
          name + ": " + x.describe() + ": the matrices are float32 or float64");
    }
  }

  static Shape batch(Tensor x) {
    return Shape.of(Arrays.copyOf(x.shape().toArray(), x.rank() - 2));
  }

  static Tensor flat(Tensor x) {
    return x.reshape(batch(x).numel(), x.size(-2), x.size(-1));
  }

  static String which(Tensor x, long at) {
    return x.rank() == 2 ? x.shape().toString() : x.shape() + ", matrix " + at + " of the batch";
  }

  /** A number for each matrix. */
  static Tensor numbers(Invocation<?> call, ToDoubleFunction<LuFactors> function) {
    check(call.name(), call.input(0));
    return MatrixBatches.each(
        call,
        (matrices, out, label) ->
            Kernels.provider()
                .indexing()
                .fill(out, function.applyAsDouble(LuFactors.of(matrices[0]))));
  }

  /** A matrix of the same shape for each matrix. */
  static Tensor matrices(Invocation<?> call, MatrixFunction function) {
    Tensor x = call.input(0);
    check(call.name(), x);
    return MatrixBatches.each(
        call,
        (matrices, out, label) ->
            Kernels.provider().indexing().copy(out, function.of(matrices[0], label)),
        x.size(-2),
        x.size(-1));
  }

  /** The solutions for each matrix and its right sides, [..., n, n] and [..., n, m]. */
  static Tensor solutions(Invocation<?> call) {
    Tensor b = call.input(1);
    check(call.name(), call.input(0));
    checkRightSides(call);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          LuFactors factors = regular(matrices[0], label);
          Kernels.provider().indexing().copy(out, factors.solve(matrices[1]));
        },
        b.size(-2),
        b.size(-1));
  }

  /** Throws unless the second operand has a row for each of the first one's, in equal batches. */
  static void checkRightSides(Invocation<?> call) {
    Tensor x = call.input(0);
    Tensor b = call.input(1);
    if (b.rank() != x.rank() || b.size(-2) != x.size(-2) || !batch(b).equals(batch(x))) {
      throw new ShapeException(
          call.name()
              + ": "
              + x.shape()
              + " and "
              + b.shape()
              + ": as many rows, in equal batches");
    }
    if (b.dtype() != x.dtype()) {
      throw new DTypeException(
          call.name() + ": " + x.dtype() + " and " + b.dtype() + ": the types agree");
    }
  }

  private static LuFactors regular(Tensor matrix, String label) {
    LuFactors factors = LuFactors.of(matrix);
    if (factors.isSingular()) {
      throw new LinearAlgebraException(label + ": the matrix is singular");
    }
    return factors;
  }

  static Tensor inverse(Tensor matrix, String label) {
    return regular(matrix, label).inverse();
  }

  /** The derivatives of the determinant, next to nothing off where the matrix is singular. */
  static Tensor cofactors(Tensor matrix) {
    LuFactors factors = LuFactors.of(matrix);
    factors.perturb();
    return factors.inverse().mT().mul(factors.determinant());
  }

  /** The matrices repeated for a batch. */
  static Tensor inBatches(Tensor x, Shape batch) {
    long[] sizes = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
    sizes[batch.rank()] = x.size(-2);
    sizes[batch.rank() + 1] = x.size(-1);
    Shape shape = Shape.of(sizes);
    return shape.equals(x.shape()) ? x : x.broadcastTo(shape);
  }
}
