package dev.gatun.autograd;

import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a computation that keep nothing for the backward pass but their inputs, and are computed
 * again there: less memory for more time, as with PyTorch's {@code checkpoint}.
 *
 * {@snippet :
 * Tensor weight = Gatun.randn(64, 64).requiresGrad_();
 * Tensor x = Gatun.randn(8, 64);
 * Tensor y = GradientCheckpoint.run(t -> t.matmul(weight).relu().matmul(weight).tanh(), x);
 * y.sum().backward(); // computes the part again, with the same random numbers
 * }
 */
public final class GradientCheckpoint {
  /** The inputs that {@link Node} can save. */
  private static final int MOST_INPUTS = 62;

  /** What a recorded part needs to be computed again. */
  private record Part(
      Function<Tensor[], Tensor> function, int inputs, Generator.State random, Shape shape) {}

  private static final StructuralOp<Part> CHECKPOINT =
      StructuralOp.<Part>named("checkpoint", call -> unreachable())
          .gradients(StructuralOp.NOTHING, GradientCheckpoint::backward);

  private GradientCheckpoint() {}

  private static Tensor unreachable() {
    throw new IllegalStateException("checkpoint: not applied as an operation");
  }

  /**
   * Computes a function of one tensor, and computes it again in the backward pass.
   *
   * @param function as in {@link #run(Function, Tensor...)}
   * @param input its input
   * @return what the function returns
   * @throws PlanException when this thread is capturing a plan
   */
  public static Tensor run(UnaryOperator<Tensor> function, Tensor input) {
    return run((Tensor[] inputs) -> function.apply(inputs[0]), new Tensor[] {input});
  }

  /**
   * Computes a function, and computes it again in the backward pass. Gradients flow to the inputs,
   * and to leaves that the function uses besides, such as parameters. Can be differentiated any
   * number of times, and nested.
   *
   * <p>The second time, the shared generator is put where it was the first time, and back
   * afterwards; a generator of the function's own is the function's business, and threads that draw
   * from the shared one at the same time disturb each other. What the function does besides
   * computing its result, such as updating running statistics, happens twice. Where nothing is
   * recorded, the function is called and that is all.
   *
   * @param function the function, which gives the same result whenever it is called, and writes
   *     none of its inputs. Runs in a {@link Scope} of its own. What it uses besides its inputs and
   *     requires a gradient is a leaf: pass computed tensors as inputs. It is kept with the graph:
   *     where it refers to its own result, made outside every scope, the cleaner closes neither
   * @param inputs its inputs, 62 at most; saved, and not to be written before the backward pass
   * @return what the function returns
   * @throws ArgumentException when there are too many inputs, or the function returns null
   * @throws InPlaceException when something is recorded and the function has written an input
   * @throws PlanException when this thread is capturing a plan
   */
  public static Tensor run(Function<Tensor[], Tensor> function, Tensor... inputs) {
    if (Recording.isActive()) {
      throw new PlanException("checkpoint: a plan arranges its memory itself; call the function");
    }
    if (inputs.length > MOST_INPUTS) {
      throw new ArgumentException(
          "checkpoint: " + inputs.length + " inputs: there are at most " + MOST_INPUTS);
    }
    for (Tensor input : inputs) {
      input.checkOpen("checkpoint");
      input.checkViewIsCurrent("checkpoint");
    }
    if (!GradientMode.isEnabled()) {
      return resultOf(function, inputs.clone());
    }
    Generator.State random = Generator.shared().state();
    try (Scope scope = Scope.open()) {
      // Recorded only to learn which leaves there are; the scope gives up what was saved.
      Tensor[] copies = new Tensor[inputs.length];
      Arrays.setAll(copies, i -> inputs[i].detach().requiresGrad_(inputs[i].requiresGrad()));
      int[] versions = versions(inputs);
      Tensor output = resultOf(function, copies.clone());
      Tensor result = scope.keep(output.detach());
      if (output.requiresGrad()) {
        checkUnwritten(inputs, versions);
        Part part = new Part(function, inputs.length, random, result.shape());
        record(part, inputs, leavesBesides(copies, output), result);
      }
      return result;
    }
  }

  private static int[] versions(Tensor[] inputs) {
    int[] versions = new int[inputs.length];
    Arrays.setAll(versions, i -> inputs[i].storage().version());
    return versions;
  }

  private static void checkUnwritten(Tensor[] inputs, int[] versions) {
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].storage().version() != versions[i]) {
        throw new InPlaceException(
            "checkpoint: the function has written input "
                + i
                + ", "
                + inputs[i].describe()
                + ", from which it is to be computed again; clone() it before writing");
      }
    }
  }

  private static Tensor resultOf(Function<Tensor[], Tensor> function, Tensor[] inputs) {
    @Nullable Tensor result = function.apply(inputs);
    if (result == null) {
      throw new ArgumentException("checkpoint: the function returned null: it returns a tensor");
    }
    result.checkOpen("checkpoint");
    return result;
  }

  private static void record(Part part, Tensor[] inputs, List<Tensor> leaves, Tensor result) {
    Tensor[] all = Arrays.copyOf(inputs, inputs.length + leaves.size());
    for (int i = 0; i < leaves.size(); i++) {
      all[inputs.length + i] = leaves.get(i);
    }
    long saved = (1L << inputs.length) - 1;
    result.recordAs(Node.of(CHECKPOINT, part, 0, 0, all, result, saved, false));
  }

  /**
   * Returns tensors that stand for the leaves a result was computed from, in their places in the
   * graph, with their shapes and types but a single element.
   */
  private static List<Tensor> leavesBesides(Tensor[] inputs, Tensor output) {
    Set<GradientEdge> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor input : inputs) {
      if (input.edge() instanceof LeafGradient leaf) {
        seen.add(leaf);
      }
    }
    List<Tensor> found = new ArrayList<>();
    if (output.edge() instanceof LeafGradient leaf && seen.add(leaf)) {
      found.add(output);
    }
    for (Node node : GraphWalk.nodes(output)) {
      for (int i = 0; i < node.inputCount(); i++) {
        if (node.edge(i) instanceof LeafGradient leaf && seen.add(leaf)) {
          Tensor one = Gatun.zeros(node.dtype(i), Shape.scalar());
          Tensor stand = one.expand(node.shape(i).toArray());
          leaf.attached();
          stand.attachEdge(leaf);
          found.add(stand);
        }
      }
    }
    return found;
  }

  private static @Nullable Tensor[] backward(Backward<Part> call, Tensor gradient) {
    Part part = call.attributes();
    Tensor[] inputs = new Tensor[part.inputs()];
    List<GradientEdge> wanted = new ArrayList<>();
    Tensor output;
    Generator.State now = Generator.shared().state();
    Generator.shared().setState(part.random());
    try (NoGrad on = NoGrad.setGradEnabled(true)) {
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = beginning(call, i);
      }
      output = resultOf(part.function(), inputs.clone());
    } finally {
      Generator.shared().setState(now);
    }
    if (!output.shape().equals(part.shape()) || !output.requiresGrad()) {
      throw new GradientException(
          "checkpoint: "
              + part.shape()
              + " has become "
              + output.describe()
              + (output.requiresGrad() ? "" : ", which requires no gradient,")
              + " when computed again: a checkpointed function gives the same result each time");
    }
    for (int i = 0; i < call.inputCount(); i++) {
      GradientEdge edge = i < inputs.length ? inputs[i].edge() : call.edge(i);
      if (edge != null) {
        wanted.add(edge);
      }
    }
    @Nullable Tensor[] found =
        BackwardPass.gradientsAt(wanted, output, gradient, call.isRecording());
    @Nullable Tensor[] results = new @Nullable Tensor[call.inputCount()];
    int next = 0;
    for (int i = 0; i < results.length; i++) {
      if (call.wants(i)) {
        results[i] = found[next++];
      }
    }
    return results;
  }

  /** Returns an input at a place of its own, at which the gradients of this part arrive. */
  private static Tensor beginning(Backward<Part> call, int input) {
    Tensor saved = call.input(input);
    if (!call.wants(input)) {
      return saved;
    }
    return call.isRecording() ? saved.reshape(saved.shape()) : saved.requiresGrad_();
  }
}
