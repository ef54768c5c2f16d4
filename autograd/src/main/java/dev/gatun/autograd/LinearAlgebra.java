package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of matrices and vectors.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface LinearAlgebra {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static void checkSameType(Invocation<?> call) {
    DType dtype = call.input(0).dtype();
    for (int i = 1; i < call.inputCount(); i++) {
      if (call.input(i).dtype() != dtype) {
        throw new DTypeException(
            call.name()
                + ": "
                + call.input(0).describe()
                + " and "
                + call.input(i).describe()
                + ": the types agree");
      }
    }
    if (dtype == DType.BOOL) {
      throw new DTypeException(call.name() + ": bool: the operands are numbers");
    }
  }

  private static Shape productShape(String name, Shape a, Shape b) {
    if (a.rank() < 2 || b.rank() < 2) {
      throw new ShapeException(name + ": " + a + " x " + b + ": at least two axes each");
    }
    long inner = a.size(-1);
    if (inner != b.size(-2)) {
      throw new ShapeException(
          name
              + ": "
              + a
              + " x "
              + b
              + ": inner dimensions "
              + inner
              + " and "
              + b.size(-2)
              + " differ");
    }
    Shape batch = Shape.broadcast(name, leading(a), leading(b));
    long[] sizes = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
    sizes[batch.rank()] = a.size(-2);
    sizes[batch.rank() + 1] = b.size(-1);
    return Shape.of(sizes);
  }

  private static Shape leading(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
  }

  /** The product of matrices, or of batches of matrices. */
  StructuralOp<NoAttributes> MATMUL =
      StructuralOp.<NoAttributes>named(
              "matmul",
              call -> {
                checkSameType(call);
                Tensor a = call.input(0);
                Tensor b = call.input(1);
                Tensor result =
                    call.result(a.dtype(), productShape(call.name(), a.shape(), b.shape()));
                Kernels.provider().matmul().matmul(result, a, b, 1, 0, null, null);
                return result;
              })
          // [.., m, n] x [.., n, k] -> [.., m, k]
          .gradient(StructuralOp.input(1), (call, g) -> summed(call, 0, g, call.input(1).mT()))
          // [.., k, m] x [.., m, n] -> [.., k, n]
          .gradient(StructuralOp.input(0), (call, g) -> summed(call, 1, call.input(0).mT(), g))
          .pytorch("torch.matmul(a, b)")
          .drawn(DrawnSamples::products)
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(2, 3), real(3, 4)),
                  Sample.of(NONE, real(1, 1), real(1, 1)),
                  Sample.of(NONE, real(5, 7), real(7, 1)),
                  Sample.of(NONE, real(1, 7), real(7, 5)),
                  Sample.of(NONE, real(3, 0), real(0, 2)),
                  Sample.of(NONE, real(0, 3), real(3, 2)),
                  Sample.of(NONE, real(2, 3, 4), real(2, 4, 5)),
                  Sample.of(NONE, real(2, 1, 3, 4), real(5, 4, 2)),
                  Sample.refused(
                      ShapeException.class,
                      "inner dimensions 3 and 4 differ",
                      NONE,
                      real(2, 3),
                      real(4, 5)),
                  Sample.refused(
                      ShapeException.class,
                      "do not broadcast",
                      NONE,
                      real(2, 2, 3),
                      real(3, 3, 2))));

  /**
   * Multiplies matrices by PyTorch's rules: two vectors give their inner product; a vector counts
   * as a row on the left and a column on the right; leading axes are a batch and broadcast.
   *
   * @param other the right operand, of the same type
   * @return a new tensor
   * @throws ShapeException when an operand is a scalar, the inner sizes differ, or the batches do
   *     not broadcast
   * @throws DTypeException when the types differ or are bool
   */
  default Tensor matmul(Tensor other) {
    return product("matmul", other);
  }

  private Tensor product(String name, Tensor other) {
    Tensor self = self().openFor(name);
    int rank = self.rank();
    int otherRank = other.openFor(name).rank();
    if (rank == 0 || otherRank == 0) {
      throw new ShapeException(
          name + ": " + self.shape() + " x " + other.shape() + ": at least one axis each");
    }
    if (rank >= 2 && otherRank >= 2) {
      return MATMUL.applyAs(name, NONE, self, other);
    }
    long inner = self.size(-1);
    long otherInner = other.size(otherRank == 1 ? 0 : -2);
    if (inner != otherInner) {
      throw new ShapeException(
          name
              + ": "
              + self.shape()
              + " x "
              + other.shape()
              + ": inner dimensions "
              + inner
              + " and "
              + otherInner
              + " differ");
    }
    Tensor left = rank == 1 ? self.unsqueeze(0) : self;
    Tensor right = otherRank == 1 ? other.unsqueeze(1) : other;
    Tensor product = MATMUL.applyAs(name, NONE, left, right);
    if (otherRank == 1) {
      product = product.squeeze(-1);
    }
    return rank == 1 ? product.squeeze(otherRank == 1 ? -1 : -2) : product;
  }

  /**
   * Multiplies matrices, or batches of them, into a given tensor.
   *
   * @param other the right operand, of the same type
   * @param out the tensor to write, of the product's shape; shares no element with the operands
   * @return {@code out}
   * @throws ShapeException when an operand has fewer than two axes or the shapes do not fit
   */
  default Tensor matmulOut(Tensor other, Tensor out) {
    return MATMUL.applyOut(out, NONE, self(), other);
  }

  /** The product of two matrices, in a wider type where matrices are to be summed yet. */
  private static Tensor summed(Backward<NoAttributes> call, int input, Tensor a, Tensor b) {
    Shape product = productShape("matmul", a.shape(), b.shape());
    return product.equals(call.shape(input))
        ? a.matmul(b)
        : RoundedOnce.widened(a).matmul(RoundedOnce.widened(b));
  }

  private static void checkRank(String name, Tensor tensor, int rank) {
    tensor.checkOpen(name);
    if (tensor.rank() != rank) {
      throw new ShapeException(name + ": " + tensor.shape() + ": exactly " + rank + " axes");
    }
  }

  /**
   * Multiplies two matrices.
   *
   * @param other the right matrix
   * @return a new matrix
   * @throws ShapeException when an operand is not a matrix, or the inner sizes differ
   */
  default Tensor mm(Tensor other) {
    checkRank("mm", self(), 2);
    checkRank("mm", other, 2);
    return MATMUL.applyAs("mm", NONE, self(), other);
  }

  /**
   * Multiplies the matrices of two batches of one size.
   *
   * @param other the batch of right matrices
   * @return a new batch of matrices
   * @throws ShapeException when an operand has not three axes, the batches' sizes or the inner
   *     sizes differ
   */
  default Tensor bmm(Tensor other) {
    checkRank("bmm", self(), 3);
    checkRank("bmm", other, 3);
    if (self().size(0) != other.size(0)) {
      throw new ShapeException(
          "bmm: " + self().shape() + " x " + other.shape() + ": the batches' sizes differ");
    }
    return MATMUL.applyAs("bmm", NONE, self(), other);
  }

  /**
   * Multiplies this matrix by a vector.
   *
   * @param vector the vector
   * @return a new vector
   * @throws ShapeException when the operands are not a matrix and a vector, or the sizes differ
   */
  default Tensor mv(Tensor vector) {
    checkRank("mv", self(), 2);
    checkRank("mv", vector, 1);
    return product("mv", vector);
  }

  /**
   * Returns the inner product of two vectors.
   *
   * @param other the other vector
   * @return a new scalar
   * @throws ShapeException when an operand is not a vector, or the sizes differ
   */
  default Tensor dot(Tensor other) {
    checkRank("dot", self(), 1);
    checkRank("dot", other, 1);
    return product("dot", other);
  }

  /**
   * Returns the matrix of all products of elements of two vectors.
   *
   * @param other the vector along the columns
   * @return a new matrix, of this vector's size by the other's
   * @throws ShapeException when an operand is not a vector
   */
  default Tensor outer(Tensor other) {
    checkRank("outer", self(), 1);
    checkRank("outer", other, 1);
    return self().unsqueeze(1).mul(other.unsqueeze(0));
  }

  /**
   * Factors of a sum with a product.
   *
   * @param beta the factor of the summand
   * @param alpha the factor of the product
   */
  record Factors(double beta, double alpha) {}

  /** beta * c + alpha * (a x b). */
  StructuralOp<Factors> ADDMM =
      StructuralOp.<Factors>named(
              "addmm",
              call -> {
                checkSameType(call);
                Tensor c = call.input(0);
                Tensor a = call.input(1);
                Tensor b = call.input(2);
                checkRank("addmm", a, 2);
                checkRank("addmm", b, 2);
                Shape shape = productShape("addmm", a.shape(), b.shape());
                if (!Shape.broadcast("addmm", c.shape(), shape).equals(shape)) {
                  throw new ShapeException(
                      "addmm: " + c.shape() + " to " + shape + ": the summand does not broadcast");
                }
                Factors factors = call.attributes();
                if (!a.dtype().isFloatingPoint()
                    && (factors.beta != Math.rint(factors.beta)
                        || factors.alpha != Math.rint(factors.alpha))) {
                  throw new DTypeException(
                      "addmm: "
                          + a.describe()
                          + " with "
                          + factors
                          + ": the factors of integers are whole");
                }
                Tensor result = call.result(a.dtype(), shape);
                if (factors.beta != 0) {
                  try (StridedArray summand =
                      new StridedArray(c.storage().retain(), c.dtype(), c.layout().expand(shape))) {
                    Kernels.provider().indexing().copy(result, summand);
                  }
                }
                Kernels.provider()
                    .matmul()
                    .matmul(result, a, b, factors.alpha, factors.beta, null, null);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> scaled(g, call.attributes().beta))
          .gradient(
              StructuralOp.input(2),
              (call, g) -> scaled(g.matmul(call.input(2).mT()), call.attributes().alpha))
          .gradient(
              StructuralOp.input(1),
              (call, g) -> scaled(call.input(1).mT().matmul(g), call.attributes().alpha))
          .pytorch((factors, inputs) ->
              PyTorchCall.of(
                  "torch.addmm(a, b, c, beta=p, alpha=q)",
                  PyTorchCall.number(factors.beta),
                  PyTorchCall.number(factors.alpha)))
          .drawn(draw -> {
            long m = draw.size();
            long k = draw.size();
            long n = draw.size();
            return Sample.of(
                new Factors(draw.oneOf(1.0, 0.0, 2.0), draw.oneOf(1.0, -0.5)),
                real(draw.broadcastable(m, n)),
                real(m, k),
                real(k, n));
          })
          .samples(() ->
              List.of(
                  Sample.of(new Factors(1, 1), real(2, 4), real(2, 3), real(3, 4)),
                  Sample.of(new Factors(2, -3), real(4), real(2, 3), real(3, 4)),
                  Sample.of(new Factors(0, 1), real(2, 1), real(2, 3), real(3, 4)),
                  Sample.of(new Factors(1, 1), real(2, 2), real(2, 0), real(0, 2)),
                  Sample.refused(
                      ShapeException.class,
                      "inner dimensions",
                      new Factors(1, 1),
                      real(2, 2),
                      real(2, 3),
                      real(2, 2))));

  private static Tensor scaled(Tensor tensor, double factor) {
    return factor == 1 ? tensor : tensor.mul(factor);
  }

  /**
   * Adds a product of matrices to this tensor: {@code this + a x b}.
   *
   * @param a the left matrix
   * @param b the right matrix
   * @return a new matrix
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the product
   * @throws DTypeException when the types differ or are bool
   */
  default Tensor addmm(Tensor a, Tensor b) {
    return addmm(a, b, 1, 1);
  }

  /**
   * Adds a product of matrices to this tensor: {@code beta * this + alpha * (a x b)}. With {@code
   * beta == 0} this tensor's elements are not read.
   *
   * @param a the left matrix
   * @param b the right matrix
   * @param beta the factor of this tensor
   * @param alpha the factor of the product
   * @return a new matrix
   * @throws ShapeException when the shapes do not fit, or this does not broadcast to the product
   * @throws DTypeException when the types differ or are bool
   */
  default Tensor addmm(Tensor a, Tensor b, double beta, double alpha) {
    return ADDMM.apply(new Factors(beta, alpha), self(), a, b);
  }

  /** x times the transpose of a matrix of weights, plus a bias. */
  StructuralOp<NoAttributes> LINEAR =
      StructuralOp.<NoAttributes>named(
              "linear",
              call -> {
                checkSameType(call);
                Tensor x = call.input(0);
                Tensor weight = call.input(1);
                checkRank("linear", weight, 2);
                Tensor bias = call.input(2);
                if (x.rank() < 2 || x.size(-1) != weight.size(1)) {
                  throw new ShapeException(
                      "linear: "
                          + x.shape()
                          + " with weights "
                          + weight.shape()
                          + ": the last axis is of size "
                          + weight.size(1));
                }
                if (bias.rank() != 1 || bias.size(0) != weight.size(0)) {
                  throw new ShapeException(
                      "linear: bias "
                          + bias.shape()
                          + " with weights "
                          + weight.shape()
                          + ": one element for each row of weights");
                }
                Tensor result =
                    call.result(x.dtype(), x.shape().with(x.rank() - 1, weight.size(0)));
                try (StridedArray transposed =
                    new StridedArray(
                        weight.storage().retain(),
                        weight.dtype(),
                        weight.layout().transpose(0, 1))) {
                  Kernels.provider().matmul().matmul(result, x, transposed, 1, 0, null, bias);
                }
                return result;
              })
          // [.., out] x [out, in] -> [.., in]
          .gradient(StructuralOp.input(1), (call, g) -> g.matmul(call.input(1)))
          // [out, rows] x [rows, in] -> [out, in]
          .gradient(StructuralOp.input(0), (call, g) -> rows(g).mT().matmul(rows(call.input(0))))
          // The engine sums the gradient over all axes but the last.
          .gradient(StructuralOp.NOTHING, (call, g) -> g)
          .pytorch("torch.linear(a, b, c)")
          .drawn(DrawnSamples::linear)
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(2, 3), real(4, 3), real(4)),
                  Sample.of(NONE, real(1, 5), real(2, 5), real(2)),
                  Sample.of(NONE, real(2, 3, 4), real(5, 4), real(5)),
                  Sample.of(NONE, real(0, 3), real(2, 3), real(2)),
                  Sample.of(NONE, real(2, 0), real(3, 0), real(3)),
                  Sample.refused(
                      ShapeException.class, "last axis", NONE, real(2, 3), real(4, 2), real(4)),
                  Sample.refused(
                      ShapeException.class, "bias", NONE, real(2, 3), real(4, 3), real(3))));

  private static Tensor rows(Tensor tensor) {
    return tensor.rank() == 2 ? tensor : tensor.flatten(0, -2);
  }

  /**
   * Applies an affine map: {@code this x weight^T + bias}.
   *
   * <p>Weights of type bfloat16 with a tensor and a bias of type float32 are widened as they are
   * read, which halves the bytes that inference with few rows waits for. There is no gradient then.
   *
   * @param weight a matrix, [outputs, inputs]
   * @param bias a vector, [outputs], or null for none
   * @return a new tensor, [..., outputs]; for a vector [outputs]
   * @throws ShapeException when the shapes do not fit
   * @throws DTypeException when the types differ or are bool
   */
  default Tensor linear(Tensor weight, @Nullable Tensor bias) {
    Tensor self = self();
    if (weight.dtype() == DType.BFLOAT16 && self.dtype() == DType.FLOAT32) {
      if (bias != null) {
        return NarrowLinear.NARROW_LINEAR.apply(NONE, self, weight, bias);
      }
      checkRank("linear", weight, 2);
      try (Tensor none = self.newZeros(weight.size(0))) {
        return NarrowLinear.NARROW_LINEAR.apply(NONE, self, weight, none);
      }
    }
    if (self.rank() == 1) {
      return self.unsqueeze(0).linear(weight, bias).squeeze(0);
    }
    if (bias == null) {
      checkRank("linear", weight, 2);
      return matmul(weight.mT());
    }
    return LINEAR.apply(NONE, self, weight, bias);
  }
}
