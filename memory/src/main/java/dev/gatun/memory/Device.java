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
   * Returns a GPU that is driven through CUDA. Only a name: whether there is one is found out when
   * it is first used.
   *
   * @param index which one, in CUDA's order, from 0
   * @return the device
   * @throws ArgumentException when the index is negative
   */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * Returns the first GPU that is driven through CUDA.
   *
   * @return {@code cuda(0)}
   */
  public static Device cuda() {
    return cuda(0);
  }

  /**
   * Tells whether this is the host.
   *
   * @return whether bytes there can be read by Java
   */
  public boolean isCpu() {
    return kind == Kind.CPU;
  }

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
