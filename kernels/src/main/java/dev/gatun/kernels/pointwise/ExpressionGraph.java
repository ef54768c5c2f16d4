package dev.gatun.kernels.pointwise;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Walks over the shared nodes of expressions, without recursion. */
final class ExpressionGraph {
  private ExpressionGraph() {}

  /** Every node below the roots once, operands before the nodes that use them. */
  static List<Expression> topologicalOrder(List<Expression> roots) {
    var order = new ArrayList<Expression>();
    var finished = new IdentityHashMap<Expression, Boolean>();
    var pending = new ArrayDeque<Expression>();
    for (var root : roots) {
      pending.push(root);
      while (!pending.isEmpty()) {
        var node = pending.peek();
        var state = finished.get(node);
        if (state == null) {
          finished.put(node, false);
          var arguments = node.arguments();
          for (int i = arguments.size() - 1; i >= 0; i--) {
            if (!finished.containsKey(arguments.get(i))) {
              pending.push(arguments.get(i));
            }
          }
        } else {
          pending.pop();
          if (!state) {
            finished.put(node, true);
            order.add(node);
          }
        }
      }
    }
    return order;
  }

  static Expression substitute(Expression root, Expression subtree, Expression replacement) {
    Map<Expression, Expression> rewritten = new IdentityHashMap<>();
    rewritten.put(subtree, replacement);
    for (var node : topologicalOrder(List.of(root))) {
      if (!rewritten.containsKey(node)) {
        rewritten.put(node, rewrite(node, rewritten));
      }
    }
    return rewritten.getOrDefault(root, root);
  }

  static Expression replaceLeaves(Expression root, UnaryOperator<Expression> leaves) {
    Map<Expression, Expression> rewritten = new IdentityHashMap<>();
    for (var node : topologicalOrder(List.of(root))) {
      rewritten.put(
          node, node.arguments().isEmpty() ? leaves.apply(node) : rewrite(node, rewritten));
    }
    return rewritten.getOrDefault(root, root);
  }

  private static Expression rewrite(Expression node, Map<Expression, Expression> rewritten) {
    var arguments = node.arguments();
    var replaced = new ArrayList<Expression>(arguments.size());
    boolean changed = false;
    for (var argument : arguments) {
      var next = rewritten.getOrDefault(argument, argument);
      changed |= next != argument;
      replaced.add(next);
    }
    return changed ? node.withArguments(replaced) : node;
  }
}
