package dev.gatun.bench.cpu;

import dev.gatun.bench.contest.ContestTime;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.peers.Peers;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A case with its figures.
 *
 * @param family the family's short name
 * @param name the case
 * @param target what is asked of Gatun
 * @param times the best of each contestant's ways
 * @param peakSeconds the time at the measured peak of fused multiply-adds; 0 where nothing is
 *     computed
 * @param memorySeconds the time at the measured speed of memory
 * @param troubles what went wrong; the case is not met then
 */
record Row(
    String family,
    String name,
    Target target,
    List<ContestTime> times,
    double peakSeconds,
    double memorySeconds,
    List<String> troubles) {

  Row {
    times = List.copyOf(times);
    troubles = List.copyOf(troubles);
  }

  /** Gatun's time in seconds; NaN when there is none. */
  double gatunSeconds() {
    return seconds(Peers.GATUN);
  }

  /** A contestant's time in seconds; NaN when there is none. */
  double seconds(String peer) {
    return figure(peer, ContestTime::seconds);
  }

  private double figure(String peer, ToDoubleFunction<ContestTime> figure) {
    return times.stream()
        .filter(time -> time.peer().equals(peer))
        .mapToDouble(figure)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** The fastest peer. */
  Optional<ContestTime> bestPeer() {
    return times.stream()
        .filter(time -> !time.peer().equals(Peers.GATUN))
        .min(ContestTime.FASTEST_FIRST);
  }

  /** The best peer's time divided by Gatun's; NaN when either is missing. */
  double ratio() {
    return bestPeer().map(ContestTime::ratio).orElse(Double.NaN);
  }

  /** A contestant's time divided by Gatun's; NaN when either is missing. */
  double ratio(String peer) {
    return figure(peer, ContestTime::ratio);
  }

  /** Gatun's share of the peak of fused multiply-adds; NaN where nothing is computed. */
  double peakShare() {
    return peakSeconds > 0 ? peakSeconds / gatunSeconds() : Double.NaN;
  }

  /** Gatun's share of what the machine allows, by arithmetic or by memory. */
  double limitShare() {
    return Math.max(peakSeconds, memorySeconds) / gatunSeconds();
  }

  /** Whether arithmetic, not memory, sets the limit. */
  boolean isLimitedByArithmetic() {
    return peakSeconds > memorySeconds;
  }

  /** Whether Gatun reaches the target; never where something went wrong. */
  boolean isMet() {
    return troubles.isEmpty()
        && !Double.isNaN(gatunSeconds())
        && target.isMet(ratio(), peakShare());
  }
}
