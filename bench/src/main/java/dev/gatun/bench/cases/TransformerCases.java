package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.List;

/** A transformer encoder of two layers: answers, and steps of training with plain SGD. */
final class TransformerCases {

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
                .gatun((_, operands) -> new TransformerGatunTraining(operands, true))
                .build(),
            training("eager")
                .gatun((_, operands) -> new TransformerGatunTraining(operands, false))
                .build()));
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
