package dev.gatun.bench.cases;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.nn.Linear;
import dev.gatun.nn.Module;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;
import java.util.ArrayList;

/** The network in Gatun, and its answers. */
final class MlpGatun {

  private MlpGatun() {}

  /** Builds the network with the operands' weights; it is closed with the operands. */
  static Sequential network(Operands operands) {
    var modules = new ArrayList<Module>();
    for (int layer = 0; layer < MlpShape.LAYERS; layer++) {
      if (layer > 0) {
        modules.add(new ReLU());
      }
      var linear = new Linear(MlpShape.SIZES[layer], MlpShape.SIZES[layer + 1]);
      GatunCall.load(linear.weight().tensor(), operands.input(MlpShape.weight(layer)));
      GatunCall.load(linear.bias().orElseThrow().tensor(), operands.input(MlpShape.bias(layer)));
      modules.add(linear);
    }
    return operands.own(new Sequential(modules.toArray(Module[]::new)));
  }

  static Call eager(Gatun gatun, Operands operands) {
    return GatunCall.answering(operands, network(operands));
  }

  /** The plan's own input holds the sample: a service would write it there. */
  static Call plan(Gatun gatun, Operands operands) {
    var network = network(operands);
    network.eval();
    var sample = GatunCall.wrap(operands, operands.input(0));
    Plan plan;
    try (var _ = NoGrad.open()) {
      plan = operands.own(Plan.capture(network::forward, sample));
    }
    return new PlanCall(plan);
  }
}
