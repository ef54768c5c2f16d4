package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaFunction;
import dev.gatun.bindings.generated.cuda.cuda_h;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.concurrent.ConcurrentHashMap;

/** Runs kernels on a device, in the stream of the thread that launches them. */
final class DeviceLauncher implements Launcher {
  /** More shared memory than this has to be asked for, kernel by kernel. */
  private static final int SHARED_WITHOUT_ASKING = 48 << 10;

  private final DeviceContext context;
  private final ConcurrentHashMap<CudaKernel, CudaFunction> functions = new ConcurrentHashMap<>();

  DeviceLauncher(DeviceContext context) {
    this.context = context;
  }

  private CudaFunction ready(CudaKernel kernel) {
    var known = functions.get(kernel);
    return known != null ? known : functions.computeIfAbsent(kernel, context::function);
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
    try {
      arguments.checkOn(context, kernel.operation(), queue);
      var function = ready(kernel);
      if (sharedBytes > SHARED_WITHOUT_ASKING) {
        function.setAttribute(
            cuda_h.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES(), sharedBytes);
      }
      function.launch(
          queue.stream(), blocksX, blocksY, 1, threads, 1, 1, sharedBytes, arguments.pointers());
    } catch (CudaException failed) {
      throw queue.failure(kernel.operation(), failed);
    } finally {
      arguments.clear();
    }
    queue.note(kernel.operation());
  }

  @Override
  public void copy(StridedArray out, StridedArray in) {
    long bytes = in.layout().numel() << in.dtype().byteShift();
    var queue = context.queue();
    long to = context.address("copy", out, queue);
    long from = context.address("copy", in, queue);
    if (bytes == 0 || to == from) {
      return;
    }
    try {
      queue.stream().copy(to, from, bytes);
    } catch (CudaException failed) {
      throw queue.failure("copy", failed);
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(in);
    }
    queue.note("copy");
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
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  @Override
  public void upload(StridedArray out, MemorySegment elements) {
    var queue = context.queue();
    context.staging().upload(queue, context.address("upload", out, queue), elements);
    Reference.reachabilityFence(out);
  }

  @Override
  public long faultAddress() {
    return context.faults().address();
  }
}
