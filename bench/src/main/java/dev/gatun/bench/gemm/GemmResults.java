package dev.gatun.bench.gemm;

import dev.gatun.bench.machine.Machine;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.timing.Averages;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a run and what follows from them.
 *
 * @param plan what was measured
 * @param machine where
 * @param figures the medians
 */
record GemmResults(GemmPlan plan, Machine machine, GemmFigures figures) {

  /** Below this size a product is too short to be compared with the FMA peak. */
  static final int SMALLEST_SIZE_FOR_PEAK = 192;

  /**
   * The speed to compare with: for Gatun as measured, for a peer its better setting, this number of
   * threads or one.
   *
   * @param gemmCase the case
   * @param name the contestant
   * @return GFLOP/s, NaN when it did not take part
   */
  double speed(GemmCase gemmCase, String name) {
    double measured = figures.speed(gemmCase, name);
    if (name.equals(Peers.GATUN) || gemmCase.threads() == 1) {
      return measured;
    }
    double onOneThread = figures.speed(new GemmCase(gemmCase.dtype(), 1, gemmCase.size()), name);
    return onOneThread > measured ? onOneThread : measured;
  }

  /**
   * Gatun's speed divided by a peer's.
   *
   * @param gemmCase the case
   * @param peer the peer
   * @return above 1 where Gatun is faster; NaN when either did not take part
   */
  double ratioTo(GemmCase gemmCase, String peer) {
    return speed(gemmCase, Peers.GATUN) / speed(gemmCase, peer);
  }

  /**
   * Gatun's speed divided by that of the better BLAS library.
   *
   * @param gemmCase the case
   * @return above 1 where Gatun is faster than all of them; NaN when none took part
   */
  double ratioToBestBlas(GemmCase gemmCase) {
    double best =
        Peers.BLAS_NAMES.stream()
            .mapToDouble(peer -> speed(gemmCase, peer))
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    return speed(gemmCase, Peers.GATUN) / best;
  }

  /**
   * Gatun's speed divided by the FMA peak of this run.
   *
   * @param gemmCase the case
   * @return 1 is the peak
   */
  double peakShare(GemmCase gemmCase) {
    return speed(gemmCase, Peers.GATUN) / figures.peak(gemmCase.dtype(), gemmCase.threads());
  }

  /**
   * The smallest ratio to the better BLAS library.
   *
   * @return NaN when no BLAS library took part
   */
  double worstRatio() {
    return blasRatios().stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
  }

  /**
   * The geometric mean of the ratios to the better BLAS library.
   *
   * @return NaN when no BLAS library took part
   */
  double geometricMeanRatio() {
    return Averages.geometricMean(blasRatios());
  }

  /**
   * The geometric mean of the shares of the FMA peak, over sizes of {@value
   * #SMALLEST_SIZE_FOR_PEAK} and more.
   *
   * @return NaN when there is no such case
   */
  double meanPeakShare() {
    return Averages.geometricMean(
        plan.cases().stream()
            .filter(gemmCase -> gemmCase.size() >= SMALLEST_SIZE_FOR_PEAK)
            .map(this::peakShare)
            .filter(Double::isFinite)
            .toList());
  }

  /**
   * The line for scripts.
   *
   * @return such as {@code gemm: cases=44 worst_ratio=0.97 geomean_ratio=1.01 peak_share=0.93}
   */
  String summary() {
    return String.format(
        Locale.ROOT,
        "gemm: cases=%d worst_ratio=%.2f geomean_ratio=%.2f peak_share=%.2f",
        plan.cases().size(),
        worstRatio(),
        geometricMeanRatio(),
        meanPeakShare());
  }

  private List<Double> blasRatios() {
    return plan.cases().stream().map(this::ratioToBestBlas).filter(Double::isFinite).toList();
  }
}
