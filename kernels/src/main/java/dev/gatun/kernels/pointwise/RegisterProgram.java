package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Constant;
import dev.gatun.kernels.pointwise.Expression.Input;
import dev.gatun.kernels.pointwise.Expression.Parameter;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program flattened for block-wise evaluation: every node of the trees once, as an instruction on
 * registers that each hold one block of elements. A register is reused after the last instruction
 * that reads it.
 */
final class RegisterProgram {
  /** A register that is filled with one value for the whole run. */
  record Fill(int register, double constant, int parameter) {
    static final int NO_PARAMETER = -1;
  }

  /** A register that receives the elements of an input at the start of every block. */
  record Load(int register, int input) {}

  private final List<Fill> fills = new ArrayList<>();
  private final List<Load> loads = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final int[] outputRegisters;
  private int registers;

  RegisterProgram(List<Expression> outputs) {
    var order = ExpressionGraph.topologicalOrder(outputs);
    var remainingUses = countUses(order, outputs);
    var assigned = new IdentityHashMap<Expression, Integer>();
    var free = new ArrayDeque<Integer>();
    for (var node : order) {
      switch (node) {
        case Constant constant -> {
          assigned.put(node, registers);
          fills.add(new Fill(registers++, constant.value(), Fill.NO_PARAMETER));
        }
        case Parameter parameter -> {
          assigned.put(node, registers);
          fills.add(new Fill(registers++, 0, parameter.index()));
        }
        case Input input -> {
          assigned.put(node, registers);
          loads.add(new Load(registers++, input.index()));
        }
        case Unary _, Binary _, Ternary _ -> {}
      }
    }
    for (var node : order) {
      if (node.arguments().isEmpty()) {
        continue;
      }
      int target = free.isEmpty() ? registers++ : free.pop();
      assigned.put(node, target);
      instructions.add(instruction(node, target, assigned));
      for (var argument : node.arguments()) {
        int uses = remainingUses.merge(argument, -1, Integer::sum);
        if (uses == 0 && !argument.arguments().isEmpty()) {
          free.push(assigned.getOrDefault(argument, 0));
        }
      }
    }
    outputRegisters =
        outputs.stream().mapToInt(output -> assigned.getOrDefault(output, 0)).toArray();
  }

  private static Map<Expression, Integer> countUses(
      List<Expression> order, List<Expression> outputs) {
    var uses = new IdentityHashMap<Expression, Integer>();
    for (var node : order) {
      for (var argument : node.arguments()) {
        uses.merge(argument, 1, Integer::sum);
      }
    }
    for (var output : outputs) {
      uses.merge(output, 1, Integer::sum);
    }
    return uses;
  }

  private static Instruction instruction(
      Expression node, int target, Map<Expression, Integer> assigned) {
    int[] sources =
        node.arguments().stream()
            .mapToInt(argument -> assigned.getOrDefault(argument, 0))
            .toArray();
    return switch (node) {
      case Unary unary -> new Instruction.OfOne(unary.operation(), target, sources[0]);
      case Binary binary ->
          new Instruction.OfTwo(binary.operation(), target, sources[0], sources[1]);
      case Ternary ternary ->
          new Instruction.OfThree(ternary.operation(), target, sources[0], sources[1], sources[2]);
      case Constant _, Parameter _, Input _ ->
          throw new IllegalStateException("a leaf has no instruction");
    };
  }

  int registers() {
    return registers;
  }

  List<Fill> fills() {
    return fills;
  }

  List<Load> loads() {
    return loads;
  }

  int outputRegister(int output) {
    return outputRegisters[output];
  }

  void execute(double[][] values, int count) {
    for (int i = 0; i < instructions.size(); i++) {
      instructions.get(i).execute(values, count);
    }
  }

  /** Executes in 64-bit integers, wrapping every result to 32 bits when {@code narrow}. */
  void execute(long[][] values, int count, boolean narrow) {
    for (int i = 0; i < instructions.size(); i++) {
      var instruction = instructions.get(i);
      instruction.execute(values, count);
      if (narrow) {
        wrap(values[instruction.target()], count);
      }
    }
  }

  private static void wrap(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = (int) values[i];
    }
  }
}
