package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.loss.Losses;
import dev.gatun.nn.optim.Adam;
import dev.gatun.nn.optim.Optimizer;
import dev.gatun.nn.optim.SGD;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of training the network, written as a user writes it; as it is, or captured as a plan. One
 * step is done beforehand by everybody: capturing is one.
 */
final class MlpGatunTraining implements Call {

  private final Sequential network;
  private final Optimizer optimizer;
  private final List<Tensor> parameters;
  private final Tensor input;
  private final Tensor classes;

  private final Runnable step;
  private final @Nullable Plan plan;

  MlpGatunTraining(Operands operands, MlpOptimizer kind, boolean planned) {
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
    if (planned) {
      plan = operands.own(Plan.capture(this::train, input, classes));
      step = plan::replay;
    } else {
      plan = null;
      step = this::trainInScope;
      trainInScope();
    }
  }

  private Tensor train(Tensor batch, Tensor labels) {
    optimizer.zeroGrad();
    var loss = Losses.crossEntropy(network.forward(batch), labels);
    loss.backward();
    optimizer.step();
    return loss;
  }

  private void trainInScope() {
    try (var _ = Scope.open()) {
      train(input, classes);
    }
  }

  @Override
  public void run() {
    step.run();
  }

  @Override
  public boolean hasWarmUp() {
    return plan != null;
  }

  @Override
  public void warmUp() {
    if (plan != null) {
      plan.warmUp();
    }
  }

  @Override
  public double[] result() {
    return Results.joined(parameters.stream().map(Tensor::toDoubleArray).toList());
  }
}
