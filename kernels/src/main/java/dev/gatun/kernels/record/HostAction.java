package dev.gatun.kernels.record;

import java.util.List;

/**
 * Plain Java code that a step ran between kernels.
 *
 * @param name what it does, for listings
 * @param action the code
 */
public record HostAction(String name, Runnable action) implements RecordedCall {
  @Override
  public List<RecordedArray> reads() {
    return List.of();
  }

  @Override
  public List<RecordedArray> writes() {
    return List.of();
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }
}
