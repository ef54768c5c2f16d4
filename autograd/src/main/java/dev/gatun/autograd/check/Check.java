package dev.gatun.autograd.check;

import java.util.Locale;

/**
 * One thing to be checked about an operation.
 *
 * @param kind what sort of check it is
 * @param name what is checked, on what
 * @param body does the checking; throws a {@link CheckException} when something is wrong
 */
public record Check(Kind kind, String name, Runnable body) {
  /** The sorts of checks. */
  public enum Kind {
    /** The declaration is complete: samples, and a gradient or a reason for having none. */
    DECLARATION,
    /** A provider's result equals that of the scalar interpreter. */
    ORACLE,
    /** The gradient equals a difference quotient in float64. */
    GRADCHECK,
    /** The gradient of the gradient equals a difference quotient in float64. */
    GRADGRADCHECK,
    /** Writing in place gives what a new tensor would hold, or is refused. */
    INPLACE,
    /** Writing into a given tensor gives what a new tensor would hold. */
    OUT,
    /** A device gives what the host gives, and its gradients. */
    DEVICE,
    /** A captured call gives on replay what the call itself gives, or cannot be captured. */
    PLAN,
    /** A call mapped over a batch gives what the calls of its examples give. */
    VMAP,
    /** A wrong call is refused with the declared exception, and changes nothing. */
    ERRORS,
    /** Afterwards the pool has as many bytes in use as before. */
    LEAKS
  }

  /** Does the checking. */
  public void run() {
    body.run();
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + ": " + name;
  }
}
