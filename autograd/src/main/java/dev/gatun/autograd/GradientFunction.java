package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function whose gradient is written by hand, as PyTorch's {@code torch.autograd.Function}:
 *
 * {@snippet :
 * final class Cube extends GradientFunction {
 *   Cube() {
 *     super("cube");
 *   }
 *
 *   @Override
 *   protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
 *     context.saveForBackward(inputs[0]);
 *     return new Tensor[] {inputs[0].pow(3.0)};
 *   }
 *
 *   @Override
 *   protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
 *     Tensor x = context.savedTensors()[0];
 *     return new Tensor[] {gradients[0].mul(x.square()).mul(3.0)};
 *   }
 * }
 * }
 *
 * <p>Where the backward half is made of operations, it can be differentiated again, to any order.
 * {@link dev.gatun.autograd.check.GradientCheck} tells whether both halves agree.
 *
 * <p>For an operation of its own, with samples and generated tests, see {@link StructuralOp}; this
 * class is for functions within a program. A subclass without changing fields is safe for use by
 * several threads.
 *
 * <p>A graph refers to the functions in it. A field that holds an output made outside every scope
 * keeps that output, and its graph, from the cleaner.
 */
public abstract class GradientFunction {
  private final StructuralOp<FunctionContext> op;

  /** One of several outputs. */
  private final StructuralOp<FunctionOutputs.Place> part;

  /**
   * Makes a function.
   *
   * @param name the name, which messages begin with; {@code my_cube} shows as {@code
   *     MyCubeBackward} in the graph
   */
  protected GradientFunction(String name) {
    op =
        StructuralOp.<FunctionContext>named(name, call -> unreachable(call.name()))
            .gradients(
                StructuralOp.NOTHING,
                (call, gradient) -> call.attributes().function().runBackward(call, gradient));
    part =
        StructuralOp.<FunctionOutputs.Place>named(name, call -> unreachable(call.name()))
            .gradient(StructuralOp.NOTHING, (call, gradient) -> call.attributes().embed(gradient));
  }

  private static Tensor unreachable(String name) {
    throw new IllegalStateException(name + ": a function is not applied as an operation");
  }

  /**
   * Computes the outputs. Runs with recording off, in a {@link Scope} that closes what comes up on
   * the way.
   *
   * @param context takes what the backward half needs
   * @param inputs the inputs; to be left as they are
   * @return the outputs, at least one. Those that gradients flow through are floating point; when
   *     there are several, they are of one type
   */
  protected abstract Tensor[] forward(FunctionContext context, Tensor[] inputs);

  /**
   * Computes the gradients of the inputs. Recorded when the pass is.
   *
   * @param context what the forward half left
   * @param gradients for each output its gradient, zeros where none arrived; to be left as they are
   * @return for each input its gradient, which may still be broadcast; null where it is zero or not
   *     needed
   */
  protected abstract @Nullable Tensor[] backward(FunctionContext context, Tensor[] gradients);

  /**
   * Tells whether the backward half is made of operations, so that it can be differentiated again.
   *
   * @return true, unless overridden: a pass with {@code createGraph} is refused then
   */
  protected boolean isTwiceDifferentiable() {
    return true;
  }

  /**
   * Returns the name.
   *
   * @return the name given
   */
  public final String name() {
    return op.name();
  }

  /**
   * Applies a function of one output.
   *
   * @param inputs the inputs
   * @return the output: a new tensor, or one on memory that the forward half chose
   * @throws ArgumentException when there are several outputs
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public final Tensor apply(Tensor... inputs) {
    Tensor[] outputs = applyAll(inputs);
    if (outputs.length != 1) {
      throw new ArgumentException(
          name() + ": " + outputs.length + " outputs: apply() is for one, applyAll() for several");
    }
    return outputs[0];
  }

  /**
   * Applies the function.
   *
   * @param inputs the inputs
   * @return the outputs, in the order in which the forward half returned them
   * @throws ArgumentException when the forward half returns nothing, or null, or several
   *     differentiable outputs of different types
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public final Tensor[] applyAll(Tensor... inputs) {
    boolean tracked = false;
    for (Tensor input : inputs) {
      input.checkOpen(name());
      input.checkViewIsCurrent(name());
      tracked |= input.isTracked();
    }
    try (Scope scope = Scope.open()) {
      FunctionContext context = new FunctionContext(this, inputs.clone());
      Tensor[] outputs = runForward(context, inputs.clone());
      FunctionOutputs differentiable =
          tracked && GradientMode.isEnabled()
              ? differentiable(context, outputs)
              : FunctionOutputs.NONE;
      if (differentiable.size() > 0) {
        record(context, inputs, outputs, differentiable);
      }
      for (Tensor output : outputs) {
        scope.keep(output);
      }
      return outputs;
    }
  }

  private Tensor[] runForward(FunctionContext context, Tensor[] inputs) {
    @Nullable Tensor @Nullable [] returned;
    try (NoGrad off = NoGrad.open()) {
      returned = forward(context, inputs);
    }
    if (returned == null || returned.length == 0) {
      throw new ArgumentException(
          name()
              + (returned == null ? ": the forward half returned null" : ": no outputs")
              + ": there is at least one output");
    }
    Tensor[] outputs = new Tensor[returned.length];
    for (int i = 0; i < outputs.length; i++) {
      Tensor output = returned[i];
      if (output == null) {
        throw new ArgumentException(
            name() + ": the forward half returned null for output " + i + ": it is a tensor");
      }
      output.checkOpen(name());
      outputs[i] = output;
      // What stands in the graph already, an input for instance, stays where it is there; and the
      // history of an output is this function, not what is written to the base of a view.
      if (output.requiresGrad()
          || output.isView()
          || Arrays.asList(inputs).contains(output)
          || Arrays.asList(outputs).indexOf(output) < i) {
        outputs[i] = output.detach();
        if (context.isMarked(output)) {
          context.markNonDifferentiable(outputs[i]);
        }
      }
    }
    return outputs;
  }

  private FunctionOutputs differentiable(FunctionContext context, Tensor[] outputs) {
    int[] places = new int[outputs.length];
    int count = 0;
    DType dtype = null;
    for (int i = 0; i < outputs.length; i++) {
      Tensor output = outputs[i];
      if (!output.dtype().isFloatingPoint() || context.isMarked(output)) {
        continue;
      }
      if (dtype != null && dtype != output.dtype()) {
        throw new ArgumentException(
            name()
                + ": differentiable outputs of "
                + dtype
                + " and "
                + output.dtype()
                + ": they are of one type");
      }
      dtype = output.dtype();
      places[count++] = i;
    }
    return FunctionOutputs.of(outputs, Arrays.copyOf(places, count));
  }

  private void record(
      FunctionContext context, Tensor[] inputs, Tensor[] outputs, FunctionOutputs differentiable) {
    Tensor first = outputs[differentiable.place(0)];
    boolean several = differentiable.size() > 1;
    Tensor all = several ? differentiable.standIn(first.dtype()) : first;
    FunctionContext.Saved saved = context.finish(outputs, differentiable);
    Node node = Node.of(op, context, 0, 0, inputs, all, saved.inputs(), saved.output());
    node.keep(saved.kept());
    all.recordAs(node);
    for (int i = 0; i < differentiable.size() && several; i++) {
      differentiable.record(part, all, i, outputs[differentiable.place(i)]);
    }
  }

  /** Puts a saved output of several in its place in the graph again, for a recorded pass. */
  static void record(Backward<FunctionContext> call, int which, Tensor output) {
    FunctionContext notes = call.attributes();
    Tensor all = notes.outputs().standIn(output.dtype());
    all.attachEdge(call.place());
    notes.outputs().record(notes.function().part, all, which, output);
  }

  private @Nullable Tensor[] runBackward(Backward<FunctionContext> call, Tensor gradient) {
    if (call.isRecording() && !isTwiceDifferentiable()) {
      throw new GradientException(
          name() + ": trying to differentiate twice a function that is once differentiable");
    }
    FunctionContext notes = call.attributes();
    FunctionContext context = new FunctionContext(notes, call);
    @Nullable Tensor @Nullable [] results = backward(context, notes.outputs().gradients(gradient));
    if (results == null) {
      throw new GradientException(
          name()
              + ": the backward half returned null: it returns an array, of a gradient or null for"
              + " each input");
    }
    if (results.length != call.inputCount()) {
      throw new GradientException(
          name()
              + ": returned an incorrect number of gradients (expected "
              + call.inputCount()
              + ", got "
              + results.length
              + ")");
    }
    @Nullable Tensor[] gradients = new @Nullable Tensor[results.length];
    for (int i = 0; i < results.length; i++) {
      Tensor result = results[i];
      if (result != null && call.wants(i)) {
        checkGradient(i, result, call.shape(i));
        // The pass closes what it is given, which may be somebody's own.
        gradients[i] = result.alias();
      }
    }
    return gradients;
  }

  private void checkGradient(int input, Tensor gradient, Shape shape) {
    gradient.checkOpen(name());
    boolean fits;
    try {
      fits = Shape.broadcast(name(), shape, gradient.shape()).equals(gradient.shape());
    } catch (ShapeException e) {
      fits = false;
    }
    if (!fits || !gradient.dtype().isFloatingPoint()) {
      throw new GradientException(
          name()
              + ": returned an invalid gradient at index "
              + input
              + ": got "
              + gradient.describe()
              + " but expected a floating-point tensor of a shape compatible with "
              + shape);
    }
  }
}
