package dev.gatun.kernels.gemm;

import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products computed with vectors of one width.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorMatmul implements MatmulKernels {
  /** Large enough for several threads, with a rest of rows and of columns. */
  private static final int WARM_UP_SIZE = 203;

  private static final int WARM_UP_RUNS = 500;
  private static final long WARM_UP_NANOS = 500_000_000L;

  private final Gemm floatGemm;
  private final Gemm doubleGemm;
  private final ScratchPool<MatmulTask> floatTasks;
  private final ScratchPool<MatmulTask> doubleTasks;
  private final HalfPrecisionMatmul halfPrecision;

  /**
   * Makes the kernels for a width.
   *
   * @param vectorBits the width of a vector in bits: 128, 256 or 512
   * @param conversions what widens matrices of half precision and rounds their products
   */
  public VectorMatmul(int vectorBits, IndexKernels conversions) {
    var singles = new Gemm(DType.FLOAT32, vectorBits);
    var doubles = new Gemm(DType.FLOAT64, vectorBits);
    floatGemm = singles;
    doubleGemm = doubles;
    floatTasks = new ScratchPool<>(() -> new MatmulTask(singles));
    doubleTasks = new ScratchPool<>(() -> new MatmulTask(doubles));
    halfPrecision = new HalfPrecisionMatmul(this, conversions);
  }

  @Override
  public void matmul(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    switch (out.dtype()) {
      case FLOAT32 -> compute(floatTasks, out, a, b, alpha, beta, epilogue, bias);
      case FLOAT64 -> compute(doubleTasks, out, a, b, alpha, beta, epilogue, bias);
      case FLOAT16, BFLOAT16 -> halfPrecision.compute(out, a, b, alpha, beta, epilogue, bias);
      case INT8, UINT8, INT16, INT32, INT64, BOOL ->
          ScalarMatmul.instance().matmul(out, a, b, alpha, beta, epilogue, bias);
    }
  }

  private static void compute(
      ScratchPool<MatmulTask> tasks,
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    var task = tasks.take();
    try {
      task.set(out, a, b, alpha, beta, epilogue, bias);
      task.runAll();
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
      Reference.reachabilityFence(bias);
      task.clear();
      tasks.giveBack(task);
    }
  }

  @Override
  public void warmUp() {
    floatGemm.warmUp();
    doubleGemm.warmUp();
    warmUpProducts(DType.FLOAT32);
    warmUpProducts(DType.FLOAT64);
  }

  /** Computes products of each pair of orientations: what walks blocks and panels is code too. */
  private void warmUpProducts(DType dtype) {
    var layout = Layout.contiguous(Shape.of(WARM_UP_SIZE, WARM_UP_SIZE));
    try (var out = warmUpMatrix(dtype, layout);
        var a = warmUpMatrix(dtype, layout);
        var b = warmUpMatrix(dtype, layout);
        var turned = new StridedArray(b.storage().retain(), dtype, layout.transpose(0, 1))) {
      a.segment().fill((byte) 0);
      b.segment().fill((byte) 0);
      long end = System.nanoTime() + WARM_UP_NANOS;
      for (int run = 0; run < WARM_UP_RUNS && System.nanoTime() < end; run++) {
        matmul(out, a, b, 1, 0, null, null);
        matmul(out, a, turned, 1, 0, null, null);
        matmul(out, turned, a, 1, 0, null, null);
      }
    }
  }

  private static StridedArray warmUpMatrix(DType dtype, Layout layout) {
    var storage = MemoryPool.shared().allocate(layout.numel() * dtype.byteSize());
    return new StridedArray(storage, dtype, layout);
  }
}
