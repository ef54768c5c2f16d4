package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums squared deviations of float32 rows without gaps in float32 vectors. A {@linkplain
 * Specialization template}; its constant is the shape of vectors.
 */
final class Float32Deviation extends DeviationKernel {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  Float32Deviation() {
    super(DType.FLOAT32);
  }

  @Override
  double sum(MemorySegment in, long offset, long stride, int count, double mean) {
    return stride == Float.BYTES
        ? contiguousSum(in, offset, count, (float) mean)
        : super.sum(in, offset, stride, count, mean);
  }

  private static float contiguousSum(MemorySegment in, long offset, int count, float mean) {
    in = NativeMemory.of(in);
    var sum0 = FloatVector.zero(SPECIES);
    var sum1 = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(mean);
      var x1 =
          FloatVector.fromMemorySegment(SPECIES, in, at + LANES * Float.BYTES, ORDER).sub(mean);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask).sub(mean);
      sum0 = sum0.add(x.mul(x), mask);
    }
    return LaneSums.sum(sum0.add(sum1));
  }
}
