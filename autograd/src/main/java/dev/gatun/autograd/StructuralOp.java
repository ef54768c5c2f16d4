package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.AbsentKernelException;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.HostAccessException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Placement;
import dev.gatun.memory.PlanException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An operation that is not elementwise: a view, a reduction, a product, a rearrangement. Declared
 * by what it computes, one vector-Jacobian product for each input, written with other operations,
 * and the samples on which it is tested:
 *
 * {@snippet :
 * static final StructuralOp<Integer> SWAP_WITH_LAST =
 *     StructuralOp.<Integer>named(
 *             "swap_with_last",
 *             call -> call.view(call.input(0).layout().transpose(call.attributes(), -1)))
 *         .gradient(StructuralOp.NOTHING, (call, g) -> g.transpose(call.attributes(), -1))
 *         .samples(() -> List.of(Sample.of(0, Operand.real(2, 3)), Sample.of(1, Operand.real(4, 1, 2))));
 * }
 *
 * @param <A> the type of what a call needs besides tensors, such as axes; {@link NoAttributes} for
 *     nothing
 */
public final class StructuralOp<A> extends Op {
  /** Saves nothing for the backward pass. */
  public static final long NOTHING = 0;

  /** Saves the result for the backward pass. To be joined with {@link #input} by {@code |}. */
  public static final long OUTPUT = 1L << 63;

  /**
   * Saves an input for the backward pass. To be joined with others by {@code |}.
   *
   * @param index which input, from 0 to 62
   * @return the bit that stands for it
   */
  public static long input(int index) {
    return 1L << index;
  }

  /**
   * What the operation computes. Checks its inputs, asks the call for the place of the result,
   * fills it and returns it. Runs with recording off.
   *
   * @param <A> the type of the attributes
   */
  @FunctionalInterface
  public interface Forward<A> {
    /**
     * Computes the result.
     *
     * @param call the inputs, the attributes and the place for the result
     * @return what {@link Invocation#result} or {@link Invocation#view} returned
     */
    Tensor apply(Invocation<A> call);
  }

  /**
   * What an operation does to its first input, or to a copy of it: writes some of the elements.
   * Checks everything before it writes. Runs with recording off.
   *
   * @param <A> the type of the attributes
   */
  @FunctionalInterface
  public interface Update<A> {
    /**
     * Writes.
     *
     * @param call the inputs, of which all but the first are to be used, and the attributes
     * @param self what is written; holds the elements of the first input, or undefined ones where
     *     the operation {@linkplain #replacingAll replaces all}, and shares no memory with the
     *     others
     */
    void apply(Invocation<A> call, Tensor self);
  }

  /**
   * The product of the output's gradient with the Jacobian with respect to one input, written with
   * operations, so that it can be differentiated again.
   *
   * @param <A> the type of the attributes
   */
  @FunctionalInterface
  public interface VectorJacobianProduct<A> {
    /**
     * Computes the gradient of the input {@link Backward#index()}.
     *
     * @param call the recorded call
     * @param gradient the gradient of the output; to be left as it is
     * @return the gradient of the input, or null when it is zero; may still be broadcast
     */
    @Nullable Tensor apply(Backward<A> call, Tensor gradient);
  }

  /**
   * The products of the output's gradient with the Jacobians with respect to all inputs at once,
   * for operations whose gradients share most of their work.
   *
   * @param <A> the type of the attributes
   */
  @FunctionalInterface
  public interface JointProduct<A> {
    /**
     * Computes the gradients of the inputs that {@link Backward#wants}.
     *
     * @param call the recorded call
     * @param gradient the gradient of the output; to be left as it is
     * @return for each input its gradient, which may still be broadcast; null where it is zero or
     *     not wanted
     */
    @Nullable Tensor[] apply(Backward<A> call, Tensor gradient);
  }

  /** One call in so many is a sample where others are drawn. */
  private static final int SAMPLE_IN = 8;

  /**
   * Says what PyTorch computes for a call.
   *
   * @param <A> the type of the attributes
   */
  @FunctionalInterface
  public interface Translation<A> {
    /**
     * Makes the call of PyTorch.
     *
     * @param attributes what the call needs besides tensors
     * @param inputs the number of inputs
     * @return the call
     */
    PyTorchCall of(A attributes, int inputs);
  }

  private final String nameInPlace;
  private final Forward<A> forward;
  private final @Nullable Update<A> update;
  private final boolean replacesAll;
  private final List<Rule<A>> rules;
  private final boolean sameForEach;
  private final @Nullable JointProduct<A> joint;
  private final @Nullable String whyNoGradient;
  private final Supplier<List<Sample<A>>> samples;
  private final @Nullable Translation<A> translation;
  private final @Nullable String whyNotInPyTorch;
  private final @Nullable Function<Draw, Sample<A>> drawing;

  private record Rule<A>(long saved, VectorJacobianProduct<A> product) {}

  /** A declaration on its way; never seen outside. */
  private static final class Builder<A> {
    private final String name;
    private Forward<A> forward;
    private @Nullable Update<A> update;
    private boolean replacesAll;
    private List<Rule<A>> rules = List.of();
    private boolean sameForEach;
    private @Nullable JointProduct<A> joint;
    private @Nullable String whyNoGradient;
    private Supplier<List<Sample<A>>> samples = List::of;
    private @Nullable Translation<A> translation;
    private @Nullable String whyNotInPyTorch;
    private @Nullable Function<Draw, Sample<A>> drawing;

    Builder(String name, Forward<A> forward) {
      this.name = name;
      this.forward = forward;
    }

    Builder(StructuralOp<A> op) {
      this(op.name(), op.forward);
      update = op.update;
      replacesAll = op.replacesAll;
      rules = op.rules;
      sameForEach = op.sameForEach;
      joint = op.joint;
      whyNoGradient = op.whyNoGradient;
      samples = op.samples;
      translation = op.translation;
      whyNotInPyTorch = op.whyNotInPyTorch;
      drawing = op.drawing;
    }
  }

  private StructuralOp(Builder<A> builder) {
    super(builder.name);
    nameInPlace = builder.name + "_";
    forward = builder.forward;
    update = builder.update;
    replacesAll = builder.replacesAll;
    rules = builder.rules;
    sameForEach = builder.sameForEach;
    joint = builder.joint;
    whyNoGradient = builder.whyNoGradient;
    samples = builder.samples;
    translation = builder.translation;
    whyNotInPyTorch = builder.whyNotInPyTorch;
    drawing = builder.drawing;
  }

  private StructuralOp<A> with(Consumer<Builder<A>> change) {
    Builder<A> builder = new Builder<>(this);
    change.accept(builder);
    return new StructuralOp<>(builder);
  }

  /**
   * Declares an operation.
   *
   * @param <A> the type of the attributes
   * @param name the name in PyTorch's spelling
   * @param forward what it computes
   * @return the operation, as yet without gradients and samples
   */
  public static <A> StructuralOp<A> named(String name, Forward<A> forward) {
    return new StructuralOp<>(new Builder<>(name, forward));
  }

  /**
   * Declares an operation whose result is its first input with some elements written, and which can
   * therefore be applied {@linkplain #applyInPlace in place}.
   *
   * @param <A> the type of the attributes
   * @param name the name in PyTorch's spelling, without the underscore
   * @param update does the writing
   * @return the operation, as yet without gradients and samples
   */
  public static <A> StructuralOp<A> updating(String name, Update<A> update) {
    StructuralOp<A> op = named(name, elsewhere(update, true));
    return op.with(builder -> builder.update = update);
  }

  /** Does the writing of an update in a new tensor. */
  private static <A> Forward<A> elsewhere(Update<A> update, boolean keepsElements) {
    return call -> {
      Tensor x = call.input(0);
      Tensor result = call.result(x.dtype(), x.shape());
      if (keepsElements) {
        Kernels.provider().indexing().copy(result, x);
      }
      update.apply(call, result);
      return result;
    };
  }

  /**
   * Returns this operation, which {@linkplain #updating writes} its first input, as one that leaves
   * none of the elements there were. Its update must not read what it writes.
   *
   * @return a new operation
   * @throws ArgumentException if this operation was not declared so
   */
  public StructuralOp<A> replacingAll() {
    Update<A> writing = update;
    if (writing == null) {
      throw new ArgumentException(name() + ": replacingAll: it writes none of its inputs");
    }
    return with(op -> {
      op.replacesAll = true;
      op.forward = elsewhere(writing, false);
    });
  }

  /**
   * Tells whether this operation can be applied in place.
   *
   * @return whether its result is its first input with some elements written
   */
  public boolean isUpdate() {
    return update != null;
  }

  /**
   * Returns this operation with a vector-Jacobian product for the next input: the first call is for
   * input 0, the second for input 1, and so on.
   *
   * @param saved what the backward pass needs for this input: {@link #NOTHING}, or {@link #input}
   *     and {@link #OUTPUT} joined by {@code |}
   * @param product computes the gradient
   * @return a new operation
   */
  public StructuralOp<A> gradient(long saved, VectorJacobianProduct<A> product) {
    List<Rule<A>> more = new ArrayList<>(rules);
    more.add(new Rule<>(saved, product));
    return with(op -> {
      op.rules = List.copyOf(more);
      op.sameForEach = false;
      op.joint = null;
    });
  }

  /**
   * Returns this operation with one vector-Jacobian product for all of any number of inputs.
   *
   * @param saved what the backward pass needs, as in {@link #gradient}
   * @param product computes the gradient of the input that the call names
   * @return a new operation
   */
  public StructuralOp<A> gradientOfEach(long saved, VectorJacobianProduct<A> product) {
    return with(op -> {
      op.rules = List.of(new Rule<>(saved, product));
      op.sameForEach = true;
      op.joint = null;
    });
  }

  /**
   * Returns this operation with one computation of the gradients of all of its inputs, however many
   * there are.
   *
   * @param saved what the backward pass needs, as in {@link #gradient}
   * @param product computes the gradients
   * @return a new operation
   */
  public StructuralOp<A> gradients(long saved, JointProduct<A> product) {
    return with(op -> {
      op.rules = List.of(new Rule<>(saved, (call, g) -> product.apply(call, g)[call.index()]));
      op.sameForEach = true;
      op.joint = product;
    });
  }

  /**
   * Returns this operation without a gradient.
   *
   * @param reason why it has none
   * @return a new operation
   */
  public StructuralOp<A> withoutGradient(String reason) {
    return with(op -> {
      op.rules = List.of();
      op.sameForEach = false;
      op.joint = null;
      op.whyNoGradient = reason;
    });
  }

  /**
   * Returns this operation with the calls on which it is tested.
   *
   * @param cases makes the samples when they are needed
   * @return a new operation
   */
  public StructuralOp<A> samples(Supplier<List<Sample<A>>> cases) {
    return with(op -> op.samples = cases);
  }

  /**
   * Returns this operation with calls made at random, on which it is compared with PyTorch besides
   * the samples.
   *
   * @param maker makes a call that must work
   * @return a new operation
   */
  public StructuralOp<A> drawn(Function<Draw, Sample<A>> maker) {
    return with(op -> op.drawing = maker);
  }

  /**
   * Returns this operation with what PyTorch computes for the same call.
   *
   * @param meaning makes the call of PyTorch
   * @return a new operation
   */
  public StructuralOp<A> pytorch(Translation<A> meaning) {
    return with(op -> op.translation = meaning);
  }

  /**
   * Returns this operation with what PyTorch computes for every call.
   *
   * @param expression see {@link PyTorchCall}; without arguments
   * @return a new operation
   */
  public StructuralOp<A> pytorch(String expression) {
    return pytorch((attributes, inputs) -> PyTorchCall.of(expression));
  }

  /**
   * Returns this operation with the reason why PyTorch has none like it.
   *
   * @param reason why
   * @return a new operation
   */
  public StructuralOp<A> withoutPyTorch(String reason) {
    return with(op -> op.whyNotInPyTorch = reason);
  }

  /**
   * Returns what PyTorch computes for a call.
   *
   * @param attributes what the call needs besides tensors
   * @param inputs the number of inputs
   * @return the call of PyTorch, or null when none is declared
   */
  public @Nullable PyTorchCall pytorch(A attributes, int inputs) {
    return translation == null ? null : translation.of(attributes, inputs);
  }

  @Override
  public @Nullable String whyNotInPyTorch() {
    return whyNotInPyTorch;
  }

  /**
   * Tells whether the declaration says how calls are made at random.
   *
   * @return false where {@link #sample} gives samples alone, at any scale
   */
  public boolean isDrawn() {
    return drawing != null;
  }

  /**
   * Makes a call at random.
   *
   * @param draw where the randomness comes from
   * @return a call that must work: a drawn one where the declaration says how, else one of the
   *     samples; for tests, once in a while one of the samples in any case
   */
  public Sample<A> sample(Draw draw) {
    if (drawing != null && !draw.seldom(SAMPLE_IN)) {
      return drawing.apply(draw);
    }
    List<Sample<A>> working =
        samples().stream().filter(sample -> sample.refusal() == null).toList();
    return working.get(draw.pick(0, working.size() - 1));
  }

  /**
   * Returns the calls on which this operation is tested.
   *
   * @return the samples
   */
  public List<Sample<A>> samples() {
    return samples.get();
  }

  /**
   * Returns why no gradient flows through this operation.
   *
   * @return the declared reason, or null when there is a vector-Jacobian product
   */
  @Override
  public @Nullable String whyNoGradient() {
    return whyNoGradient;
  }

  /**
   * Tells whether the gradient of some input has been declared.
   *
   * @return whether there is a vector-Jacobian product at all
   */
  public boolean hasGradientRule() {
    return !rules.isEmpty();
  }

  /**
   * Tells whether a gradient flows to an input.
   *
   * @param input which input
   * @return whether its vector-Jacobian product has been declared
   */
  public boolean hasGradientRule(int input) {
    return sameForEach || input < rules.size();
  }

  /**
   * Applies the operation.
   *
   * @param attributes what the call needs besides tensors
   * @param inputs the inputs
   * @return the result: a new tensor, or for a view one that shares the first input's memory
   * @throws dev.gatun.memory.ShapeException when shapes or axes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor apply(A attributes, Tensor... inputs) {
    return applyAs(name(), attributes, inputs);
  }

  /** As {@link #apply}, for a method of another name, which messages begin with. */
  Tensor applyAs(String caller, A attributes, Tensor... inputs) {
    if (Placement.devicesInUse() && Devices.anyElsewhere(inputs)) {
      return Devices.at(caller, inputs, () -> applyAs(caller, attributes, inputs));
    }
    boolean tracked = false;
    for (Tensor input : inputs) {
      input.checkOpen(caller);
      tracked |= input.isTracked();
    }
    Invocation<A> call = new Invocation<>(caller, attributes, inputs, null);
    boolean done = false;
    try {
      Tensor result = tracked && GradientMode.isEnabled() ? runRecorded(call, inputs) : run(call);
      done = true;
      return result;
    } finally {
      call.end(done);
    }
  }

  private Tensor runRecorded(Invocation<A> call, Tensor[] inputs) {
    Tensor result;
    try (NoGrad off = NoGrad.open()) {
      result = run(call);
    }
    if (whyNoGradient == null && result.dtype().isFloatingPoint()) {
      record(call, inputs, result);
    }
    return result;
  }

  /**
   * Applies the operation and writes the result into a given tensor.
   *
   * @param out the tensor to write; of the result's shape and type. It may be a part of the memory
   *     that an input is another part of, but shares no element with it
   * @param attributes what the call needs besides tensors
   * @param inputs the inputs
   * @return {@code out}
   * @throws dev.gatun.memory.ShapeException when shapes or axes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws GradientException when a tensor involved requires a gradient and this thread records
   * @throws InPlaceException when the memory cannot be written, or shares elements with an input
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  public Tensor applyOut(Tensor out, A attributes, Tensor... inputs) {
    return applyOutAs(name(), out, attributes, inputs);
  }

  /** As {@link #applyOut}, for a method of another name, which messages begin with. */
  Tensor applyOutAs(String caller, Tensor out, A attributes, Tensor... inputs) {
    if (Placement.devicesInUse() && (Devices.elsewhere(out) || Devices.anyElsewhere(inputs))) {
      return Devices.at(
          caller, Writes.withOut(out, inputs), () -> applyOutAs(caller, out, attributes, inputs));
    }
    out.checkOpen(caller);
    boolean tracked = false;
    for (Tensor input : inputs) {
      input.checkOpen(caller);
      tracked |= input.isTracked();
      Writes.checkApart(caller, "out", out, "an input", input);
    }
    out.checkOut(caller, out.shape(), tracked);
    Invocation<A> call = new Invocation<>(caller, attributes, inputs, out);
    try {
      if (run(call) != out) {
        throw new InPlaceException(caller + ": returns a view and takes no out");
      }
    } finally {
      call.end(true);
    }
    out.storage().bumpVersion();
    return out;
  }

  /**
   * Applies the operation and writes the result over its first input. An operand that shares memory
   * with it is copied first. Where the first input is a view, gradients flow through the tensor
   * that it is a view of, too.
   *
   * @param attributes what the call needs besides tensors
   * @param inputs the inputs; the first one is written and returned
   * @return the first input
   * @throws dev.gatun.memory.ShapeException when shapes or axes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws InPlaceException when the write would spoil a gradient or the memory cannot be written
   * @throws dev.gatun.memory.ArgumentException when this operation is not an {@linkplain #updating
   *     update}
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor applyInPlace(A attributes, Tensor... inputs) {
    return applyInPlaceAs(nameInPlace, attributes, inputs);
  }

  /** As {@link #applyInPlace}, for a method of another name, which messages begin with. */
  Tensor applyInPlaceAs(String caller, A attributes, Tensor... inputs) {
    if (Placement.devicesInUse() && Devices.anyElsewhere(inputs)) {
      return Devices.at(caller, inputs, () -> applyInPlaceAs(caller, attributes, inputs));
    }
    Update<A> writing = update;
    if (writing == null) {
      throw new ArgumentException(name() + ": makes a new tensor and is not applied in place");
    }
    Tensor self = inputs[0];
    boolean tracked = self.isPartOfGraph();
    for (Tensor input : inputs) {
      input.checkOpen(caller);
      tracked |= input.isTracked();
    }
    boolean recorded = tracked && self.dtype().isFloatingPoint() && GradientMode.isEnabled();
    self.checkInPlace(caller, recorded);
    Tensor[] remembered = inputs;
    if (recorded) {
      for (Tensor input : inputs) {
        input.checkViewIsCurrent(caller);
      }
      remembered = Writes.remembered(self, inputs, saved(inputs));
    }
    Tensor[] read = Writes.apart(self, inputs);
    Invocation<A> call = new Invocation<>(caller, attributes, read, null);
    try {
      try (NoGrad off = NoGrad.open()) {
        writing.apply(call, self);
      }
      for (Tensor input : inputs) {
        input.checkStillOpen(caller);
      }
      self.storage().bumpVersion();
      if (recorded) {
        recordWrite(call, inputs, remembered);
      }
    } finally {
      Writes.closeCopies(read, inputs);
      Writes.closeCopies(remembered, inputs);
      call.end(true);
    }
    return self;
  }

  private void recordWrite(Invocation<A> call, Tensor[] inputs, Tensor[] remembered) {
    Tensor self = inputs[0];
    boolean replaced = replacesAll && !Writes.readsItself(inputs);
    if (replaced) {
      self.allReplaced();
    }
    GradientEdge before = self.edge();
    if (whyNoGradient == null) {
      record(call, remembered, self);
    } else {
      self.becomeConstant();
      before = null;
    }
    self.writeRecorded(before);
    if (replaced) {
      self.standInBase();
    }
  }

  /** Computes; keeps the inputs, which may be outside every scope, from the cleaner meanwhile. */
  private Tensor run(Invocation<A> call) {
    Tensor result;
    try {
      result = forward.apply(call);
    } catch (PlanException e) {
      throw new PlanException(call.name() + ": " + e.getMessage(), e);
    } catch (HostAccessException e) {
      throw notOnDevice(call.name(), e);
    }
    for (int i = 0; i < call.inputCount(); i++) {
      call.input(i).checkStillOpen(call.name());
    }
    return result;
  }

  private static DeviceException notOnDevice(String operation, HostAccessException cause) {
    return new AbsentKernelException(operation, "it is computed by the host", cause);
  }

  private void record(Invocation<A> call, Tensor[] inputs, Tensor result) {
    for (Tensor input : inputs) {
      input.checkViewIsCurrent(call.name());
    }
    boolean tracked = false;
    for (int i = 0; i < inputs.length; i++) {
      tracked |= inputs[i].edge() != null && hasGradientRule(i);
    }
    if (!tracked) {
      return;
    }
    long saved = saved(inputs);
    Node node =
        Node.of(
            this, call.attributes(), 0, 0, inputs, result, saved & ~OUTPUT, (saved & OUTPUT) != 0);
    node.keep(call.kept());
    result.recordAs(node);
  }

  /** Returns what the backward pass needs of these inputs. */
  private long saved(Tensor[] inputs) {
    long saved = 0;
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].edge() != null && hasGradientRule(i)) {
        saved |= rules.get(sameForEach ? 0 : i).saved();
      }
    }
    return saved;
  }

  @Override
  @Nullable Tensor[] gradients(Node node, Tensor gradient, boolean recording) {
    if (joint != null) {
      return joint.apply(new Backward<>(node, -1, recording), gradient);
    }
    @Nullable Tensor[] results = new @Nullable Tensor[node.inputCount()];
    for (int i = 0; i < results.length; i++) {
      if (node.edge(i) != null && hasGradientRule(i)) {
        VectorJacobianProduct<A> product = rules.get(sameForEach ? 0 : i).product();
        try {
          results[i] = product.apply(new Backward<>(node, i, recording), gradient);
        } catch (PlanException e) {
          throw new PlanException(gradientName() + ": " + e.getMessage(), e);
        } catch (HostAccessException e) {
          throw notOnDevice(gradientName(), e);
        }
      }
    }
    return results;
  }
}
