package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** Add, multiply, ReLU, sum and backward on 32 elements: the way to the kernels is all there is. */
final class SmallTensorCase {

  private static final int SIZE = 32;
  private static final double TARGET = 30;
  private static final double ARRAYS_TOUCHED = 8;

  private SmallTensorCase() {}

  static Family family() {
    var loop =
        BenchmarkCase.named("add, mul, relu, sum, backward on 32")
            .target(Target.ofRatio(TARGET))
            .work(Work.ofBytes(ARRAYS_TOUCHED * SIZE * Float.BYTES))
            .inputs(Input.floats(SIZE), Input.floats(SIZE), Input.floats(SIZE))
            .gatun((_, operands) -> new GatunLoop(operands))
            .peer(LibTorch.class, "zeroing", TorchZeroingLoop::new)
            .peer(LibTorch.class, "dropping", TorchDroppingLoop::new)
            .build();
    return new Family("small", "Small tensors with gradients", List.of(loop));
  }

  private static final class GatunLoop implements Call {

    private final Tensor a;
    private final Tensor b;
    private final Tensor weight;

    GatunLoop(Operands operands) {
      a = GatunCall.wrap(operands, operands.input(0));
      b = GatunCall.wrap(operands, operands.input(1));
      weight = GatunCall.wrap(operands, operands.copy(2)).requiresGrad_();
    }

    @Override
    public void run() {
      try (var _ = Scope.open()) {
        weight.zeroGrad();
        a.add(weight).mul(b).relu().sum().backward();
      }
    }

    @Override
    public double[] result() {
      var gradient = weight.grad();
      return gradient == null ? new double[0] : gradient.toDoubleArray();
    }
  }

  /** The gradient of the step before is dropped, and a new one is made. */
  private static class TorchDroppingLoop implements Call {

    private final org.bytedeco.pytorch.Tensor a;
    private final org.bytedeco.pytorch.Tensor b;
    private final org.bytedeco.pytorch.Tensor weight;

    TorchDroppingLoop(LibTorch library, Operands operands) {
      a = TorchCall.wrap(library, operands, operands.input(0));
      b = TorchCall.wrap(library, operands, operands.input(1));
      weight = TorchCall.wrap(library, operands, operands.copy(2));
      weight.set_requires_grad(true);
    }

    org.bytedeco.pytorch.Tensor weight() {
      return weight;
    }

    void clearGradient() {
      try (var gradient = weight.mutable_grad()) {
        gradient.reset();
      }
    }

    @Override
    public void run() {
      clearGradient();
      try (var sum = a.add(weight);
          var product = sum.mul(b);
          var positive = torch.relu(product);
          var total = positive.sum()) {
        total.backward();
      }
    }

    @Override
    public double[] result() {
      try (var gradient = weight.grad()) {
        return Results.of(gradient);
      }
    }
  }

  /** One gradient is kept, and set to zero before each step. */
  private static final class TorchZeroingLoop extends TorchDroppingLoop {

    private final org.bytedeco.pytorch.Tensor gradient;

    TorchZeroingLoop(LibTorch library, Operands operands) {
      super(library, operands);
      gradient = TorchCall.wrap(library, operands, operands.allocate(DType.FLOAT32, SIZE));
      try (var slot = weight().mutable_grad()) {
        slot.put(gradient);
      }
    }

    @Override
    void clearGradient() {
      gradient.zero_();
    }
  }
}
