package dev.gatun.nn.metrics;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.IndexRangeException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * How often examples of each class were taken for each class, and the figures that follow:
 * accuracy, precision, recall and F1. As a {@link Metric} its value is the macro F1.
 *
 * <p>A class that was never predicted has precision 0, one that never occurs has recall 0, and
 * where both are 0 so is F1. Macro figures are means over the classes that occur or were predicted.
 */
public final class ConfusionMatrix implements Metric {
  private final long[][] counts;

  /**
   * Makes a matrix of zeros.
   *
   * @param classes the number of classes
   * @throws ArgumentException when it is not positive
   */
  public ConfusionMatrix(int classes) {
    if (classes < 1) {
      throw new ArgumentException("confusion matrix: " + classes + " classes: at least 1");
    }
    counts = new long[classes][classes];
  }

  @Override
  public String name() {
    return "f1";
  }

  /**
   * Takes a batch into account.
   *
   * @param predictions scores, [examples, classes], of which the largest wins, the first one among
   *     equals; or classes, [examples]
   * @param targets the right classes, [examples]
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   * @throws IndexRangeException when there is no such class; the batch is not counted then
   */
  @Override
  public void update(Tensor predictions, Tensor targets) {
    long[] predicted = Classes.predicted("confusion matrix", predictions, targets);
    long[] expected = targets.toLongArray();
    for (int i = 0; i < predicted.length; i++) {
      check(predicted[i]);
      check(expected[i]);
    }
    for (int i = 0; i < predicted.length; i++) {
      counts[(int) expected[i]][(int) predicted[i]]++;
    }
  }

  private void check(long index) {
    if (index < 0 || index >= counts.length) {
      throw new IndexRangeException(
          "confusion matrix: class " + index + " of " + counts.length + " classes");
    }
  }

  /**
   * Returns the number of classes.
   *
   * @return the size of the matrix
   */
  public int classes() {
    return counts.length;
  }

  /**
   * Returns one count.
   *
   * @param expected the right class
   * @param predicted the class predicted
   * @return how many examples of the one were taken for the other
   */
  public long count(int expected, int predicted) {
    return counts[expected][predicted];
  }

  /**
   * Returns the share of examples whose class was predicted.
   *
   * @return the accuracy; NaN when there were no examples
   */
  public double accuracy() {
    long correct = 0;
    long total = 0;
    for (int c = 0; c < counts.length; c++) {
      correct += counts[c][c];
      total += occurrences(c);
    }
    return (double) correct / total;
  }

  /**
   * Returns how many of the examples taken for a class belong to it.
   *
   * @param c the class
   * @return the share; 0 when the class was never predicted
   */
  public double precision(int c) {
    return share(counts[c][c], predictions(c));
  }

  /**
   * Returns how many of the examples of a class were recognised.
   *
   * @param c the class
   * @return the share; 0 when the class never occurs
   */
  public double recall(int c) {
    return share(counts[c][c], occurrences(c));
  }

  /**
   * Returns the harmonic mean of precision and recall of a class.
   *
   * @param c the class
   * @return the mean; 0 when both are 0
   */
  public double f1(int c) {
    return share(2 * counts[c][c], predictions(c) + occurrences(c));
  }

  /**
   * Returns the mean precision of the classes that occur or were predicted.
   *
   * @return the mean; NaN when there were no examples
   */
  public double precision() {
    return macro(this::precision);
  }

  /**
   * Returns the mean recall of the classes that occur or were predicted.
   *
   * @return the mean; NaN when there were no examples
   */
  public double recall() {
    return macro(this::recall);
  }

  /**
   * Returns the mean F1 of the classes that occur or were predicted.
   *
   * @return the mean; NaN when there were no examples
   */
  public double f1() {
    return macro(this::f1);
  }

  private double macro(IntToDoubleFunction figure) {
    double sum = 0;
    int seen = 0;
    for (int c = 0; c < counts.length; c++) {
      if (predictions(c) + occurrences(c) > 0) {
        sum += figure.applyAsDouble(c);
        seen++;
      }
    }
    return sum / seen;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private long occurrences(int c) {
    return Arrays.stream(counts[c]).sum();
  }

  private long predictions(int c) {
    long sum = 0;
    for (long[] row : counts) {
      sum += row[c];
    }
    return sum;
  }

  @Override
  public double value() {
    return f1();
  }

  @Override
  public void reset() {
    for (long[] row : counts) {
      Arrays.fill(row, 0);
    }
  }

  /**
   * Returns the matrix as CSV: a line for each right class, a column for each class predicted.
   *
   * @return the lines, the first of which has the classes predicted
   */
  public String toCsv() {
    StringBuilder text = new StringBuilder("expected");
    for (int c = 0; c < counts.length; c++) {
      text.append(',').append(c);
    }
    text.append('\n');
    for (int c = 0; c < counts.length; c++) {
      text.append(c);
      for (long count : counts[c]) {
        text.append(',').append(count);
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * Returns the matrix as a table: right classes downwards, classes predicted to the right.
   *
   * @return several lines
   */
  @Override
  public String toString() {
    int width = 5;
    for (long[] row : counts) {
      for (long count : row) {
        width = Math.max(width, Long.toString(count).length() + 1);
      }
    }
    String cell = "%" + width + "s";
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, cell, ""));
    for (int c = 0; c < counts.length; c++) {
      text.append(String.format(Locale.ROOT, cell, c));
    }
    for (int c = 0; c < counts.length; c++) {
      text.append(System.lineSeparator()).append(String.format(Locale.ROOT, cell, c));
      for (long count : counts[c]) {
        text.append(String.format(Locale.ROOT, cell, count == 0 ? "." : Long.toString(count)));
      }
    }
    return text.toString();
  }
}
