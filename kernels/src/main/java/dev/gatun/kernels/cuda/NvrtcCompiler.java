package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.Nvrtc;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import java.util.Arrays;

/**
 * NVRTC: to what a device runs as it is, or, for devices that are newer than this NVRTC, to PTX,
 * which the driver compiles further.
 */
final class NvrtcCompiler implements ProgramCompiler {
  @Override
  public String version() {
    return "NVRTC " + CudaLibraries.system().require(CudaLibrary.NVRTC).version();
  }

  @Override
  public byte[] compile(CudaText program, int capability) {
    String name = program.entries().getFirst() + ".cu";
    int[] known = Nvrtc.architectures();
    if (Arrays.stream(known).anyMatch(each -> each == capability)) {
      return Nvrtc.toCubin(name, program.text(), capability, CudaText.OPTIONS).image();
    }
    int newest = Arrays.stream(known).filter(each -> each < capability).max().orElse(capability);
    return Nvrtc.toPtx(name, program.text(), newest, CudaText.OPTIONS).image();
  }
}
