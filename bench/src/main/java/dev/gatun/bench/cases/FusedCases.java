package dev.gatun.bench.cases;

import dev.gatun.autograd.PointwiseOp;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * Chains of elementwise operations that Gatun runs in one pass, declared as a formula the way a
 * user would, against libtorch's separate operations.
 */
final class FusedCases {

  private static final double TARGET = 1.8;
  private static final int COLUMNS = 512;

  private static final PointwiseOp BIAS_GELU =
      PointwiseOp.binary("bias_gelu", (x, bias) -> x.add(bias).gelu());

  private static final PointwiseOp GATED_SUM =
      PointwiseOp.binary("gated_sum", (x, y) -> x.mul(x.sigmoid()).add(y));

  private FusedCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    for (int size : new int[] {1 << 16, 1 << 22}) {
      cases.add(biasGelu(size));
      cases.add(
          gatedSum("x*sigmoid(x)+y " + Sizes.name(size), size)
              .target(Target.ofRatio(TARGET))
              .peer(LibTorch.class, FusedCases::sigmoidMulAdd)
              .build());
      cases.add(
          gatedSum("x*sigmoid(x)+y %s, peer has SiLU".formatted(Sizes.name(size)), size)
              .peer(LibTorch.class, FusedCases::siluAdd)
              .build());
    }
    return new Family("fused", "Fused elementwise, float32", List.copyOf(cases));
  }

  private static BenchmarkCase biasGelu(int size) {
    int rows = size / COLUMNS;
    return BenchmarkCase.named("bias+GELU " + Sizes.name(size))
        .target(Target.ofRatio(TARGET))
        .work(Work.ofBytes(2.0 * size * Float.BYTES))
        .inputs(Input.floats(rows, COLUMNS), Input.floats(COLUMNS))
        .gatun((_, operands) -> formula(BIAS_GELU, operands))
        .peer(LibTorch.class, FusedCases::addGelu)
        .build();
  }

  private static BenchmarkCase.Builder gatedSum(String name, int size) {
    return BenchmarkCase.named(name)
        .work(Work.ofBytes(3.0 * size * Float.BYTES))
        .inputs(Input.floats(size), Input.floats(size))
        .gatun((_, operands) -> formula(GATED_SUM, operands));
  }

  private static Call formula(PointwiseOp op, Operands operands) {
    return GatunCall.into(operands, likeFirst(operands), (in, out) -> op.applyOut(out, in, 0, 0));
  }

  private static Call addGelu(LibTorch library, Operands operands) {
    var sum = TorchCall.wrap(library, operands, likeFirst(operands));
    return TorchCall.into(
        library,
        operands,
        likeFirst(operands),
        (in, out) -> {
          torch.add_out(sum, in[0], in[1]).close();
          torch.gelu_out(out, sum).close();
        });
  }

  private static Call sigmoidMulAdd(LibTorch library, Operands operands) {
    return TorchCall.into(
        library,
        operands,
        likeFirst(operands),
        (in, out) -> {
          torch.sigmoid_out(out, in[0]).close();
          torch.mul_out(out, out, in[0]).close();
          torch.add_out(out, out, in[1]).close();
        });
  }

  private static Call siluAdd(LibTorch library, Operands operands) {
    return TorchCall.into(
        library,
        operands,
        likeFirst(operands),
        (in, out) -> {
          torch.silu_out(out, in[0]).close();
          torch.add_out(out, out, in[1]).close();
        });
  }

  private static HostArray likeFirst(Operands operands) {
    return operands.allocate(DType.FLOAT32, operands.input(0).shape().toArray());
  }
}
