package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recorded call of a structural operation, as its vector-Jacobian product sees it.
 *
 * @param <A> the type of the attributes
 */
public final class Backward<A> {
  private final Node node;
  private final int index;
  private final boolean recording;

  Backward(Node node, int index, boolean recording) {
    this.node = node;
    this.index = index;
    this.recording = recording;
  }

  /** Returns the call's place in the graph, for a further tensor that is to stand there. */
  GradientEdge place() {
    node.attached();
    return node;
  }

  /** Returns where the gradient of an input flows; null when none is wanted. */
  @Nullable GradientEdge edge(int input) {
    return node.edge(input);
  }

  /**
   * Returns the attributes of the call.
   *
   * @return the attributes
   */
  @SuppressWarnings("unchecked") // the node was recorded by an operation with attributes of type A
  public A attributes() {
    return (A) Objects.requireNonNull(node.attributes);
  }

  /**
   * Returns which input's gradient is asked for.
   *
   * @return the index of the input, from 0; -1 when those of all inputs are asked for together
   */
  public int index() {
    return index;
  }

  /**
   * Returns how many inputs the call had.
   *
   * @return the number of inputs
   */
  public int inputCount() {
    return node.inputCount();
  }

  /**
   * Returns an input as it was.
   *
   * @param input which one; declared as saved
   * @return its elements, to be left as they are
   * @throws dev.gatun.memory.InPlaceException when they have been written since
   */
  public Tensor input(int input) {
    return node.input(input, recording);
  }

  /**
   * Returns the result as it was.
   *
   * @return its elements, to be left as they are
   * @throws dev.gatun.memory.InPlaceException when they have been written since
   */
  public Tensor output() {
    return node.output(recording);
  }

  /**
   * Returns what the forward pass left by {@link Invocation#keep}.
   *
   * @param which which one, in the order in which they were left, from 0
   * @return its elements, to be left as they are
   */
  public Tensor kept(int which) {
    return node.kept(which);
  }

  /**
   * Tells whether a gradient of an input is asked for.
   *
   * @param input which one; may be beyond the last
   * @return whether the input is there and has a place in the graph
   */
  public boolean wants(int input) {
    return input < node.inputCount() && node.edge(input) != null;
  }

  /**
   * Returns the shape of an input.
   *
   * @param input which one
   * @return its shape
   */
  public Shape shape(int input) {
    return node.shape(input);
  }

  /**
   * Returns the element type of an input.
   *
   * @param input which one
   * @return its type
   */
  public DType dtype(int input) {
    return node.dtype(input);
  }

  /**
   * Returns the shape of the result.
   *
   * @return its shape
   */
  public Shape outputShape() {
    return node.outputShape;
  }

  /**
   * Tells whether the result of the vector-Jacobian product must itself be differentiable, so that
   * a kernel of its own cannot stand in for operations.
   *
   * @return whether the backward pass is recorded
   */
  public boolean isRecording() {
    return recording;
  }
}
