package dev.gatun.kernels.record;

import dev.gatun.kernels.pointwise.PointwiseKernel;
import java.util.List;

/**
 * A run of an elementwise kernel.
 *
 * @param kernel the kernel
 * @param writes the outputs
 * @param reads the inputs
 * @param parameters the numbers; the very array that the host changes between runs when {@code
 *     live}
 * @param live whether the host changes the numbers between runs
 */
public record PointwiseCall(
    PointwiseKernel kernel,
    List<RecordedArray> writes,
    List<RecordedArray> reads,
    @SuppressWarnings("ArrayRecordComponent")
        double[] parameters, // live ones are shared on purpose
    boolean live)
    implements RecordedCall {
  @Override
  public boolean isRepeatable() {
    return !live;
  }

  @Override
  public String name() {
    return kernel.program().name();
  }
}
