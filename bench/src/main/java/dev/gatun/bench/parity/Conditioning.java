package dev.gatun.bench.parity;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.Set;

/**
 * How many times greater than roundings the errors of a function of matrices may be: the largest
 * singular value by the smallest, or by the smallest distance of two. A matrix whose errors would
 * say nothing is not compared; another one is drawn in its place.
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

  private Conditioning() {}

  /**
   * Estimates the factor.
   *
   * @param subject what is called
   * @param matrices its first input
   * @return a factor, at least 1; 1 for what is no function of matrices
   */
  static double of(Subject subject, Tensor matrices) {
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

  /**
   * Tells whether a comparison would say something.
   *
   * @param condition the factor
   * @return whether it is not too high
   */
  static boolean isTelling(double condition) {
    return condition <= HIGHEST;
  }
}
