package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ShapeException;
import java.util.function.BinaryOperator;

/**
 * Products over axes that are chosen, and products that are added to something; each is made of
 * matrix products, as {@link LinearAlgebra} declares them. {@link Gatun#einsum} takes several
 * tensors.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Contractions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Multiplies and adds up over pairs of axes: axis {@code axes[i]} of this with axis {@code
   * otherAxes[i]} of the other. The axes that remain follow each other, first this tensor's.
   *
   * @param other the other operand, of the same type
   * @param axes axes of this tensor
   * @param otherAxes as many axes of the other, of the same sizes, or of size 1 on either side
   * @return a new tensor
   * @throws ShapeException when there is no such axis, one is named twice, or sizes differ
   * @throws dev.gatun.memory.DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor tensordot(Tensor other, int[] axes, int[] otherAxes) {
    return TensorProducts.tensordot(self(), other, axes, otherAxes);
  }

  /**
   * As {@link #tensordot(Tensor, int[], int[])}, over the last axes of this and the first ones of
   * the other.
   *
   * @param other the other operand, of the same type
   * @param count how many axes
   * @return a new tensor
   * @throws ShapeException when there are not as many axes, or sizes differ
   * @throws dev.gatun.memory.DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor tensordot(Tensor other, int count) {
    if (count < 0) {
      throw new ArgumentException("tensordot: " + count + " axes");
    }
    int[] axes = new int[count];
    int[] otherAxes = new int[count];
    for (int i = 0; i < count; i++) {
      axes[i] = i - count;
      otherAxes[i] = i;
    }
    return tensordot(other, axes, otherAxes);
  }

  /**
   * Multiplies and adds up over the last axes of both; with a scalar it is the product.
   *
   * @param other the other operand, of the same type
   * @return a new tensor: the other axes of this, then those of the other
   * @throws ShapeException when the last sizes differ
   * @throws dev.gatun.memory.DTypeException when the types differ or are bool
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor inner(Tensor other) {
    Tensor x = self().openFor("inner");
    return x.rank() == 0 || other.openFor("inner").rank() == 0
        ? x.mul(other)
        : tensordot(other, new int[] {-1}, new int[] {-1});
  }

  /**
   * The Kronecker product: a block for each element of this, which is the other times the element.
   *
   * @param other the other operand; the one with fewer axes gets axes of size 1 in front
   * @return a new tensor, each axis as long as the two axes' product
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor kron(Tensor other) {
    return TensorProducts.kron(self(), other);
  }

  /**
   * The inner product of two vectors.
   *
   * @param other the other vector, of the same length and type
   * @return a new scalar
   * @throws ShapeException when an operand is not a vector, or the sizes differ
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor vdot(Tensor other) {
    return self().openFor("vdot").dot(other.openFor("vdot"));
  }

  /**
   * The vector product along an axis of size 3.
   *
   * @param other the other operand, of as many axes; the shapes broadcast
   * @param axis the axis
   * @return a new tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast or differ in the number of axes, there
   *     is no such axis, or its size is not 3
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor cross(Tensor other, int axis) {
    return TensorProducts.cross(self().openFor("cross"), other.openFor("cross"), axis);
  }

  /**
   * Returns {@code beta * this + alpha * (matrix x vector)}.
   *
   * @param matrix the matrix
   * @param vector the vector
   * @param beta what this counts; where 0, this is not read
   * @param alpha what the product counts
   * @return a new vector
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the product
   * @throws dev.gatun.memory.DTypeException when the types differ
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor addmv(Tensor matrix, Tensor vector, double beta, double alpha) {
    return TensorProducts.plus("addmv", self(), matrix, vector, Tensor::mv, beta, alpha);
  }

  /**
   * As {@link #addmv(Tensor, Tensor, double, double)}, where everything counts once.
   *
   * @param matrix the matrix
   * @param vector the vector
   * @return a new vector
   */
  default Tensor addmv(Tensor matrix, Tensor vector) {
    return addmv(matrix, vector, 1, 1);
  }

  /**
   * Returns {@code beta * this + alpha * (column x row)}.
   *
   * @param column a vector
   * @param row a vector
   * @param beta what this counts; where 0, this is not read
   * @param alpha what the product counts
   * @return a new matrix
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the product
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor addr(Tensor column, Tensor row, double beta, double alpha) {
    return TensorProducts.plus("addr", self(), column, row, Tensor::outer, beta, alpha);
  }

  /**
   * As {@link #addr(Tensor, Tensor, double, double)}, where everything counts once.
   *
   * @param column a vector
   * @param row a vector
   * @return a new matrix
   */
  default Tensor addr(Tensor column, Tensor row) {
    return addr(column, row, 1, 1);
  }

  /**
   * Returns {@code beta * this + alpha * (a x b)}, matrix by matrix of two batches.
   *
   * @param a a batch of matrices
   * @param b a batch of matrices
   * @param beta what this counts; where 0, this is not read
   * @param alpha what the products count
   * @return a new batch of matrices
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the products
   * @throws dev.gatun.memory.DTypeException when the types differ
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor baddbmm(Tensor a, Tensor b, double beta, double alpha) {
    return TensorProducts.plus("baddbmm", self(), a, b, Tensor::bmm, beta, alpha);
  }

  /**
   * As {@link #baddbmm(Tensor, Tensor, double, double)}, where everything counts once.
   *
   * @param a a batch of matrices
   * @param b a batch of matrices
   * @return a new batch of matrices
   */
  default Tensor baddbmm(Tensor a, Tensor b) {
    return baddbmm(a, b, 1, 1);
  }

  /**
   * Returns {@code beta * this + alpha *} the sum of all products {@code a x b} of two batches.
   *
   * @param a a batch of matrices
   * @param b a batch of matrices
   * @param beta what this counts; where 0, this is not read
   * @param alpha what the sum counts
   * @return a new matrix
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the sum
   * @throws dev.gatun.memory.DTypeException when the types differ
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor addbmm(Tensor a, Tensor b, double beta, double alpha) {
    BinaryOperator<Tensor> sum = (x, y) -> Einsum.of("bij,bjk->ik", new Tensor[] {x, y});
    return TensorProducts.plus("addbmm", self(), a, b, sum, beta, alpha);
  }

  /**
   * As {@link #addbmm(Tensor, Tensor, double, double)}, where everything counts once.
   *
   * @param a a batch of matrices
   * @param b a batch of matrices
   * @return a new matrix
   */
  default Tensor addbmm(Tensor a, Tensor b) {
    return addbmm(a, b, 1, 1);
  }

  /**
   * Multiplies a square matrix by itself, or each of a batch.
   *
   * @param exponent how often it stands in the product; 0 gives the unit matrix, and of a negative
   *     one it is the inverse that stands there
   * @return a new tensor of this shape
   * @throws ShapeException when this is no square matrix and no batch of them
   * @throws dev.gatun.memory.LinearAlgebraException when the exponent is negative and a matrix
   *     singular
   * @throws dev.gatun.memory.DTypeException when the exponent is negative and this is not float32
   *     or float64
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor matrixPower(int exponent) {
    return TensorProducts.power(self(), exponent);
  }
}
