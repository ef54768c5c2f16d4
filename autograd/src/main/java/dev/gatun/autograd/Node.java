package dev.gatun.autograd;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Shape;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One recorded operation: what it was, where the gradients of its inputs flow, and what its
 * backward pass needs. Written once, by the thread that records it.
 */
final class Node extends GradientEdge {
  final Op op;
  final @Nullable Object attributes;
  final double parameter0;
  final double parameter1;
  final Shape outputShape;
  final DType outputDType;

  private static final SavedTensor[] NONE_KEPT = new SavedTensor[0];

  private final @Nullable GradientEdge[] edges;
  private final Shape[] shapes;
  private final DType[] dtypes;
  private final @Nullable SavedTensor[] inputs;
  private @Nullable SavedTensor output;
  private SavedTensor[] kept;
  private final int level;
  private boolean freed;

  /** Where the operation was computed, beside the host; null on the host. */
  final DeviceProvider.@Nullable Stream stream;

  /** The gradient gathered so far by the pass that owns this node. */
  @Nullable Tensor pending;

  /** The pass that is going through this node, if any. */
  @Nullable BackwardPass pass;

  /** When the pass reached this node, to keep the order of equals. */
  int arrival;

  /**
   * Records an operation.
   *
   * @param op the operation
   * @param attributes its attributes, null where it has none
   * @param parameter0 the first scalar operand of a pointwise operation
   * @param parameter1 the second one
   * @param tensors the inputs
   * @param result the output
   * @param savedInputs bit i is set to save input i
   * @param saveOutput whether to save the output
   */
  Node(
      Op op,
      @Nullable Object attributes,
      double parameter0,
      double parameter1,
      Tensor[] tensors,
      Tensor result,
      long savedInputs,
      boolean saveOutput) {
    this.op = op;
    this.attributes = attributes;
    this.parameter0 = parameter0;
    this.parameter1 = parameter1;
    this.outputShape = result.shape();
    this.outputDType = result.dtype();
    this.stream = Placement.devicesInUse() ? Devices.stream(result) : null;
    int count = tensors.length;
    this.edges = new @Nullable GradientEdge[count];
    this.shapes = new Shape[count];
    this.dtypes = new DType[count];
    this.inputs = new @Nullable SavedTensor[count];
    int highest = 0;
    for (int i = 0; i < count; i++) {
      Tensor tensor = tensors[i];
      shapes[i] = tensor.shape();
      dtypes[i] = tensor.dtype();
      GradientEdge edge = tensor.edge();
      if (edge != null) {
        edge.retain();
        edges[i] = edge;
        highest = Math.max(highest, edge.level());
      }
      if (i < Long.SIZE && (savedInputs >>> i & 1) != 0) {
        inputs[i] = new SavedTensor(tensor);
      }
    }
    this.level = highest + 1;
    this.output = saveOutput ? new SavedTensor(result) : null;
    this.kept = NONE_KEPT;
  }

  /** Saves what came up in the forward pass besides the result. */
  void keep(List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      return;
    }
    SavedTensor[] saved = new SavedTensor[tensors.size()];
    for (int i = 0; i < saved.length; i++) {
      saved[i] = new SavedTensor(tensors.get(i));
    }
    kept = saved;
  }

  /** Makes a handle on what came up in the forward pass. */
  Tensor kept(int which) {
    return kept[which].unpack(op.name(), "what it kept", null);
  }

  @Override
  int level() {
    return level;
  }

  int inputCount() {
    return edges.length;
  }

  @Nullable GradientEdge edge(int input) {
    return edges[input];
  }

  Shape shape(int input) {
    return shapes[input];
  }

  DType dtype(int input) {
    return dtypes[input];
  }

  /** Makes a handle on a saved input, in its place in the graph when the pass is recorded. */
  Tensor input(int input, boolean recording) {
    SavedTensor saved = inputs[input];
    if (saved == null) {
      throw new IllegalStateException(
          op.name() + ": input " + input + " is used by the gradient but not declared as saved");
    }
    return saved.unpack(op.name(), "input " + input, recording ? edges[input] : null);
  }

  /** Makes a handle on the saved output, in its place in the graph when the pass is recorded. */
  Tensor output(boolean recording) {
    SavedTensor saved = output;
    if (saved == null) {
      throw new IllegalStateException(
          op.name() + ": the output is used by the gradient but not declared as saved");
    }
    return saved.unpack(op.name(), "its result", recording ? this : null);
  }

  /** Tells whether what this node saved has been given up by an earlier pass. */
  boolean isFreed() {
    return freed;
  }

  /** Gives up what was saved, after the one pass that needed it. */
  void freeSaved() {
    boolean any = output != null || kept.length > 0;
    for (SavedTensor tensor : kept) {
      tensor.release();
    }
    kept = NONE_KEPT;
    if (output != null) {
      output.release();
      output = null;
    }
    for (int i = 0; i < inputs.length; i++) {
      SavedTensor saved = inputs[i];
      if (saved != null) {
        any = true;
        saved.release();
        inputs[i] = null;
      }
    }
    freed |= any;
  }

  @Override
  @Nullable ArrayDeque<GradientEdge> giveUp(@Nullable ArrayDeque<GradientEdge> pendingEdges) {
    freeSaved();
    if (hooks != null) {
      hooks.clear();
    }
    ArrayDeque<GradientEdge> result = pendingEdges;
    for (int i = 0; i < edges.length; i++) {
      GradientEdge edge = edges[i];
      if (edge != null) {
        edges[i] = null;
        if (edge.dropHolder()) {
          if (result == null) {
            result = new ArrayDeque<>();
          }
          result.push(edge);
        }
      }
    }
    return result;
  }
}
