package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudnnConvolution;
import dev.gatun.bindings.cuda.CudnnConvolution.Array;
import dev.gatun.bindings.cuda.CudnnConvolution.Pass;
import dev.gatun.bindings.cuda.CudnnConvolution.Problem;
import dev.gatun.bindings.cuda.CudnnHandle;
import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions that cuDNN computes, each stream's by a handle of its own. What it has chosen for a
 * problem is kept until {@value #MOST_PROBLEMS} others have come up since; choosing may take a
 * second.
 *
 * <p>float32 is computed as such; where {@link Cuda#allowTf32} says so, factors are rounded to 10
 * bits of fraction, for speed.
 */
final class LibraryConvolutions {
  private static final long MOST_WORKSPACE_BYTES = 256L << 20;
  private static final int MOST_ALIGNMENT = 16;

  /** What was chosen for so many problems is kept. */
  static final int MOST_PROBLEMS = 256;

  /** By which ways of computing are chosen, one at a time: it stays open as long as these do. */
  private final LazyLibrary<CudnnHandle> library;

  private final Object choosing = new Object();
  private final DeviceContext context;
  private final Launcher launcher;
  private final RecentChoices<Problem, CudnnConvolution> convolutions =
      new RecentChoices<>(MOST_PROBLEMS, true, this::choose);

  LibraryConvolutions(DeviceContext context, Launcher launcher) {
    this.context = context;
    library =
        new LazyLibrary<>(
            "cuDNN cannot be used, convolutions are computed as matrix products",
            () -> CudnnHandle.create(context.context()));
    this.launcher = launcher;
  }

  /**
   * Queues a pass of a convolution, if cuDNN takes it.
   *
   * @param pass which
   * @param images the images, or their gradient
   * @param weights the weights, or their gradient
   * @param results the results, or their gradient
   * @param bias what is added to each channel of the results, in the forward pass; null for nothing
   * @param geometry how the kernel moves
   * @return whether it has been queued; if not, nothing has been written
   */
  boolean take(
      Pass pass,
      StridedArray images,
      StridedArray weights,
      StridedArray results,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    if (!isDense(images.layout())
        || !isDense(weights.layout())
        || !isDense(results.layout())
        || bias != null && bias.layout().numel() != 1 && bias.layout().stride(0) != 1) {
      return false;
    }
    if (library.handle() == null) {
      return false;
    }
    var queue = context.queue();
    long imagesAt = context.address("conv2d", images, queue);
    long weightsAt = context.address("conv2d", weights, queue);
    long resultsAt = context.address("conv2d", results, queue);
    long biasAt = bias == null ? 0 : context.address("conv2d", bias, queue);
    long places = imagesAt | weightsAt | resultsAt | biasAt | MOST_ALIGNMENT;
    var problem =
        new Problem(
            pass,
            type(results.dtype()),
            results.dtype() == DType.FLOAT32 && Cuda.isTf32Allowed(),
            array(images.layout()),
            array(weights.layout()),
            array(results.layout()),
            bias != null,
            geometry.strideHeight(),
            geometry.strideWidth(),
            geometry.paddingHeight(),
            geometry.paddingWidth(),
            geometry.dilationHeight(),
            geometry.dilationWidth(),
            (int) Long.lowestOneBit(places));
    try (var choice = convolutions.use(problem, queue)) {
      var convolution = choice == null ? null : choice.value();
      if (convolution == null) {
        return false;
      }
      long needed = convolution.workspaceBytes();
      try (var workspace = launcher.scratch(DType.UINT8, Math.max(needed, 1))) {
        convolution.launch(
            queue.cudnn(),
            imagesAt,
            weightsAt,
            resultsAt,
            biasAt,
            needed == 0 ? 0 : context.address("conv2d", workspace, queue));
      }
    } catch (CudaException failed) {
      throw queue.failure("conv2d", failed);
    } finally {
      Reference.reachabilityFence(images);
      Reference.reachabilityFence(weights);
      Reference.reachabilityFence(results);
      Reference.reachabilityFence(bias);
    }
    queue.note("conv2d");
    return true;
  }

  /** cuDNN knows no empty arrays, and none whose elements share an address. */
  private static boolean isDense(Layout layout) {
    for (int axis = 0; axis < 4; axis++) {
      if (layout.size(axis) == 0 || layout.size(axis) > 1 && layout.stride(axis) < 1) {
        return false;
      }
    }
    return true;
  }

  /** An axis of one element has the stride that it would have in an array without gaps. */
  private static Array array(Layout layout) {
    long n = layout.size(0);
    long c = layout.size(1);
    long h = layout.size(2);
    long w = layout.size(3);
    boolean channelsLast = c > 1 && layout.stride(1) == 1 && h * w > 1;
    return new Array(
        n,
        c,
        h,
        w,
        n > 1 ? layout.stride(0) : c * h * w,
        c > 1 ? layout.stride(1) : h * w,
        h > 1 ? layout.stride(2) : channelsLast ? w * c : w,
        w > 1 ? layout.stride(3) : channelsLast ? c : 1);
  }

  private @Nullable CudnnConvolution choose(Problem problem) {
    var cudnn = library.handle();
    if (cudnn == null) {
      return null;
    }
    synchronized (choosing) {
      var convolution = LibraryDescriptions.ofKnown(problem, () -> new CudnnConvolution(problem));
      if (convolution == null) {
        return null;
      }
      boolean chosen = false;
      try {
        chosen = convolution.choose(cudnn, MOST_WORKSPACE_BYTES);
      } finally {
        if (!chosen) {
          convolution.close();
        }
      }
      return chosen ? convolution : null;
    }
  }

  private static int type(DType type) {
    return switch (type) {
      case FLOAT64 -> cudnn_h.CUDNN_DATA_DOUBLE();
      case FLOAT16 -> cudnn_h.CUDNN_DATA_HALF();
      case BFLOAT16 -> cudnn_h.CUDNN_DATA_BFLOAT16();
      default -> cudnn_h.CUDNN_DATA_FLOAT();
    };
  }
}
