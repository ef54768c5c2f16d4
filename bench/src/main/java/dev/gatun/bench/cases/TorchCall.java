package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.HostArray;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import org.bytedeco.pytorch.Tensor;

/**
 * libtorch computing without gradients, in inference mode, on tensors over the operands' memory and
 * into tensors there are. Handles of the wrapper that a call returns must be closed by the work, so
 * that the collector has nothing to do with them.
 */
final class TorchCall extends TorchInference {

  /** Work that writes into a tensor there is. */
  @FunctionalInterface
  interface Work {
    void run(Tensor[] in, Tensor out);
  }

  private final Work work;
  private final Tensor[] in;
  private final Tensor target;
  private final HostArray out;

  private TorchCall(Work work, Tensor[] in, Tensor target, HostArray out) {
    this.work = work;
    this.in = in;
    this.target = target;
    this.out = out;
  }

  /**
   * Prepares work.
   *
   * @param torch the library
   * @param operands the inputs
   * @param out where the result goes
   * @param work the work
   * @return the call
   */
  static Call into(LibTorch torch, Operands operands, HostArray out, Work work) {
    return new TorchCall(work, wrapAll(torch, operands), wrap(torch, operands, out), out);
  }

  static Tensor[] wrapAll(LibTorch torch, Operands operands) {
    var in = new Tensor[operands.count()];
    for (int i = 0; i < in.length; i++) {
      in[i] = wrap(torch, operands, operands.input(i));
    }
    return in;
  }

  static Tensor wrap(LibTorch torch, Operands operands, HostArray array) {
    return operands.own(torch.wrap(array.segment(), array.dtype(), array.shape().toArray()));
  }

  @Override
  public void run() {
    work.run(in, target);
  }

  @Override
  public double[] result() {
    return out.toDoubles();
  }
}
