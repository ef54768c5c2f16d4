package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.examples.digits.DigitImages;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.data.TensorDataset;

/** Images as large as MNIST's, each the picture of its class under noise. */
final class SyntheticImages {

  private static final int CLASSES = 10;
  private static final int PIXELS = 28 * 28;
  private static final int IMAGES_PER_TEST_IMAGE = 5;

  /** So much that telling the classes apart has to be learned, and some images are missed. */
  private static final double NOISE = 8;

  private SyntheticImages() {}

  /**
   * Makes images.
   *
   * @param count how many to learn from; a fifth as many are for the test
   * @param seed what they follow from
   */
  static DigitImages make(int count, long seed) {
    try (var _ = Scope.open()) {
      var generator = new Generator(seed);
      var pictures = Gatun.randn(DType.FLOAT32, Shape.of(CLASSES, PIXELS), generator);
      return new DigitImages(
          "synthetic images",
          drawn(pictures, count, generator),
          drawn(pictures, Math.max(1, count / IMAGES_PER_TEST_IMAGE), generator));
    }
  }

  private static TensorDataset drawn(Tensor pictures, int count, Generator generator) {
    var labels = Gatun.arange(count).remainder(CLASSES);
    var noise = Gatun.randn(DType.FLOAT32, Shape.of(count, PIXELS), generator).mul(NOISE);
    return TensorDataset.of(pictures.indexSelect(0, labels).add(noise), labels);
  }
}
