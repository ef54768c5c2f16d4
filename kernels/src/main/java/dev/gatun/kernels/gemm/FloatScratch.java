package dev.gatun.kernels.gemm;

/** Arrays that one thread computes in. They grow to what was needed once, and stay. */
final class FloatScratch {
  float[] left = new float[0];
  float[] right = new float[0];
  float[] block = new float[0];

  float[] left(int length) {
    if (left.length < length) {
      left = new float[length];
    }
    return left;
  }

  float[] right(int length) {
    if (right.length < length) {
      right = new float[length];
    }
    return right;
  }

  float[] block(int length) {
    if (block.length < length) {
      block = new float[length];
    }
    return block;
  }
}
