/** Tensors with gradients: the op catalogue and the tape. */
module dev.gatun.autograd {
  requires transitive dev.gatun.kernels;
  requires static org.jspecify;

  exports dev.gatun.autograd;
  exports dev.gatun.autograd.check;
  exports dev.gatun.autograd.functional;
  exports dev.gatun.autograd.plan;
}
