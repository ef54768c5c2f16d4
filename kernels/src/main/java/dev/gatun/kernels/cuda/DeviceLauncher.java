package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.generated.cuda.cuda_h;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentHashMap;

/** Runs kernels on a device, in the stream of the thread that launches them. */
final class DeviceLauncher implements Launcher {
  /** More shared memory than this has to be asked for, kernel by kernel. */
  private static final int SHARED_WITHOUT_ASKING = 48 << 10;

  private final DeviceContext context;
  private final ConcurrentHashMap<CudaKernel, DeviceKernel> kernels = new ConcurrentHashMap<>();

  DeviceLauncher(DeviceContext context) {
    this.context = context;
  }

  private DeviceKernel ready(CudaKernel kernel) {
    var known = kernels.get(kernel);
    return known != null ? known : kernels.computeIfAbsent(kernel, this::prepare);
  }

  private DeviceKernel prepare(CudaKernel kernel) {
    return context.kernel(kernel.entry(), kernel.program(), kernel.entry());
  }

  @Override
  public void launch(
      CudaKernel kernel,
      int blocksX,
      int blocksY,
      int threads,
      int sharedBytes,
      KernelArguments arguments) {
    var queue = context.queue();
    arguments.checkOn(context, kernel.entry(), queue);
    var function = ready(kernel).function();
    try {
      if (sharedBytes > SHARED_WITHOUT_ASKING) {
        function.setAttribute(
            cuda_h.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), sharedBytes);
      }
      function.launch(
          queue.stream(), blocksX, blocksY, 1, threads, 1, 1, sharedBytes, arguments.pointers());
    } catch (CudaException failed) {
      throw queue.failure(kernel.entry(), failed);
    }
    queue.note(kernel.entry());
  }

  @Override
  public StridedArray scratch(DType type, long elements) {
    var shape = Shape.of(elements);
    return new StridedArray(
        context.pool().allocate(StridedArray.byteSize(type, shape)),
        type,
        Layout.contiguous(shape));
  }

  @Override
  public long read(StridedArray array, long index) {
    var queue = context.queue();
    long address = context.address("read", array, queue) + index * Long.BYTES;
    try (var arena = Arena.ofConfined()) {
      var element = arena.allocate(ValueLayout.JAVA_LONG);
      context.staging().download(queue, element, address);
      context.synchronize(queue);
      return element.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  @Override
  public void upload(StridedArray out, MemorySegment elements) {
    var queue = context.queue();
    context.staging().upload(queue, context.address("upload", out, queue), elements);
  }

  @Override
  public long faultAddress() {
    return context.faults().address();
  }

  @Override
  public long expect(Fault fault) {
    return context.faults().expect(fault);
  }
}
