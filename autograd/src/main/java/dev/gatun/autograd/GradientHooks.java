package dev.gatun.autograd;

import dev.gatun.memory.Scope;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is to happen when the whole gradient of one place in the graph is known. */
final class GradientHooks {
  private record Hook(HookHandle handle, GradientHook body) {}

  /** Does not keep the leaf, which could never become unreachable otherwise. */
  private record LeafHook(HookHandle handle, WeakReference<Tensor> leaf, Consumer<Tensor> body) {}

  private List<Hook> hooks = List.of();
  private List<LeafHook> leafHooks = List.of();
  private boolean retaining;
  private @Nullable Tensor retained;

  private GradientHooks() {}

  /** Returns the hooks of a place, which are made when first asked for. */
  static GradientHooks of(GradientEdge edge) {
    synchronized (edge) {
      GradientHooks known = edge.hooks;
      if (known == null) {
        known = new GradientHooks();
        edge.hooks = known;
      }
      return known;
    }
  }

  synchronized HookHandle add(GradientHook body) {
    HookHandle handle = new HookHandle(this);
    List<Hook> more = new ArrayList<>(hooks);
    more.add(new Hook(handle, body));
    hooks = List.copyOf(more);
    return handle;
  }

  synchronized HookHandle addAfter(Tensor leaf, Consumer<Tensor> body) {
    HookHandle handle = new HookHandle(this);
    List<LeafHook> more = new ArrayList<>(leafHooks);
    more.add(new LeafHook(handle, new WeakReference<>(leaf), body));
    leafHooks = List.copyOf(more);
    return handle;
  }

  synchronized void remove(HookHandle handle) {
    hooks = hooks.stream().filter(hook -> hook.handle() != handle).toList();
    leafHooks = leafHooks.stream().filter(hook -> hook.handle() != handle).toList();
  }

  private synchronized List<Hook> hooks() {
    return hooks;
  }

  private synchronized List<LeafHook> leafHooks() {
    return leafHooks;
  }

  // ---- keeping the gradient of a result

  synchronized void retain() {
    retaining = true;
  }

  synchronized boolean isRetaining() {
    return retaining;
  }

  synchronized @Nullable Tensor retained() {
    return retained;
  }

  /** Forgets the gradient kept so far. */
  synchronized void clearRetained() {
    Tensor before = retained;
    retained = null;
    if (before != null) {
      before.close();
    }
  }

  /** Stops keeping gradients here, and has another place go on with it. */
  synchronized void handRetainingTo(GradientEdge next) {
    if (retaining) {
      GradientHooks others = of(next);
      others.retaining = true;
      others.retained = retained;
      retaining = false;
      retained = null;
    }
  }

  private synchronized void retain(Tensor gradient) {
    Tensor before = retained;
    retained = Scope.disown(before == null ? gradient.clone() : before.add(gradient));
    if (before != null) {
      before.close();
    }
  }

  /** Forgets everything, with the place itself. */
  synchronized void clear() {
    hooks = List.of();
    leafHooks = List.of();
    retaining = false;
    clearRetained();
  }

  // ---- running

  /**
   * Shows the gradient to the hooks, in the order in which they were registered.
   *
   * @param operation the name to begin an error message with
   * @param gradient the whole gradient, a handle of the pass's own
   * @return the gradient to go on with: {@code gradient}, or another handle of the pass's own, and
   *     {@code gradient} is closed
   */
  Tensor run(String operation, Tensor gradient) {
    Tensor now = gradient;
    for (Hook hook : hooks()) {
      Tensor next = hook.body().apply(now);
      if (next != null && next != now) {
        check(operation, now, next);
        Tensor own = next.alias();
        now.close();
        now = own;
      }
      now.checkOpen(operation);
    }
    if (isRetaining()) {
      retain(now);
    }
    return now;
  }

  private static void check(String operation, Tensor before, Tensor after) {
    after.checkOpen(operation);
    if (!after.shape().equals(before.shape()) || after.dtype() != before.dtype()) {
      throw new GradientException(
          operation
              + ": a hook has changed the gradient from "
              + before.describe()
              + " to "
              + after.describe()
              + ": shape and type stay");
    }
  }

  /** Shows the leaf, whose gradient has been added up, to the hooks that wait for that. */
  void runAfter() {
    for (LeafHook hook : leafHooks()) {
      Tensor leaf = hook.leaf().get();
      if (leaf != null && !leaf.isClosed()) {
        hook.body().accept(leaf);
      }
    }
  }
}
