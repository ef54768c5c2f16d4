package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.positive;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Equations, inverses, determinants and Cholesky's triangle, of square matrices or batches of them.
 * Matrices are float32 or float64. They are factored in blocks, and what a block owes to the rest
 * of its matrix is subtracted by Gatun's own matrix product; all of it in float64, so that results
 * in float32 are rounded once. Meant for matrices of up to some thousand rows; the matrices of a
 * batch take their turns. A singular matrix is an error as in PyTorch where there is no result, and
 * one that is nearly singular is not: the result is as good as the condition allows.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Solvers {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static List<Sample<NoAttributes>> squares() {
    return List.of(
        Sample.of(NONE, positive(2, 1, 1)),
        Sample.of(NONE, real(2, 2)),
        Sample.of(NONE, real(3, 3)),
        Sample.of(NONE, real(0, 0)),
        Sample.of(NONE, real(0, 2, 2)),
        Sample.refused(ShapeException.class, "square", NONE, real(2, 3)),
        Sample.refused(ShapeException.class, "square", NONE, real(2)));
  }

  /** The solutions of equations, [..., n, n] and [..., n, m] in equal batches. */
  StructuralOp<NoAttributes> SOLVE =
      StructuralOp.<NoAttributes>named("solve", Matrix64::solutions)
          // A x X = B: dA = -dB x X^T with dB = A^-T x g
          .gradients(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> {
                Tensor right = Solvers.SOLVE.apply(NONE, call.input(0).mT(), g);
                return new @Nullable Tensor[] {
                  call.wants(0) ? right.matmul(call.output().mT()).neg() : null,
                  call.wants(1) ? right : null
                };
              })
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_solve(a, b)"))
          .drawn(DrawnSamples::equations)
          .samples(() ->
              List.of(
                  Sample.of(NONE, positive(2, 1, 1), real(2, 1, 2)),
                  Sample.of(NONE, real(2, 2), real(2, 3)),
                  Sample.of(NONE, real(3, 3), real(3, 1)),
                  Sample.of(NONE, real(0, 0), real(0, 2)),
                  Sample.of(NONE, real(2, 2), real(2, 0)),
                  Sample.refused(ShapeException.class, "rows", NONE, real(2, 2), real(3, 1)),
                  Sample.refused(ShapeException.class, "square", NONE, real(2, 3), real(2, 1))));

  /**
   * Solves {@code this x X = right}.
   *
   * @param right the right sides, columns of a matrix or of a batch of them, of this type; leading
   *     axes broadcast. A vector, or a batch of vectors of this tensor's batch, is one side each
   * @return a new tensor of the shape of the right sides, with the common batch
   * @throws LinearAlgebraException when a matrix is singular
   * @throws ShapeException when this is no square matrix nor a batch of them, or the shapes do not
   *     fit
   * @throws dev.gatun.memory.DTypeException when the types differ, or are not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor solve(Tensor right) {
    return RightSides.solve("solve", self(), right, (x, b) -> SOLVE.apply(NONE, x, b));
  }

  /** The inverses of square matrices. */
  StructuralOp<NoAttributes> INVERSE =
      StructuralOp.<NoAttributes>named(
              "inverse", call -> Matrix64.matrices(call, Matrix64::inverse))
          .gradient(
              StructuralOp.OUTPUT,
              (call, g) -> call.output().mT().matmul(g).matmul(call.output().mT()).neg())
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_inv(a)"))
          .drawn(DrawnSamples::squares)
          .samples(Solvers::squares);

  /**
   * Inverts a square matrix, or each of a batch.
   *
   * @return a new tensor of this shape
   * @throws LinearAlgebraException when a matrix is singular
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor inverse() {
    return INVERSE.apply(NONE, self());
  }

  /** The derivatives of determinants by the elements of their matrices. */
  StructuralOp<NoAttributes> COFACTORS =
      StructuralOp.<NoAttributes>named(
              "cofactors",
              call -> Matrix64.matrices(call, (matrix, label) -> Matrix64.cofactors(matrix)))
          // C = det(A) A^-T, with Y = A^-T: dA = det(A) (sum(g * Y) Y - Y x g^T x Y)
          .gradient(
              StructuralOp.input(0),
              (call, g) -> {
                Tensor x = call.input(0);
                Tensor y = x.inverse().mT();
                Tensor det = x.det().unsqueeze(-1).unsqueeze(-1);
                Tensor share = g.mul(y).sum(new int[] {-2, -1}, true);
                return share.mul(y).sub(y.matmul(g.mT()).matmul(y)).mul(det);
              })
          .withoutPyTorch("PyTorch has it within the gradient of det alone")
          .samples(Solvers::squares);

  /** The determinants of square matrices. */
  StructuralOp<NoAttributes> DET =
      StructuralOp.<NoAttributes>named(
              "det", call -> Matrix64.numbers(call, LuFactors::determinant))
          .gradient(
              StructuralOp.input(0),
              (call, g) -> COFACTORS.apply(NONE, call.input(0)).mul(g.unsqueeze(-1).unsqueeze(-1)))
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_det(a)"))
          .drawn(DrawnSamples::squares)
          .samples(Solvers::squares);

  /**
   * Returns the determinant of a square matrix, or of each of a batch; 1 of an empty matrix.
   *
   * @return a new tensor without the last two axes
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor det() {
    return DET.apply(NONE, self());
  }

  /** The logarithms of the magnitudes of determinants. */
  StructuralOp<NoAttributes> LOGABSDET =
      StructuralOp.<NoAttributes>named(
              "logabsdet", call -> Matrix64.numbers(call, LuFactors::logarithm))
          .gradient(
              StructuralOp.input(0),
              (call, g) -> call.input(0).inverse().mT().mul(g.unsqueeze(-1).unsqueeze(-1)))
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_slogdet(a)[1]"))
          .drawn(DrawnSamples::squares)
          .samples(Solvers::squares);

  /** The signs of determinants. */
  StructuralOp<NoAttributes> SIGN_OF_DET =
      StructuralOp.<NoAttributes>named(
              "sign_of_det", call -> Matrix64.numbers(call, LuFactors::sign))
          .withoutGradient("it is constant but for jumps")
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_slogdet(a)[0]"))
          .drawn(DrawnSamples::squares)
          .samples(Solvers::squares);

  /**
   * Returns the determinant of a square matrix, or of each of a batch, as a sign and a logarithm,
   * which take any range.
   *
   * @return new tensors without the last two axes: the sign, 0 of a singular matrix, and the
   *     logarithm of the magnitude, then minus infinity
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default SignedLogarithm slogdet() {
    return new SignedLogarithm(SIGN_OF_DET.apply(NONE, self()), LOGABSDET.apply(NONE, self()));
  }

  /** The lower triangles whose products with their own transposes are given. */
  StructuralOp<NoAttributes> CHOLESKY =
      StructuralOp.<NoAttributes>named(
              "cholesky", call -> Matrix64.matrices(call, CholeskyFactor::of))
          // S = L^-T x phi(L^T x g) x L^-1, phi: the lower triangle, half of its diagonal
          .gradient(
              StructuralOp.OUTPUT,
              (call, g) -> {
                Tensor l = call.output();
                Tensor product = l.mT().matmul(g.tril(0));
                Tensor phi = product.tril(0).add(product.tril(-1)).mul(0.5);
                Tensor half = l.mT().solve(phi);
                Tensor s = l.mT().solve(half.mT()).mT();
                return s.add(s.mT()).mul(0.5);
              })
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_cholesky(a)"))
          .drawn(DrawnSamples::positiveSquares)
          .samples(() ->
              List.of(
                  Sample.of(NONE, positive(1, 1)),
                  Sample.of(NONE, positive(3, 1, 1)),
                  Sample.of(NONE, real(0, 0)),
                  Sample.refused(ShapeException.class, "square", NONE, real(2, 3))));

  /**
   * Returns the lower triangle whose product with its own transpose is this matrix, or each of a
   * batch. The matrix counts as symmetric: what is above its diagonal is not read, and its gradient
   * is symmetric.
   *
   * @return a new tensor of this shape, zero above the diagonals
   * @throws LinearAlgebraException when a matrix is not positive definite
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor cholesky() {
    return CHOLESKY.apply(NONE, self());
  }
}
