package dev.gatun.autograd;

import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A place in the graph to which a gradient flows: the operation that made a tensor, or a leaf that
 * collects.
 *
 * <p>Counted: by each open tensor that stands here, and by each operation whose input stood here.
 * With the last of them the place gives up what it holds, so that a graph nobody can run any more
 * frees its saved tensors at once, without waiting for the garbage collector.
 */
abstract sealed class GradientEdge implements StridedArray.Attachment permits Node, LeafGradient {
  private static final VarHandle OTHERS;

  static {
    try {
      OTHERS = MethodHandles.lookup().findVarHandle(GradientEdge.class, "others", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * The number of holders beside the first. Counted from 0 and read through {@link #OTHERS} as if
   * volatile, so that making a place costs no fence.
   */
  @SuppressWarnings("UnusedVariable") // read through OTHERS
  private int others;

  /** What happens when the gradient here is known; null for nothing, as nearly everywhere. */
  @Nullable GradientHooks hooks;

  /**
   * One more than the highest level among the places this one sends gradients to; 0 for a leaf.
   * Going through places by falling level visits each after everything that depends on it.
   */
  abstract int level();

  /** Adds a holder. */
  final void retain() {
    OTHERS.getAndAdd(this, 1);
  }

  /**
   * Takes a holder away. A long chain is given up in a loop, not by recursion, so that its length
   * is not bounded by the stack.
   */
  final void release() {
    if (dropHolder()) {
      @Nullable ArrayDeque<GradientEdge> pending = giveUp(null);
      while (pending != null && !pending.isEmpty()) {
        pending = pending.pop().giveUp(pending);
      }
    }
  }

  /**
   * Takes a holder away; returns whether it was the last, so that this place is to give up. The
   * last one needs no atomic operation: nobody else holds this place who could add to it meanwhile.
   */
  final boolean dropHolder() {
    return (int) OTHERS.getAcquire(this) == 0 || (int) OTHERS.getAndAdd(this, -1) == 0;
  }

  /**
   * Gives up what this place holds, its part in other places included.
   *
   * @param pending places that have lost their last holder, to which this one adds; null when empty
   * @return the places that have lost their last holder
   */
  abstract @Nullable ArrayDeque<GradientEdge> giveUp(@Nullable ArrayDeque<GradientEdge> pending);

  /** Takes note of a further open tensor that stands here, which is a holder. */
  void attached() {
    retain();
  }

  @Override
  public void detached() {
    release();
  }
}
