package dev.gatun.kernels.random;

/** In plain Java. */
final class ScalarRandomMath implements RandomMath {
  @Override
  public void words(long seed, long firstBlock, int[] words, int groups) {
    for (int group = 0; group < groups; group++) {
      for (int i = 0; i < GROUP_BLOCKS; i++) {
        long block = firstBlock + (long) group * GROUP_BLOCKS + i;
        Philox.block(seed, block, words, group * GROUP_WORDS + i, GROUP_BLOCKS);
      }
    }
  }

  @Override
  public void negativeLogarithms(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = -Math.log(values[i]);
    }
  }

  @Override
  public void boxMuller(double[] radii, double[] turns, int count) {
    for (int i = 0; i < count; i++) {
      double radius = Math.sqrt(-2 * Math.log(radii[i]));
      double angle = 2 * Math.PI * turns[i];
      radii[i] = radius * Math.cos(angle);
      turns[i] = radius * Math.sin(angle);
    }
  }
}
