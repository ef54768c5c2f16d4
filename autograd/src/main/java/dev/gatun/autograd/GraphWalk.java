package dev.gatun.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Goes through a graph without running it. */
final class GraphWalk {
  private GraphWalk() {}

  /** Returns the recorded operations that some tensors were computed by, each once, roots first. */
  static List<Node> nodes(Tensor... roots) {
    List<Node> found = new ArrayList<>();
    Set<GradientEdge> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Node> waiting = new ArrayDeque<>();
    for (Tensor root : roots) {
      if (root.edge() instanceof Node node && seen.add(node)) {
        waiting.add(node);
      }
    }
    for (Node node = waiting.poll(); node != null; node = waiting.poll()) {
      found.add(node);
      for (int i = 0; i < node.inputCount(); i++) {
        if (node.edge(i) instanceof Node input && seen.add(input)) {
          waiting.add(input);
        }
      }
    }
    return found;
  }
}
