package dev.gatun.memory;

/**
 * Where a storage's bytes are.
 *
 * @param kind the kind of device
 * @param index which one of its kind, from 0
 */
public record Device(Kind kind, int index) {
  /** The kinds of device. */
  public enum Kind {
    /** The host's memory and processors. */
    CPU,
    /** A GPU driven through CUDA. */
    CUDA
  }

  /** The host. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /**
   * Checks the index.
   *
   * @throws ArgumentException when the index is negative
   */
  public Device {
    if (index < 0) {
      throw new ArgumentException("device: index " + index + " is negative");
    }
  }

  /**
   * Returns the name as PyTorch writes it.
   *
   * @return {@code cpu}, or for example {@code cuda:0}
   */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
