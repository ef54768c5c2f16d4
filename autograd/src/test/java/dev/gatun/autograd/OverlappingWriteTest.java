package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Writes into a tensor from which other operands are read: all is read before it is written. */
class OverlappingWriteTest {
  private static void check(Consumer<Tensor> write, double... expected) {
    long before = MemoryPool.shared().inUseBytes();
    try (Scope scope = Scope.open()) {
      Tensor x = tensor(1.0, 2.0, 3.0, 4.0);
      write.accept(x);
      assertArrayEquals(expected, x.toDoubleArray());
    }
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  @Test
  void structuralWrites() {
    Tensor index = tensor(1L, 2L, 3L);
    check(x -> x.indexCopy_(0, index, x.narrow(0, 0, 3)), 1, 1, 2, 3);
    check(x -> x.indexAdd_(0, index, x.narrow(0, 0, 3)), 1, 3, 5, 7);
    check(x -> x.scatter_(0, index, x.narrow(0, 0, 3)), 1, 1, 2, 3);
    check(x -> x.scatterAdd_(0, index, x.narrow(0, 0, 3)), 1, 3, 5, 7);
    check(x -> x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3)), 1, 1, 2, 3);
    check(x -> x.view(2, 2).copy_(x.view(2, 2).T()), 1, 3, 2, 4);
  }

  @Test
  void elementwiseWrites() {
    check(x -> x.narrow(0, 1, 3).add_(x.narrow(0, 0, 3)), 1, 3, 5, 7);
    check(x -> x.narrow(0, 0, 3).sub_(x.narrow(0, 1, 3)), -1, -1, -1, 4);
    check(x -> x.mul_(x.select(0, 0)), 1, 2, 3, 4);
    check(x -> x.view(2, 2).add_(x.view(2, 2).T()), 2, 5, 5, 8);
  }

  @Test
  void copiesThatAWriteMadeAreFreedWithIt() {
    Tensor x = Gatun.zeros(1 << 16);
    Tensor index = Gatun.arange(1 << 15);
    try (Scope scope = Scope.open()) {
      Tensor half = x.narrow(0, 1 << 15, 1 << 15);
      long before = MemoryPool.shared().inUseBytes();
      x.indexCopy_(0, index, half);
      assertEquals(before, MemoryPool.shared().inUseBytes());
    }
  }
}
