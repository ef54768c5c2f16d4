package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.nn.loss.Losses;
import java.util.ArrayList;
import java.util.List;

/** A network of three layers, 784-512-256-10: answers, and steps of training. */
final class MlpCases {

  private static final int BATCH = 64;
  private static final double TOLERANCE_OF_TRAINING = 1e-3;

  private MlpCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    cases.add(inference("plan", 1).target(Target.ofRatio(1.5)).gatun(MlpGatun::plan).build());
    cases.add(inference("plan", BATCH).target(Target.ofRatio(1.1)).gatun(MlpGatun::plan).build());
    cases.add(inference("eager", 1).gatun(MlpGatun::eager).build());
    cases.add(inference("eager", BATCH).gatun(MlpGatun::eager).build());
    for (var optimizer : MlpOptimizer.values()) {
      cases.add(
          training(optimizer, "plan")
              .target(Target.ofRatio(1.43))
              .gatun((_, operands) -> gatunTraining(operands, optimizer, true))
              .build());
      cases.add(
          training(optimizer, "eager")
              .target(Target.ofRatio(1.1))
              .gatun((_, operands) -> gatunTraining(operands, optimizer, false))
              .build());
    }
    return new Family("mlp", "MLP 784-512-256-10, float32", List.copyOf(cases));
  }

  private static GatunTraining gatunTraining(
      Operands operands, MlpOptimizer optimizer, boolean planned) {
    return new GatunTraining(
        operands, MlpGatun.network(operands), Losses::crossEntropy, optimizer::of, planned);
  }

  private static BenchmarkCase.Builder inference(String way, int batch) {
    return BenchmarkCase.named("MLP inference, batch %d, %s".formatted(batch, way))
        .work(MlpShape.ofInference(batch))
        .inputs(MlpShape.inputs(batch))
        .peer(LibTorch.class, MlpTorch::inference)
        .peer(OnnxRuntime.class, MlpOnnx::inference);
  }

  private static BenchmarkCase.Builder training(MlpOptimizer optimizer, String way) {
    return BenchmarkCase.named("MLP %s step, batch %d, %s".formatted(optimizer, BATCH, way))
        .work(MlpShape.ofTraining(BATCH))
        .tolerance(TOLERANCE_OF_TRAINING)
        .inputs(MlpShape.inputs(BATCH))
        .peer(
            LibTorch.class,
            (library, operands) -> new MlpTorchTraining(library, operands, optimizer));
  }
}
