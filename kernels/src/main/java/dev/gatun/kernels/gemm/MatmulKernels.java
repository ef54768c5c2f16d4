package dev.gatun.kernels.gemm;

import dev.gatun.kernels.record.FactorOfWritten;
import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of one provider.
 *
 * <p>Instances are immutable and may be used by any number of threads at once.
 */
public interface MatmulKernels {
  /**
   * Computes {@code out = epilogue(alpha * (a x b) + beta * out + bias)} for a matrix, or for each
   * matrix of a batch.
   *
   * <p><b>Shapes.</b> {@code out} is {@code [..., m, n]}, {@code a} is {@code [..., m, k]} and
   * {@code b} is {@code [..., k, n]}, each of rank 2 or more. The leading axes of {@code a}, {@code
   * b} and {@code bias} are aligned with those of {@code out} at the right; an axis that is
   * missing, or of size 1, is repeated. Every size may be 0: without columns in {@code a} the
   * product is zero.
   *
   * <p><b>Layouts.</b> Operands may have any strides, stride 0 included; {@code out} must not
   * overlap itself, {@code a}, {@code b} or {@code bias}. Transposes are best given as strides.
   *
   * <p><b>Element types.</b> All operands have the same type. {@code FLOAT16} and {@code BFLOAT16}
   * are computed in {@code FLOAT32} and rounded once. Integers wrap around; {@code alpha} and
   * {@code beta} are then cut to integers.
   *
   * <p><b>Numbers.</b> With {@code beta == 0}, {@code out} is never read: NaN in it does not
   * spread. The order of summation depends on shapes and strides alone, so results are the same to
   * the last bit for any number of threads.
   *
   * <p>In the steady state nothing is allocated for {@code FLOAT32} and {@code FLOAT64}.
   *
   * @param out where the result goes
   * @param a the left operand
   * @param b the right operand
   * @param alpha the factor of the product
   * @param beta the factor of the former contents of {@code out}
   * @param epilogue what is applied to every element at last, while it is in cache; null for
   *     nothing
   * @param bias what is added to the product: broadcast to {@code out}, of rank 1 or more; null for
   *     nothing
   */
  void matmul(
      @Written StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      @FactorOfWritten double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias);

  /**
   * Runs each floating-point kernel until the virtual machine has compiled it, so that the first
   * real call is already fast. Takes a few seconds of one core at most; calling it again is cheap.
   */
  void warmUp();
}
