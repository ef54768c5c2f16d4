package dev.gatun.kernels.gemm;

import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.StridedArray;

/**
 * An elementwise program that is run over each rectangle of a matrix product while it is in cache.
 *
 * <p>The product is commonly the first input, and the only output: an activation. Outputs may also
 * be other arrays of the product's shape, which then is only read: an optimizer's step reads the
 * gradient and replaces the weight. Other inputs are broadcast to the product's shape.
 *
 * <p>The arrays are referred to, not copied, and stay the caller's: elements of {@code outs},
 * {@code ins} and {@code parameters} may be exchanged between products. Applying it allocates
 * nothing in the steady state.
 *
 * @param kernel what is computed
 * @param outs what it writes, arrays of the product's shape
 * @param ins what it reads, arrays that broadcast to the product's shape
 * @param parameters its scalar parameters
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are the operands, live
public record PointwiseEpilogue(
    PointwiseKernel kernel, StridedArray[] outs, StridedArray[] ins, double[] parameters)
    implements Epilogue {

  /**
   * Makes the epilogue that replaces each element of a product by a function of it.
   *
   * @param kernel a program of one input and one output, without parameters
   * @param product the result of the product
   * @return the epilogue
   */
  public static PointwiseEpilogue inPlace(PointwiseKernel kernel, StridedArray product) {
    return new PointwiseEpilogue(
        kernel, new StridedArray[] {product}, new StridedArray[] {product}, new double[0]);
  }

  @Override
  public void apply(long matrix, long row, long column, long rows, long columns) {
    kernel.runRectangle(outs, ins, parameters, matrix, row, column, rows, columns);
  }
}
