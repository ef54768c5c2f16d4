package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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

  /** A function of tensors that has several results, made of operations. */
  @FunctionalInterface
  public interface SeveralOutputs {
    /**
     * Computes the function.
     *
     * @param inputs the arguments
     * @return the results; those through which gradients flow are checked
     */
    Tensor[] apply(Tensor[] inputs);
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
    firstOfSeveral(all -> new Tensor[] {function.apply(all)}, inputs);
  }

  /**
   * Checks first derivatives of a function of several results, all of them together.
   *
   * @param function the function; smooth near the inputs
   * @param inputs as in {@link #first}
   * @throws CheckException when a gradient differs from its difference quotient, or no result
   *     requires one
   * @throws ArgumentException when an input that requires a gradient is not float64
   */
  public static void firstOfSeveral(SeveralOutputs function, Tensor... inputs) {
    checkInputs(inputs);
    try (Scope scope = Scope.open()) {
      Tensor[] outputs = resultsOf(function, inputs);
      int[] chosen = differentiable(outputs);
      Tensor[] directions = directions(outputs, chosen);
      compare(
          "gradient",
          inputs,
          gradients(pick(outputs, chosen), directions, false, leaves(inputs)),
          () -> project(pick(resultsOf(function, detached(inputs)), chosen), directions));
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
    secondOfSeveral(all -> new Tensor[] {function.apply(all)}, inputs);
  }

  /**
   * Checks second derivatives of a function of several results, all of them together.
   *
   * @param function the function; smooth near the inputs
   * @param inputs as in {@link #second}
   * @throws CheckException when a gradient differs from its difference quotient, or no result
   *     requires one
   * @throws ArgumentException when an input that requires a gradient is not float64
   */
  public static void secondOfSeveral(SeveralOutputs function, Tensor... inputs) {
    checkInputs(inputs);
    try (Scope scope = Scope.open()) {
      Tensor[] outputs = resultsOf(function, inputs);
      int[] chosen = differentiable(outputs);
      Tensor[] ofOutputs = directions(outputs, chosen);
      for (Tensor direction : ofOutputs) {
        direction.requiresGrad_();
      }
      Tensor[] leaves = leaves(inputs);
      @Nullable Tensor[] gradients = gradients(pick(outputs, chosen), ofOutputs, true, leaves);
      Tensor total = null;
      Tensor[] directions = new Tensor[leaves.length];
      for (int i = 0; i < leaves.length; i++) {
        Tensor gradient = gradients[i];
        if (gradient != null && gradient.requiresGrad()) {
          directions[i] = direction(gradient, 0);
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
          gradients(new Tensor[] {total}, new @Nullable Tensor[1], false, leaves),
          () -> projectedGradient(function, inputs, chosen, detached(ofOutputs), directions));
    }
  }

  private static Tensor[] resultsOf(SeveralOutputs function, Tensor[] inputs) {
    @Nullable Tensor @Nullable [] outputs = function.apply(inputs);
    if (outputs == null || Arrays.asList(outputs).contains(null)) {
      throw new ArgumentException("gradcheck: the function returned null: it returns tensors");
    }
    return outputs;
  }

  /** Returns the places of the results through which gradients flow. */
  private static int[] differentiable(Tensor[] outputs) {
    int[] chosen =
        IntStream.range(0, outputs.length).filter(i -> outputs[i].requiresGrad()).toArray();
    if (chosen.length == 0) {
      throw new CheckException(
          "gradcheck: none of " + outputs.length + " results requires a gradient");
    }
    return chosen;
  }

  private static Tensor[] pick(Tensor[] outputs, int[] chosen) {
    Tensor[] picked = new Tensor[chosen.length];
    Arrays.setAll(picked, i -> outputs[chosen[i]]);
    return picked;
  }

  private static @Nullable Tensor[] gradients(
      Tensor[] outputs, @Nullable Tensor[] directions, boolean createGraph, Tensor[] leaves) {
    return Gatun.grad(outputs, directions, leaves, createGraph, createGraph, true);
  }

  private static double projectedGradient(
      SeveralOutputs function,
      Tensor[] inputs,
      int[] chosen,
      Tensor[] ofOutputs,
      Tensor[] directions) {
    Tensor[] copies = detached(inputs);
    for (int i = 0; i < copies.length; i++) {
      if (inputs[i].requiresGrad()) {
        copies[i] = copies[i].clone().requiresGrad_();
      }
    }
    Tensor[] leaves = leaves(copies);
    Tensor[] outputs = pick(resultsOf(function, copies), chosen);
    @Nullable Tensor[] gradients = gradients(outputs, ofOutputs, false, leaves);
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

  /** Returns the inputs that require a gradient. */
  static Tensor[] leaves(Tensor[] inputs) {
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

  /** Returns a direction for each chosen result, another one for each. */
  private static Tensor[] directions(Tensor[] outputs, int[] chosen) {
    Tensor[] directions = new Tensor[chosen.length];
    Arrays.setAll(directions, i -> direction(outputs[chosen[i]], i));
    return directions;
  }

  /** Returns a direction for something, the same for each number. */
  static Tensor direction(Tensor like, int number) {
    SplittableRandom random = new SplittableRandom(7 + number);
    Tensor result = Gatun.empty(like.dtype(), like.shape());
    double[] values = new double[Math.toIntExact(like.numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5 + random.nextDouble();
    }
    TestValues.fill(result, values);
    return result;
  }

  private static double project(Tensor[] tensors, Tensor[] directions) {
    double total = 0;
    for (int i = 0; i < tensors.length; i++) {
      total += project(tensors[i], directions[i]);
    }
    return total;
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
