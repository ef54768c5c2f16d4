package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.Inlined;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The moments of float32 or float64 rows without gaps, in float64 vectors: squares of float32
 * neither overflow nor vanish where their mean's root is a float32, and no mean is rounded. A
 * {@linkplain Specialization template}; its constants are the type of elements and the shape of
 * vectors.
 */
final class VectorMoments extends MomentKernel {
  private static final DType TYPE = Specialization.constant(MethodHandles.lookup(), DType.class, 0);
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(double.class);
  private static final boolean IS_FLOAT64 = TYPE == DType.FLOAT64;
  private static final int LANES = SPECIES.length();
  private static final int SIZE = TYPE.byteSize();
  private static final int WIDTH = LANES * SIZE;

  /** What as many float32 are loaded with. */
  private static final VectorSpecies<Float> FLOATS =
      VectorShape.forBitSize(LANES * Float.SIZE).withLanes(float.class);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  VectorMoments() {
    super(TYPE);
  }

  @Override
  double excess(MemorySegment in, long offset, long stride, int count, double origin) {
    return stride == SIZE
        ? contiguousExcess(in, offset, count, origin)
        : super.excess(in, offset, stride, count, origin);
  }

  @Override
  double squares(
      MemorySegment in, long offset, long stride, int count, double origin, double mean) {
    return stride == SIZE
        ? contiguousSquares(in, offset, count, origin, mean)
        : super.squares(in, offset, stride, count, origin, mean);
  }

  private static double contiguousExcess(MemorySegment in, long offset, int count, double origin) {
    in = NativeMemory.of(in);
    var origins = DoubleVector.broadcast(SPECIES, origin);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    var sum2 = DoubleVector.zero(SPECIES);
    var sum3 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * SIZE;
      sum0 = load(in, at).sub(origins).add(sum0);
      sum1 = load(in, at + WIDTH).sub(origins).add(sum1);
      sum2 = load(in, at + 2 * WIDTH).sub(origins).add(sum2);
      sum3 = load(in, at + 3 * WIDTH).sub(origins).add(sum3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      var x = load(in, offset + (long) i * SIZE, i, count);
      // Lanes beyond the end stay 0.
      sum0 = x.lanewise(VectorOperators.SUB, origins, mask).add(sum0);
    }
    return LaneSums.sum(
        ExactClass.of(SPECIES, sum0).add(sum1).add(ExactClass.of(SPECIES, sum2).add(sum3)));
  }

  private static double contiguousSquares(
      MemorySegment in, long offset, int count, double origin, double mean) {
    in = NativeMemory.of(in);
    // What a float64 is rounded by is nothing beside what two float32 differ by.
    var origins = DoubleVector.broadcast(SPECIES, IS_FLOAT64 ? origin : origin + mean);
    var means = DoubleVector.broadcast(SPECIES, mean);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    var sum2 = DoubleVector.zero(SPECIES);
    var sum3 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * SIZE;
      var x0 = load(in, at).sub(origins);
      var x1 = load(in, at + WIDTH).sub(origins);
      var x2 = load(in, at + 2 * WIDTH).sub(origins);
      var x3 = load(in, at + 3 * WIDTH).sub(origins);
      if (IS_FLOAT64) {
        x0 = x0.sub(means);
        x1 = x1.sub(means);
        x2 = x2.sub(means);
        x3 = x3.sub(means);
      }
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
      sum2 = x2.fma(x2, sum2);
      sum3 = x3.fma(x3, sum3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      var x = load(in, offset + (long) i * SIZE, i, count);
      x = x.lanewise(VectorOperators.SUB, origins, mask);
      if (IS_FLOAT64) {
        x = x.lanewise(VectorOperators.SUB, means, mask);
      }
      sum0 = x.fma(x, sum0);
    }
    return LaneSums.sum(
        ExactClass.of(SPECIES, sum0).add(sum1).add(ExactClass.of(SPECIES, sum2).add(sum3)));
  }

  @Inlined
  private static DoubleVector load(MemorySegment in, long offset) {
    if (IS_FLOAT64) {
      return DoubleVector.fromMemorySegment(SPECIES, in, offset, ORDER);
    }
    var x = FloatVector.fromMemorySegment(FLOATS, in, offset, ORDER);
    return ExactClass.of(SPECIES, (DoubleVector) x.convertShape(VectorOperators.F2D, SPECIES, 0));
  }

  /** Elements from the i-th on, and 0 for those beyond the last. */
  @Inlined
  private static DoubleVector load(MemorySegment in, long offset, int i, int count) {
    if (IS_FLOAT64) {
      var mask = SPECIES.indexInRange(i, count);
      return DoubleVector.fromMemorySegment(SPECIES, in, offset, ORDER, mask);
    }
    var mask = FLOATS.indexInRange(i, count);
    var x = FloatVector.fromMemorySegment(FLOATS, in, offset, ORDER, mask);
    return ExactClass.of(SPECIES, (DoubleVector) x.convertShape(VectorOperators.F2D, SPECIES, 0));
  }
}
