package dev.gatun.kernels.cuda;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.gemm.NarrowLinearKernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.order.OrderKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pooling.PoolingKernels;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The kernels of one CUDA device, and its memory. */
final class CudaProvider implements DeviceProvider {
  private final DeviceContext context;
  private final ReductionKernels reductions;
  private final MatmulKernels matmul;
  private final ConvolutionKernels convolutions;
  private final PoolingKernels pooling;
  private final NarrowLinearKernels narrowLinear;
  private final IndexKernels indexing;
  private final OrderKernels ordering;
  private final RandomKernels random;

  CudaProvider(DeviceContext context) {
    this.context = context;
    context.pool().serve(this);
    var launcher = context.launcher();
    var library = context.usesLibraries() ? new LibraryProducts(context, launcher) : null;
    reductions = new CudaReductionKernels(launcher);
    matmul = new CudaMatmulKernels(launcher, library);
    convolutions = new CudaConvolutionKernels(launcher, matmul);
    pooling = new CudaPoolingKernels(launcher);
    narrowLinear = new CudaNarrowLinearKernels(launcher);
    indexing = new CudaIndexKernels(context);
    ordering = new CudaOrderKernels(launcher);
    random = new CudaRandomKernels(launcher);
  }

  DeviceContext context() {
    return context;
  }

  @Override
  public String name() {
    return context.device().toString();
  }

  @Override
  public Device device() {
    return context.device();
  }

  @Override
  public Storage allocate(long byteSize) {
    return context.pool().allocate(byteSize);
  }

  @Override
  public void upload(StridedArray out, StridedArray in) {
    checkAlike("upload", out, in);
    var queue = context.queue();
    context.staging().upload(queue, context.address("to", out, queue), bytes(in));
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
    queue.note("to " + context.device());
  }

  @Override
  public void download(StridedArray out, StridedArray in) {
    checkAlike("download", out, in);
    var queue = context.queue();
    context.staging().download(queue, bytes(out), context.address("to", in, queue));
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
    context.synchronize(queue);
  }

  /** Bytes are copied as many as the host's array has: the device's has to have the same. */
  private static void checkAlike(String operation, StridedArray out, StridedArray in) {
    if (out.dtype() != in.dtype()) {
      throw new DTypeException(
          operation + ": " + in.dtype() + " to " + out.dtype() + ": the types are equal");
    }
    var from = in.layout();
    var to = out.layout();
    if (!to.shape().equals(from.shape()) || !to.isContiguous() || !from.isContiguous()) {
      throw new ShapeException(
          operation + ": " + from + " to " + to + ": both have one shape, and no gaps");
    }
  }

  private static MemorySegment bytes(StridedArray array) {
    long size = StridedArray.byteSize(array.dtype(), array.layout().shape());
    return array.segment().asSlice(size == 0 ? 0 : array.byteOffset(), size);
  }

  @Override
  public void synchronize() {
    context.synchronize(context.queue());
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    return new CudaPointwiseKernel(context, program);
  }

  @Override
  public ReductionKernels reductions() {
    return reductions;
  }

  @Override
  public MatmulKernels matmul() {
    return matmul;
  }

  @Override
  public ConvolutionKernels convolutions() {
    return convolutions;
  }

  @Override
  public PoolingKernels pooling() {
    return pooling;
  }

  @Override
  public NarrowLinearKernels narrowLinear() {
    return narrowLinear;
  }

  @Override
  public IndexKernels indexing() {
    return indexing;
  }

  @Override
  public OrderKernels ordering() {
    return ordering;
  }

  @Override
  public RandomKernels random() {
    return random;
  }

  @Override
  public String toString() {
    return name();
  }
}
