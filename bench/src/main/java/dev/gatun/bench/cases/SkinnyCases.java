package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.BlasLibrary;
import dev.gatun.bench.peers.OneMkl;
import dev.gatun.bench.peers.OpenBlas;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * A few rows times a large matrix of weights, float32: the products of inference. The weights are
 * stored as the right operand is ({@code in x out}) or, as in a linear layer, transposed.
 */
final class SkinnyCases {

  private static final int LARGEST_QUICK_INPUTS = 1024;

  private SkinnyCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    for (int[] weights : new int[][] {{784, 512}, {4096, 4096}}) {
      for (boolean transposed : new boolean[] {false, true}) {
        for (int rows : new int[] {1, 2, 4, 8, 16, 32}) {
          cases.add(product(rows, weights[0], weights[1], transposed));
        }
      }
    }
    return new Family("skinny", "A few rows times weights, float32", List.copyOf(cases));
  }

  private static BenchmarkCase product(int rows, int inputs, int outputs, boolean transposed) {
    var builder =
        BenchmarkCase.named(
                "%d row%s times %dx%d%s"
                    .formatted(
                        rows, rows == 1 ? "" : "s", inputs, outputs, transposed ? ", NT" : ", NN"))
            .target(Target.ofRatio(1))
            .work(Work.ofProduct(DType.FLOAT32, rows, outputs, inputs))
            .inputs(
                Input.floats(rows, inputs),
                transposed ? Input.floats(outputs, inputs) : Input.floats(inputs, outputs))
            .gatun((_, operands) -> kernel(operands, transposed))
            .peer(OpenBlas.class, (blas, operands) -> gemm(blas, operands, transposed))
            .peer(OneMkl.class, (blas, operands) -> gemm(blas, operands, transposed))
            .peer(LibTorch.class, (library, operands) -> mm(library, operands, transposed));
    if (rows == 1) {
      builder
          .peer(OpenBlas.class, "gemv", (blas, operands) -> gemv(blas, operands, transposed))
          .peer(OneMkl.class, "gemv", (blas, operands) -> gemv(blas, operands, transposed))
          .peer(LibTorch.class, "mv", (library, operands) -> mv(library, operands, transposed));
    }
    boolean isLarge = inputs > LARGEST_QUICK_INPUTS;
    boolean isQuick = rows == 1 || rows == 4 || rows == 16 && !isLarge;
    return builder.thoroughOnly(!isQuick).build();
  }

  private static Call kernel(Operands operands, boolean transposed) {
    var kernels = Kernels.provider().matmul();
    var out = result(operands, transposed);
    var c = GatunCall.wrap(operands, out);
    var in = GatunCall.wrapAll(operands);
    var weights = transposed ? operands.own(in[1].mT()) : in[1];
    return new KernelCall(kernels, () -> kernels.matmul(c, in[0], weights, 1, 0, null, null), out);
  }

  private static Call gemm(BlasLibrary blas, Operands operands, boolean transposed) {
    var out = result(operands, transposed);
    int rows = (int) out.shape().size(0);
    int outputs = (int) out.shape().size(1);
    int inputs = (int) operands.input(0).shape().size(1);
    var x = operands.input(0).segment();
    var weights = operands.input(1).segment();
    var y = out.segment();
    return new PlainCall(
        () -> blas.gemm(DType.FLOAT32, false, transposed, rows, outputs, inputs, x, weights, y),
        out);
  }

  private static Call gemv(BlasLibrary blas, Operands operands, boolean transposed) {
    var out = result(operands, transposed);
    int storedRows = (int) operands.input(1).shape().size(0);
    int storedColumns = (int) operands.input(1).shape().size(1);
    var x = operands.input(0).segment();
    var weights = operands.input(1).segment();
    var y = out.segment();
    return new PlainCall(
        () -> blas.gemv(!transposed, storedRows, storedColumns, weights, x, y), out);
  }

  private static Call mm(LibTorch library, Operands operands, boolean transposed) {
    var in = TorchCall.wrapAll(library, operands);
    var weights = transposed ? operands.own(in[1].t()) : in[1];
    return TorchCall.into(
        library,
        operands,
        result(operands, transposed),
        (_, out) -> torch.mm_out(out, in[0], weights).close());
  }

  private static Call mv(LibTorch library, Operands operands, boolean transposed) {
    var in = TorchCall.wrapAll(library, operands);
    var x = operands.own(in[0].select(0, 0));
    var matrix = transposed ? in[1] : operands.own(in[1].t());
    var out = result(operands, transposed);
    var y = operands.own(library.wrap(out.segment(), out.dtype(), out.shape().size(1)));
    return TorchCall.into(library, operands, out, (_, _) -> torch.mv_out(y, matrix, x).close());
  }

  private static HostArray result(Operands operands, boolean transposed) {
    return operands.allocate(
        DType.FLOAT32,
        operands.input(0).shape().size(0),
        operands.input(1).shape().size(transposed ? 0 : 1));
  }
}
