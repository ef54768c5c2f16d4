package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.jspecify.annotations.Nullable;

/** The encoder's answers in libtorch. */
final class TransformerTorchInference implements Call {

  private final TransformerTorch encoder;
  private final Tensor input;
  private @Nullable InferenceMode mode;

  TransformerTorchInference(LibTorch library, Operands operands) {
    var weights = new Tensor[TransformerShape.count()];
    var optionals = new TensorOptional[TransformerShape.count()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] =
          TorchCall.wrap(library, operands, operands.input(TransformerShape.operand(0, i)));
      optionals[i] = operands.own(new TensorOptional(weights[i]));
    }
    encoder = new TransformerTorch(weights, optionals, true);
    input = TorchCall.wrap(library, operands, operands.input(0));
  }

  @Override
  public void run() {
    encoder.forward(input);
    encoder.closeHandles();
  }

  @Override
  public double[] result() {
    var values = Results.of(encoder.forward(input));
    encoder.closeHandles();
    return values;
  }

  @Override
  public void enter() {
    mode = new InferenceMode(true);
  }

  @Override
  public void leave() {
    if (mode != null) {
      mode.close();
      mode = null;
    }
  }
}
