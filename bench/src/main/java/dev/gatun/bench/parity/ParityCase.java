package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A call drawn at random: the inputs, how Gatun computes, and what that is in PyTorch.
 *
 * @param inputs the inputs, of the innermost scope
 * @param leaves those to which gradients flow from the result
 * @param elements what is among their elements
 * @param pytorch the call of PyTorch
 * @param gatun the call of Gatun
 * @param description types, shapes, layouts and arguments, for people
 * @param ties which elements may stand for each other in gradients; null where none may
 */
public record ParityCase(
    List<Tensor> inputs,
    List<Integer> leaves,
    Elements elements,
    PyTorchCall pytorch,
    Function<Tensor[], Tensor> gatun,
    String description,
    @Nullable Ties ties) {

  /** In these libtorch ends the process where it divides the lowest integer by -1. */
  private static final Set<String> DIVIDING_INTEGERS =
      Set.of("floor_divide", "trunc_divide", "remainder", "fmod");

  /**
   * Arguments are multiples of one of so many parts of 1, which every floating-point type holds.
   */
  static final int FRACTIONS = 64;

  /** A call in which no element stands for another. */
  ParityCase(
      List<Tensor> inputs,
      List<Integer> leaves,
      Elements elements,
      PyTorchCall pytorch,
      Function<Tensor[], Tensor> gatun,
      String description) {
    this(inputs, leaves, elements, pytorch, gatun, description, null);
  }

  /** This call, where equal elements stand for each other. */
  ParityCase withTies(@Nullable Ties open) {
    return new ParityCase(inputs, leaves, elements, pytorch, gatun, description, open);
  }

  /**
   * Draws a call.
   *
   * @param op the operation
   * @param draw where the randomness comes from
   * @return the call, the inputs of which belong to the innermost scope
   */
  static ParityCase of(Op op, Draw draw) {
    return of(op, InputChoice.RANDOM, draw);
  }

  /**
   * Draws a call.
   *
   * @param op the operation
   * @param choice types, layouts and elements of its inputs
   * @param draw where the randomness comes from
   * @return the call, the inputs of which belong to the innermost scope
   */
  public static ParityCase of(Op op, InputChoice choice, Draw draw) {
    return switch (op) {
      case PointwiseOp pointwise -> pointwise(pointwise, choice, draw);
      case StructuralOp<?> structural -> structural(structural, choice, draw);
    };
  }

  private static ParityCase pointwise(PointwiseOp op, InputChoice choice, Draw draw) {
    long[] whole = draw.sizes();
    var elements = choice.elementsOfPointwise(draw);
    var common = choice.typeOfPointwise(draw);
    var operands = new ArrayList<Operand>();
    var inputs = new ArrayList<Tensor>();
    boolean isWhole = true;
    for (int i = 0; i < op.arity(); i++) {
      boolean condition = i == 0 && op.isConditional();
      var dtype = condition ? DType.BOOL : choice.typeBeside(common, draw);
      var domain = op.domain();
      var operand =
          new Operand(
              dtype == DType.BOOL ? Operand.Kind.CONDITION : Operand.Kind.REAL,
              Shape.of(i == 0 ? whole : draw.broadcastable(whole)),
              dtype.isFloatingPoint() ? domain.low() : 3 * domain.low(),
              dtype.isFloatingPoint() ? domain.high() : 3 * domain.high());
      operands.add(operand);
      boolean tame = !dtype.isFloatingPoint() && DIVIDING_INTEGERS.contains(op.name());
      inputs.add(make(operand, dtype, tame ? Elements.ORDINARY : elements, choice, draw));
      isWhole &= condition || !dtype.isFloatingPoint();
    }
    double unit = isWhole ? 1 : 1.0 / FRACTIONS;
    double p = unit * draw.between(isWhole ? -2 : -FRACTIONS, isWhole ? 2 : FRACTIONS);
    double q = p + unit * draw.between(0, isWhole ? 3 : FRACTIONS);
    var arguments = arguments(op, isWhole ? (Number) (long) p : p, isWhole ? (Number) (long) q : q);
    return new ParityCase(
        inputs,
        leaves(operands, inputs, elements, i -> op.isDifferentiable()),
        elements,
        new PyTorchCall(op.pytorch(), arguments),
        in -> op.apply(in, p, q),
        describe(inputs, elements, arguments));
  }

  /** Those of two numbers that an operation's expression names. */
  static List<Object> arguments(PointwiseOp op, Number p, Number q) {
    var arguments = new ArrayList<Object>();
    if (op.pytorch().matches(".*\\bp\\b.*")) {
      arguments.add(p);
    }
    if (op.pytorch().matches(".*\\bq\\b.*")) {
      arguments.add(q);
    }
    return arguments;
  }

  private static <A> ParityCase structural(StructuralOp<A> op, InputChoice choice, Draw draw) {
    Sample<A> sample = op.sample(draw);
    return drawn(
        sample.operands(),
        i -> op.isDifferentiable() && op.hasGradientRule(i),
        inputs -> {
          var call = op.pytorch(sample.attributes(), inputs);
          if (call == null) {
            throw new IllegalStateException(op.name() + " does not say what it is in PyTorch");
          }
          return call;
        },
        in -> op.apply(sample.attributes(), in),
        choice,
        draw);
  }

  /**
   * Draws the inputs of a call.
   *
   * @param operands what they are
   * @param differentiable tells to which of them gradients may flow
   * @param pytorch the call of PyTorch, by the number of inputs
   * @param gatun the call of Gatun
   * @param draw where the randomness comes from
   * @return the call, the inputs of which belong to the innermost scope
   */
  static ParityCase drawn(
      List<Operand> operands,
      IntPredicate differentiable,
      IntFunction<PyTorchCall> pytorch,
      Function<Tensor[], Tensor> gatun,
      Draw draw) {
    return drawn(operands, differentiable, pytorch, gatun, InputChoice.RANDOM, draw);
  }

  private static ParityCase drawn(
      List<Operand> operands,
      IntPredicate differentiable,
      IntFunction<PyTorchCall> pytorch,
      Function<Tensor[], Tensor> gatun,
      InputChoice choice,
      Draw draw) {
    var elements = choice.elementsOfStructural(draw);
    var dtype = choice.typeOfStructural(draw);
    var inputs = new ArrayList<Tensor>();
    for (var operand : operands) {
      inputs.add(make(operand, typeOf(operand, dtype), elements, choice, draw));
    }
    var call = pytorch.apply(inputs.size());
    return new ParityCase(
        inputs,
        leaves(operands, inputs, elements, differentiable),
        elements,
        call,
        gatun,
        describe(inputs, elements, call.arguments()));
  }

  /** Floating-point inputs, where gradients mean something. */
  private static List<Integer> leaves(
      List<Operand> operands, List<Tensor> inputs, Elements elements, IntPredicate differentiable) {
    var leaves = new ArrayList<Integer>();
    for (int i = 0; i < inputs.size() && elements.areOrdinary(); i++) {
      if (operands.get(i).isDifferentiable()
          && differentiable.test(i)
          && inputs.get(i).dtype().isFloatingPoint()) {
        leaves.add(i);
      }
    }
    return leaves;
  }

  private static DType typeOf(Operand operand, DType dtype) {
    return switch (operand.kind()) {
      case REAL, DISTINCT, ASCENDING, DEFINITE -> dtype;
      case INDEX, PLACES -> DType.INT64;
      case CONDITION -> DType.BOOL;
      case BFLOAT16 -> DType.BFLOAT16;
      case INT8 -> DType.INT8;
    };
  }

  private static Tensor make(
      Operand operand, DType dtype, Elements elements, InputChoice choice, Draw draw) {
    var tensor = choice.placement(draw).empty(dtype, operand.shape(), draw);
    elements.fill(tensor, operand, draw);
    return tensor;
  }

  static String describe(List<Tensor> inputs, Elements elements, List<?> arguments) {
    var text = new StringBuilder();
    for (var input : inputs) {
      text.append(input.dtype()).append(input.layout()).append(' ');
    }
    for (var argument : arguments) {
      text.append(text(argument)).append(' ');
    }
    text.append(elements);
    return inputs.stream().anyMatch(ParityCase::holdsNaN) ? text + " NAN" : text.toString();
  }

  private static boolean holdsNaN(Tensor tensor) {
    return tensor.dtype().isFloatingPoint()
        && Arrays.stream(tensor.toDoubleArray()).anyMatch(Double::isNaN);
  }

  /**
   * An argument as people read it.
   *
   * @param argument the argument
   * @return its text
   */
  public static String text(@Nullable Object argument) {
    return argument instanceof long[] many ? Arrays.toString(many) : String.valueOf(argument);
  }
}
