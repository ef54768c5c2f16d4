package dev.gatun.kernels.reduce;

/** Where providers get their {@link ReductionKernels} from. */
public final class Reductions {
  private Reductions() {}

  /**
   * Makes kernels in plain Java.
   *
   * @return kernels that load no class of {@code jdk.incubator.vector}
   */
  public static ReductionKernels scalar() {
    return new StridedReductions(new ScalarKernelFactory());
  }

  /**
   * Makes kernels for vectors of one width.
   *
   * @param laneBits the width in bits: 128, 256 or 512
   * @return the kernels
   */
  public static ReductionKernels vector(int laneBits) {
    return new StridedReductions(new VectorKernelFactory(laneBits));
  }
}
