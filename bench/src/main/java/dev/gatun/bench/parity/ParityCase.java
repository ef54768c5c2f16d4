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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call drawn at random: the inputs, how Gatun computes, and what that is in PyTorch.
 *
 * @param inputs the inputs, of the innermost scope
 * @param operands what they were drawn as
 * @param elements what is among their elements
 * @param recorded whether gradients flow from the result
 * @param pytorch the call of PyTorch
 * @param gatun the call of Gatun
 * @param description types, shapes, layouts and arguments, for people
 */
record ParityCase(
    List<Tensor> inputs,
    List<Operand> operands,
    Elements elements,
    boolean recorded,
    PyTorchCall pytorch,
    Function<Tensor[], Tensor> gatun,
    String description) {

  /** One call in so many has inputs of different types. */
  private static final int MIXED_IN = 4;

  private static final int SPECIAL_IN = 4;

  /**
   * Arguments are multiples of one of so many parts of 1, which every floating-point type holds.
   */
  static final int FRACTIONS = 64;

  /**
   * Draws a call.
   *
   * @param op the operation
   * @param draw where the randomness comes from
   * @return the call, the inputs of which belong to the innermost scope
   */
  static ParityCase of(Op op, Draw draw) {
    return switch (op) {
      case PointwiseOp pointwise -> pointwise(pointwise, draw);
      case StructuralOp<?> structural -> structural(structural, draw);
    };
  }

  private static ParityCase pointwise(PointwiseOp op, Draw draw) {
    long[] whole = draw.sizes();
    var elements =
        draw.oneIn(SPECIAL_IN) ? draw.oneOf(Elements.SPECIAL, Elements.EXTREME) : Elements.ORDINARY;
    var common = draw.oneOf(DType.values());
    var operands = new ArrayList<Operand>();
    var inputs = new ArrayList<Tensor>();
    boolean isWhole = true;
    for (int i = 0; i < op.arity(); i++) {
      boolean condition = i == 0 && op.isConditional();
      var dtype =
          condition ? DType.BOOL : draw.oneIn(MIXED_IN) ? draw.oneOf(DType.values()) : common;
      var domain = op.domain();
      var operand =
          new Operand(
              dtype == DType.BOOL ? Operand.Kind.CONDITION : Operand.Kind.REAL,
              Shape.of(i == 0 ? whole : draw.broadcastable(whole)),
              dtype.isFloatingPoint() ? domain.low() : 3 * domain.low(),
              dtype.isFloatingPoint() ? domain.high() : 3 * domain.high());
      operands.add(operand);
      inputs.add(make(operand, dtype, elements, draw));
      isWhole &= condition || !dtype.isFloatingPoint();
    }
    double unit = isWhole ? 1 : 1.0 / FRACTIONS;
    double p = unit * draw.between(isWhole ? -2 : -FRACTIONS, isWhole ? 2 : FRACTIONS);
    double q = p + unit * draw.between(0, isWhole ? 3 : FRACTIONS);
    var arguments = arguments(op, isWhole ? (Number) (long) p : p, isWhole ? (Number) (long) q : q);
    return new ParityCase(
        inputs,
        operands,
        elements,
        elements.areOrdinary(),
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

  private static <A> ParityCase structural(StructuralOp<A> op, Draw draw) {
    Sample<A> sample = op.sample(draw);
    var elements = draw.oneIn(SPECIAL_IN) ? Elements.SPECIAL : Elements.ORDINARY;
    var dtype = draw.coin() ? draw.oneOf(DType.FLOAT32, DType.FLOAT64) : draw.oneOf(DType.values());
    var inputs = new ArrayList<Tensor>();
    for (var operand : sample.operands()) {
      inputs.add(make(operand, typeOf(operand, dtype), elements, draw));
    }
    var call = op.pytorch(sample.attributes(), inputs.size());
    if (call == null) {
      throw new IllegalStateException(op.name() + " does not say what it is in PyTorch");
    }
    return new ParityCase(
        inputs,
        sample.operands(),
        elements,
        elements.areOrdinary(),
        call,
        in -> op.apply(sample.attributes(), in),
        describe(inputs, elements, call.arguments()));
  }

  private static DType typeOf(Operand operand, DType dtype) {
    return switch (operand.kind()) {
      case REAL, DISTINCT -> dtype;
      case INDEX -> DType.INT64;
      case CONDITION -> DType.BOOL;
      case BFLOAT16 -> DType.BFLOAT16;
      case INT8 -> DType.INT8;
    };
  }

  private static Tensor make(Operand operand, DType dtype, Elements elements, Draw draw) {
    var tensor = Placement.draw(draw).empty(dtype, operand.shape(), draw);
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
    return text.append(elements).toString();
  }

  /** An argument as people read it. */
  static String text(@Nullable Object argument) {
    return argument instanceof long[] many ? Arrays.toString(many) : String.valueOf(argument);
  }
}
