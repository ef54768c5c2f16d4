package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** libtorch computing without gradients, in inference mode, and making its result each time. */
final class TorchMaking extends TorchInference {

  private final Function<Tensor[], Tensor> work;
  private final Tensor[] in;

  TorchMaking(LibTorch library, Operands operands, Function<Tensor[], Tensor> work) {
    this.work = work;
    in = TorchCall.wrapAll(library, operands);
  }

  @Override
  public void run() {
    work.apply(in).close();
  }

  @Override
  public double[] result() {
    try (var computed = work.apply(in);
        var contiguous = computed.contiguous()) {
      return Results.of(contiguous);
    }
  }
}
