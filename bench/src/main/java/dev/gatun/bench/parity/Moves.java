package dev.gatun.bench.parity;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a random program may do next: views, elementwise operations of the catalogue as they are, in
 * place and with numbers, folds, products, joins, and plain writes.
 */
final class Moves {

  private static final Pattern METHOD = Pattern.compile("torch\\.(\\w+)\\(a(?:, )?(.*)");

  /** Results have no more elements than this. */
  private static final long MOST_ELEMENTS = 4096;

  /** Written in place, these keep numbers within bounds that a long program stands. */
  private static final List<String> TAME =
      List.of(
          "add", "sub", "mul", "tanh", "sigmoid", "sin", "cos", "relu", "neg", "abs", "clamp",
          "exp", "sqrt", "silu", "where");

  /**
   * Where the sides differ by a rounding error, or in a zero's sign, these would tear them apart.
   */
  private static final List<String> JUMPING =
      List.of(
          "floor",
          "ceil",
          "round",
          "trunc",
          "frac",
          "fix",
          "sign",
          "sgn",
          "fmod",
          "remainder",
          "copysign",
          "atan2",
          "floor_divide",
          "rint",
          "heaviside");

  /**
   * What libtorch has of these is crude, which programs make large: hardsigmoid's slope is a
   * constant of float32, that of xlogy at 0 and 0 is 0 / 0, trigamma, digamma's slope, has nine
   * digits, and terms of erfinv's last steps cancel near 1.
   */
  private static final List<String> CRUDE =
      List.of("hardsigmoid", "xlogy", "trigamma", "digamma", "erfinv");

  private static final List<PointwiseOp> SMOOTH =
      Catalogue.all().stream()
          .filter(op -> op.isDifferentiable() && op.whyNotInPyTorch() == null)
          .filter(op -> !JUMPING.contains(op.name()) && !CRUDE.contains(op.name()))
          .filter(PointwiseOp.class::isInstance)
          .map(PointwiseOp.class::cast)
          .toList();

  private final Draw draw;
  private final List<Variable> variables;

  Moves(Draw draw, List<Variable> variables) {
    this.draw = draw;
    this.variables = variables;
  }

  /** Draws a statement; null where the one drawn does not suit the variables there are. */
  @Nullable Move next() {
    var first = any();
    return switch (draw.pick(0, 9)) {
      case 0, 1 -> view(first);
      case 2, 3 -> pointwise(first);
      case 4 -> write(first);
      case 5 -> withNumber(first);
      case 6 -> fold(first);
      case 7 -> pointwiseInPlace(first);
      case 8 -> join(first);
      default -> withAxis(first);
    };
  }

  private Variable any() {
    return variables.get(draw.pick(0, variables.size() - 1));
  }

  // ------------------------------------------------------------ views

  private @Nullable Move view(Variable x) {
    int rank = x.rank();
    if (rank == 0) {
      return one(x, PyTorchCall.of("torch.unsqueeze(a, p)", 0L), a -> a.unsqueeze(0));
    }
    int axis = draw.pick(0, rank - 1);
    long size = x.size(axis);
    return switch (draw.pick(0, 9)) {
      case 0 -> {
        int other = draw.pick(0, rank - 1);
        yield one(
            x,
            PyTorchCall.of("torch.transpose(a, p, q)", (long) axis, (long) other),
            a -> a.transpose(axis, other));
      }
      case 1 -> {
        long index = draw.between(-size, size);
        yield one(
            x,
            PyTorchCall.of("torch.select(a, p, q)", (long) axis, index),
            a -> a.select(axis, index));
      }
      case 2 -> {
        long start = draw.between(0, size);
        long length = draw.between(0, size - start);
        yield one(
            x,
            PyTorchCall.of("torch.narrow(a, p, q, r)", (long) axis, start, length),
            a -> a.narrow(axis, start, length));
      }
      case 3 -> {
        long start = draw.between(0, size);
        long step = draw.between(1, 3);
        yield one(
            x,
            PyTorchCall.of("torch.slice(a, p, q, r, s)", (long) axis, start, size, step),
            a -> a.slice(axis, start, size, step));
      }
      case 4 ->
          one(x, PyTorchCall.of("torch.unsqueeze(a, p)", (long) axis), a -> a.unsqueeze(axis));
      case 5 -> one(x, PyTorchCall.of("torch.squeeze(a, p)", (long) axis), a -> a.squeeze(axis));
      case 6 ->
          // Of a copy: how results lie in memory is each side's own business.
          one(
              x,
              PyTorchCall.of("torch.flatten(torch.clone(a))"),
              a -> a.clone().contiguous().flatten());
      case 7 -> {
        long[] sizes = x.mine().shape().toArray();
        long[] wider = new long[rank + 1];
        wider[0] = draw.between(1, 3);
        System.arraycopy(sizes, 0, wider, 1, rank);
        if (x.mine().numel() * wider[0] > MOST_ELEMENTS) {
          yield null;
        }
        yield one(x, PyTorchCall.of("a.expand(p)", (Object) wider), a -> a.expand(wider));
      }
      case 8 ->
          rank < 2
              ? null
              : one(
                  x,
                  PyTorchCall.of("torch.diagonal(a, p, q, r)", 0L, -2L, -1L),
                  a -> a.diagonal(0, -2, -1));
      default -> {
        int[] order = draw.permutation(rank);
        yield one(
            x, PyTorchCall.of("torch.permute(a, p)", (Object) longs(order)), a -> a.permute(order));
      }
    };
  }

  // ------------------------------------------------------------ elementwise

  private @Nullable Move pointwise(Variable first) {
    var op = smooth();
    return elementwise(op, op.pytorch(), first, false);
  }

  private @Nullable Move pointwiseInPlace(Variable first) {
    var op = smooth();
    var method = METHOD.matcher(op.pytorch());
    return TAME.contains(op.name()) && !op.isConditional() && method.matches()
        ? elementwise(op, "a." + method.group(1) + "_(" + method.group(2), first, true)
        : null;
  }

  private PointwiseOp smooth() {
    return SMOOTH.get(draw.pick(0, SMOOTH.size() - 1));
  }

  private @Nullable Move elementwise(
      PointwiseOp op, String expression, Variable first, boolean inPlace) {
    var operands = operands(op, first);
    if (operands == null) {
      return null;
    }
    double unit = unit(operands);
    double p = unit * draw.between(-64, 64);
    double q = p + unit * draw.between(0, 64);
    var call =
        new PyTorchCall(expression, ParityCase.arguments(op, number(p, unit), number(q, unit)));
    var move =
        inPlace
            ? Move.write(operands, call, in -> op.applyInPlace(in, p, q))
            : Move.value(operands, call, in -> op.apply(in, p, q));
    return move.named(op.name());
  }

  /** Parameters are whole beside integers, which have no others. */
  private static double unit(List<Variable> operands) {
    return operands.stream().anyMatch(x -> x.mine().dtype().isFloatingPoint()) ? 1 / 64.0 : 1;
  }

  private static Number number(double value, double unit) {
    return value == Math.rint(value) && unit != 1 / 64.0 ? (Number) (long) value : (Number) value;
  }

  private @Nullable List<Variable> operands(PointwiseOp op, Variable first) {
    var operands = new ArrayList<Variable>();
    var shape = first.mine().shape();
    for (int i = 0; i < op.arity(); i++) {
      var operand = i == (op.isConditional() ? 1 : 0) ? first : any();
      var wider = broadcast(shape, operand.mine().shape());
      if (wider == null || (i == 0 && op.isConditional() && operand.mine().dtype() != DType.BOOL)) {
        return null;
      }
      shape = wider;
      operands.add(operand);
    }
    return operands;
  }

  private static @Nullable Shape broadcast(Shape one, Shape other) {
    try {
      var shape = Shape.broadcast("fuzz", one, other);
      return shape.numel() > MOST_ELEMENTS ? null : shape;
    } catch (GatunException e) {
      return null;
    }
  }

  private Move withNumber(Variable x) {
    double number = draw.between(-128, 128) / 64.0;
    return switch (draw.pick(0, 4)) {
      case 0 -> one(x, PyTorchCall.of("torch.add(a, p)", number), a -> a.add(number));
      case 1 -> one(x, PyTorchCall.of("torch.mul(a, p)", number), a -> a.mul(number));
      case 2 -> one(x, PyTorchCall.of("torch.gt(a, p)", number), a -> a.gt(number));
      case 3 -> one(x, PyTorchCall.of("torch.sub(a, p)", number), a -> a.sub(number));
      default -> one(x, PyTorchCall.of("torch.detach(a)"), Tensor::detach);
    };
  }

  // ------------------------------------------------------------ writes

  private @Nullable Move write(Variable x) {
    double number = draw.between(-128, 128) / 64.0;
    return switch (draw.pick(0, 6)) {
      case 0 ->
          Move.write(List.of(x), PyTorchCall.of("a.fill_(p)", number), in -> in[0].fill_(number));
      case 1 -> Move.write(List.of(x), PyTorchCall.of("a.zero_()"), in -> in[0].zero_());
      case 2 ->
          Move.write(
              List.of(x), PyTorchCall.of("a.mul_(p)", number(number, 0)), in -> in[0].mul_(number));
      case 3 ->
          Move.write(
              List.of(x), PyTorchCall.of("a.add_(p)", number(number, 0)), in -> in[0].add_(number));
      default -> {
        var source = any();
        yield Move.write(
            List.of(x, source), PyTorchCall.of("a.copy_(b)"), in -> in[0].copy_(in[1]));
      }
    };
  }

  // ------------------------------------------------------------ folds, products, joins

  private @Nullable Move fold(Variable x) {
    if (x.rank() == 0) {
      return one(x, PyTorchCall.of("torch.clone(a)"), Tensor::clone);
    }
    int axis = draw.pick(0, x.rank() - 1);
    boolean keepdim = draw.coin();
    int[] axes = {axis};
    Object drawn = new long[] {axis};
    return switch (draw.pick(0, 4)) {
      case 0 ->
          one(x, PyTorchCall.of("torch.sum(a, p, q)", drawn, keepdim), a -> a.sum(axes, keepdim));
      case 1 ->
          one(x, PyTorchCall.of("torch.mean(a, p, q)", drawn, keepdim), a -> a.mean(axes, keepdim));
      case 2 ->
          one(x, PyTorchCall.of("torch.amax(a, p, q)", drawn, keepdim), a -> a.amax(axes, keepdim));
      case 3 ->
          one(
              x,
              PyTorchCall.of("torch.logsumexp(a, p, q)", drawn, keepdim),
              a -> a.logsumexp(axes, keepdim));
      default -> one(x, PyTorchCall.of("torch.sum(a)"), a -> a.sum());
    };
  }

  private @Nullable Move withAxis(Variable x) {
    if (x.rank() == 0) {
      return null;
    }
    int axis = draw.pick(0, x.rank() - 1);
    return switch (draw.pick(0, 3)) {
      case 0 -> one(x, PyTorchCall.of("torch.softmax(a, p)", (long) axis), a -> a.softmax(axis));
      case 1 -> one(x, PyTorchCall.of("torch.cumsum(a, p)", (long) axis), a -> a.cumsum(axis));
      case 2 ->
          one(x, PyTorchCall.of("torch.flip(a, p)", (Object) new long[] {axis}), a -> a.flip(axis));
      default ->
          one(x, PyTorchCall.of("torch.log_softmax(a, p)", (long) axis), a -> a.logSoftmax(axis));
    };
  }

  private @Nullable Move join(Variable x) {
    var y = any();
    if (draw.coin()) {
      boolean fits =
          x.rank() > 0
              && y.rank() > 0
              && x.size(x.rank() - 1) == y.size(Math.max(0, y.rank() - 2))
              && x.mine().numel() * y.mine().numel() < MOST_ELEMENTS;
      return fits
          ? Move.value(
              List.of(x, y), PyTorchCall.of("torch.matmul(a, b)"), in -> in[0].matmul(in[1]))
          : null;
    }
    if (x.rank() == 0
        || x.rank() != y.rank()
        || x.mine().numel() + y.mine().numel() > MOST_ELEMENTS) {
      return null;
    }
    int axis = draw.pick(0, x.rank() - 1);
    return Move.value(
        List.of(x, y),
        PyTorchCall.of("torch.cat(inputs, p)", (long) axis),
        in -> Gatun.cat(axis, in));
  }

  private static Move one(Variable x, PyTorchCall call, Function<Tensor, Tensor> gatun) {
    return Move.value(List.of(x), call, in -> gatun.apply(in[0]));
  }

  private static long[] longs(int[] numbers) {
    long[] wide = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      wide[i] = numbers[i];
    }
    return wide;
  }
}
