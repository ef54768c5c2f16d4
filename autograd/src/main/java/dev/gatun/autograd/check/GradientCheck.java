package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Compares gradients with central difference quotients, as PyTorch's {@code gradcheck} and {@code
 * gradgradcheck} do. The function is projected on a fixed random direction, and every element of
 * every input that requires a gradient is moved in turn.
 */
public final class GradientCheck {
  private static final double STEP = 1e-6;
  private static final double RELATIVE = 1e-4;
  private static final double ABSOLUTE = 1e-6;

  /** A function of tensors, made of operations. */
  @FunctionalInterface
  public interface Function {
    /**
     * Computes the function.
     *
     * @param inputs the arguments
     * @return a floating-point tensor
     */
    Tensor apply(Tensor[] inputs);
  }

  private GradientCheck() {}

  /**
   * Checks first derivatives.
   *
   * @param function the function; smooth near the inputs
   * @param inputs its arguments; those that are to be checked are float64 leaves that require
   *     gradients
   * @throws CheckException when a gradient differs from its difference quotient
   * @throws ArgumentException when an input that requires a gradient is not float64
   */
  public static void first(Function function, Tensor... inputs) {
    checkInputs(inputs);
    try (Scope scope = Scope.open()) {
      Tensor output = function.apply(inputs);
      Tensor direction = direction(output);
      compare(
          "gradient",
          inputs,
          gradients(output, direction, false, leaves(inputs)),
          () -> project(function.apply(detached(inputs)), direction));
    }
  }

  /**
   * Checks second derivatives: those of the gradient, projected on a random direction.
   *
   * @param function the function; smooth near the inputs
   * @param inputs its arguments; those that are to be checked are float64 leaves that require
   *     gradients
   * @throws CheckException when a gradient differs from its difference quotient
   * @throws ArgumentException when an input that requires a gradient is not float64
   */
  public static void second(Function function, Tensor... inputs) {
    checkInputs(inputs);
    try (Scope scope = Scope.open()) {
      Tensor output = function.apply(inputs);
      Tensor direction = direction(output).requiresGrad_();
      Tensor[] leaves = leaves(inputs);
      @Nullable Tensor[] gradients = gradients(output, direction, true, leaves);
      Tensor total = null;
      Tensor[] directions = new Tensor[leaves.length];
      for (int i = 0; i < leaves.length; i++) {
        Tensor gradient = gradients[i];
        if (gradient != null && gradient.requiresGrad()) {
          directions[i] = direction(gradient);
          Tensor part = gradient.mul(directions[i]).sum();
          total = total == null ? part : total.add(part);
        }
      }
      if (total == null) {
        return;
      }
      compare(
          "gradient of the gradient",
          inputs,
          gradients(total, null, false, leaves),
          () -> projectedGradient(function, inputs, direction.detach(), directions));
    }
  }

  private static @Nullable Tensor[] gradients(
      Tensor output, @Nullable Tensor direction, boolean createGraph, Tensor[] leaves) {
    return Gatun.grad(
        new Tensor[] {output},
        new @Nullable Tensor[] {direction},
        leaves,
        createGraph,
        createGraph,
        true);
  }

  private static double projectedGradient(
      Function function, Tensor[] inputs, Tensor direction, Tensor[] directions) {
    Tensor[] copies = detached(inputs);
    for (int i = 0; i < copies.length; i++) {
      if (inputs[i].requiresGrad()) {
        copies[i] = copies[i].clone().requiresGrad_();
      }
    }
    Tensor[] leaves = leaves(copies);
    @Nullable Tensor[] gradients = gradients(function.apply(copies), direction, false, leaves);
    double total = 0;
    for (int i = 0; i < leaves.length; i++) {
      Tensor gradient = gradients[i];
      if (gradient != null && directions[i] != null) {
        total += project(gradient, directions[i]);
      }
    }
    return total;
  }

  /** A scalar function of the inputs as they are now. */
  @FunctionalInterface
  private interface Objective {
    double value();
  }

  private static void compare(
      String what, Tensor[] inputs, @Nullable Tensor[] analytic, Objective objective) {
    int leaf = 0;
    for (int i = 0; i < inputs.length; i++) {
      Tensor input = inputs[i];
      if (!input.requiresGrad()) {
        continue;
      }
      Tensor gradient = analytic[leaf++];
      double[] found =
          gradient == null ? new double[(int) input.numel()] : gradient.toDoubleArray();
      Tensor writable = input.detach();
      long[] index = new long[input.rank()];
      checkShape(what, i, input, gradient);
      for (int element = 0; element < found.length; element++) {
        double before = writable.get(index);
        double above;
        double below;
        try (Scope scope = Scope.open()) {
          writable.set(before + STEP, index);
          above = objective.value();
          writable.set(before - STEP, index);
          below = objective.value();
        } finally {
          writable.set(before, index);
        }
        checkElement(what, i, index, (above - below) / (2 * STEP), found[element]);
        next(index, input);
      }
    }
  }

  private static void checkShape(String what, int input, Tensor leaf, @Nullable Tensor gradient) {
    if (gradient != null && !gradient.shape().equals(leaf.shape())) {
      throw new CheckException(
          "gradcheck: the "
              + what
              + " of input "
              + input
              + " is "
              + gradient.shape()
              + ", the input "
              + leaf.shape());
    }
  }

  private static void checkElement(
      String what, int input, long[] index, double quotient, double found) {
    double difference = Math.abs(quotient - found);
    boolean close =
        Double.compare(quotient, found) == 0
            || difference <= ABSOLUTE + RELATIVE * Math.abs(quotient);
    if (!close) {
      throw new CheckException(
          "gradcheck: the "
              + what
              + " of input "
              + input
              + " at "
              + Arrays.toString(index)
              + " is "
              + found
              + " by the backward pass, "
              + quotient
              + " by the difference quotient (off by "
              + difference
              + ")");
    }
  }

  private static void next(long[] index, Tensor tensor) {
    for (int axis = index.length - 1; axis >= 0; axis--) {
      if (++index[axis] < tensor.size(axis)) {
        return;
      }
      index[axis] = 0;
    }
  }

  private static void checkInputs(Tensor[] inputs) {
    if (Arrays.stream(inputs).noneMatch(Tensor::requiresGrad)) {
      throw new ArgumentException(
          "gradcheck: expects at least one input that requires a gradient, but none of "
              + inputs.length
              + " does");
    }
    for (Tensor input : inputs) {
      if (input.requiresGrad() && (input.dtype() != DType.FLOAT64 || !input.isLeaf())) {
        throw new ArgumentException(
            "gradcheck: "
                + input.dtype()
                + input.shape()
                + ": inputs that require gradients are float64 leaves");
      }
    }
  }

  private static Tensor[] leaves(Tensor[] inputs) {
    int count = 0;
    Tensor[] found = new Tensor[inputs.length];
    for (Tensor input : inputs) {
      if (input.requiresGrad()) {
        found[count++] = input;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static Tensor[] detached(Tensor[] inputs) {
    Tensor[] result = new Tensor[inputs.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = inputs[i].detach();
    }
    return result;
  }

  private static Tensor direction(Tensor like) {
    SplittableRandom random = new SplittableRandom(7);
    Tensor result = Gatun.empty(like.dtype(), like.shape());
    double[] values = new double[Math.toIntExact(like.numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5 + random.nextDouble();
    }
    TestValues.fill(result, values);
    return result;
  }

  private static double project(Tensor tensor, Tensor direction) {
    double[] values = tensor.toDoubleArray();
    double[] weights = direction.toDoubleArray();
    double total = 0;
    for (int i = 0; i < values.length; i++) {
      total += values[i] * weights[i];
    }
    return total;
  }
}
