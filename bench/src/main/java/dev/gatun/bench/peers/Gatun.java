package dev.gatun.bench.peers;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Gatun's kernels, on handles over the same memory as everybody else's operands. */
public final class Gatun implements Peer {

  private final MatmulKernels kernels = Kernels.provider().matmul();

  /** Takes the kernels in use in this process and has them compiled, as the peers' are. */
  public Gatun() {
    kernels.warmUp();
  }

  @Override
  public String name() {
    return Peers.GATUN;
  }

  @Override
  public String description() {
    var version = Gatun.class.getPackage().getImplementationVersion();
    return "Gatun%s, %s kernels"
        .formatted(version == null ? "" : " " + version, Kernels.provider().name());
  }

  @Override
  public void setThreads(int threads) {
    Workers.setThreads(threads);
  }

  @Override
  public MatrixProduct matrixProduct(MatrixOperands operands) {
    return new Product(kernels, operands);
  }

  @Override
  public void close() {
    setThreads(1);
  }

  private static final class Product implements MatrixProduct {

    private final MatmulKernels kernels;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment result;
    private final StridedArray a;
    private final StridedArray b;
    private final StridedArray c;

    Product(MatmulKernels kernels, MatrixOperands operands) {
      this.kernels = kernels;
      result = operands.allocateResult(arena);
      a = array(operands, operands.a());
      b = array(operands, operands.b());
      c = array(operands, result);
    }

    @Override
    public void run() {
      kernels.matmul(c, a, b, 1, 0, null, null);
    }

    @Override
    public MemorySegment result() {
      return result;
    }

    @Override
    public void close() {
      a.close();
      b.close();
      c.close();
      arena.close();
    }

    private static StridedArray array(MatrixOperands operands, MemorySegment matrix) {
      var shape = Shape.of(operands.size(), operands.size());
      return new StridedArray(Storage.wrap(matrix), operands.dtype(), Layout.contiguous(shape));
    }
  }
}
