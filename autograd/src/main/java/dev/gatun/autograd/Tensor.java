package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A multi-dimensional array off the heap, with the operations of PyTorch and their gradients.
 *
 * <p>Tensors are made by {@link Gatun}; operations come from the families: {@link Arithmetic},
 * {@link Division}, {@link Exponentials}, {@link Trigonometry}, {@link Extrema}, {@link Rounding},
 * {@link Activations}, {@link Comparisons}, {@link Logic}, {@link Reductions}, {@link Views},
 * {@link AxisViews}, {@link Subscripts}, {@link Indexing}, {@link Scattering}, {@link
 * ScatterReduction}, {@link Rearrangements}, {@link Joining}, {@link LinearAlgebra}, {@link
 * NarrowLinear}, {@link Softmaxes}, {@link Elements}. Names are PyTorch's: {@code t.add(u)} makes a
 * new tensor, {@code t.add_(u)} writes into {@code t}, {@code t.addOut(u, out)} into a third one.
 *
 * <p><b>Ownership.</b> A tensor is a handle on shared memory, owned by the innermost {@link Scope}
 * of the thread that made it; outside every scope a cleaner closes it once it is unreachable. See
 * {@link StridedArray}.
 *
 * <p><b>Gradients.</b> A floating-point tensor made with {@link #requiresGrad_} is a leaf. What is
 * computed from it is recorded, unless {@link NoGrad} says otherwise, and {@link #backward()} adds
 * the gradient up in {@link #grad()} of each leaf.
 *
 * <p><b>Threads.</b> Reading one tensor from several threads is safe. Writes, and reads at the time
 * of a write, must be ordered by the caller. Several threads may run backward passes at once
 * through graphs that share no more than leaves. A tensor that another thread closes while an
 * operation reads it makes that operation throw {@link dev.gatun.memory.ClosedTensorException}: its
 * memory may have become another tensor's by then. One that is being written must not be closed.
 */
public final class Tensor extends StridedArray
    implements Arithmetic,
        Division,
        Exponentials,
        Logarithms,
        SpecialFunctions,
        Trigonometry,
        Angles,
        Extrema,
        Bounding,
        Rounding,
        Signs,
        Activations,
        PiecewiseActivations,
        Comparisons,
        Closeness,
        Logic,
        Bits,
        Divisors,
        Reductions,
        Folds,
        Statistics,
        Curves,
        Ordering,
        Membership,
        Counting,
        Views,
        AxisViews,
        Subscripts,
        Indexing,
        Scattering,
        ScatterReduction,
        Rearrangements,
        Joining,
        LinearAlgebra,
        Contractions,
        Destinations,
        Solvers,
        Decompositions,
        LeastSquares,
        NarrowLinear,
        Softmaxes,
        Normalizations,
        Lookups,
        Entropies,
        Attentions,
        Convolutions,
        Pooling,
        Elements,
        NewTensors,
        RandomFills,
        Hooks {
  /** The tensor that this one is a view of, directly or not; null when it is none. */
  private @Nullable Tensor base;

  /** The base's recorded writes when this view was made. */
  private int baseWrites;

  /** How many recorded writes this tensor's graph has taken in. */
  private int recordedWrites;

  /** Takes over one reference to the storage. */
  Tensor(Storage storage, DType dtype, Layout layout) {
    super(storage, dtype, layout);
  }

  /**
   * Makes a tensor on memory there is, without copying.
   *
   * @param storage the bytes; one reference, held by the caller, becomes the tensor's
   * @param dtype the type of the elements
   * @param layout where the elements lie
   * @return the tensor
   * @throws ShapeException when the layout reaches beyond the storage
   */
  public static Tensor on(Storage storage, DType dtype, Layout layout) {
    return new Tensor(storage, dtype, layout);
  }

  /**
   * Makes a contiguous tensor whose elements are undefined, where this thread {@linkplain
   * Gatun#on(dev.gatun.memory.Device) makes} new ones.
   *
   * @param dtype the type of the elements
   * @param shape the sizes
   * @return a new tensor
   * @throws dev.gatun.memory.MemoryLimitException when the pool refuses
   */
  public static Tensor allocate(DType dtype, Shape shape) {
    // The storage before the handle: a handle made first would cost barriers of the collector.
    Storage storage = storage(byteSize(dtype, shape));
    Layout layout = Layout.contiguous(shape);
    return new Tensor(storage, dtype, layout);
  }

  /** Makes a contiguous tensor of another's shape whose elements are undefined. */
  static Tensor allocateLike(DType dtype, Tensor like) {
    Layout layout = like.layout();
    if (!layout.isContiguous() || layout.offset() != 0 || layout.extent() != layout.numel()) {
      layout = Layout.contiguous(layout.shape());
    }
    Storage storage = storage(byteSize(dtype, layout.shape()));
    return new Tensor(storage, dtype, layout);
  }

  private static Storage storage(long byteSize) {
    return Placement.devicesInUse()
        ? Placement.allocate(byteSize)
        : MemoryPool.shared().allocate(byteSize);
  }

  @Override
  public Tensor self() {
    return this;
  }

  // ---- what there is

  /**
   * Returns the sizes of the axes.
   *
   * @return the shape
   */
  public Shape shape() {
    return layout().shape();
  }

  /**
   * Returns the size of one axis.
   *
   * @param axis the axis; negative ones count from the end
   * @return its size
   * @throws ShapeException when there is no such axis
   */
  public long size(int axis) {
    return layout().size(axis);
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of the sizes
   */
  public long numel() {
    return layout().numel();
  }

  /**
   * Returns the number of axes.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return layout().rank();
  }

  /**
   * Returns the number of axes, by PyTorch's name.
   *
   * @return 0 for a scalar
   */
  public int ndim() {
    return layout().rank();
  }

  /**
   * Returns the distance between neighbours along one axis.
   *
   * @param axis the axis; negative ones count from the end
   * @return the stride, in elements
   * @throws ShapeException when there is no such axis
   */
  public long stride(int axis) {
    return layout().stride(axis);
  }

  /**
   * Tells whether the elements lie in row-major order without gaps.
   *
   * @return whether they do
   */
  public boolean isContiguous() {
    return layout().isContiguous();
  }

  /**
   * Returns where the elements are.
   *
   * @return the device
   */
  public Device device() {
    return storage().device();
  }

  /** Returns type and shape, for error messages. */
  String describe() {
    return dtype() + shape().toString();
  }

  /**
   * Returns the elements, as PyTorch prints them; a large tensor is summarised.
   *
   * @return for example {@code tensor([1., 2.], grad_fn=<AddBackward>)}
   */
  @Override
  public String toString() {
    return TensorPrinter.print(this);
  }

  /**
   * Copies the elements into new contiguous memory. Recorded: gradients flow to this tensor.
   *
   * @return a new tensor that shares nothing with this one
   */
  @Override
  public Tensor clone() {
    return CLONE.apply(NoAttributes.NONE, this);
  }

  // ---- the graph

  /** Returns this tensor's place in the graph, or null when it requires no gradient. */
  @Nullable GradientEdge edge() {
    return (GradientEdge) attachment();
  }

  /** Puts this tensor at a place in the graph, whose holder it becomes. */
  void attachEdge(GradientEdge edge) {
    GradientEdge before = (GradientEdge) attach(edge);
    if (before != null) {
      before.detached();
    }
  }

  /** Makes this tensor the result of a recorded operation. */
  void recordAs(Node node) {
    recordedWrites++;
    handRetainingTo(node);
    attachEdge(node);
  }

  /**
   * Tells whether gradients flow to this tensor.
   *
   * @return whether it is a leaf made so by {@link #requiresGrad_}, or was computed from one
   */
  public boolean requiresGrad() {
    followBase();
    return edge() != null || hasLostItsPast();
  }

  /**
   * Tells whether gradients would flow to this view, were its base contiguous: a recorded operation
   * has written the base since, and using the view is refused.
   */
  private boolean hasLostItsPast() {
    Tensor root = base;
    return root != null && isStaleView() && !root.isClosed() && root.edge() != null;
  }

  /**
   * Tells whether this tensor was made by the user, not by a recorded operation.
   *
   * @return whether it has no {@link #gradFn}
   */
  public boolean isLeaf() {
    followBase();
    return !(edge() instanceof Node) && !hasLostItsPast();
  }

  /**
   * Returns the name of the operation that made this tensor.
   *
   * @return for example {@code AddBackward}, or null for a leaf
   */
  public @Nullable String gradFn() {
    followBase();
    return edge() instanceof Node node ? node.op.gradientName() : null;
  }

  /**
   * Makes this tensor a leaf to which gradients flow.
   *
   * @return this tensor
   * @throws DTypeException when it is not floating point
   * @throws dev.gatun.memory.ClosedTensorException when it is closed
   */
  public Tensor requiresGrad_() {
    return requiresGrad_(true);
  }

  /**
   * Makes this tensor a leaf to which gradients flow, or one to which they do not.
   *
   * @param required whether gradients are to flow
   * @return this tensor
   * @throws DTypeException when it is not floating point
   * @throws GradientException when it was computed, and is to stop requiring a gradient: {@link
   *     #detach} makes a tensor that does not
   * @throws dev.gatun.memory.ClosedTensorException when it is closed
   */
  public Tensor requiresGrad_(boolean required) {
    checkOpen("requires_grad_");
    followBase();
    GradientEdge edge = edge();
    if (required && edge == null) {
      if (!dtype().isFloatingPoint()) {
        throw new DTypeException(
            "requires_grad_: " + describe() + ": only floating point tensors have gradients");
      }
      attach(new LeafGradient());
    } else if (!required && edge != null) {
      if (edge instanceof Node) {
        throw new GradientException(
            "requires_grad_: "
                + describe()
                + ": only leaves can stop requiring a gradient;"
                + " detach() this one");
      }
      attach(null);
      edge.detached();
    }
    return this;
  }

  /**
   * Returns the gradient that backward passes have added up. It is owned by this leaf: closed when
   * the leaf is, and by {@link #zeroGrad}. Clone it to keep it.
   *
   * @return the gradient, or null when there is none as yet, or this is neither a leaf nor one that
   *     {@linkplain #retainGrad() retains} its gradient
   */
  public @Nullable Tensor grad() {
    GradientEdge edge = edge();
    if (edge instanceof LeafGradient leaf) {
      return leaf.gradient();
    }
    return edge == null || edge.hooks == null ? null : edge.hooks.retained();
  }

  /**
   * Puts a gradient in place of the one there is, which is closed.
   *
   * @param gradient the new gradient, of this tensor's shape and type, which this leaf takes over;
   *     or null for none
   * @throws GradientException when this tensor is no leaf that requires a gradient, or the
   *     gradient's shape or type differs
   */
  public void setGrad(@Nullable Tensor gradient) {
    checkOpen("set_grad");
    if (!(edge() instanceof LeafGradient leaf)) {
      throw new GradientException(
          "set_grad: " + describe() + ": only leaves that require a gradient hold one");
    }
    if (gradient == this) {
      throw new GradientException("set_grad: " + describe() + ": a leaf is not its own gradient");
    }
    if (gradient != null && (!gradient.shape().equals(shape()) || gradient.dtype() != dtype())) {
      throw new GradientException(
          "set_grad: a gradient of "
              + gradient.describe()
              + " for "
              + describe()
              + ": shapes and types agree");
    }
    leaf.set(gradient == null ? null : Scope.disown(gradient));
  }

  /**
   * Clears the gradient: {@link #grad()} is null until the next backward pass. The tensor that held
   * it is closed, and its memory free for use at once.
   *
   * @return this tensor
   */
  public Tensor zeroGrad() {
    GradientEdge edge = edge();
    if (edge instanceof LeafGradient leaf) {
      leaf.set(null);
    } else if (edge != null && edge.hooks != null) {
      edge.hooks.clearRetained();
    }
    return this;
  }

  /**
   * Computes the gradient of this scalar with respect to every leaf it depends on, and adds it to
   * theirs. The graph's saved tensors are given up on the way.
   *
   * @throws GradientException when this tensor has more than one element, or requires no gradient,
   *     or the graph has been gone through before
   * @throws InPlaceException when a tensor that the pass needs has been written since
   */
  public void backward() {
    backward(null, false, false);
  }

  /**
   * Computes the gradient of the product of this tensor with another, summed, with respect to every
   * leaf, and adds it to theirs.
   *
   * @param gradient the gradient of this tensor, of its shape
   * @throws GradientException when the shapes differ, or this tensor requires no gradient, or the
   *     graph has been gone through before
   * @throws InPlaceException when a tensor that the pass needs has been written since
   */
  public void backward(Tensor gradient) {
    backward(gradient, false, false);
  }

  /**
   * Computes gradients as {@link #backward(Tensor)} does.
   *
   * @param gradient the gradient of this tensor; may be null for a scalar, where it is one
   * @param retainGraph whether to keep what the graph saved, for another pass
   * @param createGraph whether to record the pass itself, for gradients of gradients; the graph is
   *     kept then too
   * @throws GradientException when the shapes differ, or this tensor requires no gradient, or the
   *     graph has been gone through before
   * @throws InPlaceException when a tensor that the pass needs has been written since
   */
  public void backward(@Nullable Tensor gradient, boolean retainGraph, boolean createGraph) {
    BackwardPass.accumulate(
        new Tensor[] {this},
        new @Nullable Tensor[] {gradient},
        retainGraph || createGraph,
        createGraph);
  }

  /**
   * Computes gradients as {@link #backward(Tensor, boolean, boolean)} does, with respect to some
   * tensors alone. The pass visits only what lies between them and this tensor; other leaves keep
   * the gradients they have. Computed tensors among them {@linkplain #retainGrad() retain} theirs
   * from now on.
   *
   * @param gradient the gradient of this tensor; may be null for a scalar, where it is one
   * @param retainGraph whether to keep what the graph saved, for another pass
   * @param createGraph whether to record the pass itself, for gradients of gradients; the graph is
   *     kept then too
   * @param inputs the tensors whose gradients are added up; those that this tensor does not depend
   *     on stay as they are
   * @throws GradientException when the shapes differ, this tensor requires no gradient, the graph
   *     has been gone through before, there are no inputs, or one requires no gradient
   * @throws InPlaceException when a tensor that the pass needs has been written since
   */
  public void backward(
      @Nullable Tensor gradient, boolean retainGraph, boolean createGraph, Tensor[] inputs) {
    BackwardPass.accumulateIn(
        new Tensor[] {this},
        new @Nullable Tensor[] {gradient},
        inputs.clone(),
        retainGraph || createGraph,
        createGraph);
  }

  /**
   * Returns a tensor on the same memory to which no gradient flows. Writing to either writes to
   * both, and a backward pass that needs the old elements will notice.
   *
   * @return a tensor that shares this one's memory
   */
  public Tensor detach() {
    checkOpen("detach");
    return new Tensor(storage().retain(), dtype(), layout());
  }

  /** Takes the place in the graph of a tensor with the same elements. */
  void moveTo(Tensor other) {
    GradientEdge edge = other.edge();
    if (edge == null) {
      forgetEdge();
      return;
    }
    edge.attached();
    recordedWrites++;
    handRetainingTo(edge);
    attachEdge(edge);
  }

  /** Has the gradient be kept at this tensor's next place in the graph, if it is at the present. */
  private void handRetainingTo(GradientEdge next) {
    GradientEdge before = edge();
    if (before != null && before.hooks != null && before != next && next instanceof Node) {
      before.hooks.handRetainingTo(next);
    }
  }

  /** Returns another handle on the same elements, at the same place in the graph. */
  Tensor alias() {
    Tensor other = new Tensor(storage().retain(), dtype(), layout());
    GradientEdge edge = edge();
    if (edge != null) {
      edge.attached();
      other.attachEdge(edge);
    }
    return other;
  }

  /** Returns a view of this tensor's memory; the caller records it. */
  Tensor viewOf(Layout layout) {
    Tensor view = new Tensor(storage().retain(), dtype(), layout);
    Tensor root = base == null ? this : base;
    view.base = root;
    view.baseWrites = base == null ? recordedWrites : baseWrites;
    return view;
  }

  /** Tells whether this is a view, which follows what is written to its base. */
  boolean isView() {
    return base != null;
  }

  /** Copies the elements into new contiguous memory, without recording. */
  Tensor copyOfElements() {
    if (Placement.devicesInUse() && Devices.elsewhere(this)) {
      return Devices.at(this, this::copyOfElements);
    }
    Tensor copy = allocate(dtype(), shape());
    Kernels.provider().indexing().copy(copy, this);
    return copy;
  }

  /**
   * Returns this tensor, after making sure that it is open: for methods that consist of several
   * operations, so that the message begins with the name of what was called.
   */
  Tensor openFor(String method) {
    checkOpen(method);
    return this;
  }

  // ---- rules for writing

  /** Tells whether the two tensors look into one storage. */
  boolean sharesMemory(Tensor other) {
    return storage().overlaps(other.storage());
  }

  /**
   * Tells whether operations on this tensor are to be recorded, or refused: it stands in the graph,
   * or is a view whose base came to stand there later.
   */
  boolean isTracked() {
    return edge() != null || isStaleView();
  }

  private boolean isStaleView() {
    Tensor root = base;
    return root != null && root.recordedWrites != baseWrites;
  }

  /**
   * Tells whether a write into this tensor is to be recorded whatever is written: it stands in the
   * graph, or is a part of a tensor that does.
   */
  boolean isPartOfGraph() {
    Tensor root = base;
    return isTracked() || root != null && !root.isClosed() && root.edge() != null;
  }

  /**
   * Gives a view whose base has since been written by a recorded operation its new place in the
   * graph, as a part of what the base is now: its old one no longer tells how its elements came to
   * be.
   *
   * @throws InPlaceException when that cannot be told
   */
  void checkViewIsCurrent(String operation) {
    if (isStaleView()) {
      bringUpToDate(operation);
    }
  }

  /** Brings a view up to date where that can be done. */
  private void followBase() {
    Tensor root = base;
    if (root != null && root.recordedWrites != baseWrites && whyNotCurrent(root) == null) {
      bringUpToDate("view");
    }
  }

  private void bringUpToDate(String operation) {
    Tensor root = Objects.requireNonNull(base);
    String obstacle = whyNotCurrent(root);
    if (obstacle != null) {
      throw new InPlaceException(
          operation
              + ": "
              + describe()
              + " is a view of a tensor that a recorded operation has written in place since, and "
              + obstacle
              + "; take the view again");
    }
    if (root.edge() == null) {
      forgetEdge();
    } else {
      Layout part = partOf(root);
      Node node = Node.of(StridedParts.AS_STRIDED, part, 0, 0, new Tensor[] {root}, this, 0, false);
      handRetainingTo(node);
      attachEdge(node);
    }
    baseWrites = root.recordedWrites;
  }

  private @Nullable String whyNotCurrent(Tensor root) {
    if (root.isClosed()) {
      return "that has been closed";
    }
    if (!root.isContiguous()) {
      return "that is not contiguous";
    }
    if (StridedParts.once(layout()).mayOverlapItself()) {
      return "several of its elements share one address";
    }
    return edge() instanceof LeafGradient ? "it is a leaf itself" : null;
  }

  /** Returns where this view's elements lie in its base, which is contiguous. */
  private Layout partOf(Tensor root) {
    return Layout.strided(
        layout().shape(), layout().strides(), layout().offset() - root.layout().offset());
  }

  private void forgetEdge() {
    GradientEdge edge = edge();
    if (edge != null) {
      attach(null);
      edge.detached();
    }
  }

  /**
   * Throws when this tensor may not be written in place, by an operation that is recorded or not.
   */
  void checkInPlace(String operation, boolean recorded) {
    checkOpen(operation);
    checkMemoryWritable(operation);
    if (edge() instanceof LeafGradient && GradientMode.isEnabled()) {
      throw new InPlaceException(
          operation
              + ": "
              + describe()
              + " is a leaf that requires grad: writing to it cannot be recorded; write under"
              + " NoGrad, or to a result computed from it");
    }
    Tensor root = base;
    if (root != null) {
      checkBase(operation, root, recorded);
    }
  }

  private void checkBase(String operation, Tensor root, boolean recorded) {
    if (root.isClosed()) {
      if (recorded) {
        checkViewIsCurrent(operation);
      }
      return;
    }
    if (root.edge() instanceof LeafGradient && GradientMode.isEnabled()) {
      throw new InPlaceException(
          operation
              + ": "
              + describe()
              + " is a view of a leaf that requires grad: writing to it cannot be recorded; write"
              + " under NoGrad, or to a result computed from it");
    }
    if (recorded) {
      if (!root.isContiguous()) {
        throw new InPlaceException(
            operation
                + ": "
                + describe()
                + " is a view of a tensor that is not contiguous: a recorded write would leave it"
                + " without the gradient; clone() the base first");
      }
      if (isStaleView() || edge() == null && root.edge() != null) {
        bringUpToDate(operation);
      }
    }
  }

  /**
   * Forgets how the elements came to be, where all of them have just been replaced and the base
   * remembers what is around them; not where the gradient is kept, which the next place takes over.
   */
  void allReplaced() {
    Tensor root = base;
    GradientEdge edge = edge();
    boolean keeps = edge != null && edge.hooks != null && edge.hooks.isRetaining();
    if (root != null && !root.isClosed() && !keeps) {
      forgetEdge();
    }
  }

  /**
   * Has a view that has been replaced stand in the graph as a part of its base, so that gradients,
   * of zeros, flow to what the base was before.
   */
  void standInBase() {
    Tensor root = base;
    if (root != null && !root.isClosed() && edge() != null && root.edge() != null) {
      bringUpToDate("view");
    }
  }

  /** Forgets how the elements came to be: no gradient flows through what has replaced them. */
  void becomeConstant() {
    if (edge() != null) {
      recordedWrites++;
      forgetEdge();
    }
  }

  /**
   * Has the base of a view take in that the view has been written by a recorded operation.
   *
   * @param before where the view stood in the graph; where it stands there still, what was written
   *     has no gradient
   */
  void writeRecorded(@Nullable GradientEdge before) {
    Tensor root = base;
    if (root == null || !dtype().isFloatingPoint()) {
      return;
    }
    if (root.isClosed()) {
      root.recordedWrites++;
      baseWrites = root.recordedWrites;
      return;
    }
    boolean moved = edge() != null && edge() != before;
    if (!moved && root.edge() == null) {
      return;
    }
    if (!moved) {
      forgetEdge();
    }
    root.recordAs(
        Node.of(
            StridedParts.AS_STRIDED_SCATTER,
            partOf(root),
            0,
            0,
            new Tensor[] {root, this},
            root,
            0,
            false));
    if (moved) {
      baseWrites = root.recordedWrites;
    }
  }

  void checkMemoryWritable(String operation) {
    if (storage().isReadOnly()) {
      throw new InPlaceException(operation + ": " + describe() + ": the memory is read-only");
    }
    if (layout().mayOverlapItself()) {
      throw new InPlaceException(
          operation
              + ": "
              + describe()
              + " "
              + layout()
              + ": several elements share one address; clone() it first");
    }
  }

  /** Throws when a result of some shape cannot be written here. */
  void checkOut(String operation, Shape shape, boolean inputsTracked) {
    checkOpen(operation);
    checkMemoryWritable(operation);
    if (!shape().equals(shape)) {
      throw new ShapeException(
          operation
              + ": a result of "
              + shape
              + " for an out of "
              + shape()
              + ": the shapes agree");
    }
    if ((inputsTracked || isTracked()) && GradientMode.isEnabled()) {
      throw new GradientException(
          operation
              + ": out= does not support automatic differentiation, but a tensor requires grad;"
              + " write under NoGrad");
    }
  }
}
