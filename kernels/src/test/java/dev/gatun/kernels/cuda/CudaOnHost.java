package dev.gatun.kernels.cuda;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of CUDA, run on the host on arrays of the host: for tests that hold providers to each
 * other. Elementwise kernels are plain Java's.
 */
public final class CudaOnHost extends CudaFamilies {
  private static final CudaOnHost INSTANCE = new CudaOnHost();
  private static final boolean AVAILABLE = HostCompiler.isAvailable();

  private CudaOnHost() {
    super(HostLauncher.instance(), null, null);
  }

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
    return ScalarProvider.instance().pointwise(program);
  }
}
