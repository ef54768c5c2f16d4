package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Constant;
import dev.gatun.kernels.pointwise.Expression.Input;
import dev.gatun.kernels.pointwise.Expression.Parameter;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Symbolic derivatives.
 *
 * <p>The result is built from the nodes of the forward expression, so that {@link
 * Expression#substitute} finds them and a program that computes both shares them. Terms that are
 * zero by structure are left out. Functions with a kink take PyTorch's choice there.
 */
public final class Derivative {
  private Derivative() {}

  /**
   * The partial derivative of {@code expression} with respect to input {@code inputIndex}, itself
   * an expression of the same inputs and parameters. An input that does not occur gives the
   * constant 0.
   */
  public static Expression of(Expression expression, int inputIndex) {
    return of(expression, inputIndex, Expression.constant(1));
  }

  /**
   * The gradient that reaches input {@code inputIndex} when {@code seed} reaches {@code
   * expression}: {@code seed} times the partial derivative, with branches that were not taken
   * masked instead of multiplied by zero.
   *
   * <p>A backward kernel is {@code of(forward, i, input(n))} with the incoming gradient as input
   * {@code n}.
   */
  public static Expression of(Expression expression, int inputIndex, Expression seed) {
    var target = Expression.input(inputIndex);
    if (!expression.uses(inputIndex)) {
      return Expression.constant(0);
    }
    Map<Expression, Expression> gradients = new IdentityHashMap<>();
    gradients.put(expression, seed);
    var order = ExpressionGraph.topologicalOrder(List.of(expression));
    for (int i = order.size() - 1; i >= 0; i--) {
      var node = order.get(i);
      var gradient = gradients.get(node);
      if (gradient == null || node == target) {
        continue;
      }
      var arguments = node.arguments();
      for (int j = 0; j < arguments.size(); j++) {
        var argument = arguments.get(j);
        if (argument.uses(inputIndex)) {
          gradients.merge(argument, pullback(node, j, gradient), Expression::add);
        }
      }
    }
    var result = gradients.get(target);
    return result != null ? result : Expression.constant(0);
  }

  private static Expression pullback(Expression node, int argument, Expression seed) {
    if (seed.is(0)) {
      return seed;
    }
    return switch (node) {
      case Unary unary -> unary.operation().pullback(unary, unary.x(), seed);
      case Binary binary ->
          binary.operation().pullback(argument, binary, binary.x(), binary.y(), seed);
      case Ternary ternary ->
          ternary.operation().pullback(argument, ternary.x(), ternary.y(), ternary.z(), seed);
      case Constant _, Input _, Parameter _ -> seed;
    };
  }
}
