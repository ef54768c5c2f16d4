package dev.gatun.autograd;

import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;

/**
 * Axes along which a tensor is folded.
 *
 * @param axes the axes, counted from either end; none means all of them
 * @param keepdim whether folded axes stay, with size 1
 */
public record Axes(int[] axes, boolean keepdim) {
  private static final int[] NONE = {};
  private static final Axes ALL = new Axes(NONE, false);
  private static final Axes ALL_KEPT = new Axes(NONE, true);

  /** The shapes of one element, by rank. */
  private static final Shape[] ONES = {
    Shape.scalar(), Shape.of(1), Shape.of(1, 1), Shape.of(1, 1, 1), Shape.of(1, 1, 1, 1)
  };

  /** Copies the array. */
  public Axes {
    axes = axes.clone();
  }

  /**
   * Returns axes that are taken out.
   *
   * @param axes the axes; none means all of them
   * @return the axes
   */
  public static Axes of(int... axes) {
    return of(axes, false);
  }

  /** Returns axes; the same instance whenever all of them are meant. */
  static Axes of(int[] axes, boolean keepdim) {
    return axes.length > 0 ? new Axes(axes, keepdim) : keepdim ? ALL_KEPT : ALL;
  }

  /** Tells for each axis of a shape whether it is folded. */
  boolean[] folded(String operation, Shape shape) {
    boolean[] folded = new boolean[shape.rank()];
    if (axes.length == 0) {
      Arrays.fill(folded, true);
    }
    for (int axis : axes) {
      int at = shape.normalizeAxis(operation, axis);
      if (folded.length == 0) {
        continue;
      }
      if (folded[at]) {
        throw new ShapeException(operation + ": " + shape + ": axis " + axis + " is named twice");
      }
      folded[at] = true;
    }
    return folded;
  }

  /** Returns the shape with size 1 along folded axes. */
  Shape kept(String operation, Shape shape) {
    if (axes.length == 0 && shape.rank() < ONES.length) {
      return ONES[shape.rank()];
    }
    boolean[] folded = folded(operation, shape);
    long[] sizes = shape.toArray();
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = folded[i] ? 1 : sizes[i];
    }
    return Shape.of(sizes);
  }

  /** Returns the shape of the result. */
  Shape result(String operation, Shape shape) {
    if (keepdim) {
      return kept(operation, shape);
    }
    if (axes.length == 0) {
      return Shape.scalar();
    }
    boolean[] folded = folded(operation, shape);
    long[] sizes = new long[shape.rank()];
    int count = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (!folded[i]) {
        sizes[count++] = shape.size(i);
      }
    }
    return Shape.of(Arrays.copyOf(sizes, count));
  }

  /** Returns how many elements are folded into one. */
  long count(Shape shape) {
    boolean[] folded = folded("fold", shape);
    long count = 1;
    for (int i = 0; i < folded.length; i++) {
      count *= folded[i] ? shape.size(i) : 1;
    }
    return count;
  }

  /** Puts the folded axes back into a result, with size 1, so that it broadcasts to the input. */
  Tensor restore(Tensor result, Shape shape) {
    // A scalar broadcasts to any shape as it is.
    return keepdim || result.rank() == 0 ? result : result.reshape(kept("fold", shape));
  }

  /**
   * Returns a call of PyTorch with the axes as {@code p}, or {@code None} where all are meant, with
   * {@code keepdim} as {@code q} and the rest after them.
   */
  PyTorchCall pytorch(String expression, Object... others) {
    String named = axes.length > 0 ? expression : expression.replaceFirst("\\bp\\b", "None");
    return withAxes(named, others);
  }

  /** As {@link #pytorch}, for a function in which no axes at all means all of them. */
  PyTorchCall pytorchList(String expression) {
    return withAxes(expression);
  }

  private PyTorchCall withAxes(String expression, Object... others) {
    Object[] arguments = new Object[2 + others.length];
    arguments[0] = toLongs(axes);
    arguments[1] = keepdim;
    System.arraycopy(others, 0, arguments, 2, others.length);
    return PyTorchCall.of(expression, arguments);
  }

  /** As {@link #pytorch}, for a function that is another one without axes. */
  PyTorchCall pytorchOrAll(String function) {
    return axes.length > 0 ? pytorch("torch." + function + "(a, p, q)") : all(function);
  }

  /** As {@link #pytorchList}, of a function that takes no list without axes. */
  PyTorchCall pytorchFlat(String function) {
    return axes.length > 0
        ? pytorchList("torch." + function + "(a, p, q)")
        : shaped("torch." + function + "(a.flatten(), 0)");
  }

  private PyTorchCall all(String function) {
    return shaped("torch." + function + "(a)");
  }

  private PyTorchCall shaped(String all) {
    return PyTorchCall.of(keepdim ? all + ".reshape([1] * a.dim())" : all);
  }

  /** As {@link #pytorch}, for a function that folds one axis or all of them. */
  PyTorchCall pytorchOneByOne(String function) {
    if (axes.length == 0) {
      return all(function);
    }
    String folded = "a";
    for (int axis : axes) {
      folded = "torch." + function + "(" + folded + ", " + axis + ", True)";
    }
    return keepdim
        ? PyTorchCall.of(folded)
        : PyTorchCall.of("torch.squeeze(" + folded + ", p)", toLongs(axes));
  }

  static long[] toLongs(int[] axes) {
    return Arrays.stream(axes).asLongStream().toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Axes that && keepdim == that.keepdim && Arrays.equals(axes, that.axes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(axes) * 2 + (keepdim ? 1 : 0);
  }

  @Override
  public String toString() {
    return "axes " + Arrays.toString(axes) + (keepdim ? " kept" : "");
  }
}
