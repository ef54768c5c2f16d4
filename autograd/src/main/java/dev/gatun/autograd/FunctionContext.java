package dev.gatun.autograd;

import dev.gatun.memory.ArgumentException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the forward and the backward half of a {@link GradientFunction} tell each other about one
 * call: PyTorch's {@code ctx}. Belongs to the call, and to the thread that runs it.
 */
public final class FunctionContext {
  /** Where a saved tensor is found again; one of several outputs is kept beside the others. */
  private record Slot(Place place, int index, int output) {}

  private enum Place {
    INPUT,
    OUTPUT,
    ONE_OF_SEVERAL,
    KEPT
  }

  private static final Tensor[] NO_TENSORS = new Tensor[0];

  private final GradientFunction function;
  private Tensor[] inputs;
  private final @Nullable Backward<FunctionContext> call;

  /** In the forward half: what has been asked to be saved. */
  private List<Tensor> toSave = new ArrayList<>();

  private Set<Tensor> withoutGradient = Collections.newSetFromMap(new IdentityHashMap<>());

  private List<Slot> slots;

  /** The places of differentiable outputs among all outputs, and what there is to know of them. */
  private FunctionOutputs outputs = FunctionOutputs.NONE;

  private @Nullable Object remembered;

  /** For the forward half. */
  FunctionContext(GradientFunction function, Tensor[] inputs) {
    this.function = function;
    this.inputs = inputs;
    this.call = null;
    this.slots = List.of();
  }

  /** For the backward half of a call whose forward half left some notes. */
  FunctionContext(FunctionContext notes, Backward<FunctionContext> call) {
    this.function = notes.function;
    this.inputs = NO_TENSORS;
    this.call = call;
    this.slots = notes.slots;
    this.outputs = notes.outputs;
    this.remembered = notes.remembered;
  }

  // ---- forward

  /**
   * Saves tensors for the backward half, which gets them by {@link #savedTensors}: inputs, outputs,
   * or what came up on the way. They are kept as they are now; writing to them before the backward
   * pass makes it fail. Calling this again replaces what was saved.
   *
   * <p>Gradients of gradients flow through inputs and outputs, not through what came up on the way.
   *
   * @param tensors the tensors
   * @throws ArgumentException in the backward half, or when one is null
   */
  public void saveForBackward(Tensor... tensors) {
    checkForward("saveForBackward");
    for (int i = 0; i < tensors.length; i++) {
      checkNotNull("saveForBackward", i, tensors[i]);
    }
    toSave = new ArrayList<>(Arrays.asList(tensors));
  }

  private void checkNotNull(String operation, int index, @Nullable Tensor tensor) {
    if (tensor == null) {
      throw new ArgumentException(
          operation + ": tensor " + index + " given by " + function.name() + " is null");
    }
  }

  /**
   * Says that no gradient flows through some outputs, though they are floating point. Through
   * others than floating-point ones none flows anyhow.
   *
   * @param tensors outputs of this call
   * @throws ArgumentException in the backward half
   */
  public void markNonDifferentiable(Tensor... tensors) {
    checkForward("markNonDifferentiable");
    withoutGradient.addAll(Arrays.asList(tensors));
  }

  /**
   * Leaves anything but tensors to the backward half, which gets it by {@link #remembered}. Notes
   * that refer to an output made outside every scope keep it, and its graph, from the cleaner.
   *
   * @param notes what to leave; in place of what was left before
   * @throws ArgumentException in the backward half, or when it is a tensor
   */
  public void remember(Object notes) {
    checkForward("remember");
    if (notes instanceof Tensor || notes instanceof Tensor[]) {
      throw new ArgumentException(
          "remember: "
              + function.name()
              + " leaves a tensor: saveForBackward() keeps tensors as they are now, and lets go of"
              + " them");
    }
    remembered = notes;
  }

  private void checkForward(String operation) {
    if (call != null) {
      throw new ArgumentException(operation + ": only in the forward half of a function");
    }
  }

  // ---- both

  /**
   * Tells whether a gradient of an input is needed: the backward half may return null for others.
   *
   * @param input which one, from 0
   * @return whether the input requires a gradient
   */
  public boolean needsInputGrad(int input) {
    Backward<FunctionContext> now = call;
    return now == null ? input < inputs.length && inputs[input].requiresGrad() : now.wants(input);
  }

  // ---- backward

  /**
   * Returns the saved tensors as they were.
   *
   * @return handles that belong to the backward pass, in the order in which they were saved; to be
   *     left as they are
   * @throws ArgumentException in the forward half
   * @throws dev.gatun.memory.InPlaceException when one has been written since
   */
  public Tensor[] savedTensors() {
    Backward<FunctionContext> now = checkBackward("savedTensors");
    Tensor[] result = new Tensor[slots.size()];
    for (int i = 0; i < result.length; i++) {
      Slot slot = slots.get(i);
      result[i] =
          switch (slot.place()) {
            case INPUT -> now.input(slot.index());
            case OUTPUT -> now.output();
            case ONE_OF_SEVERAL -> oneOfSeveral(now, slot);
            case KEPT -> now.kept(slot.index());
          };
    }
    return result;
  }

  private static Tensor oneOfSeveral(Backward<FunctionContext> call, Slot slot) {
    Tensor output = call.kept(slot.index());
    if (call.isRecording()) {
      GradientFunction.record(call, slot.output(), output);
    }
    return output;
  }

  /**
   * Returns what the forward half left by {@link #remember}.
   *
   * @param <T> its type
   * @param type its class
   * @return what was left
   * @throws ArgumentException when nothing, or something else, was left
   */
  public <T> T remembered(Class<T> type) {
    if (!type.isInstance(remembered)) {
      throw new ArgumentException(
          "remembered: " + remembered + ": what was left is not of " + type.getName());
    }
    return type.cast(remembered);
  }

  /**
   * Tells whether the backward half is itself recorded, for gradients of gradients.
   *
   * @return whether it is
   * @throws ArgumentException in the forward half
   */
  public boolean isRecording() {
    return checkBackward("isRecording").isRecording();
  }

  private Backward<FunctionContext> checkBackward(String operation) {
    Backward<FunctionContext> now = call;
    if (now == null) {
      throw new ArgumentException(operation + ": only in the backward half of a function");
    }
    return now;
  }

  // ---- between the halves

  boolean isMarked(Tensor output) {
    return withoutGradient.contains(output);
  }

  /** The saved tensors, sorted by where the node keeps them. */
  record Saved(long inputs, boolean output, List<Tensor> kept) {}

  /** Closes the forward half: notes where the saved tensors are, and forgets the tensors. */
  Saved finish(Tensor[] results, FunctionOutputs differentiable) {
    long ofInputs = 0;
    boolean ofOutput = false;
    List<Tensor> kept = new ArrayList<>();
    List<Slot> places = new ArrayList<>();
    for (Tensor tensor : toSave) {
      int input = indexOf(inputs, tensor);
      int output = differentiable.indexOf(indexOf(results, tensor));
      if (input >= 0 && input < Long.SIZE - 1) {
        ofInputs |= 1L << input;
        places.add(new Slot(Place.INPUT, input, -1));
      } else if (output >= 0 && differentiable.size() == 1) {
        ofOutput = true;
        places.add(new Slot(Place.OUTPUT, 0, 0));
      } else {
        Place place = output < 0 ? Place.KEPT : Place.ONE_OF_SEVERAL;
        places.add(new Slot(place, kept.size(), output));
        kept.add(tensor);
      }
    }
    slots = List.copyOf(places);
    outputs = differentiable;
    toSave = List.of();
    withoutGradient = Set.of();
    inputs = NO_TENSORS;
    return new Saved(ofInputs, ofOutput, kept);
  }

  GradientFunction function() {
    return function;
  }

  FunctionOutputs outputs() {
    return outputs;
  }

  private static int indexOf(Tensor[] tensors, Tensor tensor) {
    for (int i = 0; i < tensors.length; i++) {
      if (tensors[i] == tensor) {
        return i;
      }
    }
    return -1;
  }
}
