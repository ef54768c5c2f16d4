package dev.gatun.kernels.record;

import dev.gatun.kernels.gemm.PointwiseEpilogue;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.function.Function;

/**
 * An elementwise program that ran on the blocks of a product.
 *
 * @param kernel the program
 * @param writes the arrays that it wrote
 * @param reads the arrays that it read
 * @param parameters its numbers; the very array that the host changes between runs when {@code
 *     live}
 * @param live whether the host changes the numbers between runs
 */
public record RecordedEpilogue(
    PointwiseKernel kernel,
    List<RecordedArray> writes,
    List<RecordedArray> reads,
    @SuppressWarnings("ArrayRecordComponent")
        double[] parameters, // live ones are shared on purpose
    boolean live) {

  static RecordedEpilogue of(PointwiseEpilogue epilogue, boolean live) {
    return new RecordedEpilogue(
        RecordingPointwiseKernel.real(epilogue.kernel()),
        List.of(RecordedArray.of(epilogue.outs())),
        List.of(RecordedArray.of(epilogue.ins())),
        live ? epilogue.parameters() : epilogue.parameters().clone(),
        live);
  }

  /** Makes the epilogue on arrays there are. */
  PointwiseEpilogue bind(Function<RecordedArray, StridedArray> arrays) {
    return new PointwiseEpilogue(
        kernel,
        writes.stream().map(arrays).toArray(StridedArray[]::new),
        reads.stream().map(arrays).toArray(StridedArray[]::new),
        parameters);
  }
}
