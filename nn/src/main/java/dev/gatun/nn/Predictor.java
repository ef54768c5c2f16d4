package dev.gatun.nn;

import dev.gatun.autograd.Activations;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * in. Supported are {@link Sequential}, {@link Linear}, {@link Flatten}, {@link Dropout}, {@link
 * Identity}, {@link ReLU}, {@link GELU}, {@link SiLU}, {@link Sigmoid}, {@link Tanh}, {@link Mish},
 * {@link Softmax} and {@link LogSoftmax}.
 *
 * <p><b>Ownership.</b> The predictor reads the model's parameters where they are: later steps of an
 * optimizer show in later answers, and the model must stay open. Parameters that are replaced, by
 * {@link ParameterTree#to} or {@link ParameterTree#assignState}, need a new predictor. The tensor
 * returned belongs to the predictor, and each answer overwrites the one before.
 *
 * <p><b>Threads.</b> One thread at a time may use a predictor; give each thread one of its own.
 */
public final class Predictor implements AutoCloseable {
  private final KernelProvider kernels = Kernels.provider();
  private final List<Step> building = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor input;
  private final Tensor output;
  private final Step[] steps;

  /** Part of the way from input to output, over fixed memory. */
  private sealed interface Step {
    void run();
  }

  private record AffineStep(
      MatmulKernels kernels,
      StridedArray out,
      StridedArray in,
      StridedArray weight,
      @Nullable StridedArray bias)
      implements Step {
    @Override
    public void run() {
      kernels.matmul(out, in, weight, 1, 0, null, bias);
    }
  }

  private record PointwiseStep(PointwiseKernel kernel, StridedArray out, StridedArray in)
      implements Step {
    @Override
    public void run() {
      kernel.run(out, in, 0, 0);
    }
  }

  private record SoftmaxStep(
      ReductionKernels kernels, StridedArray out, StridedArray in, int axis, boolean logarithm)
      implements Step {
    @Override
    public void run() {
      if (logarithm) {
        kernels.logSoftmax(out, in, axis);
      } else {
        kernels.softmax(out, in, axis);
      }
    }
  }

  private Predictor(Module model, DType dtype, Shape shape) {
    boolean built = false;
    try {
      input = own(Tensor.allocate(dtype, shape));
      output = append("", model, input);
      steps = building.toArray(new Step[0]);
      built = true;
    } finally {
      if (!built) {
        close();
      }
    }
  }

  /**
   * Makes a predictor.
   *
   * @param model the model, which stays its owner's and must stay open
   * @param dtype the element type of the inputs, that of the model's parameters
   * @param sizes the shape of the inputs, the axis of samples included
   * @return the predictor
   * @throws ArgumentException when a layer is not supported; the message names it
   * @throws ShapeException when a layer's input does not fit
   * @throws DTypeException when the types differ or are not floating point
   */
  public static Predictor of(Module model, DType dtype, long... sizes) {
    if (!dtype.isFloatingPoint()) {
      throw new DTypeException("predictor: " + dtype + ": the inputs are floating point");
    }
    try (var _ = Scope.suspend();
        var _ = NoGrad.open()) {
      return new Predictor(model, dtype, Shape.of(sizes));
    }
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  private Tensor append(String path, Module module, Tensor in) {
    return switch (module) {
      case Sequential chain -> {
        Tensor current = in;
        for (int i = 0; i < chain.modules().size(); i++) {
          current = append(path + "." + i, chain.get(i), current);
        }
        yield current;
      }
      case Linear linear -> affine(path, linear, in);
      // Layers' inputs are contiguous here, so that this is a view.
      case Flatten flatten -> own(flatten.forward(in.detach()));
      case Dropout _, Identity _ -> in;
      case ReLU _ -> pointwise(Activations.RELU, in);
      case GELU gelu ->
          pointwise(
              switch (gelu.approximate()) {
                case NONE -> Activations.GELU;
                case TANH -> Activations.GELU_TANH;
              },
              in);
      case SiLU _ -> pointwise(Activations.SILU, in);
      case Sigmoid _ -> pointwise(Activations.SIGMOID, in);
      case Tanh _ -> pointwise(Activations.TANH, in);
      case Mish _ -> pointwise(Activations.MISH, in);
      case Softmax softmax -> softmax(in, softmax.axis(), false);
      case LogSoftmax softmax -> softmax(in, softmax.axis(), true);
      default ->
          throw new ArgumentException(
              "predictor: layer '"
                  + (path.isEmpty() ? path : path.substring(1))
                  + "', "
                  + module.getClass().getSimpleName()
                  + ", is not supported");
    };
  }

  private Tensor affine(String path, Linear linear, Tensor in) {
    Tensor weight = linear.weight().tensor();
    if (in.dtype() != weight.dtype()) {
      throw new DTypeException(
          "predictor: layer '" + path + "' is of " + weight.dtype() + ", its input " + in.dtype());
    }
    if (in.rank() == 0 || in.size(-1) != linear.inFeatures()) {
      throw new ShapeException(
          "predictor: layer '"
              + path
              + "': input "
              + in.shape()
              + ": the last axis has "
              + linear.inFeatures()
              + " elements");
    }
    Tensor out = own(Tensor.allocate(in.dtype(), in.shape().with(-1, linear.outFeatures())));
    long rows = in.shape().without(in.rank() - 1).numel();
    building.add(
        new AffineStep(
            kernels.matmul(),
            own(out.view(rows, linear.outFeatures())),
            own(in.view(rows, linear.inFeatures())),
            own(weight.mT()),
            linear.bias().map(bias -> own(bias.tensor().detach())).orElse(null)));
    return out;
  }

  private Tensor pointwise(PointwiseOp op, Tensor in) {
    Tensor out = own(Tensor.allocate(in.dtype(), in.shape()));
    var program = PointwiseProgram.of(op.name(), in.dtype(), 1, op.expression());
    building.add(new PointwiseStep(kernels.pointwise(program), out, in));
    return out;
  }

  private Tensor softmax(Tensor in, int axis, boolean logarithm) {
    int at = in.shape().normalizeAxis("softmax", axis);
    Tensor out = own(Tensor.allocate(in.dtype(), in.shape()));
    building.add(new SoftmaxStep(kernels.reductions(), out, in, at, logarithm));
    return out;
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
    kernels.indexing().copy(input, sample);
    for (Step step : steps) {
      step.run();
    }
    output.storage().bumpVersion();
    return output;
  }

  /**
   * Answers whatever its memory holds, again and again, until that has become fast; at most for
   * some seconds. The first answer to come is then as fast as the later ones.
   *
   * @return how long it took
   */
  public Duration warmUp() {
    return WarmUp.repeat(() -> predict(input), WarmUp.LIMIT);
  }

  /** Gives the memory back. Closing twice does nothing. */
  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}
