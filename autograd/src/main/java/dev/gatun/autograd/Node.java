package dev.gatun.autograd;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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

  /** What messages call the first inputs. */
  private static final String[] INPUT_NAMES = {"input 0", "input 1", "input 2", "input 3"};

  private static final VarHandle PASS;

  static {
    try {
      PASS = MethodHandles.lookup().findVarHandle(Node.class, "pass", BackwardPass.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final NodeInput[] inputs;
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

  private Node(
      Op op,
      @Nullable Object attributes,
      double parameter0,
      double parameter1,
      NodeInput[] inputs,
      Shape outputShape,
      DType outputDType,
      @Nullable SavedTensor output,
      DeviceProvider.@Nullable Stream stream,
      int level) {
    this.op = op;
    this.attributes = attributes;
    this.parameter0 = parameter0;
    this.parameter1 = parameter1;
    this.inputs = inputs;
    this.outputShape = outputShape;
    this.outputDType = outputDType;
    this.output = output;
    this.stream = stream;
    this.level = level;
    this.kept = NONE_KEPT;
  }

  /**
   * Records an operation. All that the node refers to is made before it is: writes to a fresh
   * object, with nothing in between, need no barrier of the garbage collector.
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
  static Node of(
      Op op,
      @Nullable Object attributes,
      double parameter0,
      double parameter1,
      Tensor[] tensors,
      Tensor result,
      long savedInputs,
      boolean saveOutput) {
    NodeInput[] inputs = inputs(tensors, savedInputs);
    SavedTensor output = saveOutput ? SavedTensor.of(result) : null;
    var stream = Placement.devicesInUse() ? Devices.stream(result) : null;
    int level = 1;
    for (NodeInput input : inputs) {
      level = Math.max(level, input.level());
    }
    return new Node(
        op,
        attributes,
        parameter0,
        parameter1,
        inputs,
        result.shape(),
        result.dtype(),
        output,
        stream,
        level);
  }

  private static NodeInput[] inputs(Tensor[] tensors, long saved) {
    if (tensors.length == 1) {
      NodeInput only = NodeInput.of(tensors[0], (saved & 1) != 0);
      return new NodeInput[] {only};
    }
    if (tensors.length == 2) {
      NodeInput first = NodeInput.of(tensors[0], (saved & 1) != 0);
      NodeInput second = NodeInput.of(tensors[1], (saved & 2) != 0);
      return new NodeInput[] {first, second};
    }
    NodeInput[] inputs = new NodeInput[tensors.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = NodeInput.of(tensors[i], i < Long.SIZE && (saved >>> i & 1) != 0);
    }
    return inputs;
  }

  /** Saves what came up in the forward pass besides the result. */
  void keep(List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      return;
    }
    SavedTensor[] saved = new SavedTensor[tensors.size()];
    for (int i = 0; i < saved.length; i++) {
      saved[i] = SavedTensor.of(tensors.get(i));
    }
    kept = saved;
  }

  /** Makes a handle on what came up in the forward pass. */
  Tensor kept(int which) {
    return kept[which].unpack(op.name(), "what it kept", null);
  }

  /**
   * Makes this node a pass's own, unless it is the own of one already.
   *
   * @return the pass whose own it is already, or null when it has become the given one's
   */
  @Nullable BackwardPass claim(BackwardPass by) {
    return (BackwardPass) PASS.compareAndExchange(this, null, by);
  }

  /** Leaves this node to other passes, which see what the last one has done. */
  void leave() {
    PASS.setRelease(this, null);
  }

  @Override
  int level() {
    return level;
  }

  int inputCount() {
    return inputs.length;
  }

  @Nullable GradientEdge edge(int input) {
    return inputs[input].edge;
  }

  Shape shape(int input) {
    return inputs[input].layout.shape();
  }

  DType dtype(int input) {
    return inputs[input].dtype;
  }

  /** Makes a handle on a saved input, in its place in the graph when the pass is recorded. */
  Tensor input(int input, boolean recording) {
    NodeInput saved = inputs[input];
    return saved.unpack(op.name(), nameOf(input), recording ? saved.edge : null);
  }

  /** Lends a handle on a saved input to a kernel of the backward pass. */
  StridedArray lendInput(int input) {
    return inputs[input].lend(op.name(), nameOf(input));
  }

  private static String nameOf(int input) {
    return input < INPUT_NAMES.length ? INPUT_NAMES[input] : "input " + input;
  }

  /** Makes a handle on the saved output, in its place in the graph when the pass is recorded. */
  Tensor output(boolean recording) {
    return savedOutput().unpack(op.name(), "its result", recording ? this : null);
  }

  /** Lends a handle on the saved output to a kernel of the backward pass. */
  StridedArray lendOutput() {
    return savedOutput().lend(op.name(), "its result");
  }

  private SavedTensor savedOutput() {
    SavedTensor saved = output;
    if (saved == null) {
      throw new IllegalStateException(
          op.name() + ": the output is used by the gradient but not declared as saved");
    }
    return saved;
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
    for (NodeInput input : inputs) {
      any |= input.hasElements();
      input.release();
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
    for (NodeInput input : inputs) {
      GradientEdge edge = input.edge;
      if (edge != null) {
        input.edge = null;
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
