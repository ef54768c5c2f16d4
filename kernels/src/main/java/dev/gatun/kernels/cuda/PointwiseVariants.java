package dev.gatun.kernels.cuda;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that one program has been compiled to so far, for the ways in which its operands lie.
 * Found by scanning, which makes nothing: there are few.
 *
 * <p>Safe for use by several threads.
 */
final class PointwiseVariants {
  /**
   * A kernel.
   *
   * @param key what {@link PointwiseOperands#key} gives for the access
   * @param access how operands lie
   * @param kernel the kernel
   * @param fault the number that it tells where an integer is divided by zero; 0 where none is
   */
  record Variant(long key, PointwiseAccess access, CudaKernel kernel, long fault) {}

  private volatile Variant[] all = new Variant[0];

  /**
   * Returns the kernel for an access; null where there is none as yet.
   *
   * @param key a number for the access, but for the single elements
   * @param scalarInputs which inputs are single elements
   */
  @Nullable Variant find(long key, long scalarInputs) {
    for (var variant : all) {
      if (variant.key == key && variant.access.scalarInputs() == scalarInputs) {
        return variant;
      }
    }
    return null;
  }

  /**
   * Adds a kernel, unless another thread has meanwhile.
   *
   * @return the one that is there then
   */
  synchronized Variant add(Variant added) {
    var known = find(added.key, added.access.scalarInputs());
    if (known != null) {
      return known;
    }
    var longer = Arrays.copyOf(all, all.length + 1);
    longer[all.length] = added;
    all = longer;
    return added;
  }
}
