package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.util.function.BiConsumer;

/**
 * What is computed of float16 or bfloat16 in several steps goes through them in float32, so that it
 * is rounded once, at the end.
 */
final class RoundedOnce {

  /** So many elements of a tensor are copied for one that comes in. */
  private static final long FEW = 16;

  private RoundedOnce() {}

  /** Tells whether there is a wider type to go through. */
  static boolean isNarrow(DType dtype) {
    return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
  }

  /** The type to go through. */
  static DType widened(DType dtype) {
    return isNarrow(dtype) ? DType.FLOAT32 : dtype;
  }

  /** The same elements in the type to go through; the tensor itself where that is its own. */
  static Tensor widened(Tensor x) {
    return isNarrow(x.dtype()) ? x.to(DType.FLOAT32) : x;
  }

  /**
   * Adds to places of a tensor, or folds into them, through float32 where it is narrower: of
   * several elements that meet at a place no sum but the last is rounded. On devices, and where few
   * places of many are reached, it is done in place.
   *
   * @param self the tensor
   * @param source what comes in, of its type
   * @param fold updates the first of two tensors by the second
   */
  static void fold(Tensor self, Tensor source, BiConsumer<Tensor, Tensor> fold) {
    boolean isReachedByFew = source.numel() * FEW < self.numel();
    if (!isNarrow(self.dtype()) || self.storage().memory() != null || isReachedByFew) {
      fold.accept(self, source);
      return;
    }
    var kernels = Kernels.provider().indexing();
    try (Tensor wide = Tensor.allocate(DType.FLOAT32, self.shape());
        Tensor wideSource = Tensor.allocate(DType.FLOAT32, source.shape())) {
      kernels.copy(wide, self);
      kernels.copy(wideSource, source);
      fold.accept(wide, wideSource);
      kernels.copy(self, wide);
    }
  }

  /** Goes back to a type; the tensor itself where it is of this type. */
  static Tensor narrowed(Tensor x, DType dtype) {
    return x.dtype() == dtype ? x : x.to(dtype);
  }
}
