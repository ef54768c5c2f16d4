package dev.gatun.nn.optim;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.nn.StateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule by which parameters follow their gradients.
 *
 * {@snippet :
 * void train(Linear model, List<Tensor> inputs, List<Tensor> targets) {
 *   try (var optimizer = new Adam(model.parameters(), 1e-3)) {
 *     for (int i = 0; i < inputs.size(); i++) {
 *       try (var _ = Scope.open()) {
 *         optimizer.zeroGrad();
 *         model.forward(inputs.get(i)).sub(targets.get(i)).square().mean().backward();
 *         optimizer.step();
 *       }
 *     }
 *   }
 * }
 * }
 *
 * <p>A step writes the parameters in place, outside the graph, in one fused pass over each
 * parameter, its gradient and its state. It asks neither the pool nor the heap for memory; only
 * code that the JIT compiler has not yet got to boxes vectors.
 *
 * <p>The optimizer owns its state, off the heap, and gives it back when it is closed; parameters
 * stay their owner's. Not thread-safe; steps must be ordered with respect to all uses of the
 * parameters.
 */
public abstract class Optimizer implements AutoCloseable {
  private final String name;
  private final List<ParameterGroup> groups = new ArrayList<>();

  /**
   * Makes an optimizer without groups.
   *
   * @param name its name, which error messages begin with
   */
  protected Optimizer(String name) {
    this.name = name;
  }

  /** Throws when one of some parameters is already in a group. */
  final void checkNew(List<Tensor> parameters) {
    for (int i = 0; i < parameters.size(); i++) {
      for (int group = 0; group < groups.size(); group++) {
        for (Tensor known : groups.get(group).parameters()) {
          if (known == parameters.get(i)) {
            throw new ArgumentException(
                name + ": parameter " + i + " is already in group " + group);
          }
        }
      }
    }
  }

  /**
   * Adds a group.
   *
   * @param group the group, which this optimizer takes over
   */
  protected final void add(ParameterGroup group) {
    groups.add(group);
  }

  /**
   * Returns the groups.
   *
   * @return the groups in order; a view that cannot be changed
   */
  public final List<ParameterGroup> groups() {
    return Collections.unmodifiableList(groups);
  }

  /**
   * Makes one step with every parameter that has a gradient. Gradients are left as they are.
   *
   * @throws dev.gatun.memory.ClosedTensorException when a parameter or this optimizer is closed
   * @throws dev.gatun.memory.InPlaceException when a parameter's memory cannot be written
   */
  public void step() {
    for (int i = 0; i < groups.size(); i++) {
      groups.get(i).step(name);
    }
  }

  /**
   * Clears the gradients of all parameters: {@code grad()} is null until the next backward pass.
   */
  public final void zeroGrad() {
    for (int i = 0; i < groups.size(); i++) {
      List<Tensor> parameters = groups.get(i).parameters();
      for (int j = 0; j < parameters.size(); j++) {
        parameters.get(j).zeroGrad();
      }
    }
  }

  /**
   * Returns the learning rate of the first group.
   *
   * @return the rate of the next step
   */
  public final double learningRate() {
    return groups.getFirst().learningRate();
  }

  /**
   * Changes the learning rate of every group.
   *
   * @param learningRate the rate from the next step on
   * @throws dev.gatun.memory.ArgumentException when it is negative or not finite
   */
  public final void setLearningRate(double learningRate) {
    for (ParameterGroup group : groups) {
      group.setLearningRate(learningRate);
    }
  }

  /**
   * Returns everything that a checkpoint must hold for training to go on as if it had not stopped.
   * State tensors are called by group, parameter and kind, for example {@code 0.3.exp_avg}. Counts
   * of steps and learning rates are called {@code 0.steps}, int64 with an element for each
   * parameter, and {@code 0.learning_rate}, a float64 scalar. Other settings are those of the
   * constructor.
   *
   * @return name to tensor, in order; state tensors stay this optimizer's and are not copied, the
   *     other two are new tensors
   */
  public final Map<String, Tensor> state() {
    Map<String, Tensor> state = tensors();
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      state.put(i + ".steps", Gatun.tensor(group.allSteps()));
      state.put(
          i + ".learning_rate", Gatun.tensor(DType.FLOAT64, Shape.scalar(), group.learningRate()));
    }
    return state;
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      for (int index = 0; index < group.parameters().size(); index++) {
        for (int kind = 0; kind < group.stateNames().size(); kind++) {
          tensors.put(
              i + "." + index + "." + group.stateNames().get(kind), group.state(kind, index));
        }
      }
    }
    return tensors;
  }

  /**
   * Goes on from a saved state.
   *
   * @param state name to tensor, as {@link #state()} returned it; copied, and left as it is
   * @throws StateException when a name is missing or unexpected, or a shape or type differs;
   *     nothing has been changed then
   */
  public final void loadState(Map<String, Tensor> state) {
    Map<String, Tensor> expected = state();
    try {
      checkState(expected, state);
      try (var _ = NoGrad.open()) {
        tensors().forEach((key, tensor) -> tensor.copy_(saved(state, key)));
      }
      for (int i = 0; i < groups.size(); i++) {
        ParameterGroup group = groups.get(i);
        long[] steps = saved(state, i + ".steps").toLongArray();
        System.arraycopy(steps, 0, group.allSteps(), 0, steps.length);
        group.setLearningRate(saved(state, i + ".learning_rate").item());
      }
    } finally {
      for (int i = 0; i < groups.size(); i++) {
        saved(expected, i + ".steps").close();
        saved(expected, i + ".learning_rate").close();
      }
    }
  }

  private void checkState(Map<String, Tensor> expected, Map<String, Tensor> state) {
    List<String> problems = new ArrayList<>();
    for (String key : state.keySet()) {
      if (!expected.containsKey(key)) {
        problems.add("'" + key + "' is unexpected");
      }
    }
    expected.forEach((key, here) -> {
      Tensor tensor = state.get(key);
      if (tensor == null) {
        problems.add("'" + key + "' is missing");
      } else {
        tensor.checkOpen(name);
        if (!tensor.shape().equals(here.shape()) || tensor.dtype() != here.dtype()) {
          problems.add(
              "'"
                  + key
                  + "' is "
                  + tensor.dtype()
                  + tensor.shape()
                  + " but "
                  + here.dtype()
                  + here.shape()
                  + " here");
        }
      }
    });
    for (int i = 0; i < groups.size() && problems.isEmpty(); i++) {
      double rate = saved(state, i + ".learning_rate").item();
      if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
        problems.add("'" + i + ".learning_rate' is " + rate);
      }
      for (long steps : saved(state, i + ".steps").toLongArray()) {
        if (steps < 0) {
          problems.add("'" + i + ".steps' has " + steps);
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new StateException(name + ": load_state: " + String.join("; ", problems));
    }
  }

  private static Tensor saved(Map<String, Tensor> state, String key) {
    Tensor tensor = state.get(key);
    if (tensor == null) {
      throw new StateException("load_state: '" + key + "' has been taken out of the map");
    }
    return tensor;
  }

  /** Closes the state. Parameters and their gradients stay. Closing twice does nothing. */
  @Override
  public void close() {
    for (ParameterGroup group : groups) {
      for (Tensor tensor : group.stateTensors()) {
        tensor.close();
      }
    }
  }

  /**
   * Returns the name and the learning rates.
   *
   * @return for example {@code adam(learning_rate=0.001, parameters=4)}
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name);
    for (ParameterGroup group : groups) {
      text.append("(learning_rate=")
          .append(group.learningRate())
          .append(", parameters=")
          .append(group.parameters().size())
          .append(')');
    }
    return text.toString();
  }
}
