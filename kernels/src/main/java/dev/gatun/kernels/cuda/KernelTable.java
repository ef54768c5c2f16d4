package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Kernels by what they are made for, a mode and element types, as a number: looking one up
 * allocates nothing. Safe for use by several threads.
 */
final class KernelTable {
  /** How many numbers an element type takes. */
  static final int TYPES = DType.values().length;

  private volatile @Nullable CudaKernel[] kernels = new @Nullable CudaKernel[0];

  /**
   * Returns a number, different for each combination.
   *
   * @param mode a small number of the caller's
   */
  static int index(int mode, DType first) {
    return mode * TYPES + first.ordinal();
  }

  /** As above, for two element types. */
  static int index(int mode, DType first, DType second) {
    return index(index(mode, first), second);
  }

  /** As above, for three element types. */
  static int index(int mode, DType first, DType second, DType third) {
    return index(index(mode, first, second), third);
  }

  /** Returns the kernel of a number; null where it has not been made. */
  @Nullable CudaKernel get(int index) {
    var known = kernels;
    return index < known.length ? known[index] : null;
  }

  /** Makes the kernel of a number, unless another thread has. */
  synchronized <V> CudaKernel make(int index, V variant, Function<V, CudaKernel> maker) {
    var known = get(index);
    if (known != null) {
      return known;
    }
    var made = maker.apply(variant);
    var next = Arrays.copyOf(kernels, Math.max(kernels.length, index + 1));
    next[index] = made;
    kernels = next;
    return made;
  }
}
