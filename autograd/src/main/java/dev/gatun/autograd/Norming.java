package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the declarations of {@link Normalizations} have in common.
 *
 * @param shape the sizes of the last axes, which are normalised together
 * @param weighted whether the input after the first is a tensor of factors
 * @param biased whether the last input is a tensor of summands
 * @param centered whether the mean is subtracted
 * @param epsilon what is added to the variance
 */
public record Norming(
    Shape shape, boolean weighted, boolean biased, boolean centered, double epsilon) {
  private long rows(Shape whole) {
    long rows = 1;
    for (int axis = 0; axis < whole.rank() - shape.rank(); axis++) {
      rows *= whole.size(axis);
    }
    return rows;
  }

  private void check(Invocation<Norming> call) {
    Tensor x = call.input(0);
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException(call.name() + ": " + x.describe() + ": the input is floating point");
    }
    int leading = x.rank() - shape.rank();
    boolean fits = shape.rank() > 0 && leading >= 0;
    for (int axis = 0; fits && axis < shape.rank(); axis++) {
      fits = x.size(leading + axis) == shape.size(axis);
    }
    if (!fits) {
      throw new ShapeException(
          call.name()
              + ": "
              + x.shape()
              + " over "
              + shape
              + ": the last axes, one or more, have the sizes to normalise over");
    }
    for (int i = 1; i < call.inputCount(); i++) {
      Tensor parameter = call.input(i);
      String what = weighted && i == 1 ? "weights" : "a bias";
      if (!parameter.shape().equals(shape)) {
        throw new ShapeException(
            call.name()
                + ": "
                + what
                + " of "
                + parameter.shape()
                + " for "
                + shape
                + ": the shapes agree");
      }
      if (parameter.dtype() != x.dtype()) {
        throw new DTypeException(
            call.name()
                + ": "
                + what
                + " of "
                + parameter.dtype()
                + " for "
                + x.dtype()
                + ": the types agree");
      }
    }
  }

  static Tensor forward(Invocation<Norming> call) {
    Norming norm = call.attributes();
    norm.check(call);
    Tensor x = call.input(0);
    long length = norm.shape.numel();
    long rows = norm.rows(x.shape());
    Tensor result = call.result(x.dtype(), x.shape());
    DType statistics = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    Tensor rstd = call.keep(Tensor.allocate(statistics, Shape.of(rows)));
    Tensor mean = norm.centered ? call.keep(Tensor.allocate(statistics, Shape.of(rows))) : null;
    try (StridedArray in = Matrices.read(x, rows, length);
        StridedArray out = Matrices.write(result, rows, length);
        StridedArray weight = norm.weighted ? Matrices.read(call.input(1), length) : null;
        StridedArray bias =
            norm.biased ? Matrices.read(call.input(norm.weighted ? 2 : 1), length) : null) {
      Kernels.provider().reductions().layerNorm(out, mean, rstd, in, weight, bias, norm.epsilon);
      Matrices.written(result, out);
    }
    return result;
  }

  static @Nullable Tensor[] gradients(Backward<Norming> call, Tensor g) {
    return call.isRecording() ? byOperations(call, g) : byKernel(call, g);
  }

  private static @Nullable Tensor[] byKernel(Backward<Norming> call, Tensor g) {
    Norming norm = call.attributes();
    @Nullable Tensor[] results = new @Nullable Tensor[call.inputCount()];
    int biasAt = norm.weighted ? 2 : 1;
    for (int i = 0; i < results.length; i++) {
      results[i] = call.wants(i) ? Tensor.allocate(call.dtype(i), call.shape(i)) : null;
    }
    Tensor gradX = results[0];
    Tensor gradWeight = norm.weighted ? results[1] : null;
    Tensor gradBias = norm.biased ? results[biasAt] : null;
    long length = norm.shape.numel();
    long rows = norm.rows(call.shape(0));
    try (StridedArray gradient = Matrices.read(g, rows, length);
        StridedArray in = Matrices.read(call.input(0), rows, length);
        StridedArray weight = norm.weighted ? Matrices.read(call.input(1), length) : null;
        StridedArray forX = gradX == null ? null : Matrices.write(gradX, rows, length);
        StridedArray forWeight = gradWeight == null ? null : Matrices.write(gradWeight, length);
        StridedArray forBias = gradBias == null ? null : Matrices.write(gradBias, length)) {
      Kernels.provider()
          .reductions()
          .layerNormBackward(
              forX,
              forWeight,
              forBias,
              gradient,
              in,
              norm.centered ? call.kept(1) : null,
              call.kept(0),
              weight);
    }
    return results;
  }

  private static @Nullable Tensor[] byOperations(Backward<Norming> call, Tensor g) {
    Norming norm = call.attributes();
    int[] axes = new int[norm.shape.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = -1 - i;
    }
    Tensor x = call.input(0);
    Tensor centered = norm.centered ? x.sub(x.mean(axes, true)) : x;
    Tensor rstd = centered.square().mean(axes, true).add(norm.epsilon).rsqrt();
    Tensor normalized = centered.mul(rstd);
    @Nullable Tensor[] results = new @Nullable Tensor[call.inputCount()];
    if (call.wants(0)) {
      Tensor weighted = norm.weighted ? g.mul(call.input(1)) : g;
      Tensor rest = norm.centered ? weighted.sub(weighted.mean(axes, true)) : weighted;
      Tensor along = normalized.mul(weighted.mul(normalized).mean(axes, true));
      results[0] = rest.sub(along).mul(rstd);
    }
    // The engine sums over the leading axes.
    if (norm.weighted && call.wants(1)) {
      results[1] = g.mul(normalized);
    }
    int biasAt = norm.weighted ? 2 : 1;
    if (norm.biased && call.wants(biasAt)) {
      results[biasAt] = g;
    }
    return results;
  }

  private static Norming of(boolean centered, boolean weighted, boolean biased, long... sizes) {
    return new Norming(Shape.of(sizes), weighted, biased, centered, 1e-5);
  }

  static List<Sample<Norming>> samples(boolean centered) {
    return List.of(
        Sample.of(of(centered, true, centered, 5), inputs(centered, 5, 3, 5)),
        Sample.of(of(centered, true, centered, 37), inputs(centered, 37, 2, 3, 37)),
        Sample.of(of(centered, false, false, 4), real(3, 4)),
        Sample.of(of(centered, false, true, 6), real(2, 6), real(6)),
        Sample.of(of(centered, true, false, 2, 9), real(3, 2, 9), real(2, 9)),
        Sample.of(of(centered, true, false, 3), real(3), real(3)),
        Sample.of(of(centered, true, false, 3), real(0, 3), real(3)),
        Sample.refused(
            ShapeException.class, "the last axes", of(centered, false, false, 3), real(3, 4)),
        Sample.refused(
            ShapeException.class,
            "weights of [3]",
            of(centered, true, false, 4),
            real(3, 4),
            real(3)));
  }

  private static Operand[] inputs(boolean biased, long length, long... sizes) {
    return biased
        ? new Operand[] {real(sizes), real(length), real(length)}
        : new Operand[] {real(sizes), real(length)};
  }
}
