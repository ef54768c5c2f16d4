package dev.gatun.bench.gemm;

import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param dtypes element types, each {@code FLOAT32} or {@code FLOAT64}
 * @param threads thread settings
 * @param sizes sizes of the square matrices
 * @param peers names of the peers to load
 * @param forks fresh JVMs for each thread setting
 * @param seconds aim for the whole run; large matrices may exceed it
 */
record GemmPlan(
    List<DType> dtypes,
    List<Integer> threads,
    List<Integer> sizes,
    List<String> peers,
    int forks,
    double seconds) {

  static final int ROUNDS = 5;

  /** Start, loading, checking and compilation in a fork, roughly. */
  private static final double SECONDS_BEFORE_TIMING = 25;

  private static final double SHORTEST_SLICE_SECONDS = 0.005;
  private static final double LONGEST_SLICE_SECONDS = 0.1;

  GemmPlan {
    dtypes = List.copyOf(dtypes);
    threads = List.copyOf(threads);
    sizes = List.copyOf(sizes);
    peers = List.copyOf(peers);
    if (dtypes.isEmpty() || threads.isEmpty() || sizes.isEmpty()) {
      throw new IllegalArgumentException("gemm: nothing to measure: a list is empty");
    }
    for (var dtype : dtypes) {
      if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
        throw new IllegalArgumentException(
            "gemm: dtype " + dtype + ": only FLOAT32 and FLOAT64 are measured");
      }
    }
    requirePositive("size", sizes);
    requirePositive("threads", threads);
    if (forks < 1) {
      throw new IllegalArgumentException("gemm: forks " + forks + ": at least 1");
    }
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("gemm: seconds " + seconds + ": above 0");
    }
  }

  private static void requirePositive(String what, List<Integer> values) {
    for (int value : values) {
      if (value < 1) {
        throw new IllegalArgumentException("gemm: " + what + " " + value + ": at least 1");
      }
    }
  }

  /**
   * The same measurement with other peers.
   *
   * @param names names of peers
   * @return the plan
   */
  GemmPlan withPeers(List<String> names) {
    return new GemmPlan(dtypes, threads, sizes, names, forks, seconds);
  }

  /**
   * All cases, in the order of the table.
   *
   * @return element types outermost, sizes innermost
   */
  List<GemmCase> cases() {
    var cases = new ArrayList<GemmCase>();
    for (var dtype : dtypes) {
      for (int threadCount : threads) {
        for (int size : sizes) {
          cases.add(new GemmCase(dtype, threadCount, size));
        }
      }
    }
    return List.copyOf(cases);
  }

  /**
   * How long a slice of one contestant lasts in a fork.
   *
   * @return seconds
   */
  double sliceSeconds() {
    double perFork = seconds / (forks * threads.size()) - SECONDS_BEFORE_TIMING;
    int slices = dtypes.size() * sizes.size() * (peers.size() + 1) * ROUNDS;
    return Math.clamp(perFork / slices, SHORTEST_SLICE_SECONDS, LONGEST_SLICE_SECONDS);
  }
}
