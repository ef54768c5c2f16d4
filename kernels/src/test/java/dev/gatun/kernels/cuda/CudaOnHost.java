package dev.gatun.kernels.cuda;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.ScalarProvider;
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
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of CUDA, run on the host on arrays of the host: for tests that hold providers to each
 * other. Elementwise kernels are plain Java's.
 */
public final class CudaOnHost implements KernelProvider {
  private static final CudaOnHost INSTANCE = new CudaOnHost();
  private static final boolean AVAILABLE = HostCompiler.isAvailable();

  private final KernelProvider others = ScalarProvider.instance();
  private final ReductionKernels reductions = new CudaReductionKernels(HostLauncher.instance());
  private final MatmulKernels matmul = new CudaMatmulKernels(HostLauncher.instance(), null);
  private final NarrowLinearKernels narrowLinear =
      new CudaNarrowLinearKernels(HostLauncher.instance());
  private final ConvolutionKernels convolutions =
      new CudaConvolutionKernels(HostLauncher.instance(), matmul);
  private final IndexKernels indexing =
      new HostIndexKernels(HostLauncher.instance(), others.indexing());
  private final OrderKernels ordering = new CudaOrderKernels(HostLauncher.instance());
  private final PoolingKernels pooling = new CudaPoolingKernels(HostLauncher.instance());
  private final RandomKernels random = new CudaRandomKernels(HostLauncher.instance());

  private CudaOnHost() {}

  /** Returns plain Java's provider, and this one where there is a gcc. */
  public static List<KernelProvider> andPlainJava() {
    return andProviders().stream()
        .filter(each -> each == INSTANCE || each == ScalarProvider.instance())
        .toList();
  }

  /** Returns the CPU's providers, and this one where there is a gcc. */
  public static List<KernelProvider> andProviders() {
    var providers = new ArrayList<>(Layouts.providers());
    if (AVAILABLE) {
      providers.add(INSTANCE);
    } else {
      CudaEvidence.note("kernels of CUDA are not run on the host: there is no gcc");
    }
    return providers;
  }

  @Override
  public String name() {
    return "CUDA on the host";
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    return others.pointwise(program);
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
