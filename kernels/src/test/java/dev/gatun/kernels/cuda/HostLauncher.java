package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs kernels on the host, on arrays of the host: what a launch is told of is done when it
 * returns, and faults are thrown at once. Programs are compiled once for the process.
 */
final class HostLauncher implements Launcher {
  /** A kernel that is ready. */
  private record Ready(HostObject object, MemorySegment kernel) {}

  private static final HostLauncher INSTANCE = new HostLauncher();

  private final ConcurrentHashMap<String, Ready> kernels = new ConcurrentHashMap<>();
  private final MemorySegment fault = Arena.global().allocate(Fault.BYTES, Long.BYTES);

  private HostLauncher() {}

  static HostLauncher instance() {
    return INSTANCE;
  }

  /** Returns the number of programs that have been compiled. */
  int programs() {
    return kernels.size();
  }

  private static Ready prepare(CudaKernel kernel) {
    var object = new HostObject(new HostCompiler().compile(kernel.program(), 0));
    return new Ready(object, object.kernel(kernel.entry()));
  }

  @Override
  public synchronized void launch(
      CudaKernel kernel,
      int blocksX,
      int blocksY,
      int threads,
      int sharedBytes,
      KernelArguments arguments) {
    if (blocksX < 1 || blocksY < 1 || blocksY > MOST_BLOCKS_Y || threads < 1) {
      throw new AssertionError(kernel + ": " + blocksX + "x" + blocksY + " blocks, " + threads);
    }
    var ready = kernels.computeIfAbsent(kernel.program().text(), _ -> prepare(kernel));
    try {
      ready
          .object()
          .launch(
              ready.kernel(),
              new int[] {blocksX, blocksY, 1},
              new int[] {threads, 1, 1},
              sharedBytes,
              arguments.pointers());
    } finally {
      arguments.clear();
    }
    if (fault.getAtIndex(ValueLayout.JAVA_LONG, 3) != 0) {
      long number = fault.getAtIndex(ValueLayout.JAVA_LONG, 0);
      long value = fault.getAtIndex(ValueLayout.JAVA_LONG, 1);
      long index = fault.getAtIndex(ValueLayout.JAVA_LONG, 2);
      fault.fill((byte) 0);
      throw Fault.exception(number, value, index);
    }
  }

  @Override
  public void copy(StridedArray out, StridedArray in) {
    long bytes = StridedArray.byteSize(in.dtype(), in.layout().shape());
    if (bytes > 0) {
      MemorySegment.copy(in.segment(), in.byteOffset(), out.segment(), out.byteOffset(), bytes);
    }
  }

  @Override
  public StridedArray scratch(DType type, long elements) {
    return StridedArray.allocate(type, Shape.of(elements));
  }

  @Override
  public long read(StridedArray array, long index) {
    return array.segment().get(ValueLayout.JAVA_LONG, array.byteOffset() + index * Long.BYTES);
  }

  @Override
  public void upload(StridedArray out, MemorySegment elements) {
    MemorySegment.copy(elements, 0, out.segment(), out.byteOffset(), elements.byteSize());
  }

  @Override
  public long faultAddress() {
    return fault.address();
  }
}
