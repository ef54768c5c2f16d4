package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products computed with vectors of one width.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorMatmul implements MatmulKernels {
  private final Gemm floatGemm;
  private final Gemm doubleGemm;
  private final ScratchPool<MatmulTask> floatTasks;
  private final ScratchPool<MatmulTask> doubleTasks;

  /**
   * Makes the kernels for a width.
   *
   * @param vectorBits the width of a vector in bits: 128, 256 or 512
   */
  public VectorMatmul(int vectorBits) {
    var singles = new Gemm(DType.FLOAT32, vectorBits);
    var doubles = new Gemm(DType.FLOAT64, vectorBits);
    floatGemm = singles;
    doubleGemm = doubles;
    floatTasks = new ScratchPool<>(() -> new MatmulTask(singles));
    doubleTasks = new ScratchPool<>(() -> new MatmulTask(doubles));
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
      case FLOAT16, BFLOAT16 ->
          HalfPrecisionMatmul.compute(this, out, a, b, alpha, beta, epilogue, bias);
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
      task.clear();
      tasks.giveBack(task);
    }
  }

  @Override
  public void warmUp() {
    floatGemm.warmUp();
    doubleGemm.warmUp();
  }
}
