package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CublasLtProduct.Activation;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.gemm.MaskedProducts;
import dev.gatun.kernels.gemm.ProductSums;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kernels of one CUDA device, and its memory. */
final class CudaProvider extends CudaFamilies implements DeviceProvider {
  private final DeviceContext context;
  private final @Nullable LibraryProducts library;
  private final @Nullable ProductSums sums;

  CudaProvider(DeviceContext context) {
    this(
        context,
        context.usesLibraries() ? new LibraryProducts(context, context.launcher()) : null,
        context.usesLibraries() ? new LibraryConvolutions(context, context.launcher()) : null);
  }

  private CudaProvider(
      DeviceContext context,
      @Nullable LibraryProducts products,
      @Nullable LibraryConvolutions convolutions) {
    super(context.launcher(), products, convolutions);
    this.context = context;
    library = products;
    sums = products == null ? null : new CudaProductSums(products, matmul(), reductions());
    context.pool().serve(this);
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
  public Stream stream() {
    return context.queue();
  }

  @Override
  public boolean joinsProducts(PointwiseKernel kernel, int product) {
    return library != null
        && Cuda.areFusedActivationsAllowed()
        && kernel instanceof CudaPointwiseKernel ours
        && ours.activation() instanceof FusedActivation activation
        && activation.product() == product;
  }

  @Override
  public @Nullable MaskedProducts maskedProducts(
      PointwiseKernel relu, PointwiseKernel gradient, int product) {
    return library != null
            && joinsProducts(relu, 0)
            && joinsProducts(gradient, product)
            && isOf(Activation.RELU, relu)
            && isOf(Activation.RELU_GRADIENT, gradient)
        ? new CudaMaskedProducts(library, matmul(), relu, gradient, product)
        : null;
  }

  private static boolean isOf(Activation activation, PointwiseKernel kernel) {
    return kernel instanceof CudaPointwiseKernel ours
        && ours.activation() instanceof FusedActivation known
        && known.activation() == activation;
  }

  @Override
  public @Nullable ProductSums productSums() {
    return Cuda.areFusedActivationsAllowed() ? sums : null;
  }

  @Override
  public Repetition repetition(Runnable work, List<StridedArray> operands) {
    return new GraphedWork(context, work, operands);
  }

  @Override
  public void synchronize() {
    context.synchronize(context.queue());
  }
}
