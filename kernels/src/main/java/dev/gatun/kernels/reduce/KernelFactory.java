package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;

/** Makes the inner loops of one provider. */
interface KernelFactory {
  /** Makes the kernel that folds elements of a type. */
  FoldKernel fold(Reduction kind, DType type);

  /** Makes the kernel that sums elements of a floating-point type and squared deviations. */
  MomentKernel moments(DType type);

  /**
   * Makes the kernel that sums squared deviations of rows that are normalised: it may sum in their
   * own type.
   */
  default MomentKernel deviation(DType type) {
    return moments(type);
  }

  /** Makes the kernel of softmax, or of its logarithm, for a floating-point type. */
  FibreKernel softmax(boolean log, DType type);

  /** Makes the kernel of the gradient of softmax, or of its logarithm. */
  FibreKernel softmaxBackward(boolean log, DType type);

  /** Makes the kernel that finds the position of an extremum. */
  FibreKernel extremum(boolean smallest, DType type);

  /** Makes the kernel of layer normalisation for a floating-point type. */
  NormKernel norm(boolean weighted, boolean biased, DType type);

  /** Makes the loops of exponentials along rows for a floating-point type. */
  RowExponentials rowExponentials(DType type);
}
