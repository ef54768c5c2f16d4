package dev.gatun.examples.digits;

import dev.gatun.kernels.random.Generator;
import dev.gatun.nn.Dropout;
import dev.gatun.nn.Linear;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;

/** The network: three affine maps with rectifiers between them. */
public final class DigitClassifier {
  private static final int CLASSES = 10;

  private DigitClassifier() {}

  /**
   * Makes an untrained network.
   *
   * @param pixels how many an image has
   * @param recipe its widths, and what is dropped
   * @param seed what the first weights and the dropout follow from
   * @return a network from [images, pixels] to scores, [images, 10]
   */
  public static Sequential make(long pixels, Recipe recipe, long seed) {
    Generator generator = new Generator(seed);
    return new Sequential(
        new Linear(pixels, recipe.first(), true, generator),
        new ReLU(),
        new Dropout(recipe.firstDropout(), generator),
        new Linear(recipe.first(), recipe.second(), true, generator),
        new ReLU(),
        new Dropout(recipe.secondDropout(), generator),
        new Linear(recipe.second(), CLASSES, true, generator));
  }
}
