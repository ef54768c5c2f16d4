package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CublasLtHandle;
import dev.gatun.bindings.cuda.CublasLtProduct;
import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.bindings.cuda.CublasLtProduct.Finish;
import dev.gatun.bindings.cuda.CublasLtProduct.Problem;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.kernels.gemm.PointwiseEpilogue;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Products that cublasLt computes: of reals whose rows or columns lie side by side. What it has
 * chosen for a problem is kept, descriptions and all, until {@value #MOST_PROBLEMS} others have
 * come up since.
 *
 * <p>float32 is computed as such; where {@link Cuda#allowTf32} says so, factors are rounded to 10
 * bits of fraction, for speed.
 */
final class LibraryProducts {
  private static final long MOST_WORKSPACE_BYTES = 32L << 20;
  private static final int MOST_ALIGNMENT = 256;
  private static final AtomicLong FUSED = new AtomicLong();

  /** What was chosen for so many problems is kept. */
  static final int MOST_PROBLEMS = 1024;

  /** The distances in what GELU is taken of are multiples of so many elements. */
  private static final int KEPT_MULTIPLE = Activation.GELU_GRADIENT.keptMultiple();

  /** So many products of a batch that is not evenly spaced are launched one by one. */
  private static final long MOST_LAUNCHES = 256;

  private final LazyLibrary<CublasLtHandle> library;
  private final DeviceContext context;
  private final Launcher launcher;
  private final ElementCopies copies;
  private final RecentChoices<Problem, CublasLtProduct> products =
      new RecentChoices<>(MOST_PROBLEMS, false, this::choose);

  LibraryProducts(DeviceContext context, Launcher launcher) {
    this.context = context;
    library =
        new LazyLibrary<>(
            "cublasLt cannot be used, matrix products will be slow",
            () -> CublasLtHandle.create(context.context()));
    this.launcher = launcher;
    copies = new ElementCopies(launcher);
  }

  /**
   * Queues a product, if cublasLt takes it.
   *
   * @param bias as for {@link dev.gatun.kernels.gemm.MatmulKernels}; null for nothing
   * @return whether it has been queued; if not, {@code out} may have been written where {@code
   *     beta} is 0
   */
  boolean take(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable StridedArray bias) {
    if (out.layout().numel() == 0) {
      return false;
    }
    if (bias == null) {
      return run(out, a, b, alpha, beta, null, Activation.NONE, null);
    }
    if (isAddedToColumns(bias, out) && run(out, a, b, alpha, beta, bias, Activation.NONE, null)) {
      return true;
    }
    if (beta != 0 || !out.dtype().isFloatingPoint() || library.handle() == null) {
      return false;
    }
    // The product is added to what is there.
    try (var repeated = repeated(bias, out.layout())) {
      copies.copy(out, repeated);
    }
    return run(out, a, b, alpha, 1, null, Activation.NONE, null);
  }

  /**
   * Queues a product with what follows it as one kernel, if cublasLt takes both.
   *
   * @param epilogue what follows, on arrays as {@link dev.gatun.kernels.gemm.MatmulKernels#matmul}
   *     has them
   * @return whether it has been queued; if not, nothing has been written
   */
  boolean takeFused(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      PointwiseEpilogue epilogue,
      @Nullable StridedArray bias) {
    if (!(epilogue.kernel() instanceof CudaPointwiseKernel kernel)
        || !(kernel.activation() instanceof FusedActivation fused)
        || beta != 0
        || out.layout().numel() == 0
        || !isSame(epilogue.ins()[fused.product()], out)
        || bias != null && !isAddedToColumns(bias, out)) {
      return false;
    }
    var result = epilogue.outs()[0];
    boolean inPlace = isSame(result, out);
    return switch (fused.activation()) {
      case RELU -> inPlace && run(out, a, b, alpha, 0, bias, Activation.RELU, null);
      case GELU ->
          inPlace
              ? run(out, a, b, alpha, 0, bias, Activation.GELU, null)
              : run(result, a, b, alpha, 0, bias, Activation.GELU_KEEPING_INPUT, out);
      case GELU_GRADIENT ->
          inPlace
              && bias == null
              && run(out, a, b, alpha, 0, null, fused.activation(), epilogue.ins()[fused.other()]);
      default -> false;
    };
  }

  /**
   * Queues a product with ReLU behind it that keeps bits for the gradient, if cublasLt takes it.
   *
   * @param bits where they go, {@link #bitsOfRow} for each row
   * @return whether it has been queued; if not, nothing has been written
   */
  boolean takeKeepingBits(
      StridedArray out,
      StridedArray bits,
      StridedArray a,
      StridedArray b,
      @Nullable StridedArray bias) {
    return out.layout().numel() > 0
        && (bias == null || isAddedToColumns(bias, out))
        && run(out, a, b, 1, 0, bias, Activation.RELU_KEEPING_BITS, bits);
  }

  /** Queues a product that is 0 where {@link #takeKeepingBits} has left no bit, likewise. */
  boolean takeWhereBits(StridedArray out, StridedArray a, StridedArray b, StridedArray bits) {
    return out.layout().numel() > 0 && run(out, a, b, 1, 0, null, Activation.RELU_GRADIENT, bits);
  }

  /** How many bits a row takes, those that are not used among them. */
  static long bitsOfRow(long columns) {
    int multiple = Activation.RELU_GRADIENT.keptMultiple();
    return (columns + multiple - 1) / multiple * multiple;
  }

  private static boolean isOfBits(Activation activation) {
    return activation == Activation.RELU_KEEPING_BITS || activation == Activation.RELU_GRADIENT;
  }

  /**
   * Queues a product that also sums the rows of the left factor, if cublasLt takes it.
   *
   * @param sums where the sums go, side by side
   * @return whether it has been queued; if not, nothing has been written
   */
  boolean takeWithSums(StridedArray out, StridedArray sums, StridedArray a, StridedArray b) {
    return out.layout().numel() > 0 && run(out, a, b, 1, 0, sums, Activation.SUMS_OF_LEFT, null);
  }

  private static boolean isSame(StridedArray one, StridedArray other) {
    return one == other || one.storage() == other.storage() && one.layout().equals(other.layout());
  }

  /** Tells whether a bias is one number for each column, which products add at last. */
  private static boolean isAddedToColumns(StridedArray bias, StridedArray out) {
    var layout = bias.layout();
    int last = layout.rank() - 1;
    long columns = out.layout().size(out.layout().rank() - 1);
    return layout.size(last) == columns
        && layout.numel() == columns
        && (columns == 1 || layout.stride(last) == 1);
  }

  /** A bias in the shape of the result. */
  private static StridedArray repeated(StridedArray bias, Layout out) {
    long[] strides = new long[out.rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = TiledProduct.stride(bias.layout(), strides.length - axis);
    }
    var layout = Layout.strided(out.shape(), strides, bias.layout().offset());
    return new StridedArray(bias.storage().retain(), bias.dtype(), layout);
  }

  /**
   * Queues a product.
   *
   * @param vector what is added to each row, or where sums go; null for neither
   * @param kept what the activation writes or reads besides; null where it does neither
   */
  private boolean run(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable StridedArray vector,
      Activation activation,
      @Nullable StridedArray kept) {
    var cublas = library.handle();
    if (cublas == null || !out.dtype().isFloatingPoint()) {
      return false;
    }
    var queue = context.queue();
    long outAt = context.address("matmul", out, queue);
    long aAt = context.address("matmul", a, queue);
    long bAt = context.address("matmul", b, queue);
    long vectorAt = vector == null ? 0 : context.address("matmul", vector, queue);
    long keptAt = kept == null ? 0 : context.address("matmul", kept, queue);
    long addresses = outAt | aAt | bAt | vectorAt | keptAt;
    var known = problem(out, a, b, activation, vector != null, kept, addresses);
    if (known == null) {
      return false;
    }
    boolean swapped = known.layout().swapped();
    var outer = known.layout().outer();
    int bytes = out.dtype().byteSize();
    try (var choice = products.use(known.problem(), queue)) {
      var product = choice == null ? null : choice.value();
      if (product == null) {
        return false;
      }
      long needed = product.workspaceBytes();
      var workspace = needed == 0 ? null : context.pool().lend(needed);
      try {
        for (long i = 0; i < outer.count(); i++) {
          long left = aAt + outer.offset(1, i) * bytes;
          long right = bAt + outer.offset(2, i) * bytes;
          if (swapped) {
            left = bAt + outer.offset(2, i) * bytes;
            right = aAt + outer.offset(1, i) * bytes;
          }
          product.launch(
              cublas,
              queue.stream(),
              alpha,
              beta,
              outAt + outer.offset(0, i) * bytes,
              left,
              right,
              vectorAt,
              keptAt + outer.offset(0, i) * bytes,
              workspace == null ? 0 : workspace.address());
        }
      } finally {
        if (workspace != null) {
          context.pool().giveBack(workspace);
        }
      }
    } catch (CudaException failed) {
      throw queue.failure("matmul", failed);
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
      Reference.reachabilityFence(vector);
      Reference.reachabilityFence(kept);
    }
    queue.note("matmul");
    if (activation != Activation.NONE) {
      FUSED.incrementAndGet();
    }
    return true;
  }

  /** Returns how many products have been queued with more than a bias. */
  static long fused() {
    return FUSED.get();
  }

  /**
   * Tells whether what is kept lies such that cublasLt takes it: as the result does, or as bits.
   */
  private static boolean isKeptSo(
      Activation activation, StridedArray kept, StridedArray out, ProductLayout layout) {
    if (isOfBits(activation)) {
      return !layout.swapped() && layout.outer().count() == 1 && out.layout().isContiguous();
    }
    return liesAlike(kept.layout(), out.layout())
        && layout.out().leading() % KEPT_MULTIPLE == 0
        && (layout.batch() == 1 || layout.out().batchStride() % KEPT_MULTIPLE == 0);
  }

  private static boolean liesAlike(Layout kept, Layout out) {
    for (int axis = 0; axis < out.rank(); axis++) {
      if (kept.stride(axis) != out.stride(axis)) {
        return false;
      }
    }
    return true;
  }

  /** Returns what cublasLt is told; null where it is not to be asked. */
  private static @Nullable ProductProblem problem(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      Activation activation,
      boolean vector,
      @Nullable StridedArray kept,
      long addresses) {
    var type = out.dtype();
    boolean tf32 = type == DType.FLOAT32 && Cuda.isTf32Allowed();
    int alignment = (int) Long.lowestOneBit(addresses | MOST_ALIGNMENT);
    var known =
        ProductProblem.find(
            out.layout(), a.layout(), b.layout(), type, tf32, activation, vector, alignment);
    var layout =
        known == null ? ProductLayout.of(out.layout(), a.layout(), b.layout()) : known.layout();
    if (layout == null
        || layout.depth() == 0
        || layout.outer().count() > MOST_LAUNCHES
        || layout.swapped() && vector
        || kept != null && !isKeptSo(activation, kept, out, layout)) {
      return null;
    }
    if (known != null) {
      return known;
    }
    var problem = problem(type, tf32, layout, finish(layout, vector, activation), alignment);
    return new ProductProblem(
            out.layout(),
            a.layout(),
            b.layout(),
            type,
            tf32,
            activation,
            vector,
            alignment,
            layout,
            problem)
        .keep();
  }

  private static Finish finish(ProductLayout layout, boolean biased, Activation activation) {
    if (!activation.keeps()) {
      return activation == Activation.NONE && !biased ? Finish.NONE : Finish.of(activation, biased);
    }
    if (isOfBits(activation)) {
      long leading = bitsOfRow(layout.columns());
      long distance = layout.batch() == 1 ? 0 : layout.rows() * leading;
      return new Finish(activation, biased, leading, distance);
    }
    long stride = layout.batch() == 1 ? 0 : layout.out().batchStride();
    return new Finish(activation, biased, layout.out().leading(), stride);
  }

  private static Problem problem(
      DType type, boolean allowTf32, ProductLayout layout, Finish finish, int alignment) {
    int bytes = type.byteSize();
    long places = alignment | layout.outer().strides() * bytes;
    places |=
        (layout.out().batchStride() | layout.a().batchStride() | layout.b().batchStride()) * bytes;
    return new Problem(
        type(type),
        allowTf32,
        layout.rows(),
        layout.columns(),
        layout.depth(),
        (int) layout.batch(),
        layout.out(),
        layout.a(),
        layout.b(),
        finish,
        (int) Math.min(MOST_ALIGNMENT, Long.lowestOneBit(places | MOST_ALIGNMENT)));
  }

  private @Nullable CublasLtProduct choose(Problem problem) {
    var cublas = library.handle();
    if (cublas == null) {
      return null;
    }
    var product = LibraryDescriptions.ofKnown(problem, () -> new CublasLtProduct(problem));
    if (product == null) {
      return null;
    }
    boolean chosen = false;
    try (var entered = context.context().enter()) {
      chosen = product.choose(cublas, MOST_WORKSPACE_BYTES);
    } finally {
      if (!chosen) {
        product.close();
      }
    }
    return chosen ? product : null;
  }

  private static int type(DType type) {
    return switch (type) {
      case FLOAT64 -> cublas_h.CUDA_R_64F();
      case FLOAT16 -> cublas_h.CUDA_R_16F();
      case BFLOAT16 -> cublas_h.CUDA_R_16BF();
      default -> cublas_h.CUDA_R_32F();
    };
  }
}
