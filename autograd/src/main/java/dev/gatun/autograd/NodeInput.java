package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Storage;
import org.jspecify.annotations.Nullable;

/** An input of a recorded operation: where its gradient flows, and what was saved of it. */
final class NodeInput extends SavedTensor {
  /** Where the gradient flows, held by the node; null where none does. */
  @Nullable GradientEdge edge;

  private NodeInput(
      DType dtype,
      Layout layout,
      @Nullable Storage storage,
      int version,
      @Nullable GradientEdge edge) {
    super(dtype, layout, storage, version);
    this.edge = edge;
  }

  static NodeInput of(Tensor tensor, boolean saved) {
    Storage there = tensor.storage();
    GradientEdge edge = tensor.edge();
    if (edge != null) {
      edge.retain();
    }
    Storage held = saved ? there.retain() : null;
    return new NodeInput(tensor.dtype(), tensor.layout(), held, there.version(), edge);
  }

  /** The least level of a node with this input. */
  int level() {
    GradientEdge place = edge;
    return place == null ? 1 : place.level() + 1;
  }
}
