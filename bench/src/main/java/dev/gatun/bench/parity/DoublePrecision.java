package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/**
 * A call as libtorch computes it in double precision. It has the say where the sides differ in a
 * narrower type, in which libtorch rounds, overflows or loses digits on the way: what agrees with
 * it is right.
 */
final class DoublePrecision implements AutoCloseable {
  private final Referee referee;
  private final ParityCase parityCase;
  private final List<org.bytedeco.pytorch.Tensor> tensors = new ArrayList<>();
  private org.bytedeco.pytorch.@Nullable Tensor result;
  private boolean isEvaluated;
  private boolean isDifferentiated;

  /**
   * Prepares.
   *
   * @param referee libtorch
   * @param parityCase the call, the inputs of which stay open for as long as this is used
   */
  DoublePrecision(Referee referee, ParityCase parityCase) {
    this.referee = referee;
    this.parityCase = parityCase;
  }

  /**
   * Tells whether a result is right.
   *
   * @param expected libtorch's in the narrower type; elements that are the same need no proof
   * @param actual Gatun's
   * @param tolerance how far it may be from what double precision gives, in its own type
   * @return whether it is; false where no input is of a narrower type, or libtorch refuses
   */
  boolean confirms(Tensor expected, Tensor actual, Tolerances tolerance) {
    evaluate();
    return result != null && agrees(result, expected, actual, tolerance);
  }

  /**
   * Tells whether a gradient is right.
   *
   * @param input of which input
   * @param expected libtorch's in the narrower type; elements that are the same need no proof
   * @param actual Gatun's
   * @param seed the gradient of the result that it comes from
   * @param tolerance how far it may be from what double precision gives, in its own type
   * @return whether it is; false where no input is of a narrower type, or libtorch refuses
   */
  boolean confirmsGradient(
      int input, Tensor expected, Tensor actual, Tensor seed, Tolerances tolerance) {
    evaluate();
    if (result == null || !result.requires_grad() || !differentiate(result, seed)) {
      return false;
    }
    try (var gradient = tensors.get(input).grad()) {
      return gradient.defined() && agrees(gradient, expected, actual, tolerance);
    }
  }

  private boolean agrees(
      org.bytedeco.pytorch.Tensor precise, Tensor expected, Tensor actual, Tolerances tolerance) {
    var copy = referee.copy(precise);
    if (copy.dtype() != DType.FLOAT64
        || !actual.dtype().isFloatingPoint()
        || actual.dtype() != expected.dtype()
        || !actual.shape().equals(expected.shape())
        || !actual.shape().equals(copy.shape())) {
      return false;
    }
    double[] wanted = copy.toDoubleArray();
    double[] got = actual.toDoubleArray();
    double[] narrow = expected.toDoubleArray();
    for (int i = 0; i < wanted.length; i++) {
      if (Double.compare(got[i], narrow[i]) == 0) {
        wanted[i] = got[i];
      }
    }
    var right = Gatun.tensor(DType.FLOAT64, actual.shape(), wanted).to(actual.dtype());
    return Agreement.of("", right, actual, tolerance).mismatch() == null;
  }

  private void evaluate() {
    var inputs = parityCase.inputs();
    if (isEvaluated || inputs.stream().noneMatch(DoublePrecision::isNarrow)) {
      return;
    }
    isEvaluated = true;
    for (int i = 0; i < inputs.size(); i++) {
      var input = inputs.get(i).detach();
      tensors.add(referee.wrap(input.dtype().isFloatingPoint() ? input.to(DType.FLOAT64) : input));
      tensors.getLast().set_requires_grad(parityCase.leaves().contains(i));
    }
    try {
      result = referee.evaluate(parityCase.pytorch(), tensors);
    } catch (RuntimeException e) {
      // It has no say where it refuses.
      result = null;
    }
  }

  private static boolean isNarrow(Tensor tensor) {
    return tensor.dtype().isFloatingPoint() && tensor.dtype() != DType.FLOAT64;
  }

  private boolean differentiate(org.bytedeco.pytorch.Tensor result, Tensor seed) {
    if (isDifferentiated) {
      return true;
    }
    isDifferentiated = true;
    try (var gradient = referee.wrap(seed.to(DType.FLOAT64));
        var retain = new BoolOptional(false);
        var allLeaves = new TensorArrayRefOptional()) {
      result.backward(gradient, retain, false, allLeaves);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    tensors.forEach(org.bytedeco.pytorch.Tensor::close);
    if (result != null) {
      result.close();
    }
  }
}
