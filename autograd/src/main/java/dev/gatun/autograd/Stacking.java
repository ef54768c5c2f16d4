package dev.gatun.autograd;

import java.util.function.UnaryOperator;

/** Tensors joined along the axes that rows, columns and planes have, which are added first. */
final class Stacking {
  private Stacking() {}

  static Tensor hstack(Tensor[] tensors) {
    boolean flat = tensors.length > 0 && tensors[0].rank() < 2;
    return join(flat ? 0 : 1, tensors, x -> x.rank() == 0 ? x.reshape(1) : x);
  }

  static Tensor vstack(Tensor[] tensors) {
    return join(0, tensors, Stacking::matrix);
  }

  static Tensor dstack(Tensor[] tensors) {
    return join(2, tensors, x -> x.rank() == 2 ? x.unsqueeze(2) : x.rank() < 2 ? block(x) : x);
  }

  private static Tensor matrix(Tensor x) {
    return x.rank() < 2 ? x.reshape(1, x.numel()) : x;
  }

  private static Tensor block(Tensor x) {
    return x.reshape(1, x.numel(), 1);
  }

  private static Tensor join(int axis, Tensor[] tensors, UnaryOperator<Tensor> widened) {
    Tensor[] parts = new Tensor[tensors.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = widened.apply(tensors[i]);
    }
    return Joining.CAT.apply(axis, parts);
  }
}
