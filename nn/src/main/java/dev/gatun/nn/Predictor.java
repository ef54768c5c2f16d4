package dev.gatun.nn;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A model made ready to answer inputs of one shape: all memory is there beforehand, and an answer
 * allocates nothing, on or off the heap.
 *
 * {@snippet :
 * double firstScore(Module model, Tensor sample) {
 *   try (var predictor = Predictor.of(model, DType.FLOAT32, 1, 64)) {
 *     Tensor scores = predictor.predict(sample);
 *     return scores.select(1, 0).item();
 *   }
 * }
 * }
 *
 * <p>The answers are those of {@link Module#forward} in evaluation mode, whatever mode the model is
 * in: a {@link Plan} of it, captured on zeros. Every module whose forward pass can be captured is
 * supported.
 *
 * <p><b>Ownership.</b> The predictor reads the model's parameters where they are: later steps of an
 * optimizer show in later answers. Parameters that are replaced, by {@link ParameterTree#to} or
 * {@link ParameterTree#assignState}, need a new predictor. The tensor returned belongs to the
 * predictor, and each answer overwrites the one before.
 *
 * <p><b>Threads.</b> One thread at a time may use a predictor; give each thread one of its own.
 */
public final class Predictor implements AutoCloseable {
  private final Plan plan;
  private final Tensor input;

  private Predictor(Plan plan) {
    this.plan = plan;
    this.input = plan.input(0);
  }

  /**
   * Makes a predictor. The model's forward pass runs once; the model is in evaluation mode
   * meanwhile.
   *
   * @param model the model, which stays its owner's
   * @param dtype the element type of the inputs
   * @param sizes the shape of the inputs, the axis of samples included
   * @return the predictor
   * @throws dev.gatun.memory.PlanException when the forward pass cannot be captured
   * @throws ShapeException when a layer's input does not fit
   * @throws DTypeException when the types differ or are not floating point
   */
  public static Predictor of(Module model, DType dtype, long... sizes) {
    if (!dtype.isFloatingPoint()) {
      throw new DTypeException("predictor: " + dtype + ": the inputs are floating point");
    }
    SequencedMap<ParameterTree, Boolean> modes = new LinkedHashMap<>();
    model.apply(part -> modes.put(part, part.isTraining()));
    model.eval();
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      return new Predictor(Plan.capture(model::forward, Gatun.zeros(dtype, Shape.of(sizes))));
    } finally {
      // What a module consists of takes on its mode, and came before it.
      modes.reversed().forEach((part, training) -> part.train(training));
    }
  }

  /**
   * Computes the answer to an input.
   *
   * @param sample the input, of the shape and type that this predictor was made for, in any layout
   * @return the answer; the same tensor at every call, overwritten by the next one
   * @throws ShapeException when the input has another shape
   * @throws DTypeException when the input has another type
   * @throws dev.gatun.memory.ClosedTensorException when the input or this predictor is closed
   */
  public Tensor predict(Tensor sample) {
    sample.checkOpen("predict");
    input.checkOpen("predict");
    if (!sample.shape().equals(input.shape())) {
      throw new ShapeException(
          "predict: " + sample.shape() + ": this predictor is for " + input.shape());
    }
    if (sample.dtype() != input.dtype()) {
      throw new DTypeException(
          "predict: " + sample.dtype() + ": this predictor is for " + input.dtype());
    }
    return plan.run(sample);
  }

  /**
   * Answers whatever its memory holds, again and again, until that has become fast; at most for
   * some seconds. The first answer to come is then as fast as the later ones.
   *
   * @return how long it took
   * @throws dev.gatun.memory.PlanException when this predictor is closed or in use
   */
  public Duration warmUp() {
    long begin = System.nanoTime();
    plan.warmUp();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Gives the memory back. Closing twice does nothing. */
  @Override
  public void close() {
    plan.close();
  }
}
