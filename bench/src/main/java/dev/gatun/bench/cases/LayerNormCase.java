package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Layer norm of each row, with weight and bias. */
final class LayerNormCase {

  private static final double EPSILON = 1e-5;

  private LayerNormCase() {}

  static BenchmarkCase of(long rows, long columns) {
    var row = Shape.of(columns);
    return BenchmarkCase.named("layer norm %dx%d".formatted(rows, columns))
        .target(Target.ofRatio(1))
        .thoroughOnly(ReductionCases.isThorough(rows))
        .work(Work.ofBytes(2.0 * rows * columns * Float.BYTES))
        .inputs(Input.floats(rows, columns), Input.floats(columns), Input.floats(columns))
        .gatun((_, operands) ->
            GatunCall.making(operands, in -> in[0].layerNorm(row, in[1], in[2], EPSILON)))
        .peer(LibTorch.class, LayerNormCase::libtorch)
        .build();
  }

  private static Call libtorch(LibTorch library, Operands operands) {
    var shape = operands.input(0).shape().toArray();
    var statistics = new long[] {shape[0], 1};
    var in = TorchCall.wrapAll(library, operands);
    var weight = operands.own(new TensorOptional(in[1]));
    var bias = operands.own(new TensorOptional(in[2]));
    var mean = TorchCall.wrap(library, operands, operands.allocate(DType.FLOAT32, statistics));
    var deviation = TorchCall.wrap(library, operands, operands.allocate(DType.FLOAT32, statistics));
    var columns = new long[] {shape[1]};
    return TorchCall.into(
        library,
        operands,
        operands.allocate(DType.FLOAT32, shape),
        (matrix, out) ->
            torch
                .native_layer_norm_out(
                    out, mean, deviation, matrix[0], columns, weight, bias, EPSILON)
                .close());
  }
}
