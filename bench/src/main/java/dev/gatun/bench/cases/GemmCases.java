package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.BlasLibrary;
import dev.gatun.bench.peers.Ejml;
import dev.gatun.bench.peers.OneMkl;
import dev.gatun.bench.peers.OpenBlas;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** Square matrix products. */
public final class GemmCases {

  private static final int LARGEST_QUICK_SIZE = 1024;

  /** Smaller ones are faster on one thread, for most. */
  private static final int SMALLEST_QUICK_SHARED_SIZE = 256;

  private static final List<Integer> SIZES =
      List.of(64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048);

  /** From this size on one thread must come close to the peak. */
  private static final int SIZE_NEAR_PEAK = 512;

  private static final double PEAK_SHARE = 0.95;
  private static final double FLOAT64_TOLERANCE = 1e-14;

  private GemmCases() {}

  static Family sgemm() {
    var cases = new ArrayList<BenchmarkCase>();
    for (boolean oneThread : new boolean[] {true, false}) {
      for (var layout : ProductLayout.values()) {
        for (int size : SIZES) {
          cases.add(square(DType.FLOAT32, layout, size, oneThread));
        }
      }
    }
    return new Family("sgemm", "Square products, float32", List.copyOf(cases));
  }

  static Family dgemm() {
    var cases = new ArrayList<BenchmarkCase>();
    for (boolean oneThread : new boolean[] {true, false}) {
      for (int size : SIZES) {
        cases.add(square(DType.FLOAT64, ProductLayout.NN, size, oneThread));
      }
    }
    return new Family("dgemm", "Square products, float64", List.copyOf(cases));
  }

  /**
   * Declares a square product.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param layout which operands are stored transposed
   * @param size rows and columns of every matrix
   * @param oneThread whether everybody is held to one thread
   * @return the case
   */
  public static BenchmarkCase square(
      DType dtype, ProductLayout layout, int size, boolean oneThread) {
    boolean single = dtype == DType.FLOAT32;
    var matrix = new Input(dtype, -1, 1, Shape.of(size, size));
    double peakShare = single && oneThread && size >= SIZE_NEAR_PEAK ? PEAK_SHARE : Double.NaN;
    var builder =
        BenchmarkCase.named(
                "%s %s %d, %s"
                    .formatted(
                        single ? "SGEMM" : "DGEMM",
                        layout,
                        size,
                        oneThread ? "one thread" : "all threads"))
            .target(new Target(1, peakShare))
            .work(Work.ofProduct(dtype, size, size, size))
            .inputs(matrix, matrix)
            .gatun((gatun, operands) -> kernel(operands, layout))
            .peer(OpenBlas.class, (blas, operands) -> cblas(blas, operands, layout))
            .peer(OneMkl.class, (blas, operands) -> cblas(blas, operands, layout))
            .peer(LibTorch.class, (library, operands) -> libtorch(library, operands, layout))
            .peer(Ejml.class, (ejml, operands) -> EjmlProducts.prepare(ejml, operands, layout));
    if (oneThread) {
      builder.onOneThread();
    }
    int largestQuickSize = single ? LARGEST_QUICK_SIZE : LARGEST_QUICK_SIZE / 2;
    boolean isShared = size >= SMALLEST_QUICK_SHARED_SIZE;
    builder.thoroughOnly(
        Integer.bitCount(size) > 1 || size > largestQuickSize || !oneThread && !isShared);
    if (!single) {
      builder.tolerance(FLOAT64_TOLERANCE);
    }
    return builder.build();
  }

  static HostArray result(Operands operands) {
    var shape = operands.input(0).shape();
    return operands.allocate(operands.input(0).dtype(), shape.toArray());
  }

  private static Call kernel(Operands operands, ProductLayout layout) {
    var kernels = Kernels.provider().matmul();
    var out = result(operands);
    var c = GatunCall.wrap(operands, out);
    var in = GatunCall.wrapAll(operands);
    Tensor a = layout.transposesA() ? operands.own(in[0].mT()) : in[0];
    Tensor b = layout.transposesB() ? operands.own(in[1].mT()) : in[1];
    return new KernelCall(kernels, () -> kernels.matmul(c, a, b, 1, 0, null, null), out);
  }

  private static Call cblas(BlasLibrary blas, Operands operands, ProductLayout layout) {
    var out = result(operands);
    int n = (int) out.shape().size(0);
    var dtype = out.dtype();
    var a = operands.input(0).segment();
    var b = operands.input(1).segment();
    var c = out.segment();
    boolean transposeA = layout.transposesA();
    boolean transposeB = layout.transposesB();
    return new PlainCall(() -> blas.gemm(dtype, transposeA, transposeB, n, n, n, a, b, c), out);
  }

  private static Call libtorch(LibTorch library, Operands operands, ProductLayout layout) {
    var in = TorchCall.wrapAll(library, operands);
    var a = layout.transposesA() ? operands.own(in[0].t()) : in[0];
    var b = layout.transposesB() ? operands.own(in[1].t()) : in[1];
    return TorchCall.into(
        library, operands, result(operands), (_, out) -> torch.mm_out(out, a, b).close());
  }
}
