package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.onnx.OnnxGraph;
import dev.gatun.bench.peers.OnnxRuntime;
import java.util.List;

/** The network as a model of ONNX. */
final class MlpOnnx {

  private MlpOnnx() {}

  static Call inference(OnnxRuntime runtime, Operands operands) throws Exception {
    var graph = new OnnxGraph();
    var current = "x";
    for (int layer = 0; layer < MlpShape.LAYERS; layer++) {
      var weight = operands.input(MlpShape.weight(layer));
      var bias = operands.input(MlpShape.bias(layer));
      graph.constant("w" + layer, weight.toFloats(), weight.shape().toArray());
      graph.constant("b" + layer, bias.toFloats(), bias.shape().toArray());
      boolean last = layer == MlpShape.LAYERS - 1;
      var affine = last ? "y" : "affine" + layer;
      graph.node(
          "Gemm",
          List.of(current, "w" + layer, "b" + layer),
          affine,
          OnnxGraph.Attribute.of("transB", 1));
      if (!last) {
        current = "hidden" + layer;
        graph.node("Relu", List.of(affine), current);
      }
    }
    return OnnxCall.of(
        runtime, operands, graph, operands.input(0).shape().size(0), MlpShape.CLASSES);
  }
}
