package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A step of training the network in libtorch, with its own optimizers. */
final class MlpTorchTraining implements Call {

  private final List<HostArray> values = new ArrayList<>();
  private final Tensor[] weights = new Tensor[MlpShape.LAYERS];
  private final TensorOptional[] biases = new TensorOptional[MlpShape.LAYERS];
  private final Optimizer optimizer;
  private final Tensor input;
  private final Tensor classes;

  MlpTorchTraining(LibTorch library, Operands operands, MlpOptimizer kind) {
    input = TorchCall.wrap(library, operands, operands.input(0));
    classes = TorchCall.wrap(library, operands, operands.input(1));
    var parameters = operands.own(new TensorVector());
    for (int layer = 0; layer < MlpShape.LAYERS; layer++) {
      weights[layer] = parameter(library, operands, MlpShape.weight(layer));
      var bias = parameter(library, operands, MlpShape.bias(layer));
      biases[layer] = operands.own(new TensorOptional(bias));
      parameters.push_back(weights[layer]);
      parameters.push_back(bias);
    }
    optimizer = kind.inLibtorch(operands, parameters);
    run();
  }

  private Tensor parameter(LibTorch library, Operands operands, int index) {
    var copy = operands.copy(index);
    values.add(copy);
    var tensor = TorchCall.wrap(library, operands, copy);
    tensor.set_requires_grad(true);
    return tensor;
  }

  @Override
  public void run() {
    optimizer.zero_grad();
    try (var first = torch.linear(input, weights[0], biases[0]);
        var hidden = torch.relu(first);
        var second = torch.linear(hidden, weights[1], biases[1]);
        var next = torch.relu(second);
        var scores = torch.linear(next, weights[2], biases[2]);
        var loss = torch.cross_entropy_loss(scores, classes)) {
      loss.backward();
    }
    optimizer.step().close();
  }

  @Override
  public double[] result() {
    return Results.joined(values.stream().map(HostArray::toDoubles).toList());
  }
}
