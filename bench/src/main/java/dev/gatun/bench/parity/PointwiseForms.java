package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The other forms of a call of a pointwise operation. */
final class PointwiseForms {

  /** One call in so many is of one of the other forms, by turns. */
  private static final int PLAIN_IN = 10;

  private static final Pattern FUNCTION_OF_A = Pattern.compile("torch\\.(\\w+)\\(a(?:, )?(.*)");

  private final PointwiseOp op;
  private final Draw draw;

  /**
   * Prepares.
   *
   * @param op the operation
   * @param draw where the randomness comes from
   */
  PointwiseForms(PointwiseOp op, Draw draw) {
    this.op = op;
    this.draw = draw;
  }

  /**
   * Returns a case in another form, or as it is.
   *
   * @param plain the case
   * @param exists tells whether PyTorch has a form
   * @return the case in place, into a given tensor, with a number for one of two inputs, or as it
   *     is
   */
  ParityCase vary(ParityCase plain, Predicate<ParityCase> exists) {
    var form =
        switch (draw.pick(1, PLAIN_IN)) {
          case 1 -> inPlace(plain);
          case 2 -> intoGiven(plain);
          case 3 -> op.arity() == 2 && !op.isConditional() ? withNumber(plain) : plain;
          default -> plain;
        };
    return form == plain || exists.test(form) ? form : plain;
  }

  /** On a copy of the first input, so that a gradient flows through the write. */
  private ParityCase inPlace(ParityCase plain) {
    var method = FUNCTION_OF_A.matcher(plain.pytorch().expression());
    if (!method.matches()) {
      return plain;
    }
    var arguments = plain.pytorch().arguments();
    return new ParityCase(
        plain.inputs(),
        plain.leaves(),
        plain.elements(),
        new PyTorchCall("torch.clone(a)." + method.group(1) + "_(" + method.group(2), arguments),
        in -> {
          var copied = in.clone();
          copied[0] = in[0].clone();
          return op.applyInPlace(copied, parameter(arguments, 0), parameter(arguments, 1));
        },
        plain.description() + " IN_PLACE");
  }

  private static double parameter(List<?> arguments, int index) {
    return index < arguments.size() && arguments.get(index) instanceof Number number
        ? number.doubleValue()
        : 0;
  }

  /** Into a tensor that lies in some way; PyTorch's plain result says what must be in it. */
  private ParityCase intoGiven(ParityCase plain) {
    var arguments = plain.pytorch().arguments();
    return new ParityCase(
        plain.inputs(),
        List.of(),
        plain.elements(),
        plain.pytorch(),
        in -> into(in, parameter(arguments, 0), parameter(arguments, 1)),
        plain.description() + " OUT");
  }

  private Tensor into(Tensor[] inputs, double p, double q) {
    try (var _ = NoGrad.open()) {
      var like = op.apply(inputs, p, q);
      var out = Placement.drawDistinct(draw).empty(like.dtype(), like.shape(), draw);
      return op.applyOut(out, inputs, p, q);
    }
  }

  private ParityCase withNumber(ParityCase plain) {
    int input = draw.pick(0, 1);
    long parts = draw.between(-2L * ParityCase.FRACTIONS, 2L * ParityCase.FRACTIONS);
    Number number =
        draw.coin()
            ? (Number) draw.between(-3, 3)
            : (Number) ((double) parts / ParityCase.FRACTIONS);
    var expression = plain.pytorch().expression();
    var substituted =
        input == 1
            ? expression.replaceAll("\\bb\\b", "p")
            : expression.replaceAll("\\ba\\b", "p").replaceAll("\\bb\\b", "a");
    var inputs = List.of(plain.inputs().get(1 - input));
    return new ParityCase(
        inputs,
        plain.leaves().contains(1 - input) ? List.of(0) : List.of(),
        plain.elements(),
        PyTorchCall.of(substituted, number),
        in -> op.applyScalar(input, in[0], number),
        ParityCase.describe(inputs, plain.elements(), List.of(number)) + " NUMBER " + input);
  }
}
