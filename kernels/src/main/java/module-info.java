/** Kernels: what runs beneath every tensor operation. */
module dev.gatun.kernels {
  requires static org.jspecify;
  requires transitive dev.gatun.memory;
  requires dev.gatun.bindings;
  requires jdk.incubator.vector;

  exports dev.gatun.kernels;
  exports dev.gatun.kernels.convolution;
  exports dev.gatun.kernels.cuda;
  exports dev.gatun.kernels.gemm;
  exports dev.gatun.kernels.index;
  exports dev.gatun.kernels.order;
  exports dev.gatun.kernels.pooling;
  exports dev.gatun.kernels.random;
  exports dev.gatun.kernels.record;
  exports dev.gatun.kernels.replay;
  exports dev.gatun.kernels.reduce;
  exports dev.gatun.kernels.pointwise;
}
