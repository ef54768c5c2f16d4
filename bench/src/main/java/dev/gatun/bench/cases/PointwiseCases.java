package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
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

/** Elementwise operations on float32, each written into a tensor there is. */
final class PointwiseCases {

  /** Below this many elements the way to the kernel is what counts. */
  private static final int SMALL = 1 << 10;

  private static final double TARGET = 1;
  private static final double TARGET_FOR_SMALL = 5;

  private PointwiseCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    for (int size : new int[] {SMALL, 1 << 16, 1 << 22}) {
      cases.add(
          binary(
              "add",
              size,
              (in, out) -> in[0].addOut(in[1], out),
              (in, out) -> torch.add_out(out, in[0], in[1]).close()));
      cases.add(
          binary(
              "mul",
              size,
              (in, out) -> in[0].mulOut(in[1], out),
              (in, out) -> torch.mul_out(out, in[0], in[1]).close()));
      cases.add(
          unary(
              "exp",
              size,
              (in, out) -> in[0].expOut(out),
              (in, out) -> torch.exp_out(out, in[0]).close()));
      cases.add(
          unary(
              "tanh",
              size,
              (in, out) -> in[0].tanhOut(out),
              (in, out) -> torch.tanh_out(out, in[0]).close()));
      cases.add(
          unary(
              "sigmoid",
              size,
              (in, out) -> in[0].sigmoidOut(out),
              (in, out) -> torch.sigmoid_out(out, in[0]).close()));
      cases.add(
          unary(
              "GELU",
              size,
              (in, out) -> in[0].geluOut(out),
              (in, out) -> torch.gelu_out(out, in[0]).close()));
    }
    return new Family("pointwise", "Elementwise, float32", List.copyOf(cases));
  }

  private static BenchmarkCase unary(
      String name, int size, GatunCall.Writing gatun, TorchCall.Work libtorch) {
    return named(name, size, 1, gatun, libtorch).inputs(Input.floats(size)).build();
  }

  private static BenchmarkCase binary(
      String name, int size, GatunCall.Writing gatun, TorchCall.Work libtorch) {
    return named(name, size, 2, gatun, libtorch)
        .inputs(Input.floats(size), Input.floats(size))
        .build();
  }

  private static BenchmarkCase.Builder named(
      String name, int size, int inputs, GatunCall.Writing gatun, TorchCall.Work libtorch) {
    return BenchmarkCase.named(name + " " + Sizes.name(size))
        .target(Target.ofRatio(size == SMALL ? TARGET_FOR_SMALL : TARGET))
        .thoroughOnly(name.equals("mul"))
        .work(Work.ofBytes((inputs + 1.0) * size * Float.BYTES))
        .gatun((_, operands) -> GatunCall.into(operands, likeFirst(operands), gatun))
        .peer(
            LibTorch.class,
            (library, operands) ->
                TorchCall.into(library, operands, likeFirst(operands), libtorch));
  }

  private static HostArray likeFirst(Operands operands) {
    return operands.allocate(DType.FLOAT32, operands.input(0).shape().toArray());
  }
}
