package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A step of training the encoder in libtorch. */
final class TransformerTorchTraining implements Call {

  private final List<HostArray> values = new ArrayList<>();
  private final TransformerTorch encoder;
  private final Tensor input;
  private final Tensor target;
  private final SGD optimizer;

  TransformerTorchTraining(LibTorch library, Operands operands) {
    var weights = new Tensor[TransformerShape.count()];
    var optionals = new TensorOptional[TransformerShape.count()];
    var parameters = operands.own(new TensorVector());
    for (int i = 0; i < weights.length; i++) {
      var copy = operands.copy(TransformerShape.operand(0, i));
      values.add(copy);
      weights[i] = TorchCall.wrap(library, operands, copy);
      weights[i].set_requires_grad(true);
      optionals[i] = operands.own(new TensorOptional(weights[i]));
      parameters.push_back(weights[i]);
    }
    encoder = new TransformerTorch(weights, optionals, false);
    input = TorchCall.wrap(library, operands, operands.input(0));
    target = TorchCall.wrap(library, operands, operands.input(1));
    optimizer =
        operands.own(
            new SGD(parameters, operands.own(new SGDOptions(TransformerCases.LEARNING_RATE))));
    run();
  }

  @Override
  public void run() {
    optimizer.zero_grad();
    try (var loss = torch.mse_loss(encoder.forward(input), target)) {
      loss.backward();
    }
    encoder.closeHandles();
    optimizer.step().close();
  }

  @Override
  public double[] result() {
    return Results.joined(values.stream().map(HostArray::toDoubles).toList());
  }
}
