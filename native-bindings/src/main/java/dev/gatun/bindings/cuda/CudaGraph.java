package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Work that was captured from a stream. To be done it is made executable first.
 *
 * <p>Not for use by several threads at once. Memory of the host that it refers to has to outlive it
 * and all that was made of it.
 */
public final class CudaGraph extends OwnedHandle {
  private final CudaContext context;

  CudaGraph(CudaContext context, MemorySegment handle) {
    super(
        "a graph of " + context.device(),
        handle,
        context,
        CudaStatus.DRIVER,
        "cuGraphDestroy",
        cuda_h::cuGraphDestroy);
    this.context = context;
  }

  /**
   * Makes it executable. The graph itself may be closed then.
   *
   * @return what can be launched, to be closed
   * @throws CudaException where that cannot be done, for want of memory for example
   */
  public Executable instantiate() {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.DRIVER.check(
          cuda_h.cuGraphInstantiateWithFlags(out, handle(), 0),
          "cuGraphInstantiateWithFlags",
          this);
      return new Executable(context, out.get(ValueLayout.ADDRESS, 0));
    }
  }

  /**
   * Returns the number of nodes: kernels, copies, fills and the like.
   *
   * @return how many were captured
   */
  public long nodes() {
    try (var arena = Arena.ofConfined();
        var entered = context.enter()) {
      var out = arena.allocate(ValueLayout.JAVA_LONG);
      CudaStatus.DRIVER.check(
          cuda_h.cuGraphGetNodes(handle(), MemorySegment.NULL, out), "cuGraphGetNodes", this);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * A graph that can be launched, any number of times, each time after the last is done.
   *
   * <p>Not for use by several threads at once.
   */
  public static final class Executable extends OwnedHandle {
    private final CudaContext context;

    private Executable(CudaContext context, MemorySegment handle) {
      super(
          "an executable graph of " + context.device(),
          handle,
          context,
          CudaStatus.DRIVER,
          "cuGraphExecDestroy",
          cuda_h::cuGraphExecDestroy);
      this.context = context;
    }

    /**
     * Puts the whole graph in a stream. Nothing is allocated.
     *
     * @param stream of the same device
     */
    public void launch(CudaStream stream) {
      try (var entered = context.enter()) {
        CudaStatus.DRIVER.check(
            cuda_h.cuGraphLaunch(handle(), stream.handle()), "cuGraphLaunch", stream);
      }
    }
  }
}
