package dev.gatun.kernels.replay;

import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.record.KernelCall;
import java.util.List;

/** Calls that compute a convolution or a gradient of one. */
final class ConvolutionCalls {
  private static final List<String> NAMES =
      List.of("convolve", "convolvePrepared", "inputGradient", "weightGradient");

  private ConvolutionCalls() {}

  static boolean isOne(KernelCall call) {
    return NAMES.stream().anyMatch(name -> call.calls(ConvolutionKernels.class, name));
  }
}
