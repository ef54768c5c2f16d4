package dev.gatun.autograd;

import dev.gatun.memory.Scope;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where the gradient of a leaf is collected. Owns the gradient, and closes it when it is cleared or
 * when the leaf itself goes.
 */
final class LeafGradient extends GradientEdge {
  private @Nullable Tensor gradient;

  /** The open tensors that are this leaf. With the last of them nobody can ask for the gradient. */
  private int tensors = 1;

  @Override
  synchronized void attached() {
    tensors++;
    super.attached();
  }

  @Override
  public void detached() {
    synchronized (this) {
      if (--tensors == 0) {
        set(null);
      }
    }
    super.detached();
  }

  synchronized @Nullable Tensor gradient() {
    return gradient;
  }

  /**
   * Adds a contribution. The first one is taken over when nobody else can see its elements, else it
   * is copied; later ones are added in place, unless the gradient is itself part of a graph.
   * Dropped when the leaf has been closed.
   *
   * @param contribution a handle that nobody else will use
   * @param recording whether the pass itself is being recorded
   */
  synchronized void accumulate(Tensor contribution, boolean recording) {
    if (tensors == 0) {
      return;
    }
    Tensor before = gradient;
    if (before == null) {
      gradient =
          Scope.disown(recording || isOurs(contribution) ? contribution : contribution.clone());
    } else if (recording || before.requiresGrad()) {
      gradient = Scope.disown(before.add(contribution));
      before.close();
    } else {
      before.add_(contribution);
    }
  }

  private static boolean isOurs(Tensor contribution) {
    return contribution.storage().isPooled()
        && contribution.storage().references() == 1
        && contribution.layout().isContiguous()
        && contribution.layout().extent() == contribution.numel();
  }

  /** Puts another gradient in place of the one there is, which is closed. */
  synchronized void set(@Nullable Tensor next) {
    Tensor before = gradient;
    gradient = next;
    if (before != null && before != next) {
      before.close();
    }
  }

  @Override
  int level() {
    return 0;
  }

  @Override
  @Nullable ArrayDeque<GradientEdge> giveUp(@Nullable ArrayDeque<GradientEdge> pending) {
    set(null);
    return pending;
  }
}
