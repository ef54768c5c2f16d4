package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.loss.Losses;
import dev.gatun.nn.optim.Adam;
import dev.gatun.nn.optim.Optimizer;
import dev.gatun.nn.optim.SGD;
import java.util.List;

/** A step of training the network, written as a user writes it. */
final class MlpGatunTraining implements Call {

  private final Sequential network;
  private final Optimizer optimizer;
  private final List<Tensor> parameters;
  private final Tensor input;
  private final Tensor classes;

  MlpGatunTraining(Operands operands, MlpOptimizer kind) {
    network = MlpGatun.network(operands);
    parameters = network.parameters();
    optimizer =
        operands.own(
            switch (kind) {
              case SGD -> new SGD(parameters, kind.learningRate());
              case ADAM -> new Adam(parameters, kind.learningRate());
            });
    input = GatunCall.wrap(operands, operands.input(0));
    classes = GatunCall.wrap(operands, operands.input(1));
  }

  @Override
  public void run() {
    try (var _ = Scope.open()) {
      optimizer.zeroGrad();
      Losses.crossEntropy(network.forward(input), classes).backward();
      optimizer.step();
    }
  }

  @Override
  public double[] result() {
    return Results.joined(parameters.stream().map(Tensor::toDoubleArray).toList());
  }
}
