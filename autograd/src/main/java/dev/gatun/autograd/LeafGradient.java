package dev.gatun.autograd;

import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
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
        if (hooks != null) {
          hooks.clear();
        }
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
   * @param recording whether the pass itself is being recorded, as this thread's mode says too
   * @throws ClosedTensorException when the gradient there is has been closed by its user
   */
  synchronized void accumulate(Tensor contribution, boolean recording) {
    if (tensors == 0) {
      return;
    }
    boolean captured = Recording.isActive();
    if (captured && gradient == null && !Recording.remembers(this)) {
      // The step does not clear the gradient first: each replay is to add to what there is.
      gradient = Recording.unrecorded(() -> Scope.disown(Gatun.zerosLike(contribution)));
    }
    Tensor before = gradient;
    if (before != null && before.isClosed()) {
      throw new ClosedTensorException(
          "backward: the gradient of a leaf, "
              + before.dtype()
              + before.shape()
              + ", has been closed: it is the leaf's; zeroGrad() clears it");
    }
    if (before == null) {
      gradient = Scope.disown(isOurs(contribution) ? contribution : contribution.clone());
      if (captured) {
        Recording.beforeEnd(this::putBackInReplays);
      }
    } else if (recording || before.requiresGrad()) {
      gradient = Scope.disown(before.add(contribution));
      before.close();
    } else {
      if (captured && !Recording.remembers(this)) {
        Recording.remember(this);
        Storage storage = before.storage();
        DType dtype = before.dtype();
        Layout layout = before.layout();
        Recording.perform("gradient to add to", () -> beginSum(storage, dtype, layout));
      }
      before.add_(contribution);
    }
  }

  /** Has replays make the gradient that the step left here this leaf's, as the step did. */
  private synchronized void putBackInReplays() {
    Tensor left = gradient;
    if (left != null) {
      Storage storage = left.storage();
      DType dtype = left.dtype();
      Layout layout = left.layout();
      Recording.perform("gradient of a leaf", () -> putBack(storage, dtype, layout));
    }
  }

  private synchronized void putBack(Storage storage, DType dtype, Layout layout) {
    if (tensors > 0 && (gradient == null || gradient.storage() != storage)) {
      set(Scope.disown(new Tensor(storage.retain(), dtype, layout)));
    }
  }

  /** Starts from zero where the gradient has been cleared since the step was captured. */
  private synchronized void beginSum(Storage storage, DType dtype, Layout layout) {
    Tensor now = gradient;
    if (now != null && now.storage() != storage) {
      throw new PlanException(
          "replay: the gradient of a leaf, "
              + now.describe()
              + ", has been replaced since the step was captured, which adds to it; clear"
              + " gradients within the step");
    }
    if (now == null && tensors > 0) {
      putBack(storage, dtype, layout);
      try (Tensor sum = new Tensor(storage.retain(), dtype, layout)) {
        sum.zero_();
      }
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
    if (Recording.isActive()) {
      boolean ofTheStep = Recording.remembers(this);
      Recording.remember(this);
      if (next == null && ofTheStep) {
        // What the step itself has added up: the next replay is not to add to it.
        Recording.perform("gradient of a leaf cleared", () -> replace(null));
        return;
      }
    }
    replace(next);
  }

  private synchronized void replace(@Nullable Tensor next) {
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
