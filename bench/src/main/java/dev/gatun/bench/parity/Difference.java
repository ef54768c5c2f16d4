package dev.gatun.bench.parity;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A difference from PyTorch that is intended. This is the one list of them.
 *
 * @param operations names of operations, as a regular expression
 * @param mismatch what the mismatch reads like, as a regular expression found in it
 * @param reason why it is so
 */
public record Difference(Pattern operations, Pattern mismatch, String reason) {

  private static final List<Difference> INTENDED =
      List.of(
          of(
              "bitwise_right_shift|clamp(_min|_max)?|hardtanh|threshold|[gl][et]"
                  + "|eq|ne|(floor|trunc)_divide|fmod|remainder|pow",
              "\\[uint8[^b]* -[123] ",
              "PyTorch wraps a negative number beside uint8 to 253 and up, or refuses it; Gatun"
                  + " takes it as it is."),
          of(
              "leaky_relu|elu|celu",
              "In-place (leakyReLu|elu) backward calculation",
              "PyTorch has lost the input that the write replaced; Gatun keeps it."),
          of(
              "lerp|lerp_tensor",
              "the result: .* is -?0\\.0, in PyTorch -?0\\.0 .*(SPECIAL|EXTREME)",
              "With the weight 1 and the end -0, the difference of the ends times 0 is added to the"
                  + " end by libtorch's vectors, and subtracted by what is left of an array and by"
                  + " Gatun: the other zero."),
          of(
              "celu|elu",
              "the gradient .* is -?\\d\\.\\d+E-\\d+, in PyTorch .*IN_PLACE",
              "PyTorch takes the slope of what the write has left: alpha and it cancel. Gatun has"
                  + " kept the input."),
          of(
              "true_divide",
              "the gradient of input 1: element \\d+ is -?\\d.*, in PyTorch (NaN|-?Infinity)"
                  + " .*float16\\[.*ORDINARY",
              "The quotient of PyTorch's quotient is beyond float16; Gatun goes through float32."),
          of(
              "lerp_tensor",
              "the gradient .*\\buint8\\[",
              "In PyTorch 1 less a weight, and the difference of the ends, wrap in uint8."),
          of(
              "sub",
              "\\[u?int.* NUMBER 0",
              "TorchScript, unlike PyTorch, first negates the tensor in its integer type."),
          of(
              "remainder",
              "derivative for aten::remainder is not implemented.*NUMBER 0",
              "PyTorch has no gradient for a number's remainder; Gatun has."),
          of(
              "pow",
              "Integers to negative integer powers.*NUMBER 1",
              "Tensor.pow refuses it too; the operation behind it does not look at numbers."),
          of(
              "gelu|gelu_tanh|silu|mish|hardswish|softsign",
              "in PyTorch (NaN|-?Infinity) .*(SPECIAL|EXTREME)",
              "PyTorch multiplies infinity by 0, and overflows on the way; Gatun gives the limit."),
          of(
              "addcmul",
              "(is|in PyTorch) (-?Infinity|NaN).*EXTREME",
              "The order of the factors decides where they overflow; libtorch has two orders."),
          of(
              "addcdiv",
              "Integer division with addcdiv is no longer supported",
              "PyTorch refuses integers here until it divides them truly, as it says; Gatun does."),
          of(
              "addcdiv|backward",
              "refused in PyTorch: (result type Float can't be cast|value cannot be converted)",
              "PyTorch wants the gradient of an integer, which has none."),
          of(
              "maximum|minimum|fmax|fmin|clamp_min|clamp_max|clamp_tensor",
              "is -?0\\.0, in PyTorch -?0\\.0 .*(SPECIAL|EXTREME)",
              "Of 0 and -0 libtorch's vectors give the second, and what is left of an array, but"
                  + " for fmax and fmin, the first. For Gatun -0 is less than 0, as for Java."),
          of(
              "softshrink",
              "the result: .* is 0\\.0, in PyTorch -0\\.0 ",
              "Of -0.25 libtorch's vectors make 0, and what is left of an array -0: it is"
                  + " multiplied by 0 there."),
          of(
              "elu",
              "is -?0\\.0, in PyTorch -?0\\.0 .* -[01]\\.\\d+ (SPECIAL|EXTREME)",
              "Either zero is itself in PyTorch, though its slope is that of the negative numbers;"
                  + " of theirs Gatun gives the limit, which a negative factor turns over."),
          of(
              "logaddexp2",
              "is 0\\.0, in PyTorch -0\\.0 \\(rightly -4\\.756597398230631E-17\\)",
              "Of -1 and -1 it is 0. In double precision PyTorch adds its product of log(2) and"
                  + " 1 / log(2) unrounded, and what that lacks to 1 is left: of a narrow zero, the"
                  + " sign."),
          of(
              "sinc",
              "the gradient .* is -?\\d\\.\\d+E-\\d+, in PyTorch .*float64",
              "libtorch's slope (u cos u - sin u) / (u x), u = pi x, cancels near 0: at x = 0.001"
                  + " five digits are lost, at 0.000006 nine. Gatun takes the series."),
          of(
              "cdist",
              "the gradient .*, 0\\] offset \\d+ .*, 0\\] offset \\d+ Infinity ORDINARY",
              "In PyTorch each of several greatest differences has the whole gradient, unlike in"
                  + " the norm of one vector; in Gatun they share it."),
          of(
              "cdist",
              "the gradient .*\\[b?float16\\[.* b?float16\\[.* 2\\.0 ORDINARY",
              "The slope of the distance's square holds the rounded distance; PyTorch divides it by"
                  + " the same number, Gatun by the one before it was rounded."),
          of(
              "trigamma",
              "the result: element \\d+ is Infinity, in PyTorch",
              "libtorch's is finite, or not a number, at the poles."),
          of(
              "sinc",
              "the result: element \\d+ is -?0\\.0, in PyTorch NaN .*EXTREME",
              "PyTorch's angle overflows; Gatun gives the limit."),
          of(
              "div",
              "in PyTorch (NaN|-?Infinity) .*(SPECIAL|EXTREME).* NUMBER 0",
              "PyTorch multiplies by a reciprocal, which may overflow."),
          of(
              "cross_entropy",
              "(is|in PyTorch) NaN.*SPECIAL",
              "Gatun takes the logarithm out of the sum over classes: an infinite weight less"
                  + " itself."),
          of(
              "prod|cumprod|scatter_reduce",
              "(is|in PyTorch) NaN.*SPECIAL",
              "The order of the factors decides whether they underflow before they meet infinity."),
          of(
              "softsign",
              "\\[u?int.*EXTREME",
              "In PyTorch |x| + 1 wraps in an integer type; Gatun computes it in float32."),
          of(
              "layer_norm|rms_norm",
              "in PyTorch (NaN|-?Infinity).*SPECIAL",
              "An infinite weight times a difference that is 0, or not quite, by rounding."),
          of(
              "atan2",
              "(the gradient|differentiated).*(int8|bool)",
              "PyTorch squares an integer in its own type, where it wraps, and cannot negate"
                  + " bool."),
          of(
              "fmod|remainder",
              "in PyTorch NaN .*(SPECIAL|EXTREME)",
              "libtorch's vector library gives up on quotients beyond its range; Java's is exact."),
          of(
              "pow|logaddexp2?|lerp_tensor|backward",
              "refused in PyTorch: (Subtraction|Negation), the `-` operator, (with|on) (a|two)"
                  + " bool",
              "An accident of how PyTorch writes the gradient."),
          of(
              "clamp_tensor|backward",
              "refused in PyTorch: output with shape .* doesn't match the broadcast shape",
              "PyTorch's gradient of clamp takes it that no bound is larger than what is held."),
          of(
              "softsign|tanhshrink",
              "computed, refused in PyTorch.* \\[bool",
              "An accident of PyTorch's formulas; sigmoid and tanh take truth values there too."),
          of(
              "celu",
              "ZeroDivisionError",
              "Tensor.celu refuses it too; the operation behind it does not look at numbers."),
          of(
              ".*",
              "refused in PyTorch: the derivative for 'inplace version of",
              "PyTorch lacks the gradient of this write; Gatun has it."),
          of(
              "mode_positions",
              "the result: .*SPECIAL NAN",
              "PyTorch sorts by what is no order where there is NaN; Gatun has NaN last."),
          of(
              "any|all",
              "in PyTorch uint8",
              "PyTorch kept uint8 here from the time before it had bool."),
          of(
              "scatter|scatter_add|scatter_reduce",
              "Scatter\\w*Backward0 returned an invalid gradient"
                  + "|^differentiated, refused in PyTorch: The size of tensor a",
              "PyTorch has a gradient only where the source is no larger than the index."),
          of(
              "addmm",
              "^refused .*the factors of integers are whole",
              "PyTorch drops the fraction in silence."),
          of(
              "scaled_dot_product_attention",
              "(is|in PyTorch) NaN.*SPECIAL",
              "PyTorch multiplies what is masked by 0, or looks for infinities first; Gatun leaves"
                  + " it out."),
          of(
              "conv2d|conv1d|conv_transpose2d",
              "(is|in PyTorch) NaN.*SPECIAL",
              "Padding times an infinite weight is NaN or nothing, by the algorithm, on either"
                  + " side."),
          of(
              "fill|zero|copy",
              "^refused .*several elements share one address",
              "PyTorch writes one number over elements that share an address, and copies of one"
                  + " element; Gatun refuses every write to such elements."),
          of(
              ".*",
              "refused in PyTorch: a leaf Variable that requires grad(?!.*LEAF)",
              "PyTorch takes a view for a leaf when its base has come into the graph since."),
          of(
              ".*",
              "^refused .*is a view of a tensor that (is not contiguous: a recorded write"
                  + "|a recorded operation has written in place since, and that is not"
                  + " contiguous)",
              "A tensor detached from a view with gaps takes no recorded writes through views of"
                  + " its own; the message says what to do."),
          of(
              ".*",
              "computed, refused in PyTorch: (\"\\w+\" not implemented for '|.*(does not support"
                  + " bool|but bool is not supported))",
              "PyTorch has no kernel for the type here; Gatun has."),
          of(
              "aminmax_min|aminmax_max",
              "derivative for aten::aminmax is not implemented",
              "PyTorch has no gradient of both extrema at once."),
          of(
              "vander|isin|einsum",
              "refused in PyTorch: (expected scalar type Long|one of the variables needed for"
                  + " gradient computation has been modified|view size is not compatible)",
              "An accident of how PyTorch computes it."),
          of(
              "einsum",
              "the result is (bool|u?int\\d+)\\[.*, in PyTorch int64",
              "PyTorch sums some of the letters, and sums of integers are int64 there."),
          of(
              "addr",
              "the result is int64\\[.*, in PyTorch bool",
              "Whole factors make whole numbers; PyTorch keeps truth values."),
          of(
              "addmv|addr|addbmm|baddbmm",
              "the gradient of input 0 is missing .* 0 -?\\d ",
              "Times 0 the first operand has no part in the result; PyTorch has zeros for it."),
          of(
              "addmv",
              "the result is \\w+\\[\\d*], in PyTorch .*\\b0[,\\]]",
              "PyTorch does not broadcast what is added to products of nothing."),
          of(
              "dist|cdist|matrix_power",
              "the result requires no gradient, it does in PyTorch .* 0(\\.0)? ORDINARY",
              "What is constant but for jumps has no gradient; PyTorch has zeros for it."),
          of(
              "vander",
              "the result requires a gradient, not in PyTorch .* [01] (true|false) ORDINARY",
              "PyTorch makes powers of no past where the exponent is 0 alone."),
          of(
              "trace",
              "the gradient of input 0: element \\d+ is 0\\.0, in PyTorch",
              "PyTorch's goes on past the last column of a tall matrix."),
          of(
              "cdist",
              "is NaN, in PyTorch .* Infinity SPECIAL|is \\d+\\.0, in PyTorch NaN .* 0\\.0 SPECIAL",
              "PyTorch passes over NaN, infinity less itself too, in the greatest difference; and"
                  + " in the count of differences it is none of them."),
          of(
              "std",
              "the gradient .* is -?0\\.0, in PyTorch .*float64\\[.* strides \\[([0-9]+, )*0\\b",
              "Of equal elements PyTorch's mean is off by a rounding, and so is its slope."),
          of(
              "median_values|nanmedian_values",
              "the result: .* strides \\[([0-9]+, )*0\\b",
              "libtorch takes a distance of 0 between elements for 1, and reads beside the"
                  + " tensor."),
          of(
              "block_diag",
              "the gradient .*float\\d+\\[0] strides",
              "PyTorch's skips the row that an empty vector has in the result."),
          of(
              "scatter_add|scatter_reduce",
              "the result: .*, in PyTorch .* int64\\[.*?] strides \\[\\d+(, [01])+]",
              "For an index expanded from one axis PyTorch takes it that the tensor's other axes"
                  + " are as long as the index's."),
          of(
              "gather",
              "the gradient of input 0: .*, in PyTorch .* int64\\[.*?] strides \\[\\d+(, [01])+]",
              "PyTorch adds it up as in scatter_add, by an index expanded from one axis."),
          of(
              "index_reduce",
              "^refused .*truth has no mean.* int64\\[0] ",
              "PyTorch does not look at types where there is nothing to write."),
          of(
              "trapezoid",
              "in PyTorch NaN .*SPECIAL",
              "PyTorch takes half of the ends off the sum: infinity less infinity."),
          of(
              "std_mean|var_mean",
              "in PyTorch NaN .*SPECIAL",
              "PyTorch has the mean by running differences, which are no numbers beside infinity."),
          of(
              "cond|trapezoid|trapezoid_at|bincount_weights",
              "the result (requires a gradient, not in PyTorch|is float.*in PyTorch"
                  + " (bool|u?int\\d+)).*\\b0[,\\]]",
              "PyTorch makes zeros of nothing."),
          of(
              "kron",
              "refused in PyTorch: view size is not compatible",
              "An accident of how PyTorch computes it."),
          of(
              "index_reduce",
              "refused in PyTorch: iter.ninputs\\(\\) == traits::arity INTERNAL ASSERT",
              "A fault of PyTorch, as its message says."),
          of(
              "einsum",
              "refused in PyTorch: expected scalar type \\w+ but found Long",
              "PyTorch's sums of small integers are int64, which it then cannot multiply."),
          of(
              "polygamma",
              "is -?0\\.0, in PyTorch NaN .*SPECIAL",
              "PyTorch subtracts infinities; Gatun gives the limit."),
          of(
              "conv_transpose2d",
              "^refused .*: nothing is left of the result",
              "PyTorch makes a result without elements."),
          of(
              ".*",
              "^refused .*: the matrices are float32 or float64.*\\b0[,\\]]",
              "PyTorch does not look at the type of matrices without elements."),
          of(
              "det",
              "the gradient of input 0 is there, not in PyTorch .*\\b0[,\\]]",
              "PyTorch leaves out a gradient without elements."),
          of(
              "solve|solve_broadcast|lstsq",
              "(is|in PyTorch) (NaN|-?Infinity).*SPECIAL",
              "Which elements one that is not finite reaches depends on the order of elimination."),
          of(
              "to",
              "float.* u?int.* SPECIAL",
              "C++ leaves open what NaN and numbers out of range become; Gatun keeps Java's"
                  + " rules."),
          of(
              "copy",
              "is -?\\d+, in PyTorch -9223372036854775808 ",
              "As for 'to': what is no number of the integer type, processors turn into its"
                  + " least."),
          of(
              "softmax|log_softmax|softmin|scaled_dot_product_attention|conv2d|conv1d"
                  + "|conv_transpose2d|.*_pool2d(_positions)?|matmul|mm|bmm|mv|dot|vdot|inner"
                  + "|tensordot|einsum|matrix_power|add(mm|mv|bmm)|baddbmm|linear|narrow_linear"
                  + "|bucketize",
              "^refused .*(floating.point|bool: the operands are numbers|are float32, or"
                  + " all)|matmul.*\\b0[,\\]].*: the types agree",
              "Gatun's networks compute in floating point; PyTorch takes integers where it has a"
                  + " slow kernel for them, or where the tensor is empty and no type is looked"
                  + " at."));

  private static Difference of(String operations, String mismatch, String reason) {
    return new Difference(Pattern.compile(operations), Pattern.compile(mismatch), reason);
  }

  /**
   * Tells whether a mismatch is intended.
   *
   * @param operation the operation's name
   * @param mismatch the mismatch, with the description of the case
   * @return whether it is listed
   */
  public static boolean isIntended(String operation, String mismatch) {
    return INTENDED.stream()
        .anyMatch(difference ->
            difference.operations.matcher(operation).matches()
                && difference.mismatch.matcher(mismatch).find());
  }

  /** The list. */
  static List<Difference> all() {
    return INTENDED;
  }
}
