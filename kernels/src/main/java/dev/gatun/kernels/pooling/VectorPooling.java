package dev.gatun.kernels.pooling;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/**
 * Pooling with vectors of one width, where images are contiguous float32; otherwise in plain Java.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorPooling implements PoolingKernels {
  private final PoolingKernels others = ScalarPooling.instance();
  private final ScratchPool<WindowTask> tasks;

  /**
   * Makes the kernels for a width.
   *
   * @param vectorBits the width of a vector in bits: 128, 256 or 512
   */
  public VectorPooling(int vectorBits) {
    var maxima = rows(vectorBits, true);
    var sums = rows(vectorBits, false);
    var scratch = new ScratchPool<>(WindowScratch::new);
    tasks = new ScratchPool<>(() -> new WindowTask(vectorBits / Float.SIZE, maxima, sums, scratch));
  }

  private static WindowRows rows(int vectorBits, boolean maximum) {
    return Specialization.instantiate(
        MethodHandles.lookup(),
        Float32WindowRows.class,
        WindowRows.class,
        VectorShape.forBitSize(vectorBits),
        maximum);
  }

  private static boolean suits(StridedArray array) {
    return array.dtype() == DType.FLOAT32
        && array.layout().isContiguous()
        && array.layout().numel() > 0;
  }

  @Override
  public void max(StridedArray out, StridedArray input, PoolingGeometry geometry) {
    if (!suits(out) || !suits(input)) {
      others.max(out, input, geometry);
      return;
    }
    var task = tasks.take();
    try {
      task.max(out, input, geometry);
    } finally {
      task.clear();
      tasks.giveBack(task);
    }
  }

  @Override
  public void average(
      StridedArray out,
      StridedArray input,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    if (!suits(out) || !suits(input)) {
      others.average(out, input, geometry, countPadding, divisor);
      return;
    }
    var task = tasks.take();
    try {
      task.average(out, input, geometry, countPadding, divisor);
    } finally {
      task.clear();
      tasks.giveBack(task);
    }
  }

  @Override
  public void adaptiveAverage(StridedArray out, StridedArray input) {
    var images = input.layout();
    var results = out.layout();
    long height = results.size(2);
    long width = results.size(3);
    if (!suits(out)
        || !suits(input)
        || images.size(2) % height != 0
        || images.size(3) % width != 0) {
      others.adaptiveAverage(out, input);
      return;
    }
    var task = tasks.take();
    try {
      task.adaptiveAverage(out, input);
    } finally {
      task.clear();
      tasks.giveBack(task);
    }
  }

  @Override
  public void maxPositions(StridedArray positions, StridedArray input, PoolingGeometry geometry) {
    others.maxPositions(positions, input, geometry);
  }

  @Override
  public void maxBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry) {
    others.maxBackward(inputGradient, outputGradient, input, geometry);
  }

  @Override
  public void takeAtMax(
      StridedArray out, StridedArray source, StridedArray input, PoolingGeometry geometry) {
    others.takeAtMax(out, source, input, geometry);
  }

  @Override
  public void averageBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    others.averageBackward(inputGradient, outputGradient, geometry, countPadding, divisor);
  }

  @Override
  public void adaptiveAverageBackward(StridedArray inputGradient, StridedArray outputGradient) {
    others.adaptiveAverageBackward(inputGradient, outputGradient);
  }
}
