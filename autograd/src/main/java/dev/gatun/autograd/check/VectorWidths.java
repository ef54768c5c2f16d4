package dev.gatun.autograd.check;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.VectorProvider;
import java.util.ArrayList;
import java.util.List;

/** The vector providers of this machine, apart, so that a process without vectors loads none. */
final class VectorWidths {
  private VectorWidths() {}

  static List<KernelProvider> all() {
    List<KernelProvider> providers = new ArrayList<>();
    for (int bits : VectorProvider.availableWidths()) {
      providers.add(VectorProvider.ofWidth(bits));
    }
    return providers;
  }
}
