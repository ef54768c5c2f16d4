package dev.gatun.autograd;

import dev.gatun.autograd.Entropies.CrossEntropy;
import dev.gatun.autograd.Entropies.Joining;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How the cross entropy with class indices is computed. */
final class ClassEntropy {
  private ClassEntropy() {}

  private static void check(Invocation<CrossEntropy> call) {
    Tensor logits = call.input(0);
    Tensor targets = call.input(1);
    int axis = call.attributes().axis();
    if (!logits.dtype().isFloatingPoint()) {
      throw new DTypeException(
          call.name() + ": " + logits.describe() + ": the logits are floating point");
    }
    if (targets.dtype() != DType.INT64) {
      throw new DTypeException(
          call.name() + ": targets of " + targets.dtype() + ": classes are int64");
    }
    if (logits.rank() == 0 || logits.shape().normalizeAxis(call.name(), axis) != axis) {
      throw new ShapeException(
          call.name() + ": " + logits.shape() + ": axis " + axis + " is counted from the front");
    }
    Shape expected = logits.shape().without(axis);
    if (!targets.shape().equals(expected)) {
      throw new ShapeException(
          call.name()
              + ": input "
              + logits.shape()
              + ", target "
              + targets.shape()
              + ": a target of "
              + expected
              + " has one class for each sample");
    }
    if (call.inputCount() == 3) {
      checkWeights(call, logits, call.input(2));
    }
  }

  private static void checkWeights(Invocation<CrossEntropy> call, Tensor logits, Tensor weights) {
    long classes = logits.size(call.attributes().axis());
    if (weights.rank() != 1 || weights.numel() != classes) {
      throw new ShapeException(
          call.name()
              + ": weights "
              + weights.shape()
              + " for "
              + classes
              + " classes: one for each class");
    }
    if (weights.dtype() != logits.dtype()) {
      throw new DTypeException(
          call.name()
              + ": weights of "
              + weights.dtype()
              + " for "
              + logits.dtype()
              + ": the types agree");
    }
  }

  /** The order of axes that puts the classes last. */
  private static int[] classesLast(int rank, int axis) {
    int[] order = new int[rank];
    for (int i = 0; i < rank - 1; i++) {
      order[i] = i < axis ? i : i + 1;
    }
    order[rank - 1] = axis;
    return order;
  }

  private static StridedArray rows(Tensor logits, int axis, long samples) {
    if (axis == logits.rank() - 1) {
      return Matrices.read(logits, samples, logits.size(axis));
    }
    Layout classesLast = logits.layout().permute(classesLast(logits.rank(), axis));
    try (Tensor turned = logits.viewOf(classesLast)) {
      return Matrices.read(turned, samples, logits.size(axis));
    }
  }

  static Tensor forward(Invocation<CrossEntropy> call) {
    check(call);
    CrossEntropy settings = call.attributes();
    Tensor logits = call.input(0);
    Tensor targets = call.input(1);
    boolean joined = settings.joining() != Joining.NONE;
    Tensor result = call.result(logits.dtype(), joined ? Shape.scalar() : targets.shape());
    long samples = targets.numel();
    DType statistics = logits.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    Tensor kept = call.keep(Tensor.allocate(statistics, Shape.of(2, samples)));
    try (StridedArray rows = rows(logits, settings.axis(), samples);
        StridedArray classes = Matrices.read(targets, samples);
        StridedArray weights = weights(call.inputCount() == 3 ? call.input(2) : null);
        StridedArray losses =
            joined
                ? StridedArray.allocate(logits.dtype(), Shape.of(samples))
                : Matrices.write(result, samples)) {
      Kernels.provider()
          .reductions()
          .crossEntropy(
              losses,
              kept,
              rows,
              classes,
              weights,
              settings.ignoreIndex(),
              settings.labelSmoothing(),
              settings.joining() == Joining.MEAN);
      if (joined) {
        sum(result, losses, settings.joining() == Joining.MEAN && samples == 0);
      } else {
        Matrices.written(result, losses);
      }
    }
    return result;
  }

  private static void sum(Tensor result, StridedArray losses, boolean ofNothing) {
    if (ofNothing) {
      Kernels.provider().indexing().fill(result, Double.NaN);
      return;
    }
    try (StridedArray one =
        new StridedArray(result.storage().retain(), result.dtype(), result.layout().unsqueeze(0))) {
      Kernels.provider().reductions().reduce(Reduction.SUM, one, losses);
    }
  }

  private static @Nullable StridedArray weights(@Nullable Tensor weights) {
    return weights == null ? null : Matrices.read(weights, weights.numel());
  }

  static Tensor gradient(Backward<CrossEntropy> call, Tensor g) {
    return call.isRecording() ? byOperations(call, g) : byKernel(call, g);
  }

  private static Tensor byKernel(Backward<CrossEntropy> call, Tensor g) {
    CrossEntropy settings = call.attributes();
    Shape shape = call.shape(0);
    int axis = settings.axis();
    long samples = call.shape(1).numel();
    long classes = shape.size(axis);
    int[] order = classesLast(shape.rank(), axis);
    Tensor result = Tensor.allocate(call.dtype(0), Layout.contiguous(shape).permute(order).shape());
    try (StridedArray rows = rows(call.input(0), axis, samples);
        StridedArray targets = Matrices.read(call.input(1), samples);
        StridedArray weights = weights(call.inputCount() == 3 ? call.input(2) : null);
        StridedArray gradients = gradientOfEach(g, settings.joining(), samples);
        StridedArray out = Matrices.write(result, samples, classes)) {
      Kernels.provider()
          .reductions()
          .crossEntropyBackward(
              out,
              gradients,
              call.kept(0),
              rows,
              targets,
              weights,
              settings.ignoreIndex(),
              settings.labelSmoothing(),
              settings.joining() == Joining.MEAN);
    }
    if (axis == shape.rank() - 1) {
      return result;
    }
    int[] back = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      back[order[i]] = i;
    }
    return result.permute(back);
  }

  private static StridedArray gradientOfEach(Tensor g, Joining joining, long samples) {
    if (joining == Joining.NONE) {
      return Matrices.read(g, samples);
    }
    Layout repeated = Layout.strided(Shape.of(samples), new long[] {0}, g.layout().offset());
    return new StridedArray(g.storage().retain(), g.dtype(), repeated);
  }

  private static Tensor byOperations(Backward<CrossEntropy> call, Tensor g) {
    CrossEntropy settings = call.attributes();
    int axis = settings.axis();
    Tensor logits = call.input(0);
    Tensor targets = call.input(1);
    DType dtype = logits.dtype();
    double smoothing = settings.labelSmoothing();
    Tensor counted = targets.ne((double) settings.ignoreIndex());
    Tensor index = targets.mul(counted);
    Tensor weights =
        call.inputCount() == 3 ? call.input(2) : Gatun.ones(dtype, Shape.of(logits.size(axis)));
    Tensor factors = weights.indexSelect(0, index.flatten()).reshape(targets.shape()).mul(counted);
    Tensor share =
        switch (settings.joining()) {
          case NONE, SUM -> g;
          case MEAN -> g.div(factors.sum());
        };
    long[] along = new long[logits.rank()];
    Arrays.fill(along, 1);
    along[axis] = logits.size(axis);
    Tensor onTarget = factors.mul(1 - smoothing).unsqueeze(axis);
    Tensor onEach =
        weights
            .reshape(along)
            .mul(counted.to(dtype).unsqueeze(axis))
            .mul(smoothing / logits.size(axis));
    Tensor hits =
        Gatun.zeros(dtype, logits.shape())
            .scatterAdd(axis, index.unsqueeze(axis), onTarget.contiguous());
    Tensor onAll = onTarget.add(onEach.sum(new int[] {axis}, true));
    Tensor slope = logits.softmax(axis).mul(onAll).sub(hits).sub(onEach);
    Tensor each = settings.joining() == Joining.NONE ? share.unsqueeze(axis) : share;
    return slope.mul(each);
  }
}
