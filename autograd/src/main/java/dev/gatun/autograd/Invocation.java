package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a structural operation, as its declaration sees it: the inputs, the attributes, and
 * the place for the result.
 *
 * @param <A> the type of the attributes
 */
public final class Invocation<A> {
  private final String name;
  private final A attributes;
  private final Tensor[] inputs;
  private final @Nullable Tensor out;
  private @Nullable List<Tensor> kept;
  private @Nullable Tensor made;

  Invocation(String name, A attributes, Tensor[] inputs, @Nullable Tensor out) {
    this.name = name;
    this.attributes = attributes;
    this.inputs = inputs;
    this.out = out;
  }

  /**
   * Returns the name of what was called, to begin an error message with: that of the operation, or
   * of a method that consists of it; with an underscore where it is applied in place.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the attributes of the call.
   *
   * @return the attributes
   */
  public A attributes() {
    return attributes;
  }

  /**
   * Returns the number of inputs.
   *
   * @return how many tensors were given
   */
  public int inputCount() {
    return inputs.length;
  }

  /**
   * Returns an input.
   *
   * @param index which one, from 0
   * @return the tensor, which is open
   */
  public Tensor input(int index) {
    if (index >= inputs.length) {
      throw new ShapeException(
          name + ": " + inputs.length + " inputs: there are at least " + (index + 1));
    }
    return inputs[index];
  }

  /**
   * Returns the tensor to write the result into: a new one, or the one that the caller gave, after
   * checking it. To be called once, after the inputs have been checked.
   *
   * @param dtype the type of the result
   * @param shape the shape of the result
   * @return a contiguous tensor with undefined elements, or the caller's tensor
   * @throws dev.gatun.memory.ShapeException when the caller's tensor is of another shape
   * @throws dev.gatun.memory.DTypeException when the caller's tensor is of another type
   */
  public Tensor result(DType dtype, Shape shape) {
    Tensor given = out;
    if (given == null) {
      Tensor result = Tensor.allocate(dtype, shape);
      made = result;
      return result;
    }
    given.checkOut(name, shape, false);
    if (given.dtype() != dtype) {
      throw new DTypeException(
          name
              + ": a result of "
              + dtype
              + " for an out of "
              + given.dtype()
              + ": the types agree");
    }
    return given;
  }

  /**
   * Leaves a tensor to the backward pass, which gets it by {@link Backward#kept}: something that
   * came up on the way and would have to be computed again. Closes the handle when the call is
   * done, whether it is recorded or not.
   *
   * @param tensor a new tensor that is not differentiable
   * @return {@code tensor}
   */
  public Tensor keep(Tensor tensor) {
    List<Tensor> all = kept;
    if (all == null) {
      all = new ArrayList<>();
      kept = all;
    }
    all.add(tensor);
    return tensor;
  }

  /** Returns what was left to the backward pass, in the order in which it was. */
  List<Tensor> kept() {
    List<Tensor> all = kept;
    return all == null ? List.of() : all;
  }

  /**
   * Closes the handles on what was left to the backward pass; where the call was refused, also that
   * on the result it had begun.
   */
  void end(boolean done) {
    List<Tensor> all = kept;
    if (all != null) {
      all.forEach(Tensor::close);
    }
    Tensor begun = made;
    if (!done && begun != null) {
      begun.close();
    }
  }

  /**
   * Returns a view of the first input: another layout over its storage.
   *
   * @param layout where the elements of the view lie
   * @return a tensor that shares the first input's memory
   */
  public Tensor view(Layout layout) {
    return inputs[0].viewOf(layout);
  }
}
