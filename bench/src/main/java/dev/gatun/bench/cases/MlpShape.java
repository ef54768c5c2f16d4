package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Work;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;

/** The network of three layers with ReLU between them that the cases of {@link MlpCases} share. */
final class MlpShape {

  static final int[] SIZES = {784, 512, 256, 10};
  static final int LAYERS = SIZES.length - 1;
  static final int CLASSES = SIZES[LAYERS];

  /** Forward, and a product each for the gradients of inputs and weights. */
  private static final int PRODUCTS_OF_TRAINING = 3;

  private MlpShape() {}

  /** The input, the classes it belongs to, then weight and bias of each layer. */
  static List<Input> inputs(int batch) {
    var inputs = new ArrayList<Input>();
    inputs.add(Input.floats(batch, SIZES[0]));
    inputs.add(Input.classes(CLASSES, batch));
    for (int layer = 0; layer < LAYERS; layer++) {
      inputs.add(Input.weights(SIZES[layer], SIZES[layer + 1], SIZES[layer]));
      inputs.add(Input.weights(SIZES[layer], SIZES[layer + 1]));
    }
    return inputs;
  }

  static int weight(int layer) {
    return 2 + 2 * layer;
  }

  static int bias(int layer) {
    return 3 + 2 * layer;
  }

  static Work ofInference(int batch) {
    return new Work(2.0 * batch * weights(), 4.0 * (weights() + batch * SIZES[0]), DType.FLOAT32);
  }

  /** The first layer's inputs need no gradient. Weights are read and written once. */
  static Work ofTraining(int batch) {
    double products = PRODUCTS_OF_TRAINING * weights() - SIZES[0] * SIZES[1];
    return new Work(2.0 * batch * products, 8.0 * weights(), DType.FLOAT32);
  }

  private static double weights() {
    double sum = 0;
    for (int layer = 0; layer < LAYERS; layer++) {
      sum += (double) SIZES[layer] * SIZES[layer + 1];
    }
    return sum;
  }
}
