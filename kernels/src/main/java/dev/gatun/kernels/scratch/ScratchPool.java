package dev.gatun.kernels.scratch;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Keeps a few objects for reuse by whichever threads need them next, platform or virtual. Taking
 * and giving back does not allocate; what does not fit is left to the garbage collector.
 *
 * @param <T> the kind of object
 */
public final class ScratchPool<T> {
  private final AtomicReferenceArray<T> slots;
  private final Supplier<T> factory;

  /**
   * Makes an empty pool.
   *
   * @param factory makes an object when none is left
   */
  public ScratchPool(Supplier<T> factory) {
    this.slots = new AtomicReferenceArray<>(2 * Runtime.getRuntime().availableProcessors() + 2);
    this.factory = factory;
  }

  /**
   * Takes an object out.
   *
   * @return an object that nobody else holds
   */
  public T take() {
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

  /**
   * Gives an object back, which the caller must not touch afterwards.
   *
   * @param object what {@link #take} returned
   */
  public void giveBack(T object) {
    for (int i = 0; i < slots.length(); i++) {
      if (slots.getPlain(i) == null && slots.compareAndSet(i, null, object)) {
        return;
      }
    }
  }
}
