package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.onnx.OnnxGraph;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.memory.DType;

/** A model run by ONNX Runtime: the first operand is its input. */
final class OnnxCall {

  private OnnxCall() {}

  static Call of(OnnxRuntime runtime, Operands operands, OnnxGraph graph, long... outputShape)
      throws Exception {
    HostArray input = operands.input(0);
    var inputShape = input.shape().toArray();
    var output = operands.allocate(DType.FLOAT32, outputShape);
    var session =
        operands.own(
            runtime.open(
                graph.toModel(inputShape, outputShape),
                input.segment(),
                inputShape,
                output.segment(),
                outputShape));
    return new PlainCall(session, output);
  }
}
