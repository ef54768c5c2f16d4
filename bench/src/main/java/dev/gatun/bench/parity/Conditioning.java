package dev.gatun.bench.parity;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.Arrays;
import java.util.Set;

/**
 * How many times greater than roundings the errors of a function of matrices may be: the largest
 * singular value by the smallest, or by the smallest distance of two; of correlations, the largest
 * element by the smallest deviation of a row. A matrix whose errors would say nothing is not
 * compared; another one is drawn in its place.
 */
final class Conditioning {
  private static final double HIGHEST = 1000;

  private static final Set<String> OF_MATRICES =
      Set.of(
          "solve",
          "solve_broadcast",
          "inverse",
          "det",
          "cofactors",
          "logabsdet",
          "sign_of_det",
          "qr",
          "qr_complete",
          "orthogonal_complement",
          "svdvals",
          "svd_u",
          "svd_s",
          "svd_vh",
          "svd_product",
          "svd_full",
          "pinv",
          "pinv_usual",
          "lstsq",
          "matrix_rank",
          "matrix_rank_usual",
          "cond",
          "matrix_power");

  /** Of the symmetric matrices whose lower triangles are given. */
  private static final Set<String> OF_SYMMETRIC_MATRICES =
      Set.of("cholesky", "eigvalsh", "eigh_values", "eigh_vectors");

  private static final String OF_CORRELATIONS = "corrcoef";

  private Conditioning() {}

  /** Tells whether errors of each element are as those of the greatest one. */
  static boolean isOfMatrices(Subject subject) {
    return OF_MATRICES.contains(subject.name()) || OF_SYMMETRIC_MATRICES.contains(subject.name());
  }

  /** The factor, at least 1; 1 for what is no function of matrices. */
  static double of(Subject subject, Tensor matrices) {
    if (subject.name().equals(OF_CORRELATIONS)) {
      return ofDeviations(matrices.detach());
    }
    boolean symmetric = OF_SYMMETRIC_MATRICES.contains(subject.name());
    if (!symmetric && !OF_MATRICES.contains(subject.name())
        || matrices.rank() < 2
        || matrices.numel() == 0) {
      return 1;
    }
    try (var _ = NoGrad.open()) {
      var x = matrices.to(DType.FLOAT64);
      x = symmetric ? x.tril(0).add(x.tril(-1).mT()) : x;
      if (!Double.isFinite(x.abs().sum().item())) {
        return Double.POSITIVE_INFINITY;
      }
      var values = x.svdvals();
      var gaps =
          values.narrow(-1, 0, values.size(-1) - 1).sub(values.narrow(-1, 1, values.size(-1) - 1));
      var largest = values.select(-1, 0).unsqueeze(-1);
      double least = values.div(largest).min().item();
      return 1 / (gaps.numel() == 0 ? least : Math.min(least, gaps.div(largest).min().item()));
    }
  }

  /** The largest elements of rows by how far the rows' elements are from their mean. */
  private static double ofDeviations(Tensor x) {
    if (x.numel() < 2 || !x.dtype().isFloatingPoint()) {
      return 1;
    }
    int columns = (int) x.size(-1);
    double[] elements = x.contiguous().toDoubleArray();
    double highest = 1;
    for (int from = 0; from < elements.length; from += columns) {
      double[] row = Arrays.copyOfRange(elements, from, from + columns);
      if (columns > 1 && Arrays.stream(row).allMatch(Double::isFinite)) {
        double mean = Arrays.stream(row).average().orElse(0);
        double largest = Arrays.stream(row).map(Math::abs).max().orElse(0);
        double furthest =
            Arrays.stream(row).map(element -> Math.abs(element - mean)).max().orElse(0);
        boolean squareIsLost = furthest * furthest < Tolerances.smallestNormal(x.dtype());
        highest = Math.max(highest, squareIsLost ? Double.POSITIVE_INFINITY : largest / furthest);
      }
    }
    return highest;
  }

  /**
   * Tells whether a comparison would say something.
   *
   * @param subject what is called
   * @param matrices its first input
   * @return whether errors are not much greater than roundings
   */
  static boolean isTelling(Subject subject, Tensor matrices) {
    return of(subject, matrices) <= HIGHEST;
  }
}
