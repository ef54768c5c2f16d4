package dev.gatun.autograd.check;

import dev.gatun.autograd.Operand;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random elements for test tensors; the same for the same seed, whatever their arrangement. */
final class TestValues {
  private TestValues() {}

  /** Makes a tensor as an operand describes. */
  static Tensor of(Operand operand, DType dtype, Arrangement arrangement, long seed) {
    DType actual =
        switch (operand.kind()) {
          case REAL, DISTINCT, ASCENDING, DEFINITE -> dtype;
          case INDEX, PLACES -> DType.INT64;
          case CONDITION -> DType.BOOL;
          case BFLOAT16 -> DType.BFLOAT16;
          case INT8 -> DType.INT8;
        };
    Tensor tensor = arrangement.empty(actual, operand.shape());
    fill(tensor, values(operand, seed));
    return tensor;
  }

  /** Makes a tensor of numbers from a range. */
  static Tensor of(
      Shape shape, double low, double high, DType dtype, Arrangement arrangement, long seed) {
    return of(
        new Operand(
            dtype == DType.BOOL ? Operand.Kind.CONDITION : Operand.Kind.REAL, shape, low, high),
        dtype,
        arrangement,
        seed);
  }

  private static double[] values(Operand operand, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = Math.toIntExact(operand.shape().numel());
    double low = operand.low();
    double high = operand.high();
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (operand.kind()) {
            case REAL, ASCENDING, DEFINITE, BFLOAT16 -> low + (high - low) * random.nextDouble();
            case DISTINCT -> low + (high - low) * (i + 0.5) / count;
            case PLACES -> i;
            case INDEX, INT8 -> low + Math.floor((high - low) * random.nextDouble());
            case CONDITION -> random.nextInt(2);
          };
    }
    switch (operand.kind()) {
      case DISTINCT, PLACES -> shuffle(values, random);
      case ASCENDING -> sortLines(values, operand.shape());
      case DEFINITE -> makeDefinite(values, operand.shape());
      case REAL, INDEX, CONDITION, BFLOAT16, INT8 -> {}
    }
    return values;
  }

  private static void shuffle(double[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  private static void sortLines(double[] values, Shape shape) {
    int length = (int) shape.size(shape.rank() - 1);
    for (int from = 0; from < values.length; from += length) {
      Arrays.sort(values, from, from + length);
    }
  }

  /** What is on one side of the diagonal is on the other, and the diagonal outweighs both. */
  private static void makeDefinite(double[] values, Shape shape) {
    int size = (int) shape.size(shape.rank() - 1);
    for (int from = 0; from < values.length; from += size * size) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < i; j++) {
          values[from + j * size + i] = values[from + i * size + j];
        }
        values[from + i * size + i] += size;
      }
    }
  }

  /** Writes elements in row-major order. */
  static void fill(Tensor tensor, double[] values) {
    long[] index = new long[tensor.rank()];
    for (double value : values) {
      tensor.set(value, index);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        if (++index[axis] < tensor.size(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
  }
}
