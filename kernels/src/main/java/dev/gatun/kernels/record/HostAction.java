package dev.gatun.kernels.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plain Java code that a step ran between kernels.
 *
 * @param name what it does, for listings
 * @param action the code
 * @param numbers the array that it fills and nothing else depends on; null where it does something
 *     else
 */
public record HostAction(
    String name,
    Runnable action,
    @SuppressWarnings("ArrayRecordComponent") double @Nullable [] numbers) // shared on purpose
    implements RecordedCall {
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
