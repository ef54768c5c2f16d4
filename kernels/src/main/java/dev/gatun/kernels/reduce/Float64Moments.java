package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The moments of float64 rows without gaps, in float64 vectors. A {@linkplain Specialization
 * template}; its constant is the shape of vectors.
 */
final class Float64Moments extends MomentKernel {
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(double.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Double.BYTES;

  Float64Moments() {
    super(DType.FLOAT64);
  }

  @Override
  double excess(MemorySegment in, long offset, long stride, int count, double origin) {
    return stride == Double.BYTES
        ? contiguousExcess(in, offset, count, origin)
        : super.excess(in, offset, stride, count, origin);
  }

  @Override
  double squares(
      MemorySegment in, long offset, long stride, int count, double origin, double mean) {
    return stride == Double.BYTES
        ? contiguousSquares(in, offset, count, origin, mean)
        : super.squares(in, offset, stride, count, origin, mean);
  }

  private static double contiguousExcess(MemorySegment in, long offset, int count, double origin) {
    in = NativeMemory.of(in);
    var origins = DoubleVector.broadcast(SPECIES, origin);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      sum0 = sum0.add(DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(origins));
      sum1 = sum1.add(DoubleVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER).sub(origins));
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      // Lanes beyond the end stay 0.
      sum0 = sum0.add(x.lanewise(VectorOperators.SUB, origins, mask));
    }
    return LaneSums.sum(sum0.add(sum1));
  }

  private static double contiguousSquares(
      MemorySegment in, long offset, int count, double origin, double mean) {
    in = NativeMemory.of(in);
    var origins = DoubleVector.broadcast(SPECIES, origin);
    var means = DoubleVector.broadcast(SPECIES, mean);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x0 = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(origins).sub(means);
      var x1 =
          DoubleVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER).sub(origins).sub(means);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      x = x.lanewise(VectorOperators.SUB, origins, mask);
      x = x.lanewise(VectorOperators.SUB, means, mask);
      sum0 = x.fma(x, sum0);
    }
    return LaneSums.sum(sum0.add(sum1));
  }
}
