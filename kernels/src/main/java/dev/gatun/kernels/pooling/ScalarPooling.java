package dev.gatun.kernels.pooling;

import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.StridedArray;

/**
 * Pooling in plain Java, as its definition says: the reference for other kernels, and what computes
 * where they do not. Sums are kept in double.
 */
public final class ScalarPooling implements PoolingKernels {
  private static final ScalarPooling INSTANCE = new ScalarPooling();

  private static final double SMALLEST_PART_WORK = 20_000;

  private final ScratchPool<PlaneSums> sums = new ScratchPool<>(PlaneSums::new);
  private final ScratchPool<TakeAtMaxTask> takes = new ScratchPool<>(TakeAtMaxTask::new);
  private final ScratchPool<MaxPositionsTask> positions = new ScratchPool<>(MaxPositionsTask::new);
  private final ScratchPool<AverageTask> averages = new ScratchPool<>(AverageTask::new);
  private final ScratchPool<MaxBackwardTask> maxGradients =
      new ScratchPool<>(() -> new MaxBackwardTask(sums));
  private final ScratchPool<AverageBackwardTask> averageGradients =
      new ScratchPool<>(() -> new AverageBackwardTask(sums));

  private ScalarPooling() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance
   */
  public static ScalarPooling instance() {
    return INSTANCE;
  }

  /** Runs a task over all planes of some images and gives it back, unless the call failed. */
  private static <T extends PoolingTask> void run(
      T task, StridedArray images, ScratchPool<T> pool) {
    var layout = images.layout();
    long planes = layout.size(0) * layout.size(1);
    double work = planes == 0 ? 0 : (double) layout.numel() / planes;
    Workers.parallelFor(planes, (long) (1 + SMALLEST_PART_WORK / (work + 1)), task);
    task.clear();
    pool.giveBack(task);
  }

  @Override
  public void max(StridedArray out, StridedArray input, PoolingGeometry geometry) {
    var task = takes.take();
    task.set(out, input, input, geometry, Double.NEGATIVE_INFINITY);
    run(task, input, takes);
  }

  @Override
  public void takeAtMax(
      StridedArray out, StridedArray source, StridedArray input, PoolingGeometry geometry) {
    var task = takes.take();
    task.set(out, source, input, geometry, 0);
    run(task, input, takes);
  }

  @Override
  public void maxPositions(StridedArray positions, StridedArray input, PoolingGeometry geometry) {
    var task = this.positions.take();
    task.set(positions, input, geometry);
    run(task, input, this.positions);
  }

  @Override
  public void maxBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry) {
    var task = maxGradients.take();
    task.set(inputGradient, outputGradient, input, geometry);
    run(task, inputGradient, maxGradients);
  }

  @Override
  public void average(
      StridedArray out,
      StridedArray input,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    var task = averages.take();
    task.windows.regular(input, out, geometry, countPadding);
    task.set(out, input, divisor);
    run(task, input, averages);
  }

  @Override
  public void averageBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    var task = averageGradients.take();
    task.windows.regular(inputGradient, outputGradient, geometry, countPadding);
    task.set(inputGradient, outputGradient, divisor);
    run(task, inputGradient, averageGradients);
  }

  @Override
  public void adaptiveAverage(StridedArray out, StridedArray input) {
    var task = averages.take();
    task.windows.covering(input, out);
    task.set(out, input, 0);
    run(task, input, averages);
  }

  @Override
  public void adaptiveAverageBackward(StridedArray inputGradient, StridedArray outputGradient) {
    var task = averageGradients.take();
    task.windows.covering(inputGradient, outputGradient);
    task.set(inputGradient, outputGradient, 0);
    run(task, inputGradient, averageGradients);
  }
}
