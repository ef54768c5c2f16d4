package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Constant;
import dev.gatun.kernels.pointwise.Expression.Input;
import dev.gatun.kernels.pointwise.Expression.Parameter;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;
import java.util.IdentityHashMap;
import java.util.List;

/** Evaluates an expression for one element in double, the obvious way. */
final class Reference {
  private Reference() {}

  static double evaluate(Expression expression, double... inputs) {
    var values = new IdentityHashMap<Expression, Double>();
    for (var node : ExpressionGraph.topologicalOrder(List.of(expression))) {
      double[] arguments = node.arguments().stream().mapToDouble(values::get).toArray();
      values.put(
          node,
          switch (node) {
            case Constant constant -> constant.value();
            case Input input -> inputs[input.index()];
            case Parameter _ -> throw new IllegalArgumentException("parameters have no value");
            case Unary unary -> unary.operation().apply(arguments[0]);
            case Binary binary -> binary.operation().apply(arguments[0], arguments[1]);
            case Ternary ternary ->
                ternary.operation().apply(arguments[0], arguments[1], arguments[2]);
          });
    }
    return values.get(expression);
  }
}
