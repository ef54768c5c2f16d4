package dev.gatun.autograd.functional;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Functions of single examples mapped over an axis, as PyTorch's {@code vmap}.
 *
 * {@snippet :
 * Tensor batch = Gatun.randn(8, 3);
 * Tensor norms = Vmap.over(x -> x.square().sum().sqrt()).apply(batch); // of shape [8]
 * Tensor jacobians = Vmap.over(x -> Functional.jacobian(t -> t.tanh(), x)).apply(batch); // [8, 3, 3]
 * }
 *
 * <p><b>What it costs.</b> The function is called once for each element of the axis, on a view, and
 * the results are copied into one tensor: the time of a loop, whereas a function written for whole
 * batches makes one call of each operation. In return the function may be any Java: it may branch
 * on elements and draw random numbers, different ones for each example.
 *
 * <p>Gradients flow as they do through the loop. The mapped functions may be called from any thread
 * if the functions may.
 */
public final class Vmap {
  /** Stands for the axis of an input that is given whole to each call. */
  public static final int NOT_MAPPED = Integer.MIN_VALUE;

  private Vmap() {}

  /**
   * Maps a function over the first axis; its results are put beside each other along a new first
   * axis.
   *
   * @param function the function of one example
   * @return the function of a batch
   */
  public static UnaryOperator<Tensor> over(UnaryOperator<Tensor> function) {
    return over(function, 0, 0);
  }

  /**
   * Maps a function over an axis.
   *
   * @param function the function of one example, whose results are of one shape
   * @param inAxis the axis of the batch along which the examples lie; negative ones count from the
   *     end
   * @param outAxis where the new axis stands in the result; negative ones count from its end
   * @return the function of a batch. It throws {@link ShapeException} when the batch has no such
   *     axis, or it is empty, or the results are not of one shape, and {@link ArgumentException}
   *     when the function returns null
   */
  public static UnaryOperator<Tensor> over(
      UnaryOperator<Tensor> function, int inAxis, int outAxis) {
    Function<List<Tensor>, Tensor> mapped =
        over(inputs -> function.apply(inputs.get(0)), new int[] {inAxis}, outAxis);
    return batch -> mapped.apply(List.of(batch));
  }

  /**
   * Maps a function of several tensors over an axis of each, or of some.
   *
   * @param function the function of one example, whose results are of one shape
   * @param inAxes for each input the axis along which the examples lie, or {@link #NOT_MAPPED};
   *     negative ones count from the end
   * @param outAxis where the new axis stands in the result; negative ones count from its end
   * @return the function of a batch. It throws {@link ShapeException} when an input has no such
   *     axis, or the axes are not of one size, or empty, or the results are not of one shape, and
   *     {@link ArgumentException} when there are not as many inputs as axes, or the function
   *     returns null
   * @throws ArgumentException when no input is mapped
   */
  public static Function<List<Tensor>, Tensor> over(
      Function<List<Tensor>, Tensor> function, int[] inAxes, int outAxis) {
    int[] axes = inAxes.clone();
    boolean any = false;
    for (int axis : axes) {
      any |= axis != NOT_MAPPED;
    }
    if (!any) {
      throw new ArgumentException("vmap: no axis to map over: at least one input is mapped");
    }
    return inputs -> map(function, axes, outAxis, inputs);
  }

  private static Tensor map(
      Function<List<Tensor>, Tensor> function, int[] axes, int outAxis, List<Tensor> inputs) {
    long size = sizeOf(axes, inputs);
    try (Scope scope = Scope.open()) {
      Tensor[] results = new Tensor[Math.toIntExact(size)];
      for (int example = 0; example < results.length; example++) {
        List<Tensor> one = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
          Tensor input = inputs.get(i);
          one.add(axes[i] == NOT_MAPPED ? input : input.select(axes[i], example));
        }
        results[example] = resultOf(function, List.copyOf(one), example);
      }
      return scope.keep(Gatun.stack(outAxis, results));
    }
  }

  private static Tensor resultOf(
      Function<List<Tensor>, Tensor> function, List<Tensor> inputs, int example) {
    @Nullable Tensor result = function.apply(inputs);
    if (result == null) {
      throw new ArgumentException(
          "vmap: the function returned null for example " + example + ": it returns a tensor");
    }
    return result;
  }

  private static long sizeOf(int[] axes, List<Tensor> inputs) {
    if (axes.length != inputs.size()) {
      throw new ArgumentException(
          "vmap: " + inputs.size() + " inputs for " + axes.length + " axes: one for each");
    }
    long size = -1;
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] == NOT_MAPPED) {
        continue;
      }
      Shape shape = inputs.get(i).shape();
      long here = shape.size(shape.normalizeAxis("vmap", axes[i]));
      if (size >= 0 && here != size) {
        throw new ShapeException(
            "vmap: expected all tensors to have the same size in the mapped axis, got sizes "
                + size
                + " and "
                + here);
      }
      size = here;
    }
    if (size == 0) {
      throw new ShapeException(
          "vmap: the mapped axis is empty: the shape of the results is not known");
    }
    return size;
  }
}
