package dev.gatun.bench.machine;

import dev.gatun.memory.DType;
import java.util.HashMap;
import java.util.Map;

/** What the machine can do at best, measured in this process. One thread measures at a time. */
public final class MachineLimits implements AutoCloseable {

  private static final int WARMING_SLICES = 3;
  private static final int BANDWIDTH_SLICES = 3;

  private record Footprint(int threads, long bytes) {}

  private final Map<Integer, FmaPeak> peaks = new HashMap<>();
  private final Map<Integer, MemoryBandwidth> memories = new HashMap<>();
  private final Map<Footprint, Double> bandwidths = new HashMap<>();

  /** Makes the limits; measures nothing yet. */
  public MachineLimits() {}

  /**
   * Measures one slice of fused multiply-adds.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param threads how many threads compute
   * @return operations a second, a multiply-add counting as two
   */
  public double flopsPerSecond(DType dtype, int threads) {
    var peak = peaks.get(threads);
    if (peak == null) {
      peak = new FmaPeak(threads);
      peaks.put(threads, peak);
      for (int slice = 0; slice < WARMING_SLICES; slice++) {
        peak.slice(dtype);
      }
    }
    return 1e9 * peak.slice(dtype);
  }

  /**
   * The speed of memory, measured at the first call for a number of bytes.
   *
   * @param bytes how much memory is touched again and again
   * @param threads how many threads may touch it
   * @return bytes a second
   */
  public double bytesPerSecond(double bytes, int threads) {
    return bandwidths.computeIfAbsent(
        new Footprint(threads, Math.round(bytes)), MachineLimits.this::measure);
  }

  private double measure(Footprint footprint) {
    var memory = memories.computeIfAbsent(footprint.threads(), MemoryBandwidth::new);
    double best = 0;
    for (int slice = 0; slice < BANDWIDTH_SLICES; slice++) {
      best = Math.max(best, memory.bytesPerSecond((double) footprint.bytes()));
    }
    return best;
  }

  @Override
  public void close() {
    peaks.values().forEach(FmaPeak::close);
    memories.values().forEach(MemoryBandwidth::close);
  }
}
