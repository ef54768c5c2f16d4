package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a large program into stages. A stage reads the inputs of the program and what former stages
 * have left for later ones; the last stage computes the outputs, so that these may share memory
 * with inputs.
 */
final class ProgramSplitter {
  private final PointwiseProgram program;
  private final List<Stage> stages = new ArrayList<>();

  /** Every node computed so far, in terms of the inputs of the current stage. */
  private final Map<Expression, Expression> current = new IdentityHashMap<>();

  /** How often nodes that lie ahead will read a node. */
  private final Map<Expression, Integer> readers = new IdentityHashMap<>();

  /** What each slot between stages holds; null where it is free again. */
  private final List<@Nullable Expression> slots = new ArrayList<>();

  /**
   * A part of the program. Its inputs are those of the program, then the slots in use so far.
   *
   * @param program what is computed
   * @param slots for each output the slot it goes to; empty for the last stage
   */
  record Stage(PointwiseProgram program, List<Integer> slots) {}

  private ProgramSplitter(PointwiseProgram program) {
    this.program = program;
  }

  /**
   * Cuts a program.
   *
   * @param mostOperations the number of vector operations that a stage may have
   * @return the stages, or null when too much would have to be kept between two of them
   */
  static @Nullable List<Stage> split(PointwiseProgram program, int mostOperations) {
    var splitter = new ProgramSplitter(program);
    return splitter.split(mostOperations) ? splitter.stages : null;
  }

  private boolean split(int mostOperations) {
    var order = ExpressionGraph.topologicalOrder(program.outputs());
    for (var node : order) {
      node.arguments().forEach(argument -> readers.merge(argument, 1, Integer::sum));
    }
    program.outputs().forEach(output -> readers.merge(output, 1, Integer::sum));
    int operations = 0;
    var computed = new ArrayList<Expression>();
    for (var node : order) {
      int cost = operations(node);
      if (operations > 0 && operations + cost > mostOperations) {
        if (!cut(computed)) {
          return false;
        }
        computed.clear();
        operations = 0;
      }
      operations += cost;
      computed.add(node);
      current.put(node, inTermsOfStage(node));
      node.arguments().forEach(argument -> readers.merge(argument, -1, Integer::sum));
    }
    var outputs =
        program.outputs().stream()
            .map(output -> Objects.requireNonNull(current.get(output)))
            .toList();
    addStage(outputs, program.outputTypes(), inputTypes(), List.of());
    return true;
  }

  private Expression inTermsOfStage(Expression node) {
    var arguments =
        node.arguments().stream()
            .map(argument -> Objects.requireNonNull(current.get(argument)))
            .toList();
    return arguments.equals(node.arguments()) ? node : node.withArguments(arguments);
  }

  /** Ends a stage: what later nodes read becomes its outputs, and inputs of the stages after it. */
  private boolean cut(List<Expression> computed) {
    var types = inputTypes();
    slots.replaceAll(node -> node != null && readers.getOrDefault(node, 0) > 0 ? node : null);
    var kept = new ArrayList<Expression>();
    var targets = new ArrayList<Integer>();
    for (var node : computed) {
      if (readers.getOrDefault(node, 0) > 0 && !node.arguments().isEmpty()) {
        int slot = freeSlot();
        int index = program.inputTypes().size() + slot;
        if (index >= Expression.MAX_INPUTS) {
          return false;
        }
        slots.set(slot, node);
        kept.add(Objects.requireNonNull(current.put(node, Expression.input(index))));
        targets.add(slot);
      }
    }
    addStage(kept, Collections.nCopies(kept.size(), program.computeType()), types, targets);
    return true;
  }

  private int freeSlot() {
    int slot = slots.indexOf(null);
    if (slot < 0) {
      slot = slots.size();
      slots.add(null);
    }
    return slot;
  }

  private void addStage(
      List<Expression> outputs,
      List<DType> outputTypes,
      List<DType> inputTypes,
      List<Integer> targets) {
    var stage =
        new PointwiseProgram(
            program.name(), outputs, outputTypes, inputTypes, program.computeType());
    stages.add(new Stage(stage, targets));
  }

  private List<DType> inputTypes() {
    var types = new ArrayList<>(program.inputTypes());
    types.addAll(Collections.nCopies(slots.size(), program.computeType()));
    return types;
  }

  /** The number of vector operations that a node becomes by itself. */
  private int operations(Expression node) {
    if (node.arguments().isEmpty()) {
      return 0;
    }
    var arguments = new ArrayList<Expression>();
    for (int i = 0; i < node.arguments().size(); i++) {
      arguments.add(Expression.input(i));
    }
    var alone =
        PointwiseProgram.of(
            program.name(), program.computeType(), arguments.size(), node.withArguments(arguments));
    var loops = VectorLoops.of(alone, Long.SIZE * Byte.SIZE);
    return loops == null ? 0 : loops.operations();
  }
}
