package dev.gatun.autograd;

import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import java.util.function.BinaryOperator;

/** Right sides of equations, brought to matrices of one batch with the left ones. */
final class RightSides {
  private RightSides() {}

  /**
   * Solves equations with right sides that are columns of matrices, or vectors.
   *
   * @param name the operation, for messages
   * @param x the matrices
   * @param right the right sides; one with as many axes as a batch of vectors is one
   * @param solver solves for matrices in equal batches
   */
  static Tensor solve(String name, Tensor x, Tensor right, BinaryOperator<Tensor> solver) {
    x.checkOpen(name);
    right.checkOpen(name);
    if (x.rank() < 2) {
      throw new ShapeException(name + ": " + x.shape() + ": matrices");
    }
    long[] leading = Arrays.copyOf(x.shape().toArray(), x.rank() - 1);
    boolean vectors = right.rank() == 1 || right.shape().equals(Shape.of(leading));
    Tensor b = vectors ? right.unsqueeze(-1) : right;
    if (b.rank() < 2) {
      throw new ShapeException(name + ": " + x.shape() + " and " + right.shape() + ": right sides");
    }
    Shape batch =
        Shape.broadcast(
            name,
            Shape.of(Arrays.copyOf(leading, leading.length - 1)),
            Shape.of(Arrays.copyOf(b.shape().toArray(), b.rank() - 2)));
    Tensor solved = solver.apply(Matrix64.inBatches(x, batch), Matrix64.inBatches(b, batch));
    return vectors ? solved.squeeze(-1) : solved;
  }
}
