package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums squared deviations of float64 rows without gaps in float64 vectors. A {@linkplain
 * Specialization template}; its constant is the shape of vectors.
 */
final class Float64Deviation extends DeviationKernel {
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(double.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  Float64Deviation() {
    super(DType.FLOAT64);
  }

  @Override
  double sum(MemorySegment in, long offset, long stride, int count, double mean) {
    return stride == Double.BYTES
        ? contiguousSum(in, offset, count, mean)
        : super.sum(in, offset, stride, count, mean);
  }

  private static double contiguousSum(MemorySegment in, long offset, int count, double mean) {
    in = NativeMemory.of(in);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x0 = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(mean);
      var x1 =
          DoubleVector.fromMemorySegment(SPECIES, in, at + LANES * Double.BYTES, ORDER).sub(mean);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask).sub(mean);
      sum0 = sum0.add(x.mul(x), mask);
    }
    return LaneSums.sum(sum0.add(sum1));
  }
}
