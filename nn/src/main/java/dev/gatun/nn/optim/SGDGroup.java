package dev.gatun.nn.optim;

import static dev.gatun.kernels.pointwise.Expression.input;
import static dev.gatun.kernels.pointwise.Expression.parameter;

import dev.gatun.autograd.FusedUpdate;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Parameters under one setting of {@link SGD}. */
final class SGDGroup extends ParameterGroup {
  /** What the formulas depend on; the numbers are parameters of the kernel. */
  private record Variant(
      boolean momentum, boolean nesterov, boolean weightDecay, boolean maximize) {}

  private static final Map<Variant, FusedUpdate> UPDATES = new ConcurrentHashMap<>();

  private static final int LEARNING_RATE = 0;
  private static final int WEIGHT_DECAY = 1;
  private static final int MOMENTUM = 2;
  private static final int GRADIENT_SHARE = 3;

  private final SGDOptions options;
  private final boolean hasMomentum;
  private final FusedUpdate update;
  private final Tensor[] written;
  private final Tensor[] operands;

  SGDGroup(List<Tensor> parameters, SGDOptions options) {
    super("sgd", parameters, options.learningRate(), stateNames(options));
    this.options = options;
    this.hasMomentum = options.momentum() != 0;
    this.update =
        UPDATES.computeIfAbsent(
            new Variant(
                hasMomentum, options.nesterov(), options.weightDecay() != 0, options.maximize()),
            SGDGroup::declare);
    this.written = new Tensor[hasMomentum ? 2 : 1];
    this.operands = new Tensor[hasMomentum ? 3 : 2];
  }

  private static String[] stateNames(SGDOptions options) {
    return options.momentum() == 0 ? new String[0] : new String[] {"momentum_buffer"};
  }

  /** Operands are the parameter, the buffer if there is one, and the gradient. */
  private static FusedUpdate declare(Variant variant) {
    Expression rate = parameter(LEARNING_RATE);
    Expression value = input(0);
    Expression gradient = input(variant.momentum ? 2 : 1);
    Expression direction = variant.maximize ? gradient.neg() : gradient;
    if (variant.weightDecay) {
      direction = parameter(WEIGHT_DECAY).fma(value, direction);
    }
    if (!variant.momentum) {
      return FusedUpdate.of("sgd", 2, List.of(value.sub(rate.mul(direction))));
    }
    Expression kept = parameter(MOMENTUM);
    Expression buffer = kept.mul(input(1)).add(parameter(GRADIENT_SHARE).mul(direction));
    Expression step = variant.nesterov ? kept.fma(buffer, direction) : buffer;
    return FusedUpdate.of("sgd", 3, List.of(value.sub(rate.mul(step)), buffer));
  }

  @Override
  protected int scalarCount() {
    return GRADIENT_SHARE + 1;
  }

  @Override
  protected void prepare(int index, double[] scalars) {
    scalars[LEARNING_RATE] = learningRate();
    scalars[WEIGHT_DECAY] = options.weightDecay();
    scalars[MOMENTUM] = options.momentum();
    scalars[GRADIENT_SHARE] = steps(index) == 1 ? 1 : 1 - options.dampening();
  }

  @Override
  protected void update(int index, Tensor parameter, Tensor gradient) {
    written[0] = parameter;
    operands[0] = parameter;
    if (hasMomentum) {
      Tensor buffer = state(0, index);
      written[1] = buffer;
      operands[1] = buffer;
    }
    operands[operands.length - 1] = gradient;
    update.run(written, operands, scalars(index));
  }
}
