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

  /** What is made of one matrix. */
  @FunctionalInterface
  interface MatrixFunction {
    Tensor of(Tensor matrix, String which);
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

  static LinearAlgebraException singular(String name, String which) {
    return new LinearAlgebraException(name + ": " + which + ": the matrix is singular");
  }

  /** A number for each matrix. */
  static Tensor numbers(Invocation<?> call, ToDoubleFunction<LuFactors> function) {
    Tensor x = call.input(0);
    check(call.name(), x);
    Tensor matrices = flat(x);
    double[] numbers = new double[Math.toIntExact(matrices.size(0))];
    for (int i = 0; i < numbers.length; i++) {
      try (LuFactors factors = LuFactors.of(matrices.select(0, i))) {
        numbers[i] = function.applyAsDouble(factors);
      }
    }
    Tensor result = call.result(x.dtype(), batch(x));
    Tensor computed = Gatun.tensor(DType.FLOAT64, batch(x), numbers);
    Kernels.provider().indexing().copy(result, computed);
    return result;
  }

  /** A matrix of the same shape for each matrix. */
  static Tensor matrices(Invocation<?> call, MatrixFunction function) {
    Tensor x = call.input(0);
    check(call.name(), x);
    Tensor matrices = flat(x);
    Tensor computed = Tensor.allocate(DType.FLOAT64, matrices.shape());
    for (long i = 0; i < matrices.size(0); i++) {
      try (Tensor one = function.of(matrices.select(0, i), which(x, i))) {
        Kernels.provider().indexing().copy(computed.select(0, i), one);
      }
    }
    Tensor result = call.result(x.dtype(), x.shape());
    Kernels.provider().indexing().copy(result, computed.reshape(x.shape()));
    return result;
  }

  /** The solutions for each matrix and its right sides, [..., n, n] and [..., n, m]. */
  static Tensor solutions(Invocation<?> call) {
    Tensor x = call.input(0);
    Tensor b = call.input(1);
    check(call.name(), x);
    checkRightSides(call);
    Tensor matrices = flat(x);
    Tensor right = flat(b);
    Tensor computed = Tensor.allocate(DType.FLOAT64, right.shape());
    for (long i = 0; i < matrices.size(0); i++) {
      try (LuFactors factors = LuFactors.of(matrices.select(0, i))) {
        if (factors.isSingular()) {
          throw singular(call.name(), which(x, i));
        }
        try (Tensor one = factors.solve(right.select(0, i))) {
          Kernels.provider().indexing().copy(computed.select(0, i), one);
        }
      }
    }
    Tensor result = call.result(x.dtype(), b.shape());
    Kernels.provider().indexing().copy(result, computed.reshape(b.shape()));
    return result;
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

  static Tensor inverse(Tensor matrix, String which) {
    try (LuFactors factors = LuFactors.of(matrix)) {
      if (factors.isSingular()) {
        throw singular("inverse", which);
      }
      return factors.inverse();
    }
  }

  /** The derivatives of the determinant, next to nothing off where the matrix is singular. */
  static Tensor cofactors(Tensor matrix) {
    try (LuFactors factors = LuFactors.of(matrix)) {
      factors.perturb();
      double determinant = factors.determinant();
      try (Tensor inverse = factors.inverse()) {
        return inverse.mT().mul(determinant);
      }
    }
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
