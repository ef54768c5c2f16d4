package dev.gatun.nn.loss;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Class indices that have been checked against an input of shape [classes], [samples, classes] or
 * [samples, classes, ...].
 *
 * @param axis the axis of the classes
 * @param index the classes, int64, of the input's shape with size 1 along the axis; 0 for samples
 *     that are ignored
 * @param weights a factor for each sample, of the index's shape: the weight of its class, 0 where
 *     it is ignored; null when all are 1
 */
record ClassTargets(int axis, Tensor index, @Nullable Tensor weights) {

  /**
   * Checks targets.
   *
   * @param operation the name to begin messages with
   * @param input the scores of the classes
   * @param target integral, of the input's shape without the axis of the classes
   * @param classWeights [classes], or null
   * @param ignoreIndex the target of samples to leave out
   */
  static ClassTargets of(
      String operation,
      Tensor input,
      Tensor target,
      @Nullable Tensor classWeights,
      long ignoreIndex) {
    int axis = classAxis(operation, input);
    checkTarget(operation, input, target, axis);
    checkWeights(operation, input, classWeights, axis);
    try (var _ = NoGrad.open()) {
      Tensor classes = target.to(DType.INT64).contiguous();
      // A step that is being captured has no values yet; replays check them where they gather, and
      // so do devices.
      boolean mayIgnore =
          Recording.isActive()
              || !classes.device().isCpu()
              || countIgnored(operation, classes, input.size(axis), ignoreIndex) > 0;
      Tensor mask = mayIgnore ? classes.ne(ignoreIndex) : null;
      if (mask != null) {
        classes = classes.mul(mask);
      }
      return new ClassTargets(
          axis, classes.unsqueeze(axis), weights(input, classes, classWeights, mask, axis));
    }
  }

  private static @Nullable Tensor weights(
      Tensor input,
      Tensor classes,
      @Nullable Tensor classWeights,
      @Nullable Tensor mask,
      int axis) {
    if (classWeights == null) {
      return mask == null ? null : mask.to(input.dtype()).unsqueeze(axis);
    }
    Tensor weights =
        classWeights
            .detach()
            .to(input.dtype())
            .indexSelect(0, classes.flatten())
            .reshape(classes.shape());
    return (mask == null ? weights : weights.mul(mask)).unsqueeze(axis);
  }

  /** Returns which axis of an input holds the scores of the classes. */
  static int classAxis(String operation, Tensor input) {
    if (!input.dtype().isFloatingPoint()) {
      throw new DTypeException(
          operation + ": an input of " + input.dtype() + ": the input is floating point");
    }
    if (input.rank() == 0) {
      throw new ShapeException(operation + ": input []: at least one axis, that of the classes");
    }
    return input.rank() == 1 ? 0 : 1;
  }

  static void checkTarget(String operation, Tensor input, Tensor target, int axis) {
    if (!target.dtype().isIntegral()) {
      throw new DTypeException(
          operation + ": a target of " + target.dtype() + ": class indices are integers");
    }
    Shape expected = without(input.shape(), axis);
    if (!target.shape().equals(expected)) {
      throw new ShapeException(
          operation
              + ": input "
              + input.shape()
              + ", target "
              + target.shape()
              + ": a target of "
              + expected
              + " has one class for each sample");
    }
  }

  static void checkWeights(
      String operation, Tensor input, @Nullable Tensor classWeights, int axis) {
    if (classWeights == null) {
      return;
    }
    if (classWeights.rank() != 1 || classWeights.size(0) != input.size(axis)) {
      throw new ShapeException(
          operation
              + ": weights "
              + classWeights.shape()
              + " for "
              + input.size(axis)
              + " classes: one for each class");
    }
    if (!classWeights.dtype().isFloatingPoint()) {
      throw new DTypeException(
          operation + ": weights of " + classWeights.dtype() + ": weights are floating point");
    }
  }

  static Shape without(Shape shape, int axis) {
    long[] sizes = new long[shape.rank() - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.size(i < axis ? i : i + 1);
    }
    return Shape.of(sizes);
  }

  private static long countIgnored(
      String operation, Tensor classes, long classCount, long ignoreIndex) {
    MemorySegment elements = classes.asSegment();
    long ignored = 0;
    for (long i = 0; i < classes.numel(); i++) {
      long value = elements.get(ValueLayout.JAVA_LONG_UNALIGNED, i << 3);
      if (value == ignoreIndex) {
        ignored++;
      } else if (value < 0 || value >= classCount) {
        throw new IndexRangeException(
            operation
                + ": target "
                + value
                + " of sample "
                + i
                + " is outside "
                + classCount
                + " classes");
      }
    }
    return ignored;
  }
}
