package dev.gatun.kernels.gemm;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Keeps a few objects for reuse by whichever threads need them next, platform or virtual. Taking
 * and giving back does not allocate; what does not fit is left to the garbage collector.
 *
 * @param <T> the kind of object
 */
final class ScratchPool<T> {
  private final AtomicReferenceArray<T> slots;
  private final Supplier<T> factory;

  ScratchPool(Supplier<T> factory) {
    this.slots = new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors() + 2);
    this.factory = factory;
  }

  /** Returns an object that nobody else holds. */
  T take() {
    for (int i = 0; i < slots.length(); i++) {
      if (slots.getPlain(i) != null) {
        var object = slots.getAndSet(i, null);
        if (object != null) {
          return object;
        }
      }
    }
    return factory.get();
  }

  /** Gives an object back, which the caller must not touch afterwards. */
  void giveBack(T object) {
    for (int i = 0; i < slots.length(); i++) {
      if (slots.getPlain(i) == null && slots.compareAndSet(i, null, object)) {
        return;
      }
    }
  }
}
