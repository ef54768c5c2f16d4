package dev.gatun.bench.cases;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.memory.Scope;
import dev.gatun.nn.Module;
import org.jspecify.annotations.Nullable;

/** Gatun computing without gradients, on tensors over the operands' memory. */
final class GatunCall implements Call {

  /** Work that writes into a tensor there is. */
  @FunctionalInterface
  interface Writing {
    void run(Tensor[] in, Tensor out);
  }

  /** Work that makes a new tensor. */
  @FunctionalInterface
  interface Making {
    Tensor run(Tensor[] in);
  }

  /** What is timed, and how its result is read. */
  private interface Body {
    void run();

    double[] result();

    default @Nullable Runnable warmUp() {
      return null;
    }
  }

  private final Body body;
  private @Nullable NoGrad noGrad;

  private GatunCall(Body body) {
    this.body = body;
  }

  /**
   * Prepares work that writes its result.
   *
   * @param operands the inputs
   * @param out where the result goes
   * @param work the work
   * @return the call
   */
  static Call into(Operands operands, HostArray out, Writing work) {
    var in = wrapAll(operands);
    var target = wrap(operands, out);
    return new GatunCall(
        new Body() {
          @Override
          public void run() {
            work.run(in, target);
          }

          @Override
          public double[] result() {
            return out.toDoubles();
          }
        });
  }

  /**
   * Prepares work that makes its result. Each time it runs within a scope, as a loop of a service
   * or a training would, so that the memory goes back at once.
   *
   * @param operands the inputs
   * @param work the work
   * @return the call
   */
  static Call making(Operands operands, Making work) {
    var in = wrapAll(operands);
    return new GatunCall(
        new Body() {
          @Override
          public void run() {
            try (var _ = Scope.open()) {
              work.run(in);
            }
          }

          @Override
          public double[] result() {
            try (var _ = Scope.open()) {
              return work.run(in).toDoubleArray();
            }
          }
        });
  }

  /**
   * Prepares a model's answer to the first operand.
   *
   * @param operands the inputs
   * @param model the model
   * @return the call, which can be warmed up
   */
  static Call answering(Operands operands, Module model) {
    model.eval();
    var input = wrap(operands, operands.input(0));
    return new GatunCall(
        new Body() {
          @Override
          public void run() {
            try (var _ = Scope.open()) {
              model.forward(input);
            }
          }

          @Override
          public double[] result() {
            try (var _ = Scope.open()) {
              return model.forward(input).toDoubleArray();
            }
          }

          @Override
          public Runnable warmUp() {
            return () -> model.warmUp(input);
          }
        });
  }

  static Tensor[] wrapAll(Operands operands) {
    var in = new Tensor[operands.count()];
    for (int i = 0; i < in.length; i++) {
      in[i] = wrap(operands, operands.input(i));
    }
    return in;
  }

  static Tensor wrap(Operands operands, HostArray array) {
    return operands.own(Gatun.wrap(array.segment(), array.dtype(), array.shape().toArray()));
  }

  /** Overwrites a parameter. */
  static void load(Tensor parameter, HostArray values) {
    try (var _ = NoGrad.open();
        var source = Gatun.wrap(values.segment(), values.dtype(), values.shape().toArray())) {
      parameter.copy_(source);
    }
  }

  @Override
  public void run() {
    body.run();
  }

  @Override
  public double[] result() {
    return body.result();
  }

  @Override
  public boolean hasWarmUp() {
    return body.warmUp() != null;
  }

  @Override
  public void warmUp() {
    var warmUp = body.warmUp();
    if (warmUp != null) {
      warmUp.run();
    }
  }

  @Override
  public void enter() {
    noGrad = NoGrad.open();
  }

  @Override
  public void leave() {
    if (noGrad != null) {
      noGrad.close();
      noGrad = null;
    }
  }
}
