package dev.gatun.bench.cases;

import dev.gatun.autograd.Tensor;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.nn.optim.Optimizer;
import java.util.List;
import org.bytedeco.pytorch.TensorVector;

/** One parameter, its gradient, and the update of an optimizer: everybody's own. */
final class OptimizerUpdate {

  private OptimizerUpdate() {}

  static Call gatun(Operands operands, MlpOptimizer kind) {
    var values = operands.copy(0);
    Tensor parameter = GatunCall.wrap(operands, values).requiresGrad_();
    parameter.setGrad(GatunCall.wrap(operands, operands.input(1)));
    Optimizer optimizer = operands.own(kind.of(List.of(parameter)));
    return new PlainCall(optimizer::step, values);
  }

  static Call libtorch(LibTorch library, Operands operands, MlpOptimizer kind) {
    var values = operands.copy(0);
    var parameter = TorchCall.wrap(library, operands, values);
    parameter.set_requires_grad(true);
    try (var slot = parameter.mutable_grad()) {
      slot.put(TorchCall.wrap(library, operands, operands.input(1)));
    }
    var parameters = operands.own(new TensorVector(parameter));
    var optimizer = kind.inLibtorch(operands, parameters);
    return new PlainCall(() -> optimizer.step().close(), values);
  }
}
