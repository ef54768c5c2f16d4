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
 * Sums squared deviations of float64 rows without gaps in float64 vectors. A {@linkplain
 * Specialization template}; its constant is the shape of vectors.
 */
final class Float64Deviation extends DeviationKernel {
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(double.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Double.BYTES;

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
    var means = DoubleVector.broadcast(SPECIES, mean);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    var sum2 = DoubleVector.zero(SPECIES);
    var sum3 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Double.BYTES;
      var x0 = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(means);
      var x1 = DoubleVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER).sub(means);
      var x2 = DoubleVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER).sub(means);
      var x3 = DoubleVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER).sub(means);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
      sum2 = x2.fma(x2, sum2);
      sum3 = x3.fma(x3, sum3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Double.BYTES;
      var x = DoubleVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      // Lanes beyond the end stay 0.
      x = x.lanewise(VectorOperators.SUB, means, mask);
      sum0 = x.fma(x, sum0);
    }
    return LaneSums.sum(sum0.add(sum1).add(sum2.add(sum3)));
  }
}
