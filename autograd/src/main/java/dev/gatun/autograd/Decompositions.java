package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.LinearAlgebraException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;

/**
 * Matrices, or batches of them, as products of orthogonal and simple ones. They are float32 or
 * float64, and are decomposed in float64, so that results in float32 are rounded once. Costs are of
 * the order of m n min(m, n): QR by blocks of Householder reflections on Gatun's matrix product;
 * singular vectors by one-sided Jacobi rotations of the triangle, the most accurate of the methods,
 * and for some hundred columns; eigenvalues by three diagonals and QL iteration, for some thousand.
 * The matrices of a batch take their turns.
 *
 * <p>{@linkplain #svdvals() Singular values alone} come of a reduction to two diagonals, which is
 * several times as fast, where the least of a matrix is at least the 2^-20th part of its largest in
 * float32, and the 2^-10th in float64: what they are off by is then nothing beside the rounding to
 * float32, and no more than some 2^-40th of each value in float64. Where there are smaller values,
 * rotations find all of them.
 *
 * <p>Such a product is not unique: orthonormal columns may turn their signs, and those of equal
 * singular values or eigenvalues may be any basis of their space. QR has LAPACK's signs, and so
 * PyTorch's; of each left singular vector and each eigenvector, the element of largest magnitude is
 * positive. The gradient of something that changes with another basis is infinite or not a number
 * where values are equal, and large where they are close; that of the values alone is finite
 * everywhere. Where values are equal and what flows back would not turn their vectors, it adds 0,
 * where PyTorch's quotient of zeros is not a number.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Decompositions {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static String signsAreOpen() {
    return "signs of vectors are open: compared in parts";
  }

  private static List<Sample<NoAttributes>> matrices() {
    return List.of(
        Sample.of(NONE, real(3, 3)),
        Sample.of(NONE, real(4, 2)),
        Sample.of(NONE, real(2, 4)),
        Sample.of(NONE, real(2, 3, 2)),
        Sample.of(NONE, real(0, 0)),
        Sample.of(NONE, real(3, 0)),
        Sample.of(NONE, real(0, 2)),
        Sample.of(NONE, real(0, 2, 3)),
        Sample.refused(ShapeException.class, "matrices", NONE, real(2)));
  }

  /** Of one element each, so that a difference quotient keeps them symmetric. */
  private static List<Sample<NoAttributes>> symmetric() {
    return List.of(
        Sample.of(NONE, real(1, 1)),
        Sample.of(NONE, real(3, 1, 1)),
        Sample.of(NONE, real(0, 0)),
        Sample.of(NONE, real(0, 2, 2)),
        Sample.refused(ShapeException.class, "square", NONE, real(2, 3)),
        Sample.refused(ShapeException.class, "square", NONE, real(2)));
  }

  private static Tensor computeQr(Invocation<NoAttributes> call) {
    Matrix64.checkAnyShape(call.name(), call.input(0));
    long m = call.input(0).size(-2);
    long n = call.input(0).size(-1);
    long count = Math.min(m, n);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          HouseholderQr factors = HouseholderQr.of(matrices[0]);
          int axis = m < n ? 1 : 0;
          Kernels.provider().indexing().copy(out.narrow(axis, 0, m), factors.orthogonal(count));
          Kernels.provider().indexing().copy(out.narrow(axis, m, n), factors.triangle(count));
        },
        m < n ? m : m + n,
        m < n ? m + n : n);
  }

  /**
   * The factors of a QR decomposition, k = min(m, n): [m, k] over [k, n] for a tall matrix, beside
   * it for a wide one.
   */
  StructuralOp<NoAttributes> QR =
      StructuralOp.<NoAttributes>named("qr", Decompositions::computeQr)
          .gradient(StructuralOp.OUTPUT, DecompositionGradients::qr)
          .pytorch((none, inputs) ->
              PyTorchCall.of(
                  "torch.cat(torch.linalg_qr(a), -1 if a.size(-2) < a.size(-1) else -2)"))
          .drawn(DrawnSamples::matrices)
          .samples(Decompositions::matrices);

  /** Orthonormal columns that complete some to a basis. */
  StructuralOp<NoAttributes> ORTHOGONAL_COMPLEMENT =
      StructuralOp.<NoAttributes>named(
              "orthogonal_complement",
              call -> {
                Tensor x = call.input(0);
                Matrix64.checkAnyShape(call.name(), x);
                long m = x.size(-2);
                long rest = m - x.size(-1);
                if (rest < 0) {
                  throw new ShapeException(
                      call.name() + ": " + x.shape() + ": no more columns than rows");
                }
                return MatrixBatches.each(
                    call,
                    (matrices, out, label) -> {
                      Tensor all = HouseholderQr.of(matrices[0]).orthogonal(m);
                      Kernels.provider().indexing().copy(out, all.narrow(1, m - rest, rest));
                    },
                    m,
                    rest);
              })
          .gradient(StructuralOp.input(0) | StructuralOp.OUTPUT, DecompositionGradients::complement)
          .withoutPyTorch("PyTorch has it within full decompositions alone")
          .samples(() ->
              List.of(
                  Sample.of(NONE, real(3, 2)),
                  Sample.of(NONE, real(2, 2, 1)),
                  Sample.of(NONE, real(1, 0)),
                  Sample.of(NONE, real(2, 2)),
                  Sample.of(NONE, real(0, 3, 2)),
                  Sample.refused(ShapeException.class, "no more columns", NONE, real(2, 3))));

  /**
   * Decomposes a matrix [m, n], or each of a batch, into orthonormal columns, k = min(m, n) of
   * them, and an upper triangle.
   *
   * <p>The gradient is Walter and Lehmann's (Algorithmic differentiation of linear algebra
   * functions with application in optimum experimental design, 2010), that of a wide matrix Roberts
   * and Roberts' (QR and LQ decomposition matrix backpropagation algorithms for square, wide, and
   * deep matrices, 2020). There is one where the first k columns are linearly independent; the
   * backward pass throws {@link LinearAlgebraException} where the triangle is singular.
   *
   * @return q of [..., m, k] and r of [..., k, n], which share memory of their own; not a number
   *     where an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default QrFactors qr() {
    Tensor packed = QR.apply(NONE, self());
    long m = self().size(-2);
    long n = self().size(-1);
    int axis = m < n ? -1 : -2;
    return new QrFactors(packed.narrow(axis, 0, m), packed.narrow(axis, m, n));
  }

  /**
   * Decomposes a matrix [m, n], or each of a batch, into orthonormal columns and an upper triangle.
   *
   * <p>Which columns complete a basis is open, so that the gradient, which PyTorch refuses where
   * there are some, is right for what does not change when these are turned among themselves.
   *
   * @param complete whether the columns are completed to a basis, and the triangle by rows of
   *     zeros, where m is greater than n
   * @return q of [..., m, m] and r of [..., m, n], or the same as {@link #qr()}
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default QrFactors qr(boolean complete) {
    QrFactors factors = qr();
    long rest = self().size(-2) - self().size(-1);
    if (!complete || rest <= 0) {
      return factors;
    }
    Tensor r = factors.r();
    Shape below = r.shape().with(r.rank() - 2, rest);
    return new QrFactors(completed(factors.q()), Gatun.cat(-2, r, Gatun.zeros(r.dtype(), below)));
  }

  /** Completes orthonormal columns to a basis. */
  private static Tensor completed(Tensor columns) {
    return columns.size(-1) == columns.size(-2)
        ? columns
        : Gatun.cat(-1, columns, ORTHOGONAL_COMPLEMENT.apply(NONE, columns));
  }

  private static Tensor computeSvd(Invocation<NoAttributes> call) {
    Matrix64.checkAnyShape(call.name(), call.input(0));
    long m = call.input(0).size(-2);
    long n = call.input(0).size(-1);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          JacobiSvd svd = JacobiSvd.of(matrices[0], true, label);
          MatrixBatches.put(out, 0, HouseholderQr.tensor(svd.left(), (int) m).mT());
          MatrixBatches.put(out, m, MatrixBatches.row(svd.values()));
          MatrixBatches.put(out, m + 1, HouseholderQr.tensor(svd.right(), (int) n).mT());
        },
        m + 1 + n,
        Math.min(m, n));
  }

  /** A singular value decomposition, k = min(m, n): [m, k] over [1, k] over [n, k]. */
  StructuralOp<NoAttributes> SVD =
      StructuralOp.<NoAttributes>named("svd", Decompositions::computeSvd)
          .gradient(StructuralOp.OUTPUT, DecompositionGradients::svd)
          .withoutPyTorch(signsAreOpen())
          .samples(Decompositions::matrices);

  /**
   * Decomposes a matrix [m, n], or each of a batch, into k = min(m, n) orthonormal columns,
   * singular values and orthonormal rows.
   *
   * <p>The gradient is that of Townsend (Differentiating the singular value decomposition, 2016),
   * for matrices whose singular values differ and, where they are not square, are not zero. It is
   * infinite or not a number elsewhere, but for functions of the values alone.
   *
   * @return u of [..., m, k], s of [..., k] and vh of [..., k, n], which share memory of their own
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default SingularValues svd() {
    Tensor packed = SVD.apply(NONE, self());
    long m = self().size(-2);
    long n = self().size(-1);
    return new SingularValues(
        packed.narrow(-2, 0, m), packed.select(-2, m), packed.narrow(-2, m + 1, n).mT());
  }

  /**
   * Decomposes a matrix [m, n], or each of a batch, into orthonormal columns, singular values and
   * orthonormal rows.
   *
   * <p>Which vectors complete the bases is open: the gradient is right for what does not change
   * when these are turned among themselves.
   *
   * @param fullMatrices whether the vectors are completed to bases
   * @return u of [..., m, m], s of [..., min(m, n)] and vh of [..., n, n], or the same as {@link
   *     #svd()}
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default SingularValues svd(boolean fullMatrices) {
    SingularValues thin = svd();
    return fullMatrices
        ? new SingularValues(completed(thin.u()), thin.s(), completed(thin.vh().mT()).mT())
        : thin;
  }

  /** Singular values. */
  StructuralOp<NoAttributes> SVDVALS =
      StructuralOp.<NoAttributes>named(
              "svdvals",
              call -> {
                Tensor x = call.input(0);
                Matrix64.checkAnyShape(call.name(), x);
                return MatrixBatches.each(
                    call,
                    (matrices, out, label) ->
                        MatrixBatches.fill(out, SingularSpectrum.of(matrices[0], label)),
                    Math.min(x.size(-2), x.size(-1)));
              })
          .gradient(StructuralOp.input(0), DecompositionGradients::svdvals)
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_svdvals(a)"))
          .drawn(DrawnSamples::matrices)
          .samples(Decompositions::matrices);

  /**
   * Returns the singular values of a matrix [m, n], or of each of a batch, descending. The gradient
   * is {@code u x diag(g) x vh}, finite for every matrix.
   *
   * @return a new tensor of [..., min(m, n)]
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor svdvals() {
    return SVDVALS.apply(NONE, self());
  }

  private static Tensor computeEigh(Invocation<NoAttributes> call) {
    Matrix64.check(call.name(), call.input(0));
    long n = call.input(0).size(-1);
    return MatrixBatches.each(
        call,
        (matrices, out, label) -> {
          SymmetricEigen eigen = SymmetricEigen.of(matrices[0], true, label);
          MatrixBatches.put(out, 0, HouseholderQr.tensor(eigen.vectors(), (int) n).mT());
          MatrixBatches.put(out, n, MatrixBatches.row(eigen.values()));
        },
        n + 1,
        n);
  }

  /** Eigenvectors over eigenvalues, [n, n] over [1, n]. */
  StructuralOp<NoAttributes> EIGH =
      StructuralOp.<NoAttributes>named("eigh", Decompositions::computeEigh)
          .gradient(StructuralOp.OUTPUT, DecompositionGradients::eigh)
          .withoutPyTorch(signsAreOpen())
          .samples(Decompositions::symmetric);

  /**
   * Decomposes a symmetric matrix, or each of a batch, into eigenvalues and eigenvectors. The
   * matrix counts as symmetric: what is above its diagonal is not read, and the gradient is that of
   * a symmetric matrix, over both triangles.
   *
   * <p>The gradient is that of Giles (Collected matrix derivative results for forward and reverse
   * mode algorithmic differentiation, 2008), for eigenvalues that differ. It is infinite or not a
   * number elsewhere, but for functions of the values alone.
   *
   * @return values of [..., n] and vectors of [..., n, n], which share memory of their own
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Eigenvectors eigh() {
    Tensor packed = EIGH.apply(NONE, self());
    long n = self().size(-1);
    return new Eigenvectors(packed.select(-2, n), packed.narrow(-2, 0, n));
  }

  /** Eigenvalues of symmetric matrices. */
  StructuralOp<NoAttributes> EIGVALSH =
      StructuralOp.<NoAttributes>named(
              "eigvalsh",
              call -> {
                Tensor x = call.input(0);
                Matrix64.check(call.name(), x);
                return MatrixBatches.each(
                    call,
                    (matrices, out, label) ->
                        MatrixBatches.fill(
                            out, SymmetricEigen.of(matrices[0], false, label).values()),
                    x.size(-1));
              })
          .gradient(StructuralOp.input(0), DecompositionGradients::eigvalsh)
          .pytorch((none, inputs) -> PyTorchCall.of("torch.linalg_eigvalsh(a)"))
          .drawn(DrawnSamples::squares)
          .samples(Decompositions::symmetric);

  /**
   * Returns the eigenvalues of a symmetric matrix, or of each of a batch, ascending. The matrix
   * counts as symmetric, as for {@link #eigh()}. The gradient is {@code vectors x diag(g) x
   * vectors^T}, finite for every matrix.
   *
   * @return a new tensor of [..., n]
   * @throws LinearAlgebraException when an element is not finite
   * @throws ShapeException when this is no square matrix nor a batch of them
   * @throws dev.gatun.memory.DTypeException when this is not float32 or float64
   * @throws dev.gatun.memory.PlanException when a plan is being captured
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor eigvalsh() {
    return EIGVALSH.apply(NONE, self());
  }
}
