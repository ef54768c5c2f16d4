package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLtMatmulAlgo_t;
import dev.gatun.bindings.generated.cublaslt.cublasLtMatmulHeuristicResult_t;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of row-major matrices as cublasLt computes them: {@code out = epilogue(alpha * (a x b) +
 * beta * out + bias)} for a batch, with everything described but where the elements are. The
 * descriptions are made without a device; {@link #choose} asks cublasLt how to compute it there.
 *
 * <p>cublasLt knows matrices that lie column by column. A row-major matrix is the transpose of such
 * a one, so what is asked for is {@code out^T = b^T x a^T}.
 *
 * <p>Threads may share one that has been made ready.
 */
public final class CublasLtProduct implements AutoCloseable {
  /** What follows a product, beside the bias. */
  public enum Activation {
    /** Nothing. */
    NONE,
    /** The larger one of the element and 0. */
    RELU
  }

  /**
   * A matrix as it lies in memory.
   *
   * @param transposed whether the elements of a column lie side by side, else those of a row
   * @param leading how many elements lie between the beginnings of rows, or of columns
   * @param batchStride how many elements lie between matrices of a batch; 0 for one that is
   *     repeated
   */
  public record Matrix(boolean transposed, long leading, long batchStride) {}

  /**
   * What to compute.
   *
   * @param type of what type elements are: one of {@code CUDA_R_...}
   * @param allowTf32 whether factors in float32 may be rounded to 10 bits of fraction
   * @param rows of {@code out} and {@code a}
   * @param columns of {@code out} and {@code b}
   * @param depth columns of {@code a}, rows of {@code b}; 1 at least
   * @param batches how many products
   * @param out the result, not transposed
   * @param a the left factor
   * @param b the right factor
   * @param biased whether a number is added to each column, the same for all rows and matrices
   * @param activation what follows
   * @param alignment the bytes that all addresses are multiples of, a power of two up to 256
   */
  public record Problem(
      int type,
      boolean allowTf32,
      long rows,
      long columns,
      long depth,
      int batches,
      Matrix out,
      Matrix a,
      Matrix b,
      boolean biased,
      Activation activation,
      int alignment) {}

  private final Problem problem;
  private final Arena arena = Arena.ofShared();
  private final CublasLtDescriptor product;
  private final CublasLtDescriptor left;
  private final CublasLtDescriptor right;
  private final CublasLtDescriptor out;
  private final MemorySegment algorithm = arena.allocate(cublasLtMatmulAlgo_t.layout());
  private long workspaceBytes = -1;

  /**
   * Describes a product.
   *
   * @param problem what to compute
   * @throws dev.gatun.bindings.loading.CudaUnavailableException where there is no cublasLt
   */
  public CublasLtProduct(Problem problem) {
    this.problem = problem;
    boolean wide = problem.type() == cublas_h.CUDA_R_64F();
    int compute =
        wide
            ? cublas_h.CUBLAS_COMPUTE_64F()
            : problem.allowTf32() && problem.type() == cublas_h.CUDA_R_32F()
                ? cublas_h.CUBLAS_COMPUTE_32F_FAST_TF32()
                : cublas_h.CUBLAS_COMPUTE_32F();
    int scale = wide ? cublas_h.CUDA_R_64F() : cublas_h.CUDA_R_32F();
    product = CublasLtDescriptor.matmul(compute, scale);
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSA(), operation(problem.b()));
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSB(), operation(problem.a()));
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE(), epilogue(problem));
    left = layout(problem, problem.b(), problem.depth(), problem.columns());
    right = layout(problem, problem.a(), problem.rows(), problem.depth());
    out = layout(problem, problem.out(), problem.rows(), problem.columns());
  }

  private static int operation(Matrix matrix) {
    return matrix.transposed() ? cublas_h.CUBLAS_OP_T() : cublas_h.CUBLAS_OP_N();
  }

  private static int epilogue(Problem problem) {
    boolean relu = problem.activation() == Activation.RELU;
    if (problem.biased()) {
      return relu ? cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS() : cublasLt_h.CUBLASLT_EPILOGUE_BIAS();
    }
    return relu ? cublasLt_h.CUBLASLT_EPILOGUE_RELU() : cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT();
  }

  /** The columns of what cublasLt sees are what lies side by side. */
  private static CublasLtDescriptor layout(
      Problem problem, Matrix matrix, long rows, long columns) {
    var layout =
        matrix.transposed()
            ? CublasLtDescriptor.layout(problem.type(), rows, columns, matrix.leading())
            : CublasLtDescriptor.layout(problem.type(), columns, rows, matrix.leading());
    if (problem.batches() != 1) {
      layout.setInt(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT(), problem.batches());
      layout.setLong(
          cublasLt_h.CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET(), matrix.batchStride());
    }
    return layout;
  }

  /**
   * Returns the description of the product, to be read.
   *
   * @return it stays this object's
   */
  public CublasLtDescriptor description() {
    return product;
  }

  /**
   * Returns the descriptions of what cublasLt takes as its first and second factor and as its
   * result, to be read.
   *
   * @return they stay this object's
   */
  public CublasLtDescriptor[] layouts() {
    return new CublasLtDescriptor[] {left, right, out};
  }

  /**
   * Asks how to compute it.
   *
   * @param handle of the device
   * @param mostWorkspace how many bytes of the device's memory may be used meanwhile
   * @return whether there is a way; where there is none, the product cannot be launched
   */
  public boolean choose(CublasLtHandle handle, long mostWorkspace) {
    try (var local = Arena.ofConfined();
        var preference = CublasLtDescriptor.preference()) {
      preference.setLong(cublasLt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), mostWorkspace);
      for (int attribute :
          new int[] {
            cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES(),
            cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES(),
            cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES(),
            cublasLt_h.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES()
          }) {
        preference.setInt(attribute, problem.alignment());
      }
      var result = local.allocate(cublasLtMatmulHeuristicResult_t.layout());
      var count = local.allocate(ValueLayout.JAVA_INT);
      int status =
          cublasLt_h.cublasLtMatmulAlgoGetHeuristic(
              handle.handle(),
              product.handle(),
              left.handle(),
              right.handle(),
              out.handle(),
              out.handle(),
              preference.handle(),
              1,
              result,
              count);
      if (status != 0
          || count.get(ValueLayout.JAVA_INT, 0) == 0
          || cublasLtMatmulHeuristicResult_t.state(result) != 0) {
        return false;
      }
      algorithm.copyFrom(cublasLtMatmulHeuristicResult_t.algo(result));
      workspaceBytes = cublasLtMatmulHeuristicResult_t.workspaceSize(result);
      return true;
    }
  }

  /**
   * Returns how much of the device's memory a launch needs beside its operands.
   *
   * @return bytes; negative before something was {@linkplain #choose chosen}
   */
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /**
   * Queues the product.
   *
   * @param handle as was chosen for
   * @param stream of the same device
   * @param alpha the factor of the product
   * @param beta the factor of the former contents of {@code out}
   * @param outAddress where the result is
   * @param aAddress where the left factor is
   * @param bAddress where the right factor is
   * @param bias where the bias is; 0 where there is none
   * @param workspace where as many bytes are as are needed; 0 where none are
   * @throws CudaException where it cannot be launched
   */
  public synchronized void launch(
      CublasLtHandle handle,
      CudaStream stream,
      double alpha,
      double beta,
      long outAddress,
      long aAddress,
      long bAddress,
      long bias,
      long workspace) {
    if (problem.biased()) {
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), bias);
    }
    try (var local = Arena.ofConfined();
        var entered = stream.context().enter()) {
      var target = MemorySegment.ofAddress(outAddress);
      int status =
          cublasLt_h.cublasLtMatmul(
              handle.handle(),
              product.handle(),
              factor(local, alpha),
              MemorySegment.ofAddress(bAddress),
              left.handle(),
              MemorySegment.ofAddress(aAddress),
              right.handle(),
              factor(local, beta),
              target,
              out.handle(),
              target,
              out.handle(),
              algorithm,
              MemorySegment.ofAddress(workspace),
              workspace == 0 ? 0 : workspaceBytes,
              stream.handle());
      if (status != 0) {
        throw CudaStatus.CUBLAS_LT.failure(status, "cublasLtMatmul", problem);
      }
    }
  }

  private MemorySegment factor(Arena local, double factor) {
    return problem.type() == cublas_h.CUDA_R_64F()
        ? local.allocateFrom(ValueLayout.JAVA_DOUBLE, factor)
        : local.allocateFrom(ValueLayout.JAVA_FLOAT, (float) factor);
  }

  @Override
  public void close() {
    product.close();
    left.close();
    right.close();
    out.close();
    arena.close();
  }

  @Override
  public String toString() {
    return problem.toString();
  }
}
