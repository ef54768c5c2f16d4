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
record Difference(Pattern operations, Pattern mismatch, String reason) {

  private static final List<Difference> INTENDED = List.of();

  /**
   * Tells whether a mismatch is intended.
   *
   * @param operation the operation's name
   * @param mismatch the mismatch, with the description of the case
   * @return whether it is listed
   */
  static boolean isIntended(String operation, String mismatch) {
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
