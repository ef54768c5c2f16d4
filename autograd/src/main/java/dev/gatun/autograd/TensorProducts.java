package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** How {@link Contractions} are made of matrix products. */
final class TensorProducts {
  private TensorProducts() {}

  static Tensor tensordot(Tensor a, Tensor b, int[] axes, int[] otherAxes) {
    a.checkOpen("tensordot");
    b.checkOpen("tensordot");
    if (axes.length != otherAxes.length) {
      throw new ShapeException(
          "tensordot: " + axes.length + " and " + otherAxes.length + " axes: as many of each");
    }
    int[] left = new int[a.rank()];
    int[] right = new int[b.rank()];
    for (int i = 0; i < left.length; i++) {
      left[i] = i;
    }
    for (int i = 0; i < right.length; i++) {
      right[i] = left.length + i;
    }
    boolean[] taken = new boolean[left.length];
    boolean[] otherTaken = new boolean[right.length];
    for (int i = 0; i < axes.length; i++) {
      int at = a.shape().normalizeAxis("tensordot", axes[i]);
      int otherAt = b.shape().normalizeAxis("tensordot", otherAxes[i]);
      if (taken[at] || otherTaken[otherAt]) {
        throw new ShapeException("tensordot: " + a.shape() + " x " + b.shape() + ": an axis twice");
      }
      taken[at] = true;
      otherTaken[otherAt] = true;
      right[otherAt] = at;
    }
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < left.length; i++) {
      if (!taken[i]) {
        result.append(letter(i));
      }
    }
    for (int i = 0; i < right.length; i++) {
      if (!otherTaken[i]) {
        result.append(letter(left.length + i));
      }
    }
    String equation = letters(left) + "," + letters(right) + "->" + result;
    return Einsum.of(equation, new Tensor[] {a, b});
  }

  private static char letter(int label) {
    return (char) ('a' + label);
  }

  private static String letters(int[] labels) {
    StringBuilder text = new StringBuilder();
    for (int label : labels) {
      text.append(letter(label));
    }
    return text.toString();
  }

  static Tensor kron(Tensor a, Tensor b) {
    a.checkOpen("kron");
    b.checkOpen("kron");
    int rank = Math.max(a.rank(), b.rank());
    long[] outer = new long[2 * rank];
    long[] inner = new long[2 * rank];
    long[] sizes = new long[rank];
    for (int i = 0; i < rank; i++) {
      int left = i - rank + a.rank();
      int right = i - rank + b.rank();
      outer[2 * i] = left < 0 ? 1 : a.size(left);
      outer[2 * i + 1] = 1;
      inner[2 * i] = 1;
      inner[2 * i + 1] = right < 0 ? 1 : b.size(right);
      sizes[i] = outer[2 * i] * inner[2 * i + 1];
    }
    return a.reshape(outer).mul(b.reshape(inner)).reshape(Shape.of(sizes));
  }

  static Tensor cross(Tensor x, Tensor y, int axis) {
    if (x.rank() != y.rank()) {
      throw new ShapeException("cross: " + x.shape() + " and " + y.shape() + ": as many axes");
    }
    Shape shape = Shape.broadcast("cross", x.shape(), y.shape());
    int at = shape.normalizeAxis("cross", axis);
    if (shape.rank() == 0 || x.size(at) != 3 || y.size(at) != 3) {
      throw new ShapeException(
          "cross: " + x.shape() + " and " + y.shape() + ": axis " + axis + " has three elements");
    }
    Tensor a = x.broadcastTo(shape);
    Tensor b = y.broadcastTo(shape);
    Tensor ahead = a.roll(-1, at).mul(b.roll(-2, at));
    return ahead.sub(a.roll(-2, at).mul(b.roll(-1, at)));
  }

  /**
   * Returns {@code beta * x + alpha *} a product of two tensors.
   *
   * @param name the operation, to begin messages with
   */
  static Tensor plus(
      String name,
      Tensor x,
      Tensor a,
      Tensor b,
      BinaryOperator<Tensor> product,
      double beta,
      double alpha) {
    x.checkOpen(name);
    a.checkOpen(name);
    b.checkOpen(name);
    if (!RoundedOnce.isNarrow(x.dtype()) || a.dtype() != x.dtype() || b.dtype() != x.dtype()) {
      return plus(name, x, product.apply(a, b), beta, alpha);
    }
    Tensor wide = product.apply(RoundedOnce.widened(a), RoundedOnce.widened(b));
    return plus(name, RoundedOnce.widened(x), wide, beta, alpha).to(x.dtype());
  }

  private static Tensor plus(String name, Tensor x, Tensor product, double beta, double alpha) {
    if (!Shape.broadcast(name, x.shape(), product.shape()).equals(product.shape())) {
      throw new ShapeException(
          name + ": " + x.shape() + " does not broadcast to the product " + product.shape());
    }
    boolean whole = alpha == Math.rint(alpha) && beta == Math.rint(beta);
    if (!product.dtype().isFloatingPoint() && !whole) {
      throw new ArgumentException(name + ": the factors of integers are whole");
    }
    Tensor counted = alpha == 1 ? product : scaled(product, alpha);
    return beta == 0 ? counted : counted.add(beta == 1 ? x : scaled(x, beta));
  }

  private static Tensor scaled(Tensor x, double factor) {
    return x.dtype().isFloatingPoint() ? x.mul(factor) : x.mul((long) factor);
  }

  static Tensor power(Tensor x, int exponent) {
    x.checkOpen("matrix_power");
    if (x.rank() < 2 || x.size(-1) != x.size(-2)) {
      throw new ShapeException("matrix_power: " + x.shape() + ": square matrices");
    }
    if (exponent == 0) {
      return Devices.at(x, () -> Gatun.eye(x.size(-1)))
          .to(x.dtype())
          .broadcastTo(x.shape())
          .clone();
    }
    if (exponent == 1) {
      return x.clone();
    }
    Tensor factor = exponent < 0 ? x.inverse() : RoundedOnce.widened(x);
    return RoundedOnce.narrowed(product(factor, Math.abs((long) exponent)), x.dtype());
  }

  private static Tensor product(Tensor factor, long times) {
    Tensor square = factor;
    @Nullable Tensor product = null;
    for (long rest = times; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        product = product == null ? square : product.matmul(square);
      }
      if (rest > 1) {
        square = square.matmul(square);
      }
    }
    return Objects.requireNonNull(product);
  }
}
