package dev.gatun.nn;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Named parameters, buffers and children: what every part of a network is, whatever its inputs are.
 * {@link Module} adds a forward pass of one input.
 *
 * <p><b>Names.</b> A tensor's full name is the path to it, joined by dots: {@code 0.weight}, {@code
 * encoder.first.bias}. Orders are those of registration: parameters of a node, then its buffers,
 * then its children.
 *
 * <p><b>Ownership.</b> The tree owns what is registered. Closing it closes every tensor in it, and
 * nothing else does; scopes have no part in it.
 *
 * <p><b>Threads.</b> A forward pass in evaluation mode only reads, and may be run by several
 * threads at once. Everything that changes the tree (registering, {@link #train}, {@link #to},
 * loading, closing, the step of an optimizer) must be ordered by the caller with respect to all
 * other uses.
 */
public abstract class ParameterTree implements AutoCloseable {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Buffer> buffers = new LinkedHashMap<>();
  private final Map<String, ParameterTree> children = new LinkedHashMap<>();
  private boolean training = true;

  /** Makes an empty node in training mode. */
  protected ParameterTree() {}

  // ---- building

  /**
   * Adds a parameter. Gradients flow to it from now on.
   *
   * @param name its name here: not empty, without dots, not taken
   * @param tensor its values, a floating-point leaf, which this node takes over from the scope that
   *     owns it
   * @return the place of the parameter; keep it in a field and ask it for the tensor in each pass
   * @throws ArgumentException when the name cannot be used, or the tensor was computed by a
   *     recorded operation
   * @throws DTypeException when the tensor is not floating point
   */
  protected final Parameter register(String name, Tensor tensor) {
    checkName(name);
    if (!tensor.isLeaf()) {
      throw new ArgumentException(
          "register: '"
              + name
              + "' was computed by "
              + tensor.gradFn()
              + ": parameters are leaves; detach() it");
    }
    tensor.requiresGrad_();
    return register(name, new Parameter(tensor));
  }

  /**
   * Adds a parameter that another node has too: both train and hold the same values.
   *
   * @param name its name here: not empty, without dots, not taken
   * @param shared the place of the parameter, as the other node's registration returned it
   * @return {@code shared}
   * @throws ArgumentException when the name cannot be used
   */
  protected final Parameter register(String name, Parameter shared) {
    checkName(name);
    parameters.put(name, shared);
    return shared;
  }

  /**
   * Adds a tensor that is part of the state but that no gradient changes.
   *
   * @param name its name here: not empty, without dots, not taken
   * @param tensor its values, which this node takes over from the scope that owns them
   * @return the place of the buffer; keep it in a field and ask it for the tensor in each pass
   * @throws ArgumentException when the name cannot be used, or the tensor requires a gradient
   */
  protected final Buffer registerBuffer(String name, Tensor tensor) {
    checkName(name);
    if (tensor.requiresGrad()) {
      throw new ArgumentException(
          "register: '" + name + "' requires a gradient: buffers do not; detach() it");
    }
    Buffer buffer = new Buffer(tensor);
    buffers.put(name, buffer);
    return buffer;
  }

  /**
   * Adds a child.
   *
   * @param <M> the type of the child
   * @param name its name here: not empty, without dots, not taken
   * @param child the child, which this node takes over
   * @return the child
   * @throws ArgumentException when the name cannot be used, or the child contains this node
   */
  @SuppressWarnings("ReferenceEquality") // this very node, not an equal one
  protected final <M extends ParameterTree> M register(String name, M child) {
    checkName(name);
    child.apply(node -> {
      if (node == this) {
        throw new ArgumentException("register: '" + name + "' contains this node: not a tree");
      }
    });
    children.put(name, child);
    return child;
  }

  private void checkName(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new ArgumentException("register: '" + name + "': a name is not empty and has no dots");
    }
    if (parameters.containsKey(name) || buffers.containsKey(name) || children.containsKey(name)) {
      throw new ArgumentException("register: '" + name + "' is taken");
    }
  }

  // ---- what there is

  /**
   * Returns the children of this node.
   *
   * @return name to child, in order; a view that cannot be changed
   */
  public final Map<String, ParameterTree> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * Calls an action with this node and everything beneath it: children first, as PyTorch does. A
   * node that is reached twice is visited once.
   *
   * @param action what to do with each node
   */
  public final void apply(Consumer<? super ParameterTree> action) {
    apply(action, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private void apply(Consumer<? super ParameterTree> action, Set<ParameterTree> seen) {
    if (seen.add(this)) {
      for (ParameterTree child : children.values()) {
        child.apply(action, seen);
      }
      action.accept(this);
    }
  }

  /**
   * Returns the parameters of this node and everything beneath it. One that is shared appears once,
   * under its first name.
   *
   * @return full name to parameter, in order
   */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> found = new LinkedHashMap<>();
    Set<TensorCell> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    cells("", true, false)
        .forEach((name, cell) -> {
          if (seen.add(cell)) {
            found.put(name, cell.tensor());
          }
        });
    return found;
  }

  /**
   * Returns the parameters of this node and everything beneath it, for an optimizer.
   *
   * @return the parameters, in order, each once
   */
  public final List<Tensor> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /**
   * Returns the buffers of this node and everything beneath it.
   *
   * @return full name to buffer, in order
   */
  public final Map<String, Tensor> namedBuffers() {
    return tensors(cells("", false, true));
  }

  /**
   * Returns how many numbers training changes: the elements of all parameters.
   *
   * @return the sum of their sizes, shared ones counted once
   */
  public final long parameterCount() {
    long count = 0;
    for (Tensor parameter : namedParameters().values()) {
      count += parameter.numel();
    }
    return count;
  }

  /**
   * Returns everything that makes up the state, without copying: parameters and buffers.
   *
   * @return full name to tensor, in order; the tensors stay this tree's
   */
  public final Map<String, Tensor> state() {
    return tensors(cells("", true, true));
  }

  private static Map<String, Tensor> tensors(Map<String, TensorCell> cells) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    cells.forEach((name, cell) -> tensors.put(name, cell.tensor()));
    return tensors;
  }

  private Map<String, TensorCell> cells(
      String prefix, boolean withParameters, boolean withBuffers) {
    Map<String, TensorCell> found = new LinkedHashMap<>();
    if (withParameters) {
      parameters.forEach((name, cell) -> found.put(prefix + name, cell));
    }
    if (withBuffers) {
      buffers.forEach((name, cell) -> found.put(prefix + name, cell));
    }
    children.forEach((name, child) ->
        found.putAll(child.cells(prefix + name + ".", withParameters, withBuffers)));
    return found;
  }

  // ---- changing it

  /**
   * Copies saved values into the parameters and buffers, converting between floating-point types.
   * The tensors of this tree stay the same ones, so that an optimizer goes on with them.
   *
   * @param state full name to tensor, as {@link #state()} returned it; left as it is
   * @throws StateException when a name is missing or unexpected, or shapes or kinds of element
   *     types differ; nothing has been changed then
   */
  public final void loadState(Map<String, Tensor> state) {
    StateLoading.copy(getClass().getSimpleName(), cells("", true, true), state);
  }

  /**
   * Makes saved tensors the parameters and buffers, without copying: for example mapped ones. Their
   * element types become this tree's. Optimizers that know the former tensors must be made anew.
   *
   * @param state full name to tensor, as {@link #state()} returned it; this tree takes the tensors
   *     over from the scopes that own them
   * @throws StateException when a name is missing or unexpected, or shapes or kinds of element
   *     types differ; nothing has been changed then
   */
  public final void assignState(Map<String, Tensor> state) {
    StateLoading.assign(getClass().getSimpleName(), cells("", true, true), state);
  }

  /**
   * Switches to training mode: dropout drops.
   *
   * @return this node
   */
  public ParameterTree train() {
    return train(true);
  }

  /**
   * Switches to evaluation mode: the output depends on the input alone.
   *
   * @return this node
   */
  public ParameterTree eval() {
    return train(false);
  }

  /**
   * Switches this node and everything beneath it to one mode.
   *
   * @param training true for training, false for evaluation
   * @return this node
   */
  public ParameterTree train(boolean training) {
    apply(node -> node.training = training);
    return this;
  }

  /**
   * Tells which mode this node is in.
   *
   * @return true for training, false for evaluation
   */
  public final boolean isTraining() {
    return training;
  }

  /**
   * Converts floating-point parameters and buffers to another type. Gradients are cleared;
   * optimizers that know the former tensors must be made anew.
   *
   * @param dtype a floating-point type
   * @return this node
   * @throws DTypeException when the type is not floating point
   */
  public ParameterTree to(DType dtype) {
    if (!dtype.isFloatingPoint()) {
      throw new DTypeException("to: " + dtype + ": modules compute in floating point");
    }
    for (TensorCell cell : cells("", true, true).values()) {
      cell.convert(dtype);
    }
    return this;
  }

  /**
   * Copies parameters and buffers to a device, and gives up what was elsewhere. Gradients are
   * cleared; optimizers that know the former tensors must be made anew.
   *
   * @param device the device, which may be the host
   * @return this node
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used
   */
  public ParameterTree to(Device device) {
    for (TensorCell cell : cells("", true, true).values()) {
      cell.move(device);
    }
    return this;
  }

  /**
   * Lets gradients flow to the parameters, or freezes them.
   *
   * @param required whether gradients are to flow
   * @return this node
   */
  public ParameterTree requiresGrad_(boolean required) {
    for (Tensor parameter : namedParameters().values()) {
      parameter.requiresGrad_(required);
    }
    return this;
  }

  /** Clears the gradients of the parameters. */
  public final void zeroGrad() {
    for (Parameter parameter : parameters.values()) {
      parameter.tensor().zeroGrad();
    }
    for (ParameterTree child : children.values()) {
      child.zeroGrad();
    }
  }

  /**
   * Closes the parameters and buffers of this node and everything beneath it. Closing twice does
   * nothing.
   */
  @Override
  public void close() {
    parameters.values().forEach(TensorCell::close);
    buffers.values().forEach(TensorCell::close);
    children.values().forEach(ParameterTree::close);
  }

  // ---- printing

  /**
   * Returns what {@link #toString()} shows between the parentheses.
   *
   * @return the settings, for example {@code in_features=64, out_features=32, bias=True}; empty for
   *     none
   */
  protected String settings() {
    return "";
  }

  /** Returns a truth value as PyTorch prints it. */
  static String truth(boolean value) {
    return value ? "True" : "False";
  }

  /** Returns a number as PyTorch prints it. */
  static String number(double value) {
    return Double.toString(value).replace("E-", "e-").replace('E', 'e');
  }

  /** Returns sizes as PyTorch prints them. */
  static String sizes(Shape shape) {
    List<String> texts = new ArrayList<>();
    for (long size : shape.toArray()) {
      texts.add(Long.toString(size));
    }
    return "(" + String.join(", ", texts) + ")";
  }

  /**
   * Returns the tree of modules with their settings, as PyTorch prints it.
   *
   * @return one line for each module
   */
  @Override
  public String toString() {
    return toString(0);
  }

  private String toString(int indent) {
    String head = getClass().getSimpleName() + "(" + settings();
    if (children.isEmpty()) {
      return head + ")";
    }
    String margin = " ".repeat(indent);
    StringBuilder text = new StringBuilder(head).append('\n');
    children.forEach((name, child) ->
        text.append(margin)
            .append("  (")
            .append(name)
            .append("): ")
            .append(child.toString(indent + 2))
            .append('\n'));
    return text.append(margin).append(')').toString();
  }
}
