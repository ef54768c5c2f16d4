package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Work;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoder that the cases of {@link TransformerCases} share: layers as in PyTorch, norms last,
 * ReLU, four times the width between the two maps, no dropout.
 */
final class TransformerShape {

  static final int BATCH = 8;
  static final int LENGTH = 128;
  static final int WIDTH = 256;
  static final int HEADS = 4;
  static final int HEAD_WIDTH = WIDTH / HEADS;
  static final int INNER = 4 * WIDTH;
  static final int LAYERS = 2;
  static final double EPSILON = 1e-5;

  /** Parameters of a layer, in PyTorch's order. */
  static final int IN_WEIGHT = 0;

  static final int IN_BIAS = 1;
  static final int OUT_WEIGHT = 2;
  static final int OUT_BIAS = 3;
  static final int FIRST_WEIGHT = 4;
  static final int FIRST_BIAS = 5;
  static final int SECOND_WEIGHT = 6;
  static final int SECOND_BIAS = 7;
  static final int NORM1_WEIGHT = 8;
  static final int NORM1_BIAS = 9;
  static final int NORM2_WEIGHT = 10;
  static final int NORM2_BIAS = 11;
  static final int PARAMETERS = 12;

  /** The input and what it should become come first. */
  private static final int BEFORE_PARAMETERS = 2;

  /** Forward, and a product each for the gradients of inputs and weights. */
  private static final int PRODUCTS_OF_TRAINING = 3;

  private TransformerShape() {}

  /** The input, what it should become, then the parameters, layer by layer. */
  static List<Input> inputs() {
    var inputs = new ArrayList<Input>();
    inputs.add(Input.floats(BATCH, LENGTH, WIDTH));
    inputs.add(Input.floats(BATCH, LENGTH, WIDTH));
    for (int layer = 0; layer < LAYERS; layer++) {
      addMap(inputs, 3 * WIDTH, WIDTH);
      addMap(inputs, WIDTH, WIDTH);
      addMap(inputs, INNER, WIDTH);
      addMap(inputs, WIDTH, INNER);
      for (int vector = NORM1_WEIGHT; vector < PARAMETERS; vector++) {
        inputs.add(Input.floats(WIDTH));
      }
    }
    return inputs;
  }

  private static void addMap(List<Input> inputs, int outFeatures, int inFeatures) {
    inputs.add(Input.weights(inFeatures, outFeatures, inFeatures));
    inputs.add(Input.weights(inFeatures, outFeatures));
  }

  static int count() {
    return LAYERS * PARAMETERS;
  }

  /** The operand that holds a parameter. */
  static int operand(int layer, int parameter) {
    return BEFORE_PARAMETERS + layer * PARAMETERS + parameter;
  }

  static Work ofInference() {
    return new Work(2 * multiplications(), Float.BYTES * weights(), DType.FLOAT32);
  }

  static Work ofTraining() {
    return new Work(
        2 * PRODUCTS_OF_TRAINING * multiplications(), 2 * Float.BYTES * weights(), DType.FLOAT32);
  }

  private static double multiplications() {
    double attention = 2.0 * BATCH * HEADS * LENGTH * LENGTH * HEAD_WIDTH;
    return LAYERS * attention + BATCH * LENGTH * weights();
  }

  private static double weights() {
    return (double) LAYERS * (4 * WIDTH * WIDTH + 2 * WIDTH * INNER);
  }
}
