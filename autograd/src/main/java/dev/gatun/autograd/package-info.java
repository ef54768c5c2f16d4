/**
 * Tensors with gradients.
 *
 * <p>{@link dev.gatun.autograd.Gatun} makes tensors; {@link dev.gatun.autograd.Tensor} has the
 * operations, which come from interfaces by family. In such an interface an operation is a
 * constant, its declaration, and beneath it the method that users call. A {@link
 * dev.gatun.autograd.PointwiseOp} is declared by a formula, a {@link
 * dev.gatun.autograd.StructuralOp} by what it computes and its vector-Jacobian products; the {@link
 * dev.gatun.autograd.Catalogue} collects them for tests, benchmarks and documentation.
 *
 * <p><b>The tape.</b> A recorded operation is a node that knows where the gradients of its inputs
 * flow and keeps, as references to storage, what its backward pass needs. Nodes are counted by the
 * open tensors and the later nodes that stand on them: when the last of these goes, a node gives up
 * what it kept at once. There is no array of nodes per thread: a graph may be built by one thread
 * and run by another, its parts may live and die independently, and nothing is left to compact. The
 * pass itself visits nodes by falling level, from a queue, never by recursion.
 *
 * <p><b>Whose tape it is.</b> Whether operations are recorded belongs to a thread: {@link
 * dev.gatun.autograd.NoGrad} speaks for the thread that opened it. So does a graph, while it is
 * being built and gone through: one thread at a time. It may be handed over, as any object may, by
 * something that orders the threads; a pass that meets another one in the same graph is refused.
 * Threads that share nothing but leaves may record and run backward passes at the same time: two
 * threads train two models as one after the other would, and where they share a leaf, its gradient
 * gathers what both add, in no fixed order. Hooks run on the thread of the pass.
 *
 * <p><b>Several gradients of one record.</b> A pass gives up what its part of the graph has saved,
 * unless it is told {@code retainGraph}: then the record persists, for as many passes as one likes,
 * until a pass lets go or the tensors that stand in it are closed.
 *
 * <p><b>Decompositions</b> ({@link dev.gatun.autograd.Solvers}, {@link
 * dev.gatun.autograd.Decompositions}, {@link dev.gatun.autograd.LeastSquares}) are built on nothing
 * but the matrix product in {@link dev.gatun.kernels.gemm} and Java: there is no LAPACK. Factors
 * are found block by block, and what a block owes to the rest of its matrix is such a product: LU
 * with exchanged rows, Cholesky's triangle, QR by Householder reflections. Within a block, and a
 * matrix of up to some hundred rows is one block, they work on arrays on the heap, one for each
 * row, and take four rows from another one at a time: loops that the compiler makes vector code
 * for, while it does not for sums along a row. Singular vectors come of one-sided Jacobi rotations
 * of the triangle of a QR decomposition, some ten sweeps over all pairs of columns: slower than the
 * usual bidiagonal reduction, and more accurate. Singular values alone do come of two diagonals, as
 * long as the least of them does not lose digits that way; and pseudo-inverses and least squares of
 * QR, where norms tell that no singular value is cut off. Eigenvalues of symmetric matrices come of
 * a reduction to three diagonals and the implicit QL iteration. All of it computes in float64, on
 * one thread but for the matrix products.
 */
@NullMarked
package dev.gatun.autograd;

import org.jspecify.annotations.NullMarked;
