package dev.gatun.bench.cases;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The encoder in libtorch, of its fused attention and its linear maps: faster than its own module,
 * which computes attention step by step. The handles of a pass are closed together.
 */
final class TransformerTorch {

  private final Tensor[] weights;
  private final TensorOptional[] optionals;
  private final boolean inPlace;
  private final List<Tensor> handles = new ArrayList<>();

  /**
   * Makes the encoder.
   *
   * @param weights the parameters, layer by layer
   * @param optionals the same
   * @param inPlace whether intermediates may be overwritten: not where gradients are wanted
   */
  TransformerTorch(Tensor[] weights, TensorOptional[] optionals, boolean inPlace) {
    this.weights = weights;
    this.optionals = optionals;
    this.inPlace = inPlace;
  }

  /** Transforms; the result lives until {@link #closeHandles}. */
  Tensor forward(Tensor input) {
    var x = input;
    for (int layer = 0; layer < TransformerShape.LAYERS; layer++) {
      int first = layer * TransformerShape.PARAMETERS;
      x = norm(sum(attend(x, first), x), first + TransformerShape.NORM1_WEIGHT);
      x = norm(sum(transformEach(x, first), x), first + TransformerShape.NORM2_WEIGHT);
    }
    return x;
  }

  private Tensor attend(Tensor x, int first) {
    var all =
        keep(
            linear(x, first + TransformerShape.IN_WEIGHT)
                .view(
                    TransformerShape.BATCH,
                    TransformerShape.LENGTH,
                    3,
                    TransformerShape.HEADS,
                    TransformerShape.HEAD_WIDTH));
    var parts = keep(all.permute(2, 0, 3, 1, 4));
    var attended =
        keep(
            torch.scaled_dot_product_attention(
                keep(parts.select(0, 0)), keep(parts.select(0, 1)), keep(parts.select(0, 2))));
    var joined =
        keep(
            keep(attended.transpose(1, 2))
                .reshape(TransformerShape.BATCH, TransformerShape.LENGTH, TransformerShape.WIDTH));
    return linear(joined, first + TransformerShape.OUT_WEIGHT);
  }

  private Tensor transformEach(Tensor x, int first) {
    var inner = linear(x, first + TransformerShape.FIRST_WEIGHT);
    var active = keep(inPlace ? torch.relu_(inner) : torch.relu(inner));
    return linear(active, first + TransformerShape.SECOND_WEIGHT);
  }

  private Tensor linear(Tensor x, int weight) {
    return keep(torch.linear(x, weights[weight], optionals[weight + 1]));
  }

  private Tensor sum(Tensor x, Tensor residual) {
    if (inPlace) {
      x.add_(residual);
      return x;
    }
    return keep(x.add(residual));
  }

  private Tensor norm(Tensor x, int weight) {
    return keep(
        torch.layer_norm(
            x,
            new long[] {TransformerShape.WIDTH},
            optionals[weight],
            optionals[weight + 1],
            TransformerShape.EPSILON,
            false));
  }

  private Tensor keep(Tensor handle) {
    handles.add(handle);
    return handle;
  }

  void closeHandles() {
    for (var handle : handles) {
      handle.close();
    }
    handles.clear();
  }
}
