package dev.gatun.nn.data;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Divides datasets at random into parts without common examples. The same seed gives the same
 * parts, on every machine.
 */
public final class Split {
  /** How far fractions may add up beyond 1, to allow for rounding. */
  private static final double TOLERANCE = 1e-9;

  private Split() {}

  /**
   * Divides a dataset.
   *
   * @param dataset the dataset; it must stay open while the parts are used
   * @param seed any number
   * @param fractions the share of each part; when they add up to 1 every example is in one part
   * @return the parts, in the order of the fractions
   * @throws ArgumentException when a fraction is not positive or they add up to more than 1
   */
  public static List<Subset> random(Dataset dataset, long seed, double... fractions) {
    checkFractions(fractions);
    long[] order = permutation(dataset.size(), new Generator(seed));
    List<Subset> parts = new ArrayList<>();
    for (int part = 0; part < fractions.length; part++) {
      int from = bound(order.length, fractions, part);
      int to = bound(order.length, fractions, part + 1);
      parts.add(Subset.of(dataset, Arrays.copyOfRange(order, from, to)));
    }
    return parts;
  }

  /**
   * Divides a dataset so that every class has the same share in every part, but for rounding.
   *
   * @param dataset the dataset; it must stay open while the parts are used
   * @param labels the class of each example, an integral vector
   * @param seed any number
   * @param fractions the share of each part; when they add up to 1 every example is in one part
   * @return the parts, in the order of the fractions; the examples of a part are in random order
   * @throws ArgumentException when a fraction is not positive or they add up to more than 1
   * @throws ShapeException when there is not one label for each example
   */
  public static List<Subset> stratified(
      Dataset dataset, Tensor labels, long seed, double... fractions) {
    checkFractions(fractions);
    if (labels.rank() != 1 || labels.numel() != dataset.size()) {
      throw new ShapeException(
          "stratified: labels "
              + labels.shape()
              + " for "
              + dataset.size()
              + " examples: one label for each");
    }
    long[] classes = labels.toLongArray();
    TreeMap<Long, List<Long>> byClass = new TreeMap<>();
    for (long example : permutation(classes.length, new Generator(seed))) {
      byClass.computeIfAbsent(classes[(int) example], unseen -> new ArrayList<>()).add(example);
    }
    // Dealing the classes out one after the other, and cutting at shares of the examples dealt so
    // far,
    // keeps the parts' sizes within one example of their share.
    List<List<Long>> parts = new ArrayList<>();
    for (int part = 0; part < fractions.length; part++) {
      parts.add(new ArrayList<>());
    }
    int dealt = 0;
    for (List<Long> examples : byClass.values()) {
      int after = dealt + examples.size();
      int position = 0;
      for (int part = 0; part < fractions.length; part++) {
        int share = width(after, fractions, part) - width(dealt, fractions, part);
        parts.get(part).addAll(examples.subList(position, position + share));
        position += share;
      }
      dealt = after;
    }
    List<Subset> result = new ArrayList<>();
    for (int part = 0; part < fractions.length; part++) {
      result.add(Subset.of(dataset, shuffled(parts.get(part), new Generator(seed + 1 + part))));
    }
    return result;
  }

  private static void checkFractions(double[] fractions) {
    double sum = 0;
    for (double fraction : fractions) {
      if (!(fraction > 0)) {
        throw new ArgumentException(
            "split: " + Arrays.toString(fractions) + ": shares are positive");
      }
      sum += fraction;
    }
    if (!(sum <= 1 + TOLERANCE)) {
      throw new ArgumentException(
          "split: " + Arrays.toString(fractions) + ": shares add up to " + sum + ", more than 1");
    }
  }

  /** Returns where a part begins among a number of examples. */
  private static int bound(int count, double[] fractions, int part) {
    double before = 0;
    for (int i = 0; i < part; i++) {
      before += fractions[i];
    }
    return (int) Math.min(count, Math.round(count * before));
  }

  private static int width(int count, double[] fractions, int part) {
    return bound(count, fractions, part + 1) - bound(count, fractions, part);
  }

  private static long[] permutation(long count, Generator generator) {
    try (Tensor order = Gatun.randperm(count, generator)) {
      return order.toLongArray();
    }
  }

  private static long[] shuffled(List<Long> examples, Generator generator) {
    long[] order = permutation(examples.size(), generator);
    long[] result = new long[order.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = examples.get((int) order[i]);
    }
    return result;
  }
}
