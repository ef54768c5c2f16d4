package consumer;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.MemoryPool;

/** Says which kernels are in use, and uses some memory. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.out.println("kernels: " + Kernels.provider().name());
    MemoryPool.shared().allocate(1000).release();
    System.out.println("bytes in use: " + MemoryPool.shared().inUseBytes());
  }
}
