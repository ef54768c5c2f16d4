package dev.gatun.examples.digits;

import dev.gatun.kernels.random.Generator;
import dev.gatun.nn.Dropout;
import dev.gatun.nn.Linear;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;

/** The network: three affine maps with rectifiers between them. */
final class DigitClassifier {
  private static final int CLASSES = 10;
  private static final double DROPPED = 0.1;

  private DigitClassifier() {}

  /**
   * Makes an untrained network.
   *
   * @param pixels how many an image has
   * @param seed what the first weights and the dropout follow from
   * @return a network from [images, pixels] to scores, [images, 10]
   */
  static Sequential make(long pixels, long seed) {
    Generator generator = new Generator(seed);
    boolean small = pixels < 256;
    int first = small ? 128 : 256;
    int second = small ? 64 : 128;
    return new Sequential(
        new Linear(pixels, first, true, generator),
        new ReLU(),
        new Dropout(DROPPED, generator),
        new Linear(first, second, true, generator),
        new ReLU(),
        new Linear(second, CLASSES, true, generator));
  }
}
