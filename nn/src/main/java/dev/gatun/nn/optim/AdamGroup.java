package dev.gatun.nn.optim;

import static dev.gatun.kernels.pointwise.Expression.input;
import static dev.gatun.kernels.pointwise.Expression.parameter;

import dev.gatun.autograd.FusedUpdate;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.pointwise.Expression;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Parameters under one setting of {@link Adam} or {@link AdamW}. */
final class AdamGroup extends ParameterGroup {
  /** Where weight decay comes in. */
  enum Decay {
    NONE,
    GRADIENT,
    PARAMETER
  }

  /** What the formulas depend on; the numbers are parameters of the kernel. */
  private record Variant(Decay decay, boolean amsgrad, boolean maximize) {}

  private static final Map<Variant, FusedUpdate> UPDATES = new ConcurrentHashMap<>();

  private static final int MINUS_STEP_SIZE = 0;
  private static final int SHARE1 = 1;
  private static final int SHARE2 = 2;
  private static final int ROOT_CORRECTION = 3;
  private static final int EPSILON = 4;
  private static final int DECAY = 5;

  private final AdamOptions options;
  private final Decay decay;
  private final FusedUpdate update;
  private final Tensor[] written;
  private final Tensor[] operands;

  AdamGroup(String optimizer, List<Tensor> parameters, AdamOptions options, boolean decoupled) {
    super(optimizer, parameters, options.learningRate(), stateNames(options));
    this.options = options;
    this.decay =
        options.weightDecay() == 0 ? Decay.NONE : decoupled ? Decay.PARAMETER : Decay.GRADIENT;
    this.update =
        UPDATES.computeIfAbsent(
            new Variant(decay, options.amsgrad(), options.maximize()), AdamGroup::declare);
    this.written = new Tensor[options.amsgrad() ? 4 : 3];
    this.operands = new Tensor[written.length + 1];
  }

  private static String[] stateNames(AdamOptions options) {
    return options.amsgrad()
        ? new String[] {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}
        : new String[] {"exp_avg", "exp_avg_sq"};
  }

  /** Operands are the parameter, the mean, the mean square, its maximum if kept, the gradient. */
  private static FusedUpdate declare(Variant variant) {
    Expression value = input(0);
    Expression gradient = input(variant.amsgrad ? 4 : 3);
    Expression direction = variant.maximize ? gradient.neg() : gradient;
    if (variant.decay == Decay.GRADIENT) {
      direction = parameter(DECAY).fma(value, direction);
    }
    // Few operations: the JIT compiler must find room for all of them in one loop.
    Expression mean = parameter(SHARE1).fma(direction.sub(input(1)), input(1));
    Expression square = parameter(SHARE2).fma(direction.mul(direction).sub(input(2)), input(2));
    Expression divisor = variant.amsgrad ? input(3).maximum(square) : square;
    Expression root = divisor.sqrt().fma(parameter(ROOT_CORRECTION), parameter(EPSILON));
    Expression kept = variant.decay == Decay.PARAMETER ? value.mul(parameter(DECAY)) : value;
    Expression next = parameter(MINUS_STEP_SIZE).fma(mean.div(root), kept);
    return variant.amsgrad
        ? FusedUpdate.of("adam", 5, List.of(next, mean, square, divisor))
        : FusedUpdate.of("adam", 4, List.of(next, mean, square));
  }

  @Override
  protected int scalarCount() {
    return DECAY + 1;
  }

  @Override
  protected void prepare(int index, double[] scalars) {
    double steps = (double) steps(index);
    double rate = learningRate();
    scalars[MINUS_STEP_SIZE] = -rate / (1 - Math.pow(options.beta1(), steps));
    scalars[SHARE1] = 1 - options.beta1();
    scalars[SHARE2] = 1 - options.beta2();
    scalars[ROOT_CORRECTION] = 1 / Math.sqrt(1 - Math.pow(options.beta2(), steps));
    scalars[EPSILON] = options.epsilon();
    scalars[DECAY] =
        decay == Decay.PARAMETER ? 1 - rate * options.weightDecay() : options.weightDecay();
  }

  @Override
  protected void update(int index, Tensor parameter, Tensor gradient) {
    written[0] = parameter;
    operands[0] = parameter;
    for (int kind = 0; kind < written.length - 1; kind++) {
      Tensor state = state(kind, index);
      written[kind + 1] = state;
      operands[kind + 1] = state;
    }
    operands[operands.length - 1] = gradient;
    update.run(written, operands, scalars(index));
  }
}
