package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Module;
import dev.gatun.nn.optim.Optimizer;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A step of training a model, written as a user writes it; as it is, or captured as a plan. One
 * step is done beforehand by everybody: capturing is one.
 */
final class GatunTraining implements Call {

  private final Module model;
  private final BinaryOperator<Tensor> loss;
  private final Optimizer optimizer;
  private final List<Tensor> parameters;
  private final Tensor input;
  private final Tensor target;

  private final Runnable step;
  private final @Nullable Plan plan;

  GatunTraining(
      Operands operands,
      Module model,
      BinaryOperator<Tensor> loss,
      Function<List<Tensor>, Optimizer> optimizer,
      boolean planned) {
    this.model = model;
    this.loss = loss;
    parameters = model.parameters();
    this.optimizer = operands.own(optimizer.apply(parameters));
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

  private Tensor train(Tensor batch, Tensor wanted) {
    optimizer.zeroGrad();
    var value = loss.apply(model.forward(batch), wanted);
    value.backward();
    optimizer.step();
    return value;
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
