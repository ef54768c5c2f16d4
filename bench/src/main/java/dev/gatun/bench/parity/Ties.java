package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which of several equal elements an operation takes is open: they share its gradients in any
 * order.
 *
 * @param axes the axes along which the operation takes elements; none means all of them
 */
public record Ties(int... axes) {

  /**
   * Puts what belongs together side by side.
   *
   * @param gradient the elements of a gradient of the input, in its order
   * @param input what the operation takes elements of
   * @return the same elements, in an order of lines of the input, and in each of them by the
   *     input's elements; those of equal ones from the least to the greatest
   */
  double[] sorted(double[] gradient, Tensor input) {
    double[] elements = lines(input);
    double[] gradients = lines(Gatun.tensor(DType.FLOAT64, input.shape(), gradient));
    int length = elements.length == 0 ? 1 : length(input);
    double[] sorted = new double[gradients.length];
    for (int from = 0; from < elements.length; from += length) {
      int[] order =
          IntStream.range(from, from + length)
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(i -> elements[i])
                      .thenComparingDouble(i -> gradients[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = 0; i < length; i++) {
        sorted[from + i] = gradients[order[i]];
      }
    }
    return sorted;
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
