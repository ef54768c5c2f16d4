package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The network's answers in libtorch, without modules and into tensors there are: its fastest. */
final class MlpTorch {

  private MlpTorch() {}

  static Call inference(LibTorch library, Operands operands) {
    long batch = operands.input(0).shape().size(0);
    var in = TorchCall.wrapAll(library, operands);
    var biases = new TensorOptional[MlpShape.LAYERS];
    var outs = new Tensor[MlpShape.LAYERS];
    for (int layer = 0; layer < MlpShape.LAYERS; layer++) {
      biases[layer] = operands.own(new TensorOptional(in[MlpShape.bias(layer)]));
      outs[layer] =
          TorchCall.wrap(
              library,
              operands,
              operands.allocate(DType.FLOAT32, batch, MlpShape.SIZES[layer + 1]));
    }
    return TorchCall.into(
        library,
        operands,
        operands.allocate(DType.FLOAT32, batch, MlpShape.CLASSES),
        (tensors, out) -> {
          torch.linear_out(outs[0], tensors[0], tensors[MlpShape.weight(0)], biases[0]).close();
          torch.relu_(outs[0]).close();
          torch.linear_out(outs[1], outs[0], tensors[MlpShape.weight(1)], biases[1]).close();
          torch.relu_(outs[1]).close();
          torch.linear_out(out, outs[1], tensors[MlpShape.weight(2)], biases[2]).close();
        });
  }
}
