package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.Arrays;

/**
 * Functions of matrices of any shape, one after the other of a batch, computed in float64 by the
 * host: what is on a device is copied from there and back.
 */
final class MatrixBatches {
  private MatrixBatches() {}

  /** What is made of one matrix of each input. */
  @FunctionalInterface
  interface Work {
    /**
     * Computes in a scope of its own.
     *
     * @param matrices the matrices
     * @param out what to fill, float64
     * @param label the operation and the matrix, for messages
     */
    void run(Tensor[] matrices, Tensor out, String label);
  }

  /** What is counted in one matrix. */
  @FunctionalInterface
  interface Count {
    long of(Tensor matrix, String label);
  }

  /** Makes an int64 for each matrix of the batch; the input has been checked. */
  static Tensor counts(Invocation<?> call, Count count) {
    return each(
        call,
        DType.INT64,
        (matrices, out, label) ->
            Kernels.provider().indexing().fill(out, (double) count.of(matrices[0], label)));
  }

  /** Makes a tensor of some sizes for each matrix of the batch; the inputs have been checked. */
  static Tensor each(Invocation<?> call, Work work, long... sizes) {
    return each(call, call.input(0).dtype(), work, sizes);
  }

  private static Tensor each(Invocation<?> call, DType dtype, Work work, long... sizes) {
    Tensor x = call.input(0);
    Tensor result = call.result(dtype, joined(Matrix64.batch(x), sizes));
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = new Tensor[call.inputCount()];
      Arrays.setAll(inputs, i -> readable(call.input(i)));
      Tensor computed = Devices.made(() -> compute(call.name(), inputs, work, sizes));
      Kernels.provider().indexing().copy(result, computed.reshape(result.shape()));
    }
    return result;
  }

  /** Returns elements where Java can read them; what a plan records stays on its device. */
  private static Tensor readable(Tensor input) {
    return input.device().isCpu() || Recording.isActive() ? input : Devices.onHost(input);
  }

  private static Tensor compute(String name, Tensor[] inputs, Work work, long... sizes) {
    Tensor[] flat = new Tensor[inputs.length];
    Arrays.setAll(flat, i -> Matrix64.flat(inputs[i]));
    long count = flat[0].size(0);
    Tensor computed = Tensor.allocate(DType.FLOAT64, joined(Shape.of(count), sizes));
    for (long i = 0; i < count; i++) {
      run(work, flat, i, computed, name + ": " + Matrix64.which(inputs[0], i));
    }
    return computed;
  }

  private static void run(Work work, Tensor[] inputs, long at, Tensor computed, String label) {
    try (Scope scope = Scope.open()) {
      Tensor[] matrices = new Tensor[inputs.length];
      Arrays.setAll(matrices, i -> inputs[i].select(0, at));
      work.run(matrices, computed.select(0, at), label);
    }
  }

  /** Puts a matrix in the place of some rows of another. */
  static void put(Tensor out, long row, Tensor matrix) {
    Kernels.provider().indexing().copy(out.narrow(0, row, matrix.size(0)), matrix);
  }

  /** Puts numbers in the place of a vector. */
  static void fill(Tensor out, double[] numbers) {
    Kernels.provider()
        .indexing()
        .copy(out, Gatun.tensor(DType.FLOAT64, Shape.of(numbers.length), numbers));
  }

  /** Returns numbers as a row of a matrix. */
  static Tensor row(double[] numbers) {
    return Gatun.tensor(DType.FLOAT64, Shape.of(1, numbers.length), numbers);
  }

  private static Shape joined(Shape batch, long... sizes) {
    long[] all = Arrays.copyOf(batch.toArray(), batch.rank() + sizes.length);
    System.arraycopy(sizes, 0, all, batch.rank(), sizes.length);
    return Shape.of(all);
  }
}
