/**
 * Bindings to the libraries of CUDA: what jextract generated, how the libraries are found, and
 * owned handles.
 *
 * <p>For the kernels alone, so all exports are qualified: no address of a device, and no call that
 * could end the JVM, is within the reach of other code.
 */
@SuppressWarnings("module") // The kernels are built after this.
module dev.gatun.bindings {
  requires static org.jspecify;

  exports dev.gatun.bindings.cuda to
      dev.gatun.kernels;
  exports dev.gatun.bindings.generated.cublas to
      dev.gatun.kernels;
  exports dev.gatun.bindings.generated.cublaslt to
      dev.gatun.kernels;
  exports dev.gatun.bindings.generated.cuda to
      dev.gatun.kernels;
  exports dev.gatun.bindings.generated.cudnn to
      dev.gatun.kernels;
  exports dev.gatun.bindings.generated.nvrtc to
      dev.gatun.kernels;
  exports dev.gatun.bindings.loading to
      dev.gatun.kernels;
}
