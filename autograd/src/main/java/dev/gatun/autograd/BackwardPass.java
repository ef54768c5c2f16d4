package dev.gatun.autograd;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run through a graph from its roots to its leaves.
 *
 * <p>Nodes are visited by falling {@linkplain GradientEdge#level() level}, and among equals in the
 * order in which they were reached, so that each is visited once, after all that depends on it, and
 * in the same order every time. Nothing here recurses.
 *
 * <p>The first gradient to reach a node is kept as it is; later ones are added to it in place when
 * nobody else can see its elements. Gradients of broadcast operands are summed back to the
 * operand's shape here and nowhere else.
 *
 * <p>A pass that returns the gradients of some tensors visits only what lies between them and the
 * roots. Leaves with hooks have their contributions gathered until the end of the pass, because
 * hooks look at the whole gradient.
 */
final class BackwardPass {
  private static final StridedArray[] NONE = {};

  private final boolean retainGraph;
  private final boolean recording;

  /**
   * What a pass of most programs does without: it adds gradients up in leaves that have no hooks.
   */
  private @Nullable Destinations destinations;

  /** The node to visit next; most graphs are chains, in which no other one waits. */
  private @Nullable Node next;

  /** The other nodes that wait; made when needed. */
  private @Nullable PriorityQueue<Node> queue;

  private int arrivals;

  private final Thread thread = Thread.currentThread();

  /**
   * What has arrived at nodes that belong to a pass around this one, which a hook or a function's
   * backward half has begun; made when needed.
   */
  private @Nullable Map<Node, Tensor> aside;

  /** The streams beside those of this thread that nodes were visited in; made when needed. */
  private @Nullable List<DeviceProvider.Stream> visited;

  /** The stream of the node being visited, where that is none of this thread's. */
  private DeviceProvider.@Nullable Stream entered;

  /** The stream of the same device that this thread gives its work to otherwise. */
  private DeviceProvider.@Nullable Stream home;

  private BackwardPass(boolean retainGraph, boolean recording) {
    this.retainGraph = retainGraph;
    this.recording = recording;
  }

  /** Where gradients go other than into leaves as they arrive. */
  private static final class Destinations {
    /** The places whose gradients the pass returns; null for a pass that adds up in leaves. */
    final @Nullable Map<GradientEdge, @Nullable Tensor> wanted;

    /** The nodes from which a wanted place can be reached. */
    final Set<GradientEdge> between = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The wanted places that can be reached. */
    final Set<GradientEdge> reached = Collections.newSetFromMap(new IdentityHashMap<>());

    /** What has arrived at leaves with hooks, in the order of arrival. */
    final Map<LeafGradient, Tensor> gathered = new LinkedHashMap<>();

    Destinations(@Nullable Map<GradientEdge, @Nullable Tensor> wanted) {
      this.wanted = wanted;
    }
  }

  /** Adds gradients up in the leaves. */
  static void accumulate(
      Tensor[] roots, @Nullable Tensor[] gradients, boolean retainGraph, boolean createGraph) {
    new BackwardPass(retainGraph, createGraph).run(roots, gradients, List.of(), true);
  }

  /** Adds gradients up in some tensors, and leaves the others alone. */
  static void accumulateIn(
      Tensor[] roots,
      @Nullable Tensor[] gradients,
      Tensor[] inputs,
      boolean retainGraph,
      boolean createGraph) {
    if (inputs.length == 0) {
      throw new GradientException("backward: no inputs: at least one tensor");
    }
    List<GradientEdge> edges = new ArrayList<>();
    for (Tensor input : inputs) {
      input.checkOpen("backward");
      input.checkViewIsCurrent("backward");
      GradientEdge edge = input.edge();
      if (edge == null) {
        throw new GradientException(
            "backward: one of the inputs, " + input.describe() + ", does not require grad");
      }
      if (!edges.contains(edge)) {
        edges.add(edge);
      }
    }
    for (Tensor input : inputs) {
      input.retainGrad();
    }
    BackwardPass pass = new BackwardPass(retainGraph, createGraph);
    pass.explore(roots, edges, true);
    try (Scope scope = Scope.open();
        NoGrad mode = NoGrad.setGradEnabled(createGraph)) {
      List<@Nullable Tensor> found = pass.run(roots, gradients, edges, true);
      for (int i = 0; i < found.size(); i++) {
        Tensor gradient = found.get(i);
        // Computed tensors have kept theirs when the pass came by.
        if (gradient != null && edges.get(i) instanceof LeafGradient leaf) {
          leaf.accumulate(gradient, createGraph);
        }
      }
    }
  }

  /** Returns the gradients with respect to some tensors, and leaves the leaves alone. */
  static @Nullable Tensor[] gradientsOf(
      Tensor[] roots,
      @Nullable Tensor[] gradients,
      Tensor[] inputs,
      boolean retainGraph,
      boolean createGraph,
      boolean allowUnused) {
    List<GradientEdge> edges = new ArrayList<>();
    for (Tensor input : inputs) {
      input.checkOpen("grad");
      input.checkViewIsCurrent("grad");
      GradientEdge edge = input.edge();
      if (edge == null) {
        throw new GradientException(
            "grad: one of the differentiated tensors, "
                + input.describe()
                + ", does not require grad");
      }
      edges.add(edge);
    }
    BackwardPass pass = new BackwardPass(retainGraph, createGraph);
    Set<GradientEdge> reached = pass.explore(roots, edges, true);
    for (int i = 0; i < inputs.length && !allowUnused; i++) {
      if (!reached.contains(edges.get(i))) {
        throw new GradientException(
            "grad: input "
                + i
                + ", "
                + inputs[i].describe()
                + ": one of the differentiated tensors appears to not have been used in the graph;"
                + " set allowUnused if this is the desired behavior");
      }
    }
    List<@Nullable Tensor> found = pass.run(roots, gradients, edges, true);
    for (int i = 0; i < inputs.length; i++) {
      // Used, but in a way that leaves the gradient zero.
      if (found.get(i) == null && reached.contains(edges.get(i))) {
        found.set(i, Gatun.zerosLike(inputs[i]));
      }
    }
    return found.toArray(new Tensor[0]);
  }

  /**
   * Returns the gradients that arrive at some places from one root, beyond which the pass does not
   * go, and leaves their hooks to the pass around this one. Keeps what the graph saved.
   */
  static @Nullable Tensor[] gradientsAt(
      List<GradientEdge> edges, Tensor root, Tensor gradient, boolean createGraph) {
    Tensor[] roots = {root};
    BackwardPass pass = new BackwardPass(true, createGraph);
    pass.explore(roots, edges, false);
    return pass.run(roots, new @Nullable Tensor[] {gradient}, edges, false).toArray(new Tensor[0]);
  }

  private static Map<GradientEdge, @Nullable Tensor> places(List<GradientEdge> edges) {
    Map<GradientEdge, @Nullable Tensor> wanted = new IdentityHashMap<>();
    for (GradientEdge edge : edges) {
      wanted.put(edge, null);
    }
    return wanted;
  }

  /**
   * Says that the gradients at some places are wanted, and finds out which nodes lead there.
   *
   * @param roots where the pass begins
   * @param wantedEdges the places
   * @param beyond whether to look beyond one wanted place for others
   * @return the wanted places that can be reached
   */
  private Set<GradientEdge> explore(
      Tensor[] roots, List<GradientEdge> wantedEdges, boolean beyond) {
    Map<GradientEdge, @Nullable Tensor> wanted = places(wantedEdges);
    Destinations made = new Destinations(wanted);
    destinations = made;
    Set<GradientEdge> places = wanted.keySet();
    Set<GradientEdge> leading = made.between;
    Set<GradientEdge> found = made.reached;
    for (int i = 0; i < roots.length; i++) {
      GradientEdge edge = rootEdge(roots[i], i);
      if (places.contains(edge)) {
        found.add(edge);
      }
    }
    List<Node> nodes = GraphWalk.nodes(roots);
    // What a node sends gradients to has a lower level, and so is known before it.
    nodes.sort(Comparator.comparingInt(Node::level));
    for (Node node : nodes) {
      if (!beyond && places.contains(node)) {
        continue;
      }
      for (int i = 0; i < node.inputCount(); i++) {
        GradientEdge edge = node.edge(i);
        if (edge != null && places.contains(edge)) {
          found.add(edge);
          leading.add(node);
        } else if (edge != null && leading.contains(edge)) {
          leading.add(node);
        }
      }
    }
    return found;
  }

  /**
   * Runs the pass.
   *
   * @param roots where it begins
   * @param gradients the gradients of the roots
   * @param results the wanted places
   * @param hooksOfWanted whether leaves that are wanted show their gradients to their hooks
   * @return the gradients at the wanted places
   */
  private List<@Nullable Tensor> run(
      Tensor[] roots,
      @Nullable Tensor[] gradients,
      List<GradientEdge> results,
      boolean hooksOfWanted) {
    List<@Nullable Tensor> found = results.isEmpty() ? List.of() : new ArrayList<>();
    // The graph stays as long as the pass does, whoever closes its roots meanwhile.
    @Nullable GradientEdge[] held = new @Nullable GradientEdge[roots.length];
    try (Scope scope = Scope.open();
        NoGrad mode = NoGrad.setGradEnabled(recording)) {
      try {
        for (int i = 0; i < roots.length; i++) {
          Tensor root = roots[i];
          GradientEdge edge = rootEdge(root, i);
          edge.retain();
          held[i] = edge;
          receive(edge, firstGradient(root, gradients[i], i));
        }
        Reference.reachabilityFence(roots);
        for (Node node = poll(); node != null; node = poll()) {
          visit(node, scope);
        }
        joinVisited();
        if (destinations != null) {
          finishLeaves(destinations, hooksOfWanted, scope);
        }
      } finally {
        // After an error, what still waits must be free for another pass.
        for (Node node = poll(); node != null; node = poll()) {
          if (node.pass == this) {
            node.pending = null;
            node.leave();
          }
        }
        for (GradientEdge edge : held) {
          if (edge != null) {
            edge.release();
          }
        }
      }
      Map<GradientEdge, @Nullable Tensor> wanted = wanted();
      for (GradientEdge edge : results) {
        Tensor gradient = wanted == null ? null : wanted.get(edge);
        if (gradient == null) {
          found.add(null);
        } else {
          // One input may be asked for twice: each answer is a handle of its own.
          found.add(scope.keep(found.contains(gradient) ? gradient.alias() : gradient));
        }
      }
    }
    return found;
  }

  private static GradientEdge rootEdge(Tensor root, int index) {
    root.checkOpen("backward");
    root.checkViewIsCurrent("backward");
    GradientEdge edge = root.edge();
    if (edge == null) {
      throw new GradientException(
          "backward: element "
              + index
              + " of tensors does not require grad and does not have a grad_fn");
    }
    return edge;
  }

  private static Tensor firstGradient(Tensor root, @Nullable Tensor gradient, int index) {
    if (gradient == null) {
      if (root.numel() != 1) {
        throw new GradientException(
            "backward: "
                + root.shape()
                + ": grad can be implicitly created only for scalar"
                + " outputs; pass a gradient of the same shape");
      }
      return Gatun.onesLike(root);
    }
    gradient.checkOpen("backward");
    if (!gradient.shape().equals(root.shape())) {
      throw new GradientException(
          "backward: gradient "
              + gradient.shape()
              + " for output "
              + index
              + " of shape "
              + root.shape()
              + ": the shapes agree");
    }
    if (!gradient.dtype().isFloatingPoint()) {
      throw new GradientException(
          "backward: gradient of " + gradient.dtype() + ": gradients are floating point");
    }
    return gradient.dtype() == root.dtype() ? gradient.alias() : gradient.to(root.dtype());
  }

  /**
   * Takes a gradient that arrives at a place; the handle is the pass's own. What becomes of it
   * there is done in the stream of the place: of the operation, or for leaves this thread's.
   */
  private void receive(GradientEdge edge, Tensor gradient) {
    DeviceProvider.Stream made = Placement.devicesInUse() ? Devices.stream(gradient) : null;
    if (made == null) {
      deliver(edge, gradient);
      return;
    }
    DeviceProvider.Stream own = edge instanceof Node node ? node.stream : null;
    DeviceProvider.Stream otherwise = made == entered && home != null ? home : made;
    DeviceProvider.Stream there = own == null || own.isClosed() ? otherwise : own;
    if (there == made) {
      deliver(edge, gradient);
      return;
    }
    there.follow(made);
    try (DeviceProvider.Stream.Use use = there.use()) {
      deliver(edge, gradient);
    }
  }

  private void deliver(GradientEdge edge, Tensor gradient) {
    // Not a switch over types, which would be linked at run time and is not inlined here.
    if (edge instanceof Node node) {
      receiveAt(node, gradient);
    } else if (edge instanceof LeafGradient leaf) {
      receiveAt(leaf, gradient);
    }
  }

  private void receiveAt(Node node, Tensor gradient) {
    Tensor before = waitingAt(node);
    if (before != null) {
      keepAt(node, sum(before, gradient));
      return;
    }
    Map<GradientEdge, @Nullable Tensor> wanted = wanted();
    if (wanted == null || isBetween(node) || wanted.containsKey(node)) {
      if (claim(node)) {
        node.arrival = arrivals++;
      }
      keepAt(node, gradient);
      add(node);
    } else {
      gradient.close();
    }
  }

  private void receiveAt(LeafGradient leaf, Tensor gradient) {
    Map<GradientEdge, @Nullable Tensor> wanted = wanted();
    if (wanted == null) {
      if (leaf.hooks == null) {
        leaf.accumulate(gradient, recording);
      } else {
        gather(leaf, gradient);
      }
    } else if (wanted.containsKey(leaf)) {
      Tensor before = wanted.get(leaf);
      wanted.put(leaf, before == null ? gradient : sum(before, gradient));
    }
  }

  private void gather(LeafGradient leaf, Tensor gradient) {
    Destinations all = destinations;
    if (all == null) {
      all = new Destinations(null);
      destinations = all;
    }
    Tensor before = all.gathered.get(leaf);
    all.gathered.put(leaf, before == null ? gradient : sum(before, gradient));
  }

  private @Nullable Map<GradientEdge, @Nullable Tensor> wanted() {
    Destinations there = destinations;
    return there == null ? null : there.wanted;
  }

  /** Tells whether a wanted place can be reached from a node. */
  private boolean isBetween(Node node) {
    Destinations there = destinations;
    return there != null && there.between.contains(node);
  }

  /** Shows whole gradients to the hooks of leaves, and adds those up that are not returned. */
  private void finishLeaves(Destinations there, boolean hooksOfWanted, Scope scope) {
    if (there.wanted != null && hooksOfWanted) {
      there.wanted.replaceAll(BackwardPass::shownToHooks);
    }
    for (Map.Entry<LeafGradient, Tensor> entry : there.gathered.entrySet()) {
      LeafGradient leaf = entry.getKey();
      GradientHooks hooks = leaf.hooks;
      if (hooks == null) {
        leaf.accumulate(entry.getValue(), recording);
        continue;
      }
      int mark = scope.mark();
      leaf.accumulate(hooks.run("hook of a leaf", entry.getValue()), recording);
      hooks.runAfter();
      scope.closeSince(mark, NONE);
    }
  }

  private static @Nullable Tensor shownToHooks(GradientEdge edge, @Nullable Tensor gradient) {
    // Those of a computed tensor have seen the gradient when the pass came by.
    GradientHooks hooks = edge instanceof LeafGradient ? edge.hooks : null;
    return hooks == null || gradient == null ? gradient : hooks.run("grad", gradient);
  }

  private void add(Node node) {
    Node first = next;
    if (first == null) {
      next = node;
      return;
    }
    PriorityQueue<Node> waiting = queue;
    if (waiting == null) {
      waiting = new PriorityQueue<>(BackwardPass::compare);
      queue = waiting;
    }
    if (compare(node, first) < 0) {
      next = node;
      waiting.add(first);
    } else {
      waiting.add(node);
    }
  }

  private @Nullable Node poll() {
    Node node = next;
    next = queue == null ? null : queue.poll();
    return node;
  }

  private static int compare(Node a, Node b) {
    return a.level() != b.level()
        ? Integer.compare(b.level(), a.level())
        : Integer.compare(a.arrival, b.arrival);
  }

  /**
   * Makes a node this pass's own, unless it belongs to a pass around this one on the same thread.
   *
   * @return whether it is this pass's own
   */
  private boolean claim(Node node) {
    BackwardPass owner = node.claim(this);
    if (owner == null) {
      return true;
    }
    if (owner.thread != thread) {
      throw new GradientException(
          node.op.name() + ": another backward pass is going through this graph");
    }
    return false;
  }

  private @Nullable Tensor waitingAt(Node node) {
    return node.pass == this ? node.pending : aside == null ? null : aside.get(node);
  }

  private void keepAt(Node node, Tensor gradient) {
    if (node.pass == this) {
      node.pending = gradient;
      return;
    }
    Map<Node, Tensor> own = aside;
    if (own == null) {
      own = new IdentityHashMap<>();
      aside = own;
    }
    own.put(node, gradient);
  }

  /** Takes what has arrived at a node. */
  private @Nullable Tensor takeFrom(Node node) {
    if (node.pass != this) {
      return aside == null ? null : aside.remove(node);
    }
    Tensor gradient = node.pending;
    node.pending = null;
    return gradient;
  }

  private Tensor sum(Tensor before, Tensor contribution) {
    if (!recording
        && before.storage().isPooled()
        && before.storage().references() == 1
        && before.layout().isContiguous()) {
      before.add_(contribution);
      contribution.close();
      return before;
    }
    Tensor total = before.add(contribution);
    before.close();
    contribution.close();
    return total;
  }

  /**
   * Visits a node, and leaves it to other passes afterwards: not before what it saved, which its
   * kernels borrow, has been used.
   */
  private void visit(Node node, Scope scope) {
    boolean own = node.pass == this;
    try {
      Tensor gradient = takeFrom(node);
      if (gradient != null) {
        sendOnThere(node, gradient, scope);
      }
    } finally {
      if (own) {
        node.leave();
      }
    }
  }

  /** Has the gradients computed in the stream that the node's operation was computed in. */
  private void sendOnThere(Node node, Tensor gradient, Scope scope) {
    DeviceProvider.Stream own = node.stream;
    DeviceProvider.Stream here = own == null || own.isClosed() ? null : own.current();
    if (own == null || here == null || here == own) {
      sendOn(node, gradient, scope);
      return;
    }
    List<DeviceProvider.Stream> known = visited;
    if (known == null) {
      known = new ArrayList<>();
      visited = known;
    }
    if (!known.contains(own)) {
      known.add(own);
    }
    try (DeviceProvider.Stream.Use use = own.use()) {
      entered = own;
      home = here;
      sendOn(node, gradient, scope);
    } finally {
      entered = null;
      home = null;
    }
  }

  /** Has what this thread gives to devices come after the pass. */
  private void joinVisited() {
    if (visited != null) {
      visited.forEach(DeviceProvider.Stream::join);
    }
  }

  /**
   * Computes the gradients of a node's inputs and sends them on.
   *
   * @param node the node
   * @param whole the gradient that has arrived there
   * @param scope the pass's own, of gradients under way
   */
  private void sendOn(Node node, Tensor whole, Scope scope) {
    Tensor gradient = whole;
    if (node.hooks != null) {
      int mark = scope.mark();
      gradient = node.hooks.run(node.op.name(), gradient);
      scope.closeSince(mark, new StridedArray[] {gradient});
    }
    Map<GradientEdge, @Nullable Tensor> wanted = wanted();
    if (wanted != null) {
      if (wanted.containsKey(node)) {
        wanted.put(node, gradient.alias());
      }
      if (!isBetween(node)) {
        gradient.close();
        return;
      }
    }
    if (node.isFreed()) {
      throw new GradientException(
          node.op.name()
              + ": backward through the graph a second time: what it saved was given up"
              + " after the first; say retainGraph where the first pass is made");
    }
    @Nullable Tensor[] arrived = new @Nullable Tensor[node.inputCount()];
    boolean passedOn = false;
    int mark = scope.mark();
    @Nullable Tensor[] results = gradients(node, gradient);
    for (int i = 0; i < results.length; i++) {
      Tensor result = results[i];
      if (node.edge(i) != null && result != null) {
        Tensor summed = sumTo(result, node.shape(i), node.dtype(i));
        if (isEarlier(arrived, i, summed)) {
          summed = summed.alias();
        }
        arrived[i] = summed;
        passedOn |= summed == gradient;
      }
    }
    scope.closeSince(mark, arrived);
    if (!passedOn) {
      gradient.close();
    }
    for (int i = 0; i < arrived.length; i++) {
      GradientEdge edge = node.edge(i);
      Tensor contribution = arrived[i];
      if (edge != null && contribution != null) {
        receive(edge, contribution);
      }
    }
    if (!retainGraph) {
      node.freeSaved();
    }
  }

  private @Nullable Tensor[] gradients(Node node, Tensor gradient) {
    return Placement.devicesInUse() && Devices.elsewhere(gradient)
        ? Devices.at(gradient, () -> node.op.gradients(node, gradient, recording))
        : node.op.gradients(node, gradient, recording);
  }

  private static boolean isEarlier(@Nullable Tensor[] results, int index, Tensor tensor) {
    for (int i = 0; i < index; i++) {
      if (results[i] == tensor) {
        return true;
      }
    }
    return false;
  }

  /** Sums over the axes along which an operand was repeated, and goes back to its type. */
  private static Tensor sumTo(Tensor gradient, Shape shape, DType dtype) {
    Tensor result = gradient;
    if (!result.shape().equals(shape)) {
      int extra = result.rank() - shape.rank();
      if (extra < 0) {
        throw new IllegalStateException(
            "gradient " + gradient.shape() + " has fewer axes than its input " + shape);
      }
      int[] axes = new int[result.rank()];
      int count = 0;
      for (int axis = 0; axis < axes.length; axis++) {
        if (axis < extra || shape.size(axis - extra) == 1 && result.size(axis) != 1) {
          axes[count++] = axis;
        }
      }
      result = result.sum(Arrays.copyOf(axes, count), true);
      if (extra > 0) {
        result = result.reshape(shape);
      }
    }
    return result.dtype() == dtype ? result : result.to(dtype);
  }
}
