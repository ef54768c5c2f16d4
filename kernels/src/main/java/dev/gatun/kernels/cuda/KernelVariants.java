package dev.gatun.kernels.cuda;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that one operation has been compiled to so far, by two numbers that say for what.
 * Found by scanning, which makes nothing: there are few.
 *
 * <p>Safe for use by several threads.
 */
final class KernelVariants {
  /**
   * A kernel.
   *
   * @param key the first number
   * @param more the second one
   * @param kernel the kernel
   * @param fault where it reports what goes wrong; null where nothing can
   */
  record Variant(long key, long more, DeviceKernel kernel, Faults.@Nullable Slot fault) {}

  private volatile Variant[] all = new Variant[0];

  /** Returns the kernel for two numbers; null where there is none as yet. */
  @Nullable Variant find(long key, long more) {
    for (var variant : all) {
      if (variant.key == key && variant.more == more) {
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
  synchronized Variant add(long key, long more, DeviceKernel kernel, Faults.@Nullable Slot fault) {
    var known = find(key, more);
    if (known != null) {
      return known;
    }
    var added = new Variant(key, more, kernel, fault);
    var longer = Arrays.copyOf(all, all.length + 1);
    longer[all.length] = added;
    all = longer;
    return added;
  }
}
