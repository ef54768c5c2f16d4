package dev.gatun.kernels.index;

import dev.gatun.kernels.traverse.ElementMoves;
import dev.gatun.kernels.traverse.RunKernel;
import dev.gatun.kernels.traverse.Runs;
import dev.gatun.kernels.traverse.Runs.Along;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;

/**
 * Access with an index for every element. The array that is addressed stands still along the axis
 * while the others are walked; its stride there, in bytes, and the axis' size are the walk's
 * parameters.
 */
final class Elementwise {
  private static final RunKernel GATHER = Elementwise::gather;
  private static final RunKernel SCATTER = Elementwise::scatter;
  private static final RunKernel SCATTER_ADD = Elementwise::scatterAdd;

  private static final RunKernel[] COMBINE = {
    (runs, first, second, third, count) ->
        combine(Combination.PRODUCT, runs, first, second, third, count),
    (runs, first, second, third, count) ->
        combine(Combination.LARGEST, runs, first, second, third, count),
    (runs, first, second, third, count) ->
        combine(Combination.SMALLEST, runs, first, second, third, count)
  };

  private Elementwise() {}

  static void gather(StridedArray out, StridedArray in, int axis, StridedArray index) {
    walk("gather", GATHER, out, in, axis, index, false);
  }

  static void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    walk("scatter", SCATTER, out, source, axis, index, true);
  }

  static void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    walk("scatter_add", SCATTER_ADD, out, source, axis, index, true);
  }

  static void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    walk("scatter_reduce", COMBINE[how.ordinal()], out, source, axis, index, true);
  }

  /** Addresses one of two arrays; threads share the work where none writes what others do. */
  private static void walk(
      String operation,
      RunKernel kernel,
      StridedArray out,
      StridedArray in,
      int axis,
      StridedArray index,
      boolean addressesOut) {
    var addressed = addressesOut ? out : in;
    long size = axisSize(addressed, axis);
    Indices.check(operation, index, axis, size);
    Runs.ofThread()
        .walk(
            kernel,
            strideAlong(addressed, axis),
            size,
            index.layout(),
            out,
            in,
            index,
            axis,
            addressesOut ? Along.FIRST_STANDS : Along.SECOND_STANDS,
            !addressesOut);
  }

  private static long axisSize(StridedArray array, int axis) {
    return array.layout().rank() == 0 ? 1 : array.layout().size(axis);
  }

  private static long strideAlong(StridedArray array, int axis) {
    return array.layout().rank() == 0
        ? 0
        : array.layout().stride(axis) << array.dtype().byteShift();
  }

  private static void gather(Runs runs, long first, long second, long third, long count) {
    var moves = ElementMoves.of(runs.firstType().byteShift());
    for (long done = 0; done < count; done += Moves.MOST_AT_ONCE) {
      moves.gather(
          runs.first(),
          first + done * runs.firstStride(),
          runs.firstStride(),
          runs.second(),
          second + done * runs.secondStride(),
          runs.secondStride(),
          runs.third(),
          third + done * runs.thirdStride(),
          runs.thirdStride(),
          runs.secondParameter(),
          runs.parameter(),
          (int) Math.min(Moves.MOST_AT_ONCE, count - done));
    }
  }

  private static void scatter(Runs runs, long first, long second, long third, long count) {
    var moves = ElementMoves.of(runs.firstType().byteShift());
    for (long done = 0; done < count; done += Moves.MOST_AT_ONCE) {
      moves.scatter(
          runs.first(),
          first + done * runs.firstStride(),
          runs.firstStride(),
          runs.second(),
          second + done * runs.secondStride(),
          runs.secondStride(),
          runs.third(),
          third + done * runs.thirdStride(),
          runs.thirdStride(),
          runs.secondParameter(),
          runs.parameter(),
          (int) Math.min(Moves.MOST_AT_ONCE, count - done));
    }
  }

  private static void scatterAdd(Runs runs, long first, long second, long third, long count) {
    DType type = runs.firstType();
    long stride = runs.parameter();
    long size = runs.secondParameter();
    for (long i = 0; i < count; i++) {
      long index = Indices.get(runs.third(), third + i * runs.thirdStride(), size);
      long to = first + i * runs.firstStride() + index * stride;
      Additions.one(type, runs.first(), to, runs.second(), second + i * runs.secondStride());
    }
  }

  private static void combine(
      Combination how, Runs runs, long first, long second, long third, long count) {
    DType type = runs.firstType();
    boolean floating = type.isFloatingPoint();
    long stride = runs.parameter();
    long size = runs.secondParameter();
    for (long i = 0; i < count; i++) {
      long index = Indices.get(runs.third(), third + i * runs.thirdStride(), size);
      long to = first + i * runs.firstStride() + index * stride;
      long from = second + i * runs.secondStride();
      if (floating) {
        double there = type.getDouble(runs.first(), to);
        type.setDouble(runs.first(), to, how.of(there, type.getDouble(runs.second(), from)));
      } else {
        long there = type.getLong(runs.first(), to);
        type.setLong(runs.first(), to, how.of(there, type.getLong(runs.second(), from)));
      }
    }
  }
}
