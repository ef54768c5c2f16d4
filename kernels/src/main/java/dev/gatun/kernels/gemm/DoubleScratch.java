package dev.gatun.kernels.gemm;

/** Arrays that one thread computes in. They grow to what was needed once, and stay. */
final class DoubleScratch {
  double[] left = new double[0];
  double[] right = new double[0];
  double[] block = new double[0];

  double[] left(int length) {
    if (left.length < length) {
      left = new double[length];
    }
    return left;
  }

  double[] right(int length) {
    if (right.length < length) {
      right = new double[length];
    }
    return right;
  }

  double[] block(int length) {
    if (block.length < length) {
      block = new double[length];
    }
    return block;
  }
}
