package dev.gatun.kernels.replay;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Formulas of several elementwise calls, put into one another: what an earlier one computes is not
 * read by a later one, but is part of its formula. Numbers become constants, except those that the
 * host changes.
 */
final class FusedFormulas {
  private static final int LONGEST_NAME = 60;

  private final Map<RecordedArray, Expression> computed = new HashMap<>();
  private final List<RecordedArray> inputs = new ArrayList<>();
  private double[] live = new double[0];

  /** Adds the formulas of the next call. */
  void add(PointwiseCall call) {
    if (call.live()) {
      live = call.parameters();
    }
    List<Expression> formulas = call.kernel().program().outputs();
    List<Expression> results = new ArrayList<>();
    for (Expression formula : formulas) {
      results.add(formula.replaceLeaves(leaf -> value(leaf, call)));
    }
    for (int i = 0; i < results.size(); i++) {
      computed.put(call.writes().get(i), results.get(i));
    }
  }

  private Expression value(Expression leaf, PointwiseCall call) {
    return switch (leaf) {
      case Expression.Input input -> value(call.reads().get(input.index()));
      case Expression.Parameter parameter when !call.live() ->
          Expression.constant(call.parameters()[parameter.index()]);
      default -> leaf;
    };
  }

  private Expression value(RecordedArray array) {
    Expression known = computed.get(array);
    if (known != null) {
      return known;
    }
    int index = inputs.indexOf(array);
    if (index < 0) {
      index = inputs.size();
      inputs.add(array);
    }
    return Expression.input(Math.min(index, Expression.MAX_INPUTS - 1));
  }

  /** The arrays that are read. */
  List<RecordedArray> inputs() {
    return List.copyOf(inputs);
  }

  /** The numbers that the host changes. */
  double[] parameters() {
    return live;
  }

  /** Makes the program that computes some of the results; null when it has too many inputs. */
  @Nullable PointwiseProgram program(String name, List<RecordedArray> outputs, DType compute) {
    if (inputs.size() > Expression.MAX_INPUTS) {
      return null;
    }
    List<Expression> formulas = new ArrayList<>();
    for (RecordedArray output : outputs) {
      formulas.add(value(output));
    }
    return new PointwiseProgram(
        name,
        formulas,
        outputs.stream().map(RecordedArray::dtype).toList(),
        inputs.stream().map(RecordedArray::dtype).toList(),
        compute);
  }

  static String name(PointwiseCall first, PointwiseCall second) {
    String name = first.name() + "+" + second.name();
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
  }
}
