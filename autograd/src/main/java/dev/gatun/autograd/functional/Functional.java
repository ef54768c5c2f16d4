package dev.gatun.autograd.functional;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.GradientException;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Derivatives of functions made of operations, as PyTorch's {@code torch.autograd.functional}.
 *
 * {@snippet :
 * Tensor x = Gatun.tensor(1.0, 2.0);
 * Tensor jacobian = Functional.jacobian(t -> t.square(), x); // [[2, 0], [0, 4]]
 * Tensor hessian = Functional.hessian(t -> t.pow(3.0).sum(), x); // [[6, 0], [0, 12]]
 * }
 *
 * <p>Each method comes for functions of one tensor and for functions of several. The function gets
 * inputs of its own that share the elements of those given, and is recorded whatever the gradient
 * mode. Where a value does not depend on an input, the derivative is zero. The tensors returned
 * belong to the caller's {@link Scope}; what comes up on the way is closed.
 *
 * <p>With {@code createGraph} values and derivatives stand in the graph: gradients flow through
 * them to those inputs given that require one, and to whatever else the function uses. Without,
 * they are plain numbers.
 *
 * <p>All methods throw {@link DTypeException} for inputs that are not floating point, and {@link
 * GradientException} when vectors do not match. Thread-safe where the function is.
 */
public final class Functional {
  private Functional() {}

  // ---- products with the Jacobian

  /**
   * Computes the product of a vector with the Jacobian of a function: one backward pass.
   *
   * @param function the function
   * @param input where
   * @param vector of the shape of the function's value; null for one when the value has one element
   * @param createGraph whether the results stand in the graph
   * @return the value, and the product, of the input's shape
   */
  public static Product vjp(
      UnaryOperator<Tensor> function, Tensor input, @Nullable Tensor vector, boolean createGraph) {
    @Nullable List<Tensor> vectors = vector == null ? null : List.of(vector);
    return single(vjp(listed(function), List.of(input), vectors, createGraph));
  }

  /**
   * Computes the product of vectors with the Jacobian of a function: one backward pass.
   *
   * @param function the function
   * @param inputs where
   * @param vectors one for each value of the function, of its shape; null for one when there is one
   *     value of one element
   * @param createGraph whether the results stand in the graph
   * @return the values, and for each input the product, of its shape
   */
  public static Products vjp(
      Function<List<Tensor>, List<Tensor>> function,
      List<Tensor> inputs,
      @Nullable List<Tensor> vectors,
      boolean createGraph) {
    try (Scope scope = Scope.open();
        NoGrad on = Gatun.enableGrad()) {
      List<Tensor> at = inputsOf("vjp", inputs, createGraph);
      List<Tensor> values = function.apply(at);
      List<Tensor> seeds = vectors == null ? seedOfScalar("vjp", values) : vectors;
      checkVectors("vjp", seeds, values);
      List<Tensor> products = gradients(values, seeds, at, createGraph, createGraph);
      return kept(scope, values, products, createGraph);
    }
  }

  /**
   * Computes the product of the Jacobian of a function with a vector, by differentiating a backward
   * pass with respect to the gradient that goes in: two backward passes.
   *
   * @param function the function
   * @param input where
   * @param vector of the input's shape
   * @param createGraph whether the results stand in the graph
   * @return the value, and the product, of the value's shape
   */
  public static Product jvp(
      UnaryOperator<Tensor> function, Tensor input, Tensor vector, boolean createGraph) {
    return single(jvp(listed(function), List.of(input), List.of(vector), createGraph));
  }

  /**
   * Computes the product of the Jacobian of a function with vectors, by differentiating a backward
   * pass with respect to the gradients that go in: two backward passes.
   *
   * @param function the function
   * @param inputs where
   * @param vectors one for each input, of its shape
   * @param createGraph whether the results stand in the graph
   * @return the values, and for each value the product, of its shape
   */
  public static Products jvp(
      Function<List<Tensor>, List<Tensor>> function,
      List<Tensor> inputs,
      List<Tensor> vectors,
      boolean createGraph) {
    checkVectors("jvp", vectors, inputs);
    try (Scope scope = Scope.open();
        NoGrad on = Gatun.enableGrad()) {
      List<Tensor> at = inputsOf("jvp", inputs, createGraph);
      List<Tensor> values = function.apply(at);
      List<Tensor> products = forward(values, at, vectors, createGraph);
      return kept(scope, values, products, createGraph);
    }
  }

  /** Returns the product of a Jacobian with vectors: the gradient of a gradient, linear in w. */
  private static List<Tensor> forward(
      List<Tensor> values, List<Tensor> at, List<Tensor> vectors, boolean createGraph) {
    List<Tensor> w = new ArrayList<>();
    for (Tensor value : values) {
      w.add(Gatun.zerosLike(value).requiresGrad_());
    }
    List<Tensor> linear = gradients(values, w, at, true, true);
    return gradients(linear, vectors, w, createGraph, createGraph);
  }

  // ---- Jacobians

  /**
   * Computes the Jacobian of a function: one backward pass for each element of the value.
   *
   * @param function the function
   * @param input where
   * @return the derivatives of each element of the value by each of the input: of the value's shape
   *     followed by the input's
   */
  public static Tensor jacobian(UnaryOperator<Tensor> function, Tensor input) {
    return jacobian(function, input, false);
  }

  /**
   * Computes the Jacobian of a function: one backward pass for each element of the value.
   *
   * @param function the function
   * @param input where
   * @param createGraph whether the result stands in the graph
   * @return the derivatives of each element of the value by each of the input: of the value's shape
   *     followed by the input's
   */
  public static Tensor jacobian(UnaryOperator<Tensor> function, Tensor input, boolean createGraph) {
    return jacobian(listed(function), List.of(input), createGraph).get(0).get(0);
  }

  /**
   * Computes the Jacobians of a function: one backward pass for each element of each value.
   *
   * @param function the function
   * @param inputs where
   * @param createGraph whether the results stand in the graph
   * @return for each value, for each input the derivatives, of the value's shape followed by the
   *     input's
   */
  public static List<List<Tensor>> jacobian(
      Function<List<Tensor>, List<Tensor>> function, List<Tensor> inputs, boolean createGraph) {
    try (Scope scope = Scope.open();
        NoGrad on = Gatun.enableGrad()) {
      List<Tensor> at = inputsOf("jacobian", inputs, createGraph);
      return keptRows(scope, rows(function.apply(at), at, createGraph), createGraph);
    }
  }

  // ---- Hessians

  /**
   * Computes the Hessian of a scalar function: one backward pass for the gradient, and one for each
   * element of the input.
   *
   * @param function the function, whose value has one element
   * @param input where
   * @return the second derivatives, of the input's shape twice
   */
  public static Tensor hessian(UnaryOperator<Tensor> function, Tensor input) {
    return hessian(function, input, false);
  }

  /**
   * Computes the Hessian of a scalar function: one backward pass for the gradient, and one for each
   * element of the input.
   *
   * @param function the function, whose value has one element
   * @param input where
   * @param createGraph whether the result stands in the graph
   * @return the second derivatives, of the input's shape twice
   */
  public static Tensor hessian(UnaryOperator<Tensor> function, Tensor input, boolean createGraph) {
    return hessian(scalar(function), List.of(input), createGraph).get(0).get(0);
  }

  /**
   * Computes the Hessian of a scalar function, in blocks: one backward pass for the gradient, and
   * one for each element of each input.
   *
   * @param function the function, whose value has one element
   * @param inputs where
   * @param createGraph whether the results stand in the graph
   * @return for each input, for each input the second derivatives, of the one's shape followed by
   *     the other's
   */
  public static List<List<Tensor>> hessian(
      Function<List<Tensor>, Tensor> function, List<Tensor> inputs, boolean createGraph) {
    try (Scope scope = Scope.open();
        NoGrad on = Gatun.enableGrad()) {
      List<Tensor> at = inputsOf("hessian", inputs, createGraph);
      List<Tensor> first = slope("hessian", function.apply(at), at);
      return keptRows(scope, rows(first, at, createGraph), createGraph);
    }
  }

  /**
   * Computes the product of a vector with the Hessian of a scalar function: two backward passes.
   * Since Hessians are symmetric this is what {@link #hvp} computes too, for less.
   *
   * @param function the function, whose value has one element
   * @param input where
   * @param vector of the input's shape
   * @param createGraph whether the results stand in the graph
   * @return the value, and the product, of the input's shape
   */
  public static Product vhp(
      UnaryOperator<Tensor> function, Tensor input, Tensor vector, boolean createGraph) {
    return single(vhp(scalar(function), List.of(input), List.of(vector), createGraph));
  }

  /**
   * Computes the product of vectors with the Hessian of a scalar function: two backward passes.
   *
   * @param function the function, whose value has one element
   * @param inputs where
   * @param vectors one for each input, of its shape
   * @param createGraph whether the results stand in the graph
   * @return the value, and for each input the product, of its shape
   */
  public static Products vhp(
      Function<List<Tensor>, Tensor> function,
      List<Tensor> inputs,
      List<Tensor> vectors,
      boolean createGraph) {
    return ofSlope(
        "vhp",
        function,
        inputs,
        vectors,
        createGraph,
        (slope, at) -> gradients(slope, vectors, at, createGraph, createGraph));
  }

  /**
   * Computes the product of the Hessian of a scalar function with a vector: three backward passes.
   *
   * @param function the function, whose value has one element
   * @param input where
   * @param vector of the input's shape
   * @param createGraph whether the results stand in the graph
   * @return the value, and the product, of the input's shape
   */
  public static Product hvp(
      UnaryOperator<Tensor> function, Tensor input, Tensor vector, boolean createGraph) {
    return single(hvp(scalar(function), List.of(input), List.of(vector), createGraph));
  }

  /**
   * Computes the product of the Hessian of a scalar function with vectors: three backward passes.
   *
   * @param function the function, whose value has one element
   * @param inputs where
   * @param vectors one for each input, of its shape
   * @param createGraph whether the results stand in the graph
   * @return the value, and for each input the product, of its shape
   */
  public static Products hvp(
      Function<List<Tensor>, Tensor> function,
      List<Tensor> inputs,
      List<Tensor> vectors,
      boolean createGraph) {
    return ofSlope(
        "hvp",
        function,
        inputs,
        vectors,
        createGraph,
        (slope, at) -> forward(slope, at, vectors, createGraph));
  }

  /** Computes products, with vectors, of the derivatives of a scalar function's gradient. */
  private static Products ofSlope(
      String operation,
      Function<List<Tensor>, Tensor> function,
      List<Tensor> inputs,
      List<Tensor> vectors,
      boolean createGraph,
      BinaryOperator<List<Tensor>> productsOfSlopeAndInputs) {
    checkVectors(operation, vectors, inputs);
    try (Scope scope = Scope.open();
        NoGrad on = Gatun.enableGrad()) {
      List<Tensor> at = inputsOf(operation, inputs, createGraph);
      Tensor value = function.apply(at);
      List<Tensor> products = productsOfSlopeAndInputs.apply(slope(operation, value, at), at);
      return kept(scope, List.of(value), products, createGraph);
    }
  }

  // ---- what they are made of

  private static Function<List<Tensor>, List<Tensor>> listed(UnaryOperator<Tensor> function) {
    return inputs -> List.of(function.apply(inputs.get(0)));
  }

  private static Function<List<Tensor>, Tensor> scalar(UnaryOperator<Tensor> function) {
    return inputs -> function.apply(inputs.get(0));
  }

  private static Product single(Products products) {
    return new Product(products.values().get(0), products.products().get(0));
  }

  /**
   * Returns inputs at places of their own in the graph, so that what the function does with the
   * tensors given by another way does not count.
   */
  private static List<Tensor> inputsOf(String operation, List<Tensor> inputs, boolean createGraph) {
    List<Tensor> result = new ArrayList<>();
    for (Tensor input : inputs) {
      if (!input.dtype().isFloatingPoint()) {
        throw new DTypeException(
            operation
                + ": an input of "
                + input.dtype()
                + input.shape()
                + ": only floating point tensors have gradients");
      }
      result.add(
          createGraph && input.requiresGrad()
              ? input.reshape(input.shape())
              : input.detach().requiresGrad_());
    }
    return List.copyOf(result);
  }

  private static List<Tensor> seedOfScalar(String operation, List<Tensor> values) {
    if (values.size() != 1 || values.get(0).numel() != 1) {
      throw new GradientException(
          operation
              + ": the vector v can only be null if the function returns a single tensor with a"
              + " single element");
    }
    return List.of(Gatun.onesLike(values.get(0)));
  }

  private static void checkVectors(String operation, List<Tensor> vectors, List<Tensor> like) {
    if (vectors.size() != like.size()) {
      throw new GradientException(
          operation
              + ": v has invalid length: should be "
              + like.size()
              + " but got "
              + vectors.size());
    }
    for (int i = 0; i < like.size(); i++) {
      Shape expected = like.get(i).shape();
      if (!vectors.get(i).shape().equals(expected)) {
        throw new GradientException(
            operation
                + ": entry "
                + i
                + " of v has invalid size: should be "
                + expected
                + " but got "
                + vectors.get(i).shape());
      }
    }
  }

  /** Returns the gradient of a scalar, recorded. */
  private static List<Tensor> slope(String operation, Tensor value, List<Tensor> at) {
    if (value.numel() != 1) {
      throw new GradientException(
          operation
              + ": a value of "
              + value.shape()
              + ": the tensor returned by the function should contain a single element");
    }
    return gradients(List.of(value), List.of(Gatun.onesLike(value)), at, true, true);
  }

  /** Returns gradients, zeros where there are none, also of outputs that depend on nothing. */
  private static List<Tensor> gradients(
      List<Tensor> outputs,
      List<Tensor> seeds,
      List<Tensor> inputs,
      boolean retainGraph,
      boolean createGraph) {
    List<Tensor> roots = new ArrayList<>();
    List<Tensor> ofRoots = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).requiresGrad()) {
        roots.add(outputs.get(i));
        ofRoots.add(seeds.get(i));
      }
    }
    @Nullable Tensor[] found =
        roots.isEmpty()
            ? new @Nullable Tensor[inputs.size()]
            : Gatun.grad(
                roots.toArray(new Tensor[0]),
                ofRoots.toArray(new Tensor[0]),
                inputs.toArray(new Tensor[0]),
                retainGraph,
                createGraph,
                true);
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      Tensor gradient = found[i];
      result.add(gradient == null ? Gatun.zerosLike(inputs.get(i)) : gradient);
    }
    return result;
  }

  /** Returns for each value, for each input the derivatives, worked out element by element. */
  private static List<List<Tensor>> rows(
      List<Tensor> values, List<Tensor> at, boolean createGraph) {
    List<List<Tensor>> result = new ArrayList<>();
    for (Tensor value : values) {
      Tensor flat = value.reshape(value.numel());
      int count = Math.toIntExact(value.numel());
      Tensor[][] rows = new Tensor[at.size()][count];
      for (int element = 0; element < count; element++) {
        Tensor seed = Gatun.zerosLike(flat);
        seed.set(1.0, element);
        List<Tensor> row = gradients(List.of(flat), List.of(seed), at, true, createGraph);
        for (int i = 0; i < rows.length; i++) {
          rows[i][element] = row.get(i);
        }
      }
      List<Tensor> ofValue = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        Tensor input = at.get(i);
        Shape shape = joined(value.shape(), input.shape());
        ofValue.add(
            count == 0 ? input.newZeros(shape.toArray()) : Gatun.stack(0, rows[i]).reshape(shape));
      }
      result.add(ofValue);
    }
    return result;
  }

  private static Shape joined(Shape first, Shape second) {
    long[] sizes = new long[first.rank() + second.rank()];
    System.arraycopy(first.toArray(), 0, sizes, 0, first.rank());
    System.arraycopy(second.toArray(), 0, sizes, first.rank(), second.rank());
    return Shape.of(sizes);
  }

  // ---- what outlives the call

  private static Products kept(
      Scope scope, List<Tensor> values, List<Tensor> products, boolean createGraph) {
    return new Products(kept(scope, values, createGraph), kept(scope, products, createGraph));
  }

  private static List<List<Tensor>> keptRows(
      Scope scope, List<List<Tensor>> rows, boolean createGraph) {
    List<List<Tensor>> result = new ArrayList<>();
    for (List<Tensor> row : rows) {
      result.add(List.copyOf(kept(scope, row, createGraph)));
    }
    return List.copyOf(result);
  }

  private static List<Tensor> kept(Scope scope, List<Tensor> tensors, boolean createGraph) {
    List<Tensor> result = new ArrayList<>();
    for (Tensor tensor : tensors) {
      result.add(scope.keep(createGraph ? tensor : tensor.detach()));
    }
    return result;
  }
}
