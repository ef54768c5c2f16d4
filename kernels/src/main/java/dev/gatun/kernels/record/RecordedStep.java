package dev.gatun.kernels.record;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.memory.Storage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a thread did while it was recorded. Holds a reference to every storage that is needed to do
 * it again, until it is closed.
 */
public final class RecordedStep implements AutoCloseable {
  /** Where a storage came from. */
  public enum Origin {
    /** It was there before the step. */
    EXTERNAL,
    /** It was made by the step and filled by the host, and is only read. */
    CONSTANT,
    /** It was made and filled by the step, and gone at the end. */
    TRANSIENT,
    /** It was made and filled by the step, and outlived it. */
    SURVIVING
  }

  private final KernelProvider provider;
  private final List<RecordedCall> calls;
  private final Map<Storage, Origin> origins;
  private final List<Storage> kept;
  private boolean closed;

  /** Takes over one reference to each of the storages that are kept. */
  RecordedStep(
      KernelProvider provider,
      List<RecordedCall> calls,
      Map<Storage, Origin> origins,
      List<Storage> kept) {
    this.provider = provider;
    this.calls = List.copyOf(calls);
    this.origins = Map.copyOf(origins);
    this.kept = kept;
  }

  /**
   * Returns the kernels that ran, which take no notes.
   *
   * @return the provider
   */
  public KernelProvider provider() {
    return provider;
  }

  /**
   * Returns the device whose kernels ran.
   *
   * @return the provider, or null where it is the host's
   */
  public @Nullable DeviceProvider device() {
    return provider instanceof DeviceProvider device ? device : null;
  }

  /**
   * Returns what was done.
   *
   * @return the calls in order
   */
  public List<RecordedCall> calls() {
    return calls;
  }

  /**
   * Returns where the storages came from that the calls used.
   *
   * @return each storage's origin
   */
  public Map<Storage, Origin> origins() {
    return origins;
  }

  /**
   * Tells whether this has been closed.
   *
   * @return whether the storages have been given up
   */
  public boolean isClosed() {
    return closed;
  }

  /** Gives the storages up. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      kept.forEach(Storage::release);
    }
  }
}
