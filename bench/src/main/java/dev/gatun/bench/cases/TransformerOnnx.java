package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.onnx.OnnxGraph;
import dev.gatun.bench.onnx.OnnxGraph.Attribute;
import dev.gatun.bench.peers.OnnxRuntime;
import java.util.List;

/**
 * The encoder as a model of ONNX, with attention in single steps or as the runtime's own operator.
 */
final class TransformerOnnx {

  private final Operands operands;
  private final boolean fused;
  private final OnnxGraph graph = new OnnxGraph();
  private int names;

  private TransformerOnnx(Operands operands, boolean fused) {
    this.operands = operands;
    this.fused = fused;
  }

  static Call fused(OnnxRuntime runtime, Operands operands) throws Exception {
    return new TransformerOnnx(operands, true).open(runtime);
  }

  static Call plain(OnnxRuntime runtime, Operands operands) throws Exception {
    return new TransformerOnnx(operands, false).open(runtime);
  }

  private Call open(OnnxRuntime runtime) throws Exception {
    graph.integers(
        "heads",
        TransformerShape.BATCH,
        TransformerShape.LENGTH,
        TransformerShape.HEADS,
        TransformerShape.HEAD_WIDTH);
    graph.integers(
        "joined", TransformerShape.BATCH, TransformerShape.LENGTH, TransformerShape.WIDTH);
    graph.constant("scale", new float[] {(float) (1 / Math.sqrt(TransformerShape.HEAD_WIDTH))}, 1);
    var x = "x";
    for (int layer = 0; layer < TransformerShape.LAYERS; layer++) {
      boolean last = layer == TransformerShape.LAYERS - 1;
      var attended =
          affine(
              fused ? attention(x, layer) : attentionInSteps(x, layer),
              layer,
              TransformerShape.OUT_WEIGHT);
      var normed = norm(node("Add", x, attended), layer, TransformerShape.NORM1_WEIGHT, fresh());
      var inner = node("Relu", affine(normed, layer, TransformerShape.FIRST_WEIGHT));
      var outer = affine(inner, layer, TransformerShape.SECOND_WEIGHT);
      x =
          norm(
              node("Add", normed, outer),
              layer,
              TransformerShape.NORM2_WEIGHT,
              last ? "y" : fresh());
    }
    return OnnxCall.of(
        runtime,
        operands,
        graph,
        TransformerShape.BATCH,
        TransformerShape.LENGTH,
        TransformerShape.WIDTH);
  }

  private String attention(String x, int layer) {
    var out = fresh();
    graph.contributed(
        "Attention",
        List.of(
            x,
            transposed(layer, TransformerShape.IN_WEIGHT),
            vector(layer, TransformerShape.IN_BIAS)),
        out,
        Attribute.of("num_heads", TransformerShape.HEADS));
    return out;
  }

  private String attentionInSteps(String x, int layer) {
    var all = affine(x, layer, TransformerShape.IN_WEIGHT);
    var parts = List.of(fresh(), fresh(), fresh());
    graph.node("Split", List.of(all), parts, Attribute.of("axis", 2));
    var q = heads(parts.get(0), 0, 2, 1, 3);
    var k = heads(parts.get(1), 0, 2, 3, 1);
    var v = heads(parts.get(2), 0, 2, 1, 3);
    var scores = node("Mul", node("MatMul", q, k), "scale");
    var shares = fresh();
    graph.node("Softmax", List.of(scores), shares, Attribute.of("axis", -1));
    var attended = transpose(node("MatMul", shares, v), 0, 2, 1, 3);
    return node("Reshape", attended, "joined");
  }

  private String heads(String x, long... axes) {
    return transpose(node("Reshape", x, "heads"), axes);
  }

  private String transpose(String x, long... axes) {
    var out = fresh();
    graph.node("Transpose", List.of(x), out, Attribute.of("perm", axes));
    return out;
  }

  private String affine(String x, int layer, int weight) {
    return node("Add", node("MatMul", x, transposed(layer, weight)), vector(layer, weight + 1));
  }

  private String norm(String x, int layer, int weight, String out) {
    graph.node(
        "LayerNormalization",
        List.of(x, vector(layer, weight), vector(layer, weight + 1)),
        out,
        Attribute.of("axis", -1),
        Attribute.of("epsilon", (float) TransformerShape.EPSILON));
    return out;
  }

  private String node(String operator, String... inputs) {
    var out = fresh();
    graph.node(operator, List.of(inputs), out);
    return out;
  }

  private String vector(int layer, int parameter) {
    var values = operand(layer, parameter);
    var name = fresh();
    graph.constant(name, values.toFloats(), values.shape().toArray());
    return name;
  }

  /** Weights are stored by output; the operators want them by input. */
  private String transposed(int layer, int parameter) {
    var array = operand(layer, parameter);
    int rows = (int) array.shape().size(0);
    int columns = (int) array.shape().size(1);
    var values = array.toFloats();
    var turned = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column * rows + row] = values[row * columns + column];
      }
    }
    var name = fresh();
    graph.constant(name, turned, columns, rows);
    return name;
  }

  private HostArray operand(int layer, int parameter) {
    return operands.input(TransformerShape.operand(layer, parameter));
  }

  private String fresh() {
    return "v" + names++;
  }
}
