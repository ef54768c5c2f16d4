package dev.gatun.kernels.replay;

import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedEpilogue;
import dev.gatun.memory.Storage;
import org.jspecify.annotations.Nullable;

/**
 * What a call of {@link MatmulKernels#matmul} was given.
 *
 * @param call the call
 * @param out the result
 * @param left the left factor
 * @param right the right factor
 * @param alpha the factor of the product
 * @param beta the factor of what was in the result
 * @param epilogue what works on the result; null for nothing
 * @param bias the summand; null for nothing
 */
record ProductCall(
    KernelCall call,
    RecordedArray out,
    RecordedArray left,
    RecordedArray right,
    double alpha,
    double beta,
    @Nullable RecordedEpilogue epilogue,
    @Nullable RecordedArray bias) {
  // Where the method takes them.
  static final int OUT = 0;
  static final int LEFT = 1;
  static final int RIGHT = 2;
  private static final int ALPHA = 3;
  private static final int BETA = 4;
  static final int EPILOGUE = 5;
  static final int BIAS = 6;

  /** Takes a call apart; null when it is of another kernel. */
  static @Nullable ProductCall of(RecordedCall call) {
    return call instanceof KernelCall kernel
            && kernel.calls(MatmulKernels.class, "matmul")
            && kernel.argument(OUT) instanceof RecordedArray out
            && kernel.argument(LEFT) instanceof RecordedArray left
            && kernel.argument(RIGHT) instanceof RecordedArray right
            && kernel.argument(ALPHA) instanceof Double alpha
            && kernel.argument(BETA) instanceof Double beta
        ? new ProductCall(
            kernel,
            out,
            left,
            right,
            alpha,
            beta,
            kernel.epilogue(),
            (RecordedArray) kernel.argument(BIAS))
        : null;
  }

  /** Tells whether the product is neither multiplied nor added to what there was. */
  boolean isPlain() {
    return alpha == 1 && beta == 0;
  }

  /** Tells whether a factor or the summand lies in a storage. */
  boolean hasOperandIn(Storage storage) {
    return left.storage() == storage
        || right.storage() == storage
        || bias != null && bias.storage() == storage;
  }
}
