package dev.gatun.autograd;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What PyTorch computes where Gatun computes an operation: an expression of PyTorch's own language,
 * which the parity check evaluates and the operation reference shows.
 *
 * <p>In the expression, the inputs are {@code a}, {@code b}, {@code c}, {@code d}, {@code e} and
 * {@code f}, in their order, and {@code inputs} is the list of all of them; the arguments are
 * {@code p}, {@code q}, {@code r}, {@code s}, {@code t} and {@code u}. Functions are called by the
 * names that the library itself gives them, such as {@code torch.sum(a, p, q)}.
 *
 * @param expression the expression; its value is a tensor
 * @param arguments a {@link Long}, {@link Double}, {@link Boolean}, {@link dev.gatun.memory.DType},
 *     {@code long[]} or null each
 */
public record PyTorchCall(String expression, List<@Nullable Object> arguments) {
  /** The names of arguments, in order. */
  public static final String ARGUMENT_NAMES = "pqrstu";

  /** The names of inputs, in order. */
  public static final String INPUT_NAMES = "abcdef";

  /** Copies the list. */
  public PyTorchCall {
    arguments = Collections.unmodifiableList(Arrays.asList(arguments.toArray()));
  }

  /**
   * Returns a number as Python writes it: without a fraction it is an integer.
   *
   * @param value the number
   * @return a Long where it is whole, else a Double
   */
  static Number number(double value) {
    return value == Math.rint(value) && Math.abs(value) <= 1L << 53
        ? (Number) (long) value
        : (Number) value;
  }

  /**
   * Returns an expression with its arguments.
   *
   * @param expression the expression
   * @param arguments what the names {@code p}, {@code q} and so on stand for
   * @return the call
   */
  public static PyTorchCall of(String expression, @Nullable Object... arguments) {
    return new PyTorchCall(expression, Arrays.asList(arguments));
  }
}
