package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLtMatmulAlgo_t;
import dev.gatun.bindings.generated.cublaslt.cublasLtMatmulHeuristicResult_t;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Products of row-major matrices as cublasLt computes them: {@code out = finish(alpha * (a x b) +
 * beta * out)} for a batch, with everything described but where the elements are. The descriptions
 * are made without a device; {@link #choose} asks cublasLt how to compute it there.
 *
 * <p>cublasLt knows matrices that lie column by column. A row-major matrix is the transpose of such
 * a one, so what is asked for is {@code out^T = b^T x a^T}.
 *
 * <p>Threads may share one that has been made ready.
 */
public final class CublasLtProduct implements AutoCloseable {
  private static final int NO_EPILOGUE = 0;

  /**
   * What follows a product. GELU is the one by a hyperbolic tangent. Those that keep something
   * write it for the gradient, which is told of it again.
   */
  public enum Activation {
    /** Nothing; with a vector, that is added to each row. */
    NONE(cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT(), cublasLt_h.CUBLASLT_EPILOGUE_BIAS()),

    /** The larger one of the element and 0, after a vector has been added to each row. */
    RELU(cublasLt_h.CUBLASLT_EPILOGUE_RELU(), cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS()),

    /** The same; keeps a bit for each element that is above 0. */
    RELU_KEEPING_BITS(
        cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX(), cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX_BIAS()),

    /** GELU, after a vector has been added to each row. */
    GELU(cublasLt_h.CUBLASLT_EPILOGUE_GELU(), cublasLt_h.CUBLASLT_EPILOGUE_GELU_BIAS()),

    /** The same; keeps what GELU is taken of. */
    GELU_KEEPING_INPUT(
        cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX(), cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX_BIAS()),

    /** The product where the kept bits are set, else 0; a vector receives the sums of columns. */
    RELU_GRADIENT(cublasLt_h.CUBLASLT_EPILOGUE_DRELU(), cublasLt_h.CUBLASLT_EPILOGUE_DRELU_BGRAD()),

    /** The product times GELU's slope at what was kept; a vector receives the sums of columns. */
    GELU_GRADIENT(cublasLt_h.CUBLASLT_EPILOGUE_DGELU(), cublasLt_h.CUBLASLT_EPILOGUE_DGELU_BGRAD()),

    /** A vector receives the sum of each row of the left factor. */
    SUMS_OF_LEFT(NO_EPILOGUE, cublasLt_h.CUBLASLT_EPILOGUE_BGRADB()),

    /** A vector receives the sum of each column of the right factor. */
    SUMS_OF_RIGHT(NO_EPILOGUE, cublasLt_h.CUBLASLT_EPILOGUE_BGRADA());

    private final int plain;
    private final int withVector;

    Activation(int plain, int withVector) {
      this.plain = plain;
      this.withVector = withVector;
    }

    /**
     * Tells whether something is kept, or has been.
     *
     * @return whether launches are told of a place for it
     */
    public boolean keeps() {
      return switch (this) {
        case RELU_KEEPING_BITS, GELU_KEEPING_INPUT, RELU_GRADIENT, GELU_GRADIENT -> true;
        case NONE, RELU, GELU, SUMS_OF_LEFT, SUMS_OF_RIGHT -> false;
      };
    }

    /**
     * Returns the number that the distances in what is kept are multiples of.
     *
     * @return in elements, which are bits for ReLU
     */
    public int keptMultiple() {
      return this == RELU_KEEPING_BITS || this == RELU_GRADIENT ? 128 : 8;
    }
  }

  /**
   * What follows a product, and how what it needs lies in memory.
   *
   * @param activation what follows
   * @param vector whether there is a vector, its elements side by side: the same for each row and
   *     matrix where it is added
   * @param keptLeading how many elements of what is kept lie between the beginnings of rows; 0
   *     where nothing is kept
   * @param keptBatchStride how many elements of it lie between matrices of a batch
   */
  public record Finish(
      Activation activation, boolean vector, long keptLeading, long keptBatchStride) {
    /** Nothing. */
    public static final Finish NONE = of(Activation.NONE, false);

    /**
     * Checks that distances are such as cublasLt takes.
     *
     * @throws IllegalArgumentException where they are not
     */
    public Finish {
      int multiple = activation.keptMultiple();
      boolean fits =
          activation.keeps()
              ? keptLeading > 0 && keptLeading % multiple == 0 && keptBatchStride % multiple == 0
              : keptLeading == 0 && keptBatchStride == 0;
      if (!fits || !vector && activation.plain == NO_EPILOGUE) {
        throw new IllegalArgumentException(
            activation
                + (vector ? " with" : " without")
                + " a vector, kept at distances of "
                + keptLeading
                + " and "
                + keptBatchStride);
      }
    }

    /**
     * Returns what keeps nothing.
     *
     * @param activation what follows
     * @param vector whether there is a vector
     * @return the description
     */
    public static Finish of(Activation activation, boolean vector) {
      return new Finish(activation, vector, 0, 0);
    }

    private int epilogue() {
      return vector ? activation.withVector : activation.plain;
    }
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
   * @param finish what follows
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
      Finish finish,
      int alignment) {}

  private final Problem problem;
  private final Arena arena = Arena.ofShared();

  /** All that is to be closed before the memory is. */
  private final List<CublasLtDescriptor> parts = new ArrayList<>();

  private final CublasLtDescriptor product;
  private final CublasLtDescriptor left;
  private final CublasLtDescriptor right;
  private final CublasLtDescriptor out;
  private final MemorySegment algorithm = arena.allocate(cublasLtMatmulAlgo_t.layout());

  // What launches hand over, one at a time: read when they return.
  private final MemorySegment alphaFactor = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final MemorySegment betaFactor = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final MemorySegment scratch = arena.allocate(ValueLayout.JAVA_LONG);

  private long workspaceBytes = -1;

  /**
   * Describes a product.
   *
   * @param problem what to compute
   * @throws dev.gatun.bindings.loading.CudaUnavailableException where there is no cublasLt
   * @throws CudaException where cublasLt knows no such product
   */
  public CublasLtProduct(Problem problem) {
    this.problem = problem;
    boolean described = false;
    try {
      // What is called with a context entered is linked before.
      Launch.link();
      cublasLt_h.cublasLtMatmulAlgoGetHeuristic$handle();
      product = part(matmul());
      describe();
      left = layout(problem.b(), problem.depth(), problem.columns());
      right = layout(problem.a(), problem.rows(), problem.depth());
      out = layout(problem.out(), problem.rows(), problem.columns());
      described = true;
    } finally {
      if (!described) {
        close();
      }
    }
  }

  private CublasLtDescriptor part(CublasLtDescriptor made) {
    parts.add(made);
    return made;
  }

  private CublasLtDescriptor matmul() {
    boolean wide = problem.type() == cublas_h.CUDA_R_64F();
    int compute =
        wide
            ? cublas_h.CUBLAS_COMPUTE_64F()
            : problem.allowTf32() && problem.type() == cublas_h.CUDA_R_32F()
                ? cublas_h.CUBLAS_COMPUTE_32F_FAST_TF32()
                : cublas_h.CUBLAS_COMPUTE_32F();
    int scale = wide ? cublas_h.CUDA_R_64F() : cublas_h.CUDA_R_32F();
    return CublasLtDescriptor.matmul(compute, scale);
  }

  /** Says what is done with the factors, and after the product. */
  private void describe() {
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSA(), operation(problem.b()));
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_TRANSB(), operation(problem.a()));
    product.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE(), problem.finish().epilogue());
    describeKept(problem.finish());
  }

  /**
   * Says how what is kept lies there, and stands in for where it is: cublasLt chooses by the
   * alignment of that, and of the vector.
   */
  private void describeKept(Finish finish) {
    if (finish.vector()) {
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), problem.alignment());
    }
    if (finish.activation().keeps()) {
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER(), problem.alignment());
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD(), finish.keptLeading());
      if (problem.batches() != 1) {
        product.setLong(
            cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE(), finish.keptBatchStride());
      }
    }
  }

  private static int operation(Matrix matrix) {
    return matrix.transposed() ? cublas_h.CUBLAS_OP_T() : cublas_h.CUBLAS_OP_N();
  }

  /** The columns of what cublasLt sees are what lies side by side. */
  private CublasLtDescriptor layout(Matrix matrix, long rows, long columns) {
    var layout =
        part(
            matrix.transposed()
                ? CublasLtDescriptor.layout(problem.type(), rows, columns, matrix.leading())
                : CublasLtDescriptor.layout(problem.type(), columns, rows, matrix.leading()));
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
   * @throws CudaException where memory ran out meanwhile: another time there may be a way
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
      if (CudaStatus.CUBLAS_LT.isOutOfMemory(status)) {
        throw CudaStatus.CUBLAS_LT.failure(status, "cublasLtMatmulAlgoGetHeuristic", problem);
      }
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
   * Queues the product. Allocates nothing on the heap.
   *
   * @param handle as was chosen for
   * @param stream of the same device
   * @param alpha the factor of the product
   * @param beta the factor of the former contents of {@code out}
   * @param outAddress where the result is
   * @param aAddress where the left factor is
   * @param bAddress where the right factor is
   * @param vector where the vector is; without effect where there is none
   * @param kept where is what is kept; without effect where nothing is
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
      long vector,
      long kept,
      long workspace) {
    if (problem.finish().vector()) {
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), vector, scratch);
    }
    if (problem.finish().activation().keeps()) {
      product.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER(), kept, scratch);
    }
    setFactor(alphaFactor, alpha);
    setFactor(betaFactor, beta);
    try (var entered = stream.context().enter()) {
      int status =
          Launch.call(
              handle.handle(),
              product.handle(),
              alphaFactor,
              bAddress,
              left.handle(),
              aAddress,
              right.handle(),
              betaFactor,
              outAddress,
              out.handle(),
              algorithm,
              workspace,
              workspace == 0 ? 0 : workspaceBytes,
              stream.handle());
      if (status != 0) {
        throw CudaStatus.CUBLAS_LT.failure(status, "cublasLtMatmul", problem);
      }
    }
  }

  /** {@code cublasLtMatmul} with addresses as numbers: a segment for each would be allocated. */
  private static final class Launch {
    private static final MethodHandle HANDLE =
        Linker.nativeLinker()
            .downcallHandle(
                cublasLt_h.cublasLtMatmul$address(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS));

    /** Links it, the first time. */
    static void link() {
      Objects.requireNonNull(HANDLE);
    }

    static int call(
        MemorySegment handle,
        MemorySegment description,
        MemorySegment alpha,
        long left,
        MemorySegment leftLayout,
        long right,
        MemorySegment rightLayout,
        MemorySegment beta,
        long out,
        MemorySegment outLayout,
        MemorySegment algorithm,
        long workspace,
        long workspaceBytes,
        MemorySegment stream) {
      try {
        // The former contents are where the result goes.
        return (int)
            HANDLE.invokeExact(
                handle,
                description,
                alpha,
                left,
                leftLayout,
                right,
                rightLayout,
                beta,
                out,
                outLayout,
                out,
                outLayout,
                algorithm,
                workspace,
                workspaceBytes,
                stream);
      } catch (Error | RuntimeException thrown) {
        throw thrown;
      } catch (Throwable impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  private void setFactor(MemorySegment place, double factor) {
    if (problem.type() == cublas_h.CUDA_R_64F()) {
      place.set(ValueLayout.JAVA_DOUBLE, 0, factor);
    } else {
      place.set(ValueLayout.JAVA_FLOAT, 0, (float) factor);
    }
  }

  @Override
  public void close() {
    parts.forEach(CublasLtDescriptor::close);
    arena.close();
  }

  @Override
  public String toString() {
    return problem.toString();
  }
}
