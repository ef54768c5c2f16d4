package dev.gatun.autograd.plan;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.OnDevice;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.record.RecordedStep;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.kernels.record.Recording;
import dev.gatun.kernels.replay.Program;
import dev.gatun.kernels.replay.ProgramReport;
import dev.gatun.kernels.replay.Replay;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A step of computation, captured once and replayed many times: every kernel call is ready, every
 * intermediate has a fixed place in one slab of memory, and a replay allocates nothing, on or off
 * the heap.
 *
 * {@snippet :
 * void answer(Tensor weight, Tensor sample, Iterable<Tensor> samples) {
 *   try (Plan plan = Plan.capture(x -> x.matmul(weight).relu(), sample)) {
 *     for (Tensor next : samples) {
 *       Tensor result = plan.run(next);
 *     }
 *   }
 * }
 * }
 *
 * <p><b>Capturing</b> runs the step once, for real: parameters that the step updates have moved by
 * one step afterwards, and random numbers have been drawn. What the step computes is noted kernel
 * by kernel, so that every operation can be part of it, and a backward pass and an optimizer's step
 * as well. Java code of the step itself runs at capture alone: branches taken, numbers worked out,
 * loops unrolled are as they were then. What would have to differ between replays is refused with a
 * {@link PlanException} that names the operation: looking at elements ({@code item()}, {@code
 * toFloatArray()}, {@code asSegment()}), and operations whose result has a shape that depends on
 * elements ({@code nonzero}, {@code maskedSelect}). Optimizers count their steps and follow their
 * learning rates in replays too; generators go on, so that each replay draws new random numbers,
 * the ones that the same steps outside a plan would draw. A generator that the step makes or seeds
 * begins anew in each replay.
 *
 * <p><b>Memory.</b> Tensors that were there before the step are used where they are: parameters,
 * the state of optimizers, whatever the step refers to. A replay reads and writes them in place,
 * and the plan keeps their memory from being given back. Parameters that are replaced by other
 * tensors later are not followed. Inputs named at capture are copied to {@linkplain #input tensors
 * of the plan}, to be written before a replay. What outlives the step, its results and the
 * gradients it leaves on leaves, is written again by each replay where it is.
 *
 * <p>A plan holds its memory until it is {@linkplain #close closed}: no collector closes it. What
 * is computed from steady tensors alone is computed once, and again when one of them has been
 * written through a tensor. Writes to memory that a tensor wraps are not noticed in that way, so
 * what depends on such memory is computed in each replay; writes through a segment that {@code
 * asSegment()} has given out are not noticed at all.
 *
 * <p><b>Devices.</b> A plan runs on the device of its inputs. A step without inputs runs where this
 * thread makes new tensors at capture: {@link Gatun#on}. Tensors of other devices cannot take part.
 *
 * <p><b>Gradients.</b> A replay does with a leaf's gradient what the step does: one that the step
 * clears before its backward pass is new after each replay, one that it does not clear is added to.
 *
 * <p><b>Threads.</b> One thread at a time may use a plan. For several threads, make {@linkplain
 * #newInstance() instances}, which share what was there before the step, and on the host what is
 * computed from that alone. What they share may be written only while none of them runs or warms
 * up. The step must not compute on other threads: what these do is not captured.
 */
public final class Plan implements AutoCloseable {
  private final Captured captured;
  private final Replay replay;
  private final Tensor[] inputs;
  private final Tensor[] outputs;

  /** What the instances of one plan share; closed with the last of them. */
  private static final class Captured {
    private final RecordedStep step;
    private final Program program;
    private final List<Storage> inputs;
    private final List<Storage> outputs;
    private int instances;

    Captured(RecordedStep step, Program program, Tensor[] inputs, Tensor[] outputs) {
      this.step = step;
      this.program = program;
      this.inputs = storages(inputs);
      this.outputs = storages(outputs);
    }

    private static List<Storage> storages(Tensor[] tensors) {
      return Arrays.stream(tensors).map(Tensor::storage).toList();
    }

    synchronized void join() {
      if (step.isClosed()) {
        throw new PlanException("new_instance: the plan has been closed");
      }
      instances++;
    }

    synchronized void leave() {
      if (--instances == 0) {
        step.close();
      }
    }
  }

  private Plan(Captured captured, Replay replay, Tensor[] inputs, Tensor[] outputs) {
    this.captured = captured;
    this.replay = replay;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Captures a step without inputs of its own: it reads tensors that were there before, and that
   * may be written in place before each replay.
   *
   * @param step the step, which returns its result; run once
   * @return the plan
   * @throws PlanException when the step cannot be captured
   */
  public static Plan capture(Supplier<Tensor> step) {
    return capture(none -> new Tensor[] {step.get()}, new Tensor[0]);
  }

  /**
   * Captures a step of one input.
   *
   * @param step the step; run once, on the plan's copy of the input
   * @param input the input, whose shape and type become those of the plan's
   * @return the plan
   * @throws PlanException when the step cannot be captured
   */
  public static Plan capture(UnaryOperator<Tensor> step, Tensor input) {
    return capture(given -> new Tensor[] {step.apply(given[0])}, new Tensor[] {input});
  }

  /**
   * Captures a step of two inputs.
   *
   * @param step the step; run once, on the plan's copies of the inputs
   * @param first the first input, whose shape and type become those of the plan's
   * @param second the second input, likewise
   * @return the plan
   * @throws PlanException when the step cannot be captured
   */
  public static Plan capture(BinaryOperator<Tensor> step, Tensor first, Tensor second) {
    return capture(
        given -> new Tensor[] {step.apply(given[0], given[1])}, new Tensor[] {first, second});
  }

  /**
   * Captures a step of any number of inputs and outputs.
   *
   * @param step the step; run once, on the plan's copies of the inputs
   * @param inputs the inputs, whose shapes and types become those of the plan's
   * @return the plan
   * @throws PlanException when the step cannot be captured
   */
  public static Plan capture(Function<Tensor[], Tensor[]> step, Tensor... inputs) {
    if (Recording.isActive()) {
      throw new PlanException("capture: this thread is capturing a plan already");
    }
    List<AutoCloseable> made = new ArrayList<>();
    boolean done = false;
    try {
      Tensor[] own = copies(inputs, made);
      RecordedStep recorded;
      Tensor[] outputs;
      try (Recording recording = record(own)) {
        try (Scope scope = Scope.open()) {
          outputs = handles(step.apply(detached(own)), made);
        }
        recorded = recording.end();
      }
      made.add(recorded);
      Program program = new Program(recorded, Set.copyOf(Captured.storages(own)));
      Replay replay = new Replay(program, Map.of());
      Captured captured = new Captured(recorded, program, own, outputs);
      captured.join();
      done = true;
      return new Plan(captured, replay, own, outputs);
    } finally {
      if (!done) {
        closeAll(made);
      }
    }
  }

  /** Begins to record, on the device of the inputs. */
  private static Recording record(Tensor[] inputs) {
    if (inputs.length == 0) {
      return Recording.open();
    }
    try (OnDevice on = Gatun.on(inputs[0].device())) {
      return Recording.open();
    }
  }

  private static void closeAll(List<? extends AutoCloseable> made) {
    for (AutoCloseable resource : made) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Tensor[] copies(Tensor[] given, List<AutoCloseable> made) {
    Tensor[] copies = new Tensor[given.length];
    try (Scope suspended = Scope.suspend()) {
      for (int i = 0; i < given.length; i++) {
        given[i].checkOpen("capture");
        copies[i] = Gatun.emptyLike(given[i]);
        made.add(copies[i]);
        Transfers.copy(copies[i], given[i]);
      }
    }
    return copies;
  }

  private static Tensor[] handles(@Nullable Tensor @Nullable [] results, List<AutoCloseable> made) {
    if (results == null) {
      throw new PlanException("capture: the step returned null, not tensors");
    }
    Tensor[] handles = new Tensor[results.length];
    try (Scope suspended = Scope.suspend()) {
      for (int i = 0; i < handles.length; i++) {
        Tensor result = results[i];
        if (result == null) {
          throw new PlanException("capture: the step returned null as result " + i);
        }
        handles[i] = result.detach();
        made.add(handles[i]);
      }
    }
    return handles;
  }

  /** The step may put its inputs into a graph; the plan's own handles stay out of it. */
  private static Tensor[] detached(Tensor[] own) {
    Tensor[] handles = new Tensor[own.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = own[i].detach();
    }
    return handles;
  }

  /**
   * Makes another instance of this plan, with inputs, intermediates and results of its own, for use
   * by another thread. What was there before the step is shared, and on the host what is computed
   * from that alone. Inputs begin as this instance's are now, and results as its are.
   *
   * @return the instance, to be closed by the caller
   * @throws PlanException when the step writes what was there before it, or counts steps, so that
   *     instances would get in each other's way; or this plan is closed
   */
  public Plan newInstance() {
    checkOpen("new_instance");
    String obstacle = captured.program.whyNotShared(Set.copyOf(captured.outputs));
    if (obstacle != null) {
      throw new PlanException("new_instance: instances would not be independent: " + obstacle);
    }
    captured.join();
    List<AutoCloseable> made = new ArrayList<>();
    boolean done = false;
    try {
      Map<Storage, Storage> replacements = new HashMap<>();
      Tensor[] ownInputs = replaced(inputs, captured.inputs, replacements, made);
      Tensor[] ownOutputs = replaced(outputs, captured.outputs, replacements, made);
      Replay another = new Replay(captured.program, replacements);
      done = true;
      return new Plan(captured, another, ownInputs, ownOutputs);
    } finally {
      if (!done) {
        closeAll(made);
        captured.leave();
      }
    }
  }

  /**
   * Makes tensors on storages that take the places of the recorded ones, as far as the plan writes
   * those.
   */
  private Tensor[] replaced(
      Tensor[] tensors,
      List<Storage> recorded,
      Map<Storage, Storage> replacements,
      List<AutoCloseable> made) {
    Tensor[] result = new Tensor[tensors.length];
    try (Scope suspended = Scope.suspend()) {
      for (int i = 0; i < result.length; i++) {
        Tensor tensor = tensors[i];
        Storage key = recorded.get(i);
        Storage known = replacements.get(key);
        boolean isOwn = tensors == inputs || captured.step.origins().get(key) == Origin.SURVIVING;
        Storage place =
            known != null
                ? known.retain()
                : isOwn
                    ? Transfers.allocate(key.memory(), key.byteSize())
                    : tensor.storage().retain();
        if (isOwn && known == null) {
          replacements.put(key, place);
        }
        result[i] = Tensor.on(place, tensor.dtype(), tensor.layout());
        made.add(result[i]);
        if (isOwn && known == null) {
          Transfers.copy(result[i], tensor);
        }
      }
    }
    return result;
  }

  private void checkOpen(String operation) {
    if (replay.isClosed()) {
      throw new PlanException(operation + ": the plan has been closed");
    }
  }

  /**
   * Returns an input, to be written in place before a replay.
   *
   * @param index which one, from 0
   * @return the plan's tensor, contiguous, the same at every call
   * @throws PlanException when there is no such input, or the plan is closed
   */
  public Tensor input(int index) {
    checkOpen("input");
    return at("input", inputs, index);
  }

  /**
   * Returns the first output.
   *
   * @return the plan's tensor, overwritten by each replay, the same at every call
   * @throws PlanException when there is no output, or the plan is closed
   */
  public Tensor output() {
    return output(0);
  }

  /**
   * Returns an output.
   *
   * @param index which one, from 0
   * @return the plan's tensor, overwritten by each replay, the same at every call
   * @throws PlanException when there is no such output, or the plan is closed
   */
  public Tensor output(int index) {
    checkOpen("output");
    return at("output", outputs, index);
  }

  private static Tensor at(String what, Tensor[] tensors, int index) {
    if (index < 0 || index >= tensors.length) {
      throw new PlanException(what + " " + index + ": the plan has " + tensors.length);
    }
    return tensors[index];
  }

  /**
   * Does the step again, on what the inputs hold now.
   *
   * <p>Should a kernel throw, as for an index out of range, what the step had written by then stays
   * written.
   *
   * @throws PlanException when the plan is closed, or running on another thread, or this thread is
   *     capturing
   */
  public void replay() {
    replay.run();
  }

  /**
   * Copies an input in and replays.
   *
   * @param input the input, of the shape and type captured, in any layout
   * @return the first output
   * @throws ShapeException when the input has another shape
   * @throws DTypeException when the input has another type
   * @throws PlanException when the plan has not one input and some output, or cannot be replayed
   * @throws ClosedTensorException when the input is closed
   */
  public Tensor run(Tensor input) {
    checkCount(1);
    checkInput(0, input);
    if (standsOnInput(input, 0)) {
      return runOnCopies(new Tensor[] {input});
    }
    replay.claim();
    try {
      copyIn(0, input);
      replay.runClaimed();
    } finally {
      replay.release();
    }
    return output();
  }

  /**
   * Copies two inputs in and replays.
   *
   * @param first the first input, of the shape and type captured, in any layout
   * @param second the second input, likewise
   * @return the first output
   * @throws ShapeException when an input has another shape
   * @throws DTypeException when an input has another type
   * @throws PlanException when the plan has not two inputs and some output, or cannot be replayed
   * @throws ClosedTensorException when an input is closed
   */
  public Tensor run(Tensor first, Tensor second) {
    checkCount(2);
    checkInput(0, first);
    checkInput(1, second);
    if (standsOnInput(first, 0) || standsOnInput(second, 1)) {
      return runOnCopies(new Tensor[] {first, second});
    }
    replay.claim();
    try {
      copyIn(0, first);
      copyIn(1, second);
      replay.runClaimed();
    } finally {
      replay.release();
    }
    return output();
  }

  /**
   * Copies inputs in and replays.
   *
   * @param given the inputs, of the shapes and types captured, in any layout
   * @return the first output
   * @throws ShapeException when an input has another shape
   * @throws DTypeException when an input has another type
   * @throws PlanException when the plan has not as many inputs and some output, or cannot be
   *     replayed
   * @throws ClosedTensorException when an input is closed
   */
  public Tensor run(Tensor... given) {
    checkCount(given.length);
    for (int i = 0; i < given.length; i++) {
      checkInput(i, given[i]);
    }
    for (int i = 0; i < given.length; i++) {
      if (standsOnInput(given[i], i)) {
        return runOnCopies(given);
      }
    }
    return runOn(given);
  }

  /** Whether filling the inputs would change a tensor before it is read. */
  private boolean standsOnInput(Tensor given, int index) {
    for (int i = 0; i < inputs.length; i++) {
      if (given.storage() == inputs[i].storage() && (i != index || given != inputs[i])) {
        return true;
      }
    }
    return false;
  }

  private Tensor runOn(Tensor[] given) {
    replay.claim();
    try {
      for (int i = 0; i < given.length; i++) {
        copyIn(i, given[i]);
      }
      replay.runClaimed();
    } finally {
      replay.release();
    }
    return output();
  }

  private Tensor runOnCopies(Tensor[] given) {
    try (Scope scope = Scope.open()) {
      Tensor[] copies = new Tensor[given.length];
      for (int i = 0; i < copies.length; i++) {
        copies[i] = given[i].detach().clone();
      }
      return runOn(copies);
    }
  }

  private void checkCount(int given) {
    checkOpen("run");
    if (given != inputs.length) {
      throw new PlanException("run: " + given + " inputs: the plan has " + inputs.length);
    }
    if (outputs.length == 0) {
      throw new PlanException(
          "run: the plan has no output to return; write its inputs and replay it");
    }
  }

  /** All inputs are checked before the first is written. */
  private void checkInput(int index, Tensor given) {
    Tensor input = inputs[index];
    given.checkOpen("run");
    if (!given.shape().equals(input.shape())) {
      throw new ShapeException(
          "run: input "
              + index
              + " is "
              + given.shape()
              + ": the plan was captured for "
              + input.shape());
    }
    if (given.dtype() != input.dtype()) {
      throw new DTypeException(
          "run: input "
              + index
              + " is of "
              + given.dtype()
              + ": the plan was captured for "
              + input.dtype());
    }
  }

  private void copyIn(int index, Tensor given) {
    Tensor input = inputs[index];
    if (given != input) {
      Transfers.copy(input, given);
      input.storage().bumpVersion();
    }
  }

  /**
   * Replays until the virtual machine has compiled what the plan consists of, for some seconds at
   * most, so that the next replay is fast. Leaves no trace: parameters, states, gradients, outputs
   * and generators are as they were, and optimizers have counted no steps. Other threads must not
   * use what the plan writes meanwhile.
   *
   * @throws PlanException when the plan is closed, or running on another thread, or this thread is
   *     capturing
   */
  public void warmUp() {
    replay.warmUp();
  }

  /**
   * Returns what the step has come to: how many calls, what they are, and how much memory.
   *
   * @return the report
   */
  public ProgramReport report() {
    return captured.program.report();
  }

  /**
   * Gives the plan's memory back: inputs, intermediates and results, as far as nobody else holds
   * them. Closing twice does nothing.
   *
   * @throws PlanException when the plan is running on another thread
   */
  @Override
  public void close() {
    if (replay.isClosed()) {
      return;
    }
    replay.close();
    closeAll(List.of(inputs));
    closeAll(List.of(outputs));
    captured.leave();
  }
}
