package consumer;

import dev.gatun.autograd.Gatun;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;

/** Differentiates a small function, and says which kernels computed it. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.out.println("kernels: " + Kernels.provider().name());
    try (var _ = Scope.open()) {
      var x = Gatun.tensor(2.0, 3.0).requiresGrad_();
      x.mul(x).sum().backward();
      System.out.println("gradient: " + x.grad());
    }
    System.out.println("bytes in use: " + MemoryPool.shared().inUseBytes());
  }
}
