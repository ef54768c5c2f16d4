package dev.gatun.bench.ops;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.Agreement;
import dev.gatun.bench.parity.DeclaredOp;
import dev.gatun.bench.parity.Difference;
import dev.gatun.bench.parity.DoublePrecision;
import dev.gatun.bench.parity.Evidence;
import dev.gatun.bench.parity.ParityCase;
import dev.gatun.bench.parity.Referee;
import dev.gatun.bench.parity.Tolerances;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether both sides of a call have computed the same. Elements that are further apart than
 * parity allows for small tensors may be so by roundings of long sums, which are as large as those
 * of the largest element.
 */
final class Verdict {

  /** So many roundings of the largest element are no difference. */
  private static final double ROUNDINGS = 256;

  /** Nor is so many times what libtorch is from its own double precision at the worst. */
  private static final double TIMES_ITS_ERROR = 8;

  private final Referee referee;
  private final DeclaredOp op;
  private final ParityCase call;
  private final String description;

  /**
   * Prepares.
   *
   * @param referee libtorch
   * @param op the operation
   * @param call the call, the inputs of which stay open for as long as this is used
   * @param description the call for people
   */
  Verdict(Referee referee, DeclaredOp op, ParityCase call, String description) {
    this.referee = referee;
    this.op = op;
    this.call = call;
    this.description = description;
  }

  /**
   * Compares results.
   *
   * @param theirs libtorch's, in memory of Gatun's
   * @param mine Gatun's
   * @return the difference; empty where there is none that matters
   */
  String ofResults(Tensor theirs, Tensor mine) {
    var tolerance = Tolerances.ofResult(op, mine.dtype());
    return difference(
        Agreement.of(
            "the result",
            theirs,
            mine,
            tolerance,
            () -> evidence(theirs, tolerance, () -> precise().result())));
  }

  /**
   * Compares gradients.
   *
   * @param input of which input
   * @param seed the gradient of the result that they come from
   * @param theirs libtorch's, in memory of Gatun's
   * @param mine Gatun's
   * @return the difference; empty where there is none that matters
   */
  String ofGradients(int input, Tensor seed, Tensor theirs, Tensor mine) {
    var coarser =
        Tolerances.epsilon(seed.dtype()) > Tolerances.epsilon(mine.dtype())
            ? seed.dtype()
            : mine.dtype();
    var tolerance = Tolerances.ofGradient(op, coarser);
    return difference(
        Agreement.of(
            "the gradient of input " + input,
            theirs,
            mine,
            tolerance,
            () -> evidence(theirs, tolerance, () -> precise().gradient(input, seed))));
  }

  private DoublePrecision precise() {
    return new DoublePrecision(referee, op, call);
  }

  private static @Nullable Evidence evidence(
      Tensor theirs, Tolerances tolerance, Supplier<double @Nullable []> precise) {
    double[] truth = precise.get();
    if (truth == null) {
      return null;
    }
    double[] elements = theirs.toDoubleArray();
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < truth.length; i++) {
      double error = Math.abs(elements[i] - truth[i]);
      largest = Double.isFinite(truth[i]) ? Math.max(largest, Math.abs(truth[i])) : largest;
      worst = Double.isFinite(error) ? Math.max(worst, error) : worst;
    }
    double[] bounds = new double[truth.length];
    Arrays.fill(
        bounds,
        ROUNDINGS * Tolerances.epsilon(tolerance.dtype()) * largest + TIMES_ITS_ERROR * worst);
    return new Evidence(truth, bounds, Collections.emptyIterator(), TIMES_ITS_ERROR);
  }

  private String difference(Agreement agreement) {
    List<String> differences =
        agreement.mismatches().stream()
            .filter(
                text -> !Difference.isIntended(op.name(), text + " [" + call.description() + "]"))
            .toList();
    return differences.isEmpty() ? "" : "differs: " + differences.getFirst();
  }

  /** The call for people. */
  String description() {
    return description;
  }
}
