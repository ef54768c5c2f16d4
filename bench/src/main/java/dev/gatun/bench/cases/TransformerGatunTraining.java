package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import dev.gatun.nn.TransformerEncoder;
import dev.gatun.nn.loss.Losses;
import dev.gatun.nn.optim.SGD;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of training the encoder, as it is or captured as a plan. One step is done beforehand by
 * everybody: capturing is one.
 */
final class TransformerGatunTraining implements Call {

  static final double LEARNING_RATE = 1e-2;

  private final TransformerEncoder encoder;
  private final List<Tensor> parameters;
  private final SGD optimizer;
  private final Tensor input;
  private final Tensor target;
  private final Runnable step;
  private final @Nullable Plan plan;

  TransformerGatunTraining(Operands operands, boolean planned) {
    encoder = TransformerGatun.encoder(operands);
    parameters = encoder.parameters();
    optimizer = operands.own(new SGD(parameters, LEARNING_RATE));
    input = GatunCall.wrap(operands, operands.input(0));
    target = GatunCall.wrap(operands, operands.input(1));
    if (planned) {
      plan = operands.own(Plan.capture(this::train, input, target));
      step = plan::replay;
    } else {
      plan = null;
      step = this::trainInScope;
      trainInScope();
    }
  }

  private Tensor train(Tensor x, Tensor y) {
    optimizer.zeroGrad();
    var loss = Losses.mseLoss(encoder.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  }

  private void trainInScope() {
    try (var _ = Scope.open()) {
      train(input, target);
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
