package dev.gatun.bench.parity;

import dev.gatun.autograd.Tensor;

/**
 * A variable of a random program, on both sides.
 *
 * @param name how the program's text calls it
 * @param mine Gatun's tensor, of the innermost scope
 * @param theirs libtorch's, with memory of its own
 */
record Variable(String name, Tensor mine, org.bytedeco.pytorch.Tensor theirs) {

  int rank() {
    return mine.shape().rank();
  }

  long size(int axis) {
    return mine.shape().size(axis);
  }
}
