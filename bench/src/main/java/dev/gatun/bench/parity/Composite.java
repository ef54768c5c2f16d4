package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A method that is made of operations, or of parts of their results.
 *
 * @param name the method's name in PyTorch, and which part of its result
 * @param drawn draws calls
 */
record Composite(String name, Function<Draw, Call> drawn) implements Subject {

  /**
   * A call on both sides.
   *
   * @param operands what goes in
   * @param gatun the call of Gatun
   * @param pytorch the call of PyTorch
   * @param ties which elements may stand for each other in gradients; null where none may
   */
  record Call(
      List<Operand> operands,
      Function<Tensor[], Tensor> gatun,
      PyTorchCall pytorch,
      @Nullable Ties ties) {

    Call(List<Operand> operands, Function<Tensor[], Tensor> gatun, PyTorchCall pytorch) {
      this(operands, gatun, pytorch, null);
    }

    static Call of(Operand a, UnaryOperator<Tensor> gatun, String pytorch, Object... arguments) {
      return new Call(List.of(a), in -> gatun.apply(in[0]), PyTorchCall.of(pytorch, arguments));
    }

    static Call of(
        Operand a, Operand b, BinaryOperator<Tensor> gatun, String pytorch, Object... arguments) {
      return new Call(
          List.of(a, b), in -> gatun.apply(in[0], in[1]), PyTorchCall.of(pytorch, arguments));
    }

    /** This call, where elements that are equal along axes stand for each other. */
    Call takingOne(int... axes) {
      return new Call(operands, gatun, pytorch, new Ties(axes));
    }
  }

  @Override
  public ParityCase draw(Draw draw, Predicate<ParityCase> exists) {
    var call = drawn.apply(draw);
    return ParityCase.drawn(
            call.operands(), i -> true, inputs -> call.pytorch(), call.gatun(), draw)
        .withTies(call.ties());
  }

  @Override
  public boolean isElementwise() {
    return false;
  }

  static Stream<Composite> all() {
    return Stream.of(MatrixMethods.all(), ShapeMethods.all(), FoldMethods.all())
        .flatMap(List::stream);
  }
}
