package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.nn.loss.Losses;
import dev.gatun.nn.optim.SGD;
import java.util.List;

/** A transformer encoder of two layers: answers, and steps of training with plain SGD. */
final class TransformerCases {

  static final double LEARNING_RATE = 1e-2;

  private static final Target TARGET = Target.ofRatio(1.2);
  private static final double TOLERANCE = 1e-4;

  private TransformerCases() {}

  static Family family() {
    return new Family(
        "transformer",
        "Transformer encoder, float32",
        List.of(
            inference("plan").target(TARGET).gatun(TransformerGatun::plan).build(),
            inference("eager").gatun(TransformerGatun::eager).build(),
            training("plan")
                .target(TARGET)
                .gatun((_, operands) -> gatunTraining(operands, true))
                .build(),
            training("eager").gatun((_, operands) -> gatunTraining(operands, false)).build()));
  }

  private static GatunTraining gatunTraining(Operands operands, boolean planned) {
    return new GatunTraining(
        operands,
        TransformerGatun.encoder(operands),
        Losses::mseLoss,
        parameters -> new SGD(parameters, LEARNING_RATE),
        planned);
  }

  private static BenchmarkCase.Builder inference(String way) {
    return BenchmarkCase.named("encoder inference, " + way)
        .work(TransformerShape.ofInference())
        .tolerance(TOLERANCE)
        .inputs(TransformerShape.inputs())
        .peer(LibTorch.class, TransformerTorchInference::new)
        .peer(OnnxRuntime.class, "Attention", TransformerOnnx::fused)
        .peer(OnnxRuntime.class, "MatMul", TransformerOnnx::plain);
  }

  private static BenchmarkCase.Builder training(String way) {
    return BenchmarkCase.named("encoder SGD step, " + way)
        .work(TransformerShape.ofTraining())
        .tolerance(TOLERANCE)
        .inputs(TransformerShape.inputs())
        .peer(LibTorch.class, TransformerTorchTraining::new);
  }
}
