package dev.gatun.bench.contest;

import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.timing.Averages;
import dev.gatun.bench.timing.SliceTimer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One peer, one way of doing the case, one number of threads. */
final class Contender {

  private final Peer peer;
  private final String variant;
  private final int threads;
  private final Call call;
  private double difference = Double.NaN;

  /** Of each round; of the first one alone where others are many times as fast. */
  private final List<Double> seconds = new ArrayList<>();

  private SliceTimer.Pace pace = new SliceTimer.Pace(Long.MAX_VALUE, 1);

  Contender(Peer peer, String variant, int threads, Call call) {
    this.peer = peer;
    this.variant = variant;
    this.threads = threads;
    this.call = call;
  }

  Peer peer() {
    return peer;
  }

  int threads() {
    return threads;
  }

  long fastestNanos() {
    return pace.fastestNanos();
  }

  void setDifference(double difference) {
    this.difference = difference;
  }

  /** Computes once and returns the result. */
  double[] compute(SliceTimer timer) {
    var result = new double[][] {{}};
    inTurn(() -> {
      pace = new SliceTimer.Pace(timer.time(call::run), 1);
      result[0] = call.result();
    });
    return result[0];
  }

  /** Calls it until it gets no faster. */
  void warmUp(SliceTimer timer, ContestPlan plan) {
    inTurn(() ->
        pace =
            peer.isJava()
                ? timer.warmUpJava(
                    call::run, plan.leastJavaWarmUpNanos(), plan.mostJavaWarmUpNanos())
                : timer.warmUp(call::run, plan.warmUpSpanNanos(), plan.mostWarmUpNanos()));
  }

  /** Takes the fastest call so far for the figure: enough where others are many times as fast. */
  void takeFastest() {
    seconds.add(1e-9 * pace.fastestNanos());
  }

  void slice(SliceTimer timer, long sliceNanos) {
    inTurn(() -> seconds.add(timer.slice(call::run, pace, sliceNanos)));
  }

  private void inTurn(Runnable turn) {
    peer.setThreads(threads);
    call.enter();
    try {
      turn.run();
    } finally {
      call.leave();
    }
  }

  /**
   * Returns its figures.
   *
   * @param gatun the contender whose times its own are divided by, round by round; null where there
   *     is none
   */
  ContestTime time(@Nullable Contender gatun) {
    double ratio = gatun == null ? Double.NaN : Averages.medianQuotient(seconds, gatun.seconds);
    return new ContestTime(
        peer.name(), variant, threads, Averages.median(seconds), ratio, difference);
  }
}
