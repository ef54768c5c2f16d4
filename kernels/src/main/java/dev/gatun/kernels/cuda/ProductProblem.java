package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.bindings.cuda.CublasLtProduct.Problem;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A problem of cublasLt's, by how the operands of a product lie. Each thread keeps those that it
 * has met last: finding one of them allocates nothing.
 *
 * @param out how the result lies
 * @param a how the left factor lies
 * @param b how the right factor lies
 * @param type of their elements
 * @param allowTf32 whether factors may be rounded
 * @param activation what follows
 * @param vector whether there is a vector
 * @param alignment of all addresses
 * @param layout what cublasLt sees of all that
 * @param problem what it is told
 */
record ProductProblem(
    Layout out,
    Layout a,
    Layout b,
    DType type,
    boolean allowTf32,
    Activation activation,
    boolean vector,
    int alignment,
    ProductLayout layout,
    Problem problem) {
  /** A power of two. */
  private static final int PLACES = 256;

  private static final ThreadLocal<@Nullable ProductProblem[]> OF_THREAD =
      ThreadLocal.withInitial(() -> new @Nullable ProductProblem[PLACES]);

  /** Returns what the calling thread has kept; null where it has not met it, or not lately. */
  static @Nullable ProductProblem find(
      Layout out,
      Layout a,
      Layout b,
      DType type,
      boolean allowTf32,
      Activation activation,
      boolean vector,
      int alignment) {
    var known = OF_THREAD.get()[place(out, a, b)];
    return known != null
            && known.alignment == alignment
            && known.activation == activation
            && known.vector == vector
            && known.type == type
            && known.allowTf32 == allowTf32
            && known.out.equals(out)
            && known.a.equals(a)
            && known.b.equals(b)
        ? known
        : null;
  }

  /** Keeps this for the calling thread, in place of one that it has met before. */
  ProductProblem keep() {
    OF_THREAD.get()[place(out, a, b)] = this;
    return this;
  }

  private static int place(Layout out, Layout a, Layout b) {
    int hash = 31 * (31 * out.hashCode() + a.hashCode()) + b.hashCode();
    return (hash ^ hash >>> 16) & PLACES - 1;
  }
}
