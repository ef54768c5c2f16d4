package dev.gatun.bench.parity;

import dev.gatun.autograd.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of two tensors found.
 *
 * @param ulps the largest difference of floating-point elements, in units in the last place, of
 *     those within the tolerance; 0 for others
 * @param confirmed what was further apart, and confirmed by double precision; null where nothing
 *     was
 * @param mismatches what differs more than it may: of each kind the first, where infinities, NaN,
 *     zeros and other numbers are kinds, on either side
 */
public record Agreement(double ulps, @Nullable String confirmed, List<String> mismatches) {

  private static final Agreement COMPLETE = new Agreement(0, null, List.of());

  static Agreement mismatch(String text) {
    return new Agreement(0, null, List.of(text));
  }

  /**
   * Compares elements.
   *
   * @param what what the tensors are, for the message
   * @param expected libtorch's
   * @param actual Gatun's
   * @param tolerance how far they may be apart
   * @param evidence gives what double precision tells of them; is asked at most once
   * @return what was found
   */
  public static Agreement of(
      String what,
      Tensor expected,
      Tensor actual,
      Tolerances tolerance,
      Supplier<@Nullable Evidence> evidence) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      return mismatch(
          "%s is %s%s, in PyTorch %s%s"
              .formatted(what, actual.dtype(), actual.shape(), expected.dtype(), expected.shape()));
    }
    return expected.dtype().isFloatingPoint()
        ? of(what, expected.toDoubleArray(), actual.toDoubleArray(), tolerance, evidence)
        : integers(what, expected.toLongArray(), actual.toLongArray());
  }

  private static Agreement integers(String what, long[] expected, long[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i]) {
        return mismatch(element(what, i, actual[i], expected[i]));
      }
    }
    return COMPLETE;
  }

  /** Compares numbers as {@link #of(String, Tensor, Tensor, Tolerances, Supplier)} does. */
  static Agreement of(
      String what,
      double[] wanted,
      double[] got,
      Tolerances tolerance,
      Supplier<@Nullable Evidence> evidence) {
    double worst = 0;
    Evidence found = null;
    String confirmed = null;
    var mismatches = new ArrayList<String>();
    var kinds = new HashSet<String>();
    for (int i = 0; i < wanted.length; i++) {
      double ulps = tolerance.distance(wanted[i], got[i]);
      if (ulps <= tolerance.ulps()) {
        worst = Math.max(worst, ulps);
        continue;
      }
      var kind = kind(wanted[i]) + kind(got[i]);
      if (kinds.contains(kind)) {
        continue;
      }
      found = found == null ? evidence.get() : found;
      var text = element(what, i, got[i], wanted[i]);
      if (found == null) {
        kinds.add(kind);
        mismatches.add(text);
      } else if (found.confirms(i, wanted[i], got[i], tolerance)) {
        confirmed = confirmed == null ? text + found.comment(i) : confirmed;
      } else {
        kinds.add(kind);
        mismatches.add(text + found.comment(i));
      }
    }
    return new Agreement(worst, confirmed, mismatches);
  }

  private static String kind(double value) {
    return value != 0 && Double.isFinite(value) ? "number " : value + " ";
  }

  private static String element(String what, int index, Object actual, Object expected) {
    return "%s: element %d is %s, in PyTorch %s".formatted(what, index, actual, expected);
  }
}
