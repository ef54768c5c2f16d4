package dev.gatun.kernels.pooling;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;

/**
 * Pooling in plain Java, as its definition says: the reference for other kernels, and what computes
 * where they do not. Sums are kept in double.
 */
public final class ScalarPooling implements PoolingKernels {
  private static final ScalarPooling INSTANCE = new ScalarPooling();

  private static final double SMALLEST_PART_WORK = 20_000;

  private ScalarPooling() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance
   */
  public static ScalarPooling instance() {
    return INSTANCE;
  }

  private static void overPlanes(StridedArray array, StridedArray visited, RangeTask task) {
    var layout = array.layout();
    long planes = layout.size(0) * layout.size(1);
    double work = planes == 0 ? 0 : (double) visited.layout().numel() / planes;
    Workers.parallelFor(planes, (long) (1 + SMALLEST_PART_WORK / (work + 1)), task);
  }

  /** What is done with the place of a window's largest element. */
  @FunctionalInterface
  private interface Visitor {
    void visit(long plane, int row, int column, int maxRow, int maxColumn);
  }

  /** Visits all windows of some planes; the largest element's row is -1 where there is none. */
  private static void visitMaxima(
      Planes images,
      int rows,
      int columns,
      PoolingGeometry geometry,
      long from,
      long to,
      Visitor visitor) {
    for (long index = from; index < to; index++) {
      long plane = images.plane(index);
      for (int row = 0; row < rows; row++) {
        long top = row * geometry.strideHeight() - geometry.paddingHeight();
        for (int column = 0; column < columns; column++) {
          long left = column * geometry.strideWidth() - geometry.paddingWidth();
          int maxRow = -1;
          int maxColumn = -1;
          double max = Double.NEGATIVE_INFINITY;
          for (long i = 0; i < geometry.kernelHeight(); i++) {
            long y = top + i * geometry.dilationHeight();
            for (long j = 0; j < geometry.kernelWidth(); j++) {
              long x = left + j * geometry.dilationWidth();
              if (y < 0 || y >= images.rows() || x < 0 || x >= images.columns()) {
                continue;
              }
              double value = images.get(plane, (int) y, (int) x);
              if (value > max || Double.isNaN(value) || maxRow < 0) {
                max = value;
                maxRow = (int) y;
                maxColumn = (int) x;
              }
            }
          }
          visitor.visit(index, row, column, maxRow, maxColumn);
        }
      }
    }
  }

  @Override
  public void max(StridedArray out, StridedArray input, PoolingGeometry geometry) {
    takeAt(out, input, input, geometry, Double.NEGATIVE_INFINITY);
  }

  @Override
  public void takeAtMax(
      StridedArray out, StridedArray source, StridedArray input, PoolingGeometry geometry) {
    takeAt(out, source, input, geometry, 0);
  }

  private static void takeAt(
      StridedArray out,
      StridedArray source,
      StridedArray input,
      PoolingGeometry geometry,
      double otherwise) {
    var results = Planes.of(out);
    var images = Planes.of(input);
    var taken = Planes.of(source);
    overPlanes(
        out,
        input,
        (from, to) ->
            visitMaxima(
                images,
                results.rows(),
                results.columns(),
                geometry,
                from,
                to,
                (plane, row, column, maxRow, maxColumn) ->
                    results.set(
                        results.plane(plane),
                        row,
                        column,
                        maxRow < 0
                            ? otherwise
                            : taken.get(taken.plane(plane), maxRow, maxColumn))));
  }

  @Override
  public void maxPositions(StridedArray positions, StridedArray input, PoolingGeometry geometry) {
    var results = Planes.of(positions);
    var images = Planes.of(input);
    overPlanes(
        positions,
        input,
        (from, to) ->
            visitMaxima(
                images,
                results.rows(),
                results.columns(),
                geometry,
                from,
                to,
                (plane, row, column, maxRow, maxColumn) ->
                    results.setLong(
                        results.plane(plane),
                        row,
                        column,
                        maxRow < 0 ? -1 : (long) maxRow * images.columns() + maxColumn)));
  }

  @Override
  public void maxBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray input,
      PoolingGeometry geometry) {
    var results = Planes.of(inputGradient);
    var gradients = Planes.of(outputGradient);
    var images = Planes.of(input);
    int columns = images.columns();
    overPlanes(
        inputGradient,
        inputGradient,
        (from, to) -> {
          var sums = new double[images.rows() * columns];
          for (long index = from; index < to; index++) {
            clear(sums);
            visitMaxima(
                images,
                gradients.rows(),
                gradients.columns(),
                geometry,
                index,
                index + 1,
                (plane, row, column, maxRow, maxColumn) -> {
                  if (maxRow >= 0) {
                    sums[maxRow * columns + maxColumn] +=
                        gradients.get(gradients.plane(plane), row, column);
                  }
                });
            store(results, results.plane(index), sums);
          }
        });
  }

  private static void clear(double[] sums) {
    Arrays.fill(sums, 0);
  }

  private static void store(Planes results, long plane, double[] sums) {
    for (int row = 0; row < results.rows(); row++) {
      for (int column = 0; column < results.columns(); column++) {
        results.set(plane, row, column, sums[row * results.columns() + column]);
      }
    }
  }

  @Override
  public void average(
      StridedArray out,
      StridedArray input,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    average(
        out,
        input,
        rows(input, out, geometry, countPadding),
        columns(input, out, geometry, countPadding),
        divisor);
  }

  @Override
  public void averageBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      PoolingGeometry geometry,
      boolean countPadding,
      long divisor) {
    averageBackward(
        inputGradient,
        outputGradient,
        rows(inputGradient, outputGradient, geometry, countPadding),
        columns(inputGradient, outputGradient, geometry, countPadding),
        divisor);
  }

  @Override
  public void adaptiveAverage(StridedArray out, StridedArray input) {
    average(out, input, covering(input, out, 2), covering(input, out, 3), 0);
  }

  @Override
  public void adaptiveAverageBackward(StridedArray inputGradient, StridedArray outputGradient) {
    averageBackward(
        inputGradient,
        outputGradient,
        covering(inputGradient, outputGradient, 2),
        covering(inputGradient, outputGradient, 3),
        0);
  }

  private static AxisWindows rows(
      StridedArray images, StridedArray results, PoolingGeometry geometry, boolean countPadding) {
    var windows = new AxisWindows();
    windows.regular(
        Math.toIntExact(images.layout().size(2)),
        Math.toIntExact(results.layout().size(2)),
        Math.toIntExact(geometry.kernelHeight()),
        Math.toIntExact(geometry.strideHeight()),
        Math.toIntExact(geometry.paddingHeight()),
        countPadding);
    return windows;
  }

  private static AxisWindows columns(
      StridedArray images, StridedArray results, PoolingGeometry geometry, boolean countPadding) {
    var windows = new AxisWindows();
    windows.regular(
        Math.toIntExact(images.layout().size(3)),
        Math.toIntExact(results.layout().size(3)),
        Math.toIntExact(geometry.kernelWidth()),
        Math.toIntExact(geometry.strideWidth()),
        Math.toIntExact(geometry.paddingWidth()),
        countPadding);
    return windows;
  }

  private static AxisWindows covering(StridedArray images, StridedArray results, int axis) {
    var windows = new AxisWindows();
    windows.covering(
        Math.toIntExact(images.layout().size(axis)), Math.toIntExact(results.layout().size(axis)));
    return windows;
  }

  private static void average(
      StridedArray out, StridedArray input, AxisWindows rows, AxisWindows columns, long divisor) {
    var results = Planes.of(out);
    var images = Planes.of(input);
    overPlanes(
        out,
        input,
        (from, to) -> {
          for (long index = from; index < to; index++) {
            long plane = images.plane(index);
            for (int row = 0; row < rows.count; row++) {
              for (int column = 0; column < columns.count; column++) {
                double sum = 0;
                for (int y = rows.start(row); y < rows.end(row); y++) {
                  for (int x = columns.start(column); x < columns.end(column); x++) {
                    sum += images.get(plane, y, x);
                  }
                }
                double counted =
                    divisor != 0 ? divisor : (double) rows.counted(row) * columns.counted(column);
                results.set(results.plane(index), row, column, sum / counted);
              }
            }
          }
        });
  }

  private static void averageBackward(
      StridedArray inputGradient,
      StridedArray outputGradient,
      AxisWindows rows,
      AxisWindows columns,
      long divisor) {
    var results = Planes.of(inputGradient);
    var gradients = Planes.of(outputGradient);
    overPlanes(
        inputGradient,
        inputGradient,
        (from, to) -> {
          var sums = new double[results.rows() * results.columns()];
          for (long index = from; index < to; index++) {
            clear(sums);
            for (int row = 0; row < rows.count; row++) {
              for (int column = 0; column < columns.count; column++) {
                double counted =
                    divisor != 0 ? divisor : (double) rows.counted(row) * columns.counted(column);
                double share = gradients.get(gradients.plane(index), row, column) / counted;
                for (int y = rows.start(row); y < rows.end(row); y++) {
                  for (int x = columns.start(column); x < columns.end(column); x++) {
                    sums[y * results.columns() + x] += share;
                  }
                }
              }
            }
            store(results, results.plane(index), sums);
          }
        });
  }
}
