package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import java.util.HashMap;

/**
 * Which of several equal elements an operation takes is open: their gradients count together.
 *
 * @param axes the axes along which the operation takes elements; none means all of them
 */
record Ties(int... axes) {

  /**
   * Adds up what belongs together.
   *
   * @param gradient a gradient of the input
   * @param input what the operation takes elements of, of the same shape
   * @return for each element of the input, in an order of its own, the sum of the gradients of
   *     those that are equal to it
   */
  Tensor pooled(Tensor gradient, Tensor input) {
    double[] elements = lines(input);
    double[] sums = lines(gradient);
    int length = elements.length == 0 ? 1 : length(input);
    for (int from = 0; from < elements.length; from += length) {
      var ofEqual = new HashMap<Double, Double>();
      for (int i = from; i < from + length; i++) {
        ofEqual.merge(elements[i], sums[i], Double::sum);
      }
      for (int i = from; i < from + length; i++) {
        sums[i] = ofEqual.getOrDefault(elements[i], 0.0);
      }
    }
    return Gatun.tensor(DType.FLOAT64, Shape.of(sums.length), sums).to(gradient.dtype());
  }

  /** The elements, with those that an operation takes from side by side. */
  private double[] lines(Tensor tensor) {
    var plain = tensor.detach();
    if (axes.length == 0 || plain.rank() == 0) {
      return plain.contiguous().toDoubleArray();
    }
    int[] last = new int[axes.length];
    Arrays.setAll(last, i -> i - axes.length);
    return plain.movedim(axes, last).contiguous().toDoubleArray();
  }

  private int length(Tensor tensor) {
    if (axes.length == 0 || tensor.rank() == 0) {
      return (int) tensor.numel();
    }
    return (int) Arrays.stream(axes).mapToLong(tensor::size).reduce(1, (a, b) -> a * b);
  }
}
