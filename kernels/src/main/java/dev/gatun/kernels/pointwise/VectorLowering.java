package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Constant;
import dev.gatun.kernels.pointwise.Expression.Input;
import dev.gatun.kernels.pointwise.Expression.Parameter;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns formulas into vector code. */
final class VectorLowering {
  private VectorLowering() {}

  /**
   * Adds the formulas of a program to vector code.
   *
   * @return one value for each formula, or null when an operation has no vector form
   */
  static @Nullable List<VectorValue> lower(VectorCode code, PointwiseProgram program) {
    return lower(code, program, false);
  }

  /**
   * Adds the formulas of a program to code that need not become vectors: operations without a
   * vector form are called.
   *
   * @return one value for each formula
   */
  static List<VectorValue> lowerWithCalls(VectorCode code, PointwiseProgram program) {
    return Objects.requireNonNull(lower(code, program, true));
  }

  private static @Nullable List<VectorValue> lower(
      VectorCode code, PointwiseProgram program, boolean calls) {
    var lowered = new IdentityHashMap<Expression, VectorValue>();
    for (var node : ExpressionGraph.topologicalOrder(program.outputs())) {
      var arguments =
          node.arguments().stream()
              .map(argument -> Objects.requireNonNull(lowered.get(argument)))
              .toList();
      var value =
          switch (node) {
            case Constant constant -> code.constant(constant.value());
            case Input input -> code.input(input.index(), program.inputTypes().get(input.index()));
            case Parameter parameter -> code.parameter(parameter.index());
            case Unary unary -> unary.operation().emit(code, arguments.get(0));
            case Binary binary -> binary.operation().emit(code, arguments.get(0), arguments.get(1));
            case Ternary ternary ->
                ternary
                    .operation()
                    .emit(code, arguments.get(0), arguments.get(1), arguments.get(2));
          };
      if (value == null) {
        if (!calls) {
          return null;
        }
        value = code.call(symbol(node), arguments);
      }
      lowered.put(node, value);
    }
    var outputs = new ArrayList<VectorValue>();
    for (int i = 0; i < program.outputs().size(); i++) {
      var value = Objects.requireNonNull(lowered.get(program.outputs().get(i)));
      outputs.add(code.output(value, program.outputTypes().get(i)));
    }
    return outputs;
  }

  private static String symbol(Expression node) {
    return switch (node) {
      case Unary unary -> unary.operation().symbol();
      case Binary binary -> binary.operation().symbol();
      case Ternary ternary -> ternary.operation().symbol();
      case Constant _, Input _, Parameter _ ->
          throw new IllegalStateException("a leaf is not called");
    };
  }
}
