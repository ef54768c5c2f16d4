package dev.gatun.autograd;

import dev.gatun.memory.GatunException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call on which a structural operation is tested: one that must work, or one that must be
 * refused.
 *
 * @param <A> the type of the attributes
 * @param attributes what the call needs besides tensors
 * @param operands what the inputs look like
 * @param refusal the exception that the call must throw, or null when it must work
 * @param rule a part of the exception's message; empty when the call must work
 */
public record Sample<A>(
    A attributes,
    List<Operand> operands,
    @Nullable Class<? extends GatunException> refusal,
    String rule) {

  /**
   * Returns a call that must work.
   *
   * @param <A> the type of the attributes
   * @param attributes what the call needs besides tensors
   * @param operands what the inputs look like
   * @return the sample
   */
  public static <A> Sample<A> of(A attributes, Operand... operands) {
    return new Sample<>(attributes, List.of(operands), null, "");
  }

  /**
   * Returns a call that must be refused.
   *
   * @param <A> the type of the attributes
   * @param refusal the exception that it must throw
   * @param rule a part of the exception's message
   * @param attributes what the call needs besides tensors
   * @param operands what the inputs look like
   * @return the sample
   */
  public static <A> Sample<A> refused(
      Class<? extends GatunException> refusal, String rule, A attributes, Operand... operands) {
    return new Sample<>(attributes, List.of(operands), refusal, rule);
  }
}
