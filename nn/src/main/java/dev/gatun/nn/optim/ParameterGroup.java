package dev.gatun.nn.optim;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that one optimizer treats alike, with their learning rate and what the optimizer
 * remembers about each: state tensors of the parameter's shape, and a count of steps.
 *
 * <p>State is zero at first. It is float32 for parameters of half precision, else of the
 * parameter's type. Owned by the optimizer; not thread-safe.
 */
public abstract class ParameterGroup {
  private final List<Tensor> parameters;
  private final List<String> stateNames;
  private final Tensor[][] states;
  private final long[] steps;
  private final Runnable[] counting;
  private double @Nullable [][] scalars;
  private double learningRate;

  /**
   * Makes a group.
   *
   * @param optimizer the name of the optimizer, for error messages
   * @param parameters the parameters: open floating-point leaves, at least one; they stay their
   *     owner's
   * @param learningRate the learning rate, not negative
   * @param stateNames what is remembered for each parameter, in PyTorch's names
   * @throws ArgumentException when there is no parameter, one is no leaf or named twice, or the
   *     learning rate is negative or not finite
   * @throws DTypeException when a parameter is not floating point
   */
  protected ParameterGroup(
      String optimizer, List<Tensor> parameters, double learningRate, String... stateNames) {
    this.parameters = List.copyOf(parameters);
    this.stateNames = List.of(stateNames);
    this.learningRate = checkLearningRate(optimizer, learningRate);
    if (parameters.isEmpty()) {
      throw new ArgumentException(optimizer + ": no parameters");
    }
    for (int i = 0; i < parameters.size(); i++) {
      check(optimizer, i);
    }
    this.steps = new long[parameters.size()];
    this.counting = new Runnable[steps.length];
    for (int i = 0; i < steps.length; i++) {
      int index = i;
      counting[i] = () -> count(index);
    }
    this.states = new Tensor[stateNames.length][parameters.size()];
    try (var _ = Scope.suspend()) {
      for (Tensor[] state : states) {
        for (int i = 0; i < state.length; i++) {
          Tensor parameter = this.parameters.get(i);
          DType dtype = parameter.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
          state[i] = Gatun.zerosLike(parameter).to(dtype);
        }
      }
    }
  }

  private void check(String optimizer, int index) {
    Tensor parameter = parameters.get(index);
    parameter.checkOpen(optimizer);
    if (!parameter.isLeaf()) {
      throw new ArgumentException(
          optimizer
              + ": parameter "
              + index
              + " was computed by "
              + parameter.gradFn()
              + ": can't optimize a non-leaf tensor");
    }
    if (!parameter.dtype().isFloatingPoint()) {
      throw new DTypeException(
          optimizer
              + ": parameter "
              + index
              + " is of "
              + parameter.dtype()
              + ": parameters are floating point");
    }
    for (int i = 0; i < index; i++) {
      if (parameters.get(i) == parameter) {
        throw new ArgumentException(
            optimizer + ": parameters " + i + " and " + index + " are the same tensor");
      }
    }
  }

  static double checkLearningRate(String optimizer, double learningRate) {
    return Hyperparameters.checkNotNegative(optimizer, "learning rate", learningRate);
  }

  /**
   * Returns the parameters.
   *
   * @return the parameters in order
   */
  public final List<Tensor> parameters() {
    return parameters;
  }

  /**
   * Returns the learning rate.
   *
   * @return the rate of the next step
   */
  public final double learningRate() {
    return learningRate;
  }

  /**
   * Changes the learning rate, as schedules do.
   *
   * @param learningRate the rate from the next step on
   * @throws ArgumentException when it is negative or not finite
   */
  public final void setLearningRate(double learningRate) {
    this.learningRate = checkLearningRate("optimizer", learningRate);
  }

  /**
   * Returns what the state tensors are called.
   *
   * @return the names, in order
   */
  final List<String> stateNames() {
    return stateNames;
  }

  /**
   * Returns a state tensor.
   *
   * @param kind which one of those named at construction
   * @param index which parameter's
   * @return the tensor, to be written in place
   */
  protected final Tensor state(int kind, int index) {
    return states[kind][index];
  }

  /**
   * Returns how many steps have been made with a parameter, the one under way included.
   *
   * @param index which parameter
   * @return the count; a step in which the parameter had no gradient does not count
   */
  protected final long steps(int index) {
    return steps[index];
  }

  /**
   * Returns how many numbers {@link #prepare} works out for each parameter.
   *
   * @return the length of the array, the same at every call
   */
  protected int scalarCount() {
    return 0;
  }

  /**
   * Works out the numbers of a step that is about to be made, which depend on the learning rate and
   * the count of steps. Called before {@link #update}, and in replays of a captured step as well:
   * there {@link #update} itself is not run, only the kernels that it called.
   *
   * @param index which parameter
   * @param scalars where they go
   */
  protected void prepare(int index, double[] scalars) {}

  /**
   * Returns the numbers of a parameter's step, to be handed to a kernel as they are.
   *
   * @param index which parameter
   * @return the array that {@link #prepare} has filled, the same at every step
   */
  protected final double[] scalars(int index) {
    double[][] all = scalars;
    if (all == null) {
      all = new double[steps.length][scalarCount()];
      scalars = all;
    }
    return all[index];
  }

  private void count(int index) {
    steps[index]++;
    prepare(index, scalars(index));
  }

  final long[] allSteps() {
    return steps;
  }

  /** Makes a step with each parameter that has a gradient. */
  final void step(String optimizer) {
    for (int i = 0; i < steps.length; i++) {
      Tensor parameter = parameters.get(i);
      parameter.checkOpen(optimizer);
      Tensor gradient = parameter.grad();
      if (gradient != null) {
        Recording.perform("numbers of an optimizer's step", counting[i], scalars(i));
        update(i, parameter, gradient);
      }
    }
  }

  /**
   * Writes a parameter and its state in place. Allocates nothing. Numbers that change from step to
   * step come from {@link #scalars}, so that replays of a captured step follow them.
   *
   * @param index which parameter
   * @param parameter the parameter
   * @param gradient its gradient, to be left as it is
   */
  protected abstract void update(int index, Tensor parameter, Tensor gradient);

  final List<Tensor> stateTensors() {
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor[] state : states) {
      tensors.addAll(List.of(state));
    }
    return tensors;
  }
}
