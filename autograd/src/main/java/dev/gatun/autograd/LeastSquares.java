package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Equations of any shape and rank, and how far matrices are from singular, computed in float64.
 * Singular values up to a cutoff count as zero, by default those that are lost in the roundings of
 * the matrix's type. Where norms tell that no value is cut off, a QR decomposition gives
 * pseudo-inverses and solutions, and elsewhere singular values and vectors as {@link
 * Decompositions} computes them. Gradients are those of matrices whose rank does not change nearby.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface LeastSquares {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** The right singular vectors as rows, [k, n], divided by their values, or 0. */
  private static Tensor inverted(JacobiSvd svd, Cutoff cutoff, long width) {
    double[][] rows = svd.right();
    double[] factors = cutoff.inverses(svd.values());
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] *= factors[i];
      }
    }
    return HouseholderQr.tensor(rows, (int) width);
  }

  private static Tensor computePinv(Invocation<Cutoff> call) {
    Matrix64.checkAnyShape(call.name(), call.input(0));
    long m = call.input(0).size(-2);
    long n = call.input(0).size(-1);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          FullRank regular = FullRank.of(matrices[0], call.attributes());
          if (regular != null) {
            regular.inverseTo(out);
            return;
          }
          JacobiSvd svd = JacobiSvd.of(matrices[0], true, label);
          Tensor left = HouseholderQr.tensor(svd.left(), (int) m);
          Tensor right = inverted(svd, call.attributes(), n);
          Kernels.provider().matmul().matmul(out, right.mT(), left, 1, 0, null, null);
        },
        n,
        m);
  }

  /** The pseudo-inverses of matrices. */
  StructuralOp<Cutoff> PINV =
      StructuralOp.<Cutoff>named("pinv", LeastSquares::computePinv)
          // P = A^+: dA = -P^T g P^T + (I - A P) g^T P P^T + P^T P g^T (I - P A)
          .gradient(
              StructuralOp.input(0) | StructuralOp.OUTPUT,
              (call, g) -> {
                Tensor a = call.input(0);
                Tensor p = call.output();
                Tensor left = g.mT().matmul(p).matmul(p.mT());
                Tensor right = p.mT().matmul(p).matmul(g.mT());
                return left.sub(a.matmul(p.matmul(left)))
                    .add(right.sub(right.matmul(p).matmul(a)))
                    .sub(p.mT().matmul(g).matmul(p.mT()));
              })
          .pytorch((cutoff, inputs) ->
              PyTorchCall.of(
                  "torch.linalg_pinv(a, atol=p, rtol=q)", cutoff.absolute(), cutoff.relative()))
          .drawn(DrawnSamples::cutMatrices)
          .samples(() ->
              List.of(
                  Sample.of(new Cutoff(0, 1e-12), real(2, 2)),
                  Sample.of(new Cutoff(1e-12, 0), real(4, 2)),
                  Sample.of(new Cutoff(0, 1e-12), real(2, 2, 3)),
                  Sample.of(new Cutoff(0, 1e-12), real(0, 0)),
                  Sample.of(new Cutoff(0, 1e-12), real(3, 0)),
                  Sample.of(new Cutoff(0, 1e-12), real(0, 2)),
                  Sample.refused(ShapeException.class, "matrices", new Cutoff(0, 1e-12), real(3))));

  /**
   * Returns the pseudo-inverse (Moore and Penrose's) of a matrix [m, n], or of each of a batch,
   * with PyTorch's cutoff: max(m, n) roundings of the largest singular value.
   *
   * <p>The gradient is that of Golub and Pereyra (The differentiation of pseudo-inverses and
   * nonlinear least squares problems whose variables separate, 1973).
   *
   * @return a new tensor of [..., n, m]
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor pinv() {
    return PINV.apply(Cutoff.usual(self()), self());
  }

  /**
   * Returns the pseudo-inverse (Moore and Penrose's) of a matrix [m, n], or of each of a batch.
   *
   * @param absolute up to this size, singular values count as zero
   * @param relative up to this part of the largest, singular values count as zero
   * @return a new tensor of [..., n, m]
   * @throws LinearAlgebraException when an element is not finite
   * @throws ArgumentException when a bound is negative or not a number
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor pinv(double absolute, double relative) {
    return PINV.apply(Cutoff.checked("pinv", absolute, relative), self());
  }

  private static Tensor computeLstsq(Invocation<Cutoff> call) {
    Tensor a = call.input(0);
    Matrix64.checkAnyShape(call.name(), a);
    Matrix64.checkRightSides(call);
    long m = a.size(-2);
    long n = a.size(-1);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          Tensor sides = matrices[1].to(DType.FLOAT64);
          FullRank regular = FullRank.of(matrices[0], call.attributes());
          if (regular != null) {
            regular.solutionTo(out, sides);
            return;
          }
          JacobiSvd svd = JacobiSvd.of(matrices[0], true, label);
          Tensor shares = HouseholderQr.tensor(svd.left(), (int) m).matmul(sides);
          Tensor right = inverted(svd, call.attributes(), n);
          Kernels.provider().matmul().matmul(out, right.mT(), shares, 1, 0, null, null);
        },
        n,
        call.input(1).size(-1));
  }

  /**
   * With X = A^+ B, Y = A^+T g and R = B - A X: dB = Y, and dA = R (A^+ Y)^T + (A^+T X) (g - A^T
   * Y)^T - Y X^T.
   */
  private static @Nullable Tensor[] lstsqGradients(Backward<Cutoff> call, Tensor g) {
    Tensor a = call.input(0);
    Tensor x = call.output();
    Tensor inverse = PINV.apply(call.attributes(), a);
    Tensor y = inverse.mT().matmul(g);
    Tensor forA = null;
    if (call.wants(0)) {
      Tensor residual = call.input(1).sub(a.matmul(x));
      forA =
          residual
              .matmul(inverse.matmul(y).mT())
              .add(inverse.mT().matmul(x).matmul(g.sub(a.mT().matmul(y)).mT()))
              .sub(y.matmul(x.mT()));
    }
    return new @Nullable Tensor[] {forA, call.wants(1) ? y : null};
  }

  /** The solutions of equations in the sense of least squares, [..., m, n] and [..., m, r]. */
  StructuralOp<Cutoff> LSTSQ =
      StructuralOp.<Cutoff>named("lstsq", LeastSquares::computeLstsq)
          .gradients(
              StructuralOp.input(0) | StructuralOp.input(1) | StructuralOp.OUTPUT,
              LeastSquares::lstsqGradients)
          .pytorch((cutoff, inputs) ->
              PyTorchCall.of(
                  "torch.linalg_lstsq(a, b, q, driver='gelss')[0]",
                  cutoff.absolute(),
                  cutoff.relative()))
          .drawn(DrawnSamples::cutEquations)
          .samples(() ->
              List.of(
                  Sample.of(new Cutoff(0, 1e-12), real(2, 2), real(2, 3)),
                  Sample.of(new Cutoff(0, 1e-12), real(2, 4, 2), real(2, 4, 1)),
                  Sample.of(new Cutoff(0, 1e-12), real(2, 3), real(2, 2)),
                  Sample.of(new Cutoff(0, 1e-12), real(0, 0), real(0, 2)),
                  Sample.of(new Cutoff(0, 1e-12), real(3, 0), real(3, 2)),
                  Sample.of(new Cutoff(0, 1e-12), real(0, 2), real(0, 3)),
                  Sample.refused(
                      ShapeException.class, "rows", new Cutoff(0, 1e-12), real(2, 3), real(3, 1))));

  /**
   * Finds the X of least norm among those for which {@code this x X - right} is of least norm, with
   * PyTorch's cutoff: max(m, n) roundings of the largest singular value. The {@linkplain
   * #matrixRank() rank} and the {@linkplain Decompositions#svdvals() singular values}, which
   * PyTorch returns beside X, are calls of their own.
   *
   * @param right the right sides, columns of a matrix or of a batch of them, of this type; leading
   *     axes broadcast. A vector, or a batch of vectors of this tensor's batch, is one side each
   * @return a new tensor of [..., n, r], or of [..., n] for vectors
   * @throws LinearAlgebraException when an element of this is not finite
   * @throws ShapeException when this is no matrix nor a batch of them, or the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types differ, or are not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lstsq(Tensor right) {
    return RightSides.solve("lstsq", self(), right, (a, b) -> LSTSQ.apply(Cutoff.usual(a), a, b));
  }

  /**
   * Solves equations as {@link #lstsq(Tensor)} with a cutoff.
   *
   * @param right the right sides
   * @param relative up to this part of the largest, singular values count as zero
   * @return a new tensor of [..., n, r], or of [..., n] for vectors
   * @throws LinearAlgebraException when an element of this is not finite
   * @throws ArgumentException when the bound is negative or not a number
   * @throws ShapeException when this is no matrix nor a batch of them, or the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when the types differ, or are not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lstsq(Tensor right, double relative) {
    Cutoff cutoff = Cutoff.checked("lstsq", 0, relative);
    return RightSides.solve("lstsq", self(), right, (a, b) -> LSTSQ.apply(cutoff, a, b));
  }

  /** The ranks of matrices. */
  StructuralOp<Cutoff> MATRIX_RANK =
      StructuralOp.<Cutoff>named(
              "matrix_rank",
              call -> {
                Matrix64.checkAnyShape(call.name(), call.input(0));
                return MatrixBatches.counts(
                    call,
                    (matrix, label) -> SingularSpectrum.rank(matrix, call.attributes(), label));
              })
          .withoutGradient("a count does not change by small steps")
          .pytorch((cutoff, inputs) ->
              PyTorchCall.of(
                  "torch.linalg_matrix_rank(a, atol=p, rtol=q)",
                  cutoff.absolute(),
                  cutoff.relative()))
          .drawn(DrawnSamples::cutMatrices)
          .samples(() ->
              List.of(
                  Sample.of(new Cutoff(0, 1e-6), real(3, 3)),
                  Sample.of(new Cutoff(1e-6, 0), real(2, 4, 2)),
                  Sample.of(new Cutoff(0, 1e-6), real(0, 2)),
                  Sample.of(new Cutoff(0, 1e-6), real(0, 2, 2)),
                  Sample.refused(ShapeException.class, "matrices", new Cutoff(0, 1e-6), real(3))));

  /**
   * Returns the rank of a matrix [m, n], or of each of a batch, with PyTorch's cutoff: max(m, n)
   * roundings of the largest singular value.
   *
   * @return a new int64 tensor without the last two axes
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor matrixRank() {
    return MATRIX_RANK.apply(Cutoff.usual(self()), self());
  }

  /**
   * Returns the rank of a matrix, or of each of a batch: how many singular values there are beyond
   * the greater of two bounds.
   *
   * @param absolute up to this size, singular values count as zero
   * @param relative up to this part of the largest, singular values count as zero
   * @return a new int64 tensor without the last two axes
   * @throws LinearAlgebraException when an element is not finite
   * @throws ArgumentException when a bound is negative or not a number
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor matrixRank(double absolute, double relative) {
    return MATRIX_RANK.apply(Cutoff.checked("matrix_rank", absolute, relative), self());
  }

  /**
   * Returns the condition of a matrix, or of each of a batch: the largest singular value, divided
   * by the smallest. Gradients flow through it.
   *
   * @return a new tensor without the last two axes: infinite where the smallest value is exactly
   *     zero, not a number for a matrix of zeros, 0 for one without elements
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor cond() {
    Tensor values = self().openFor("cond").svdvals();
    return values.size(-1) == 0 ? values.sum(-1) : values.select(-1, 0).div(values.select(-1, -1));
  }
}
