package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums squared deviations of float32 rows without gaps in float32 vectors: twice the lanes of
 * {@link VectorMoments}, for rows that are normalised and stay float32. A {@linkplain
 * Specialization template}; its constant is the shape of vectors.
 */
final class Float32Deviation extends MomentKernel {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Float.BYTES;

  Float32Deviation() {
    super(DType.FLOAT32);
  }

  @Override
  double squares(
      MemorySegment in, long offset, long stride, int count, double origin, double mean) {
    return stride == Float.BYTES
        ? contiguousSquares(in, offset, count, (float) (origin + mean))
        : super.squares(in, offset, stride, count, origin, mean);
  }

  private static float contiguousSquares(MemorySegment in, long offset, int count, float mean) {
    in = NativeMemory.of(in);
    var means = FloatVector.broadcast(SPECIES, mean);
    var sum0 = FloatVector.zero(SPECIES);
    var sum1 = FloatVector.zero(SPECIES);
    var sum2 = FloatVector.zero(SPECIES);
    var sum3 = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER).sub(means);
      var x1 = FloatVector.fromMemorySegment(SPECIES, in, at + WIDTH, ORDER).sub(means);
      var x2 = FloatVector.fromMemorySegment(SPECIES, in, at + 2 * WIDTH, ORDER).sub(means);
      var x3 = FloatVector.fromMemorySegment(SPECIES, in, at + 3 * WIDTH, ORDER).sub(means);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
      sum2 = x2.fma(x2, sum2);
      sum3 = x3.fma(x3, sum3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      long at = offset + (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, at, ORDER, mask);
      // Lanes beyond the end stay 0.
      x = x.lanewise(VectorOperators.SUB, means, mask);
      sum0 = x.fma(x, sum0);
    }
    return LaneSums.sum(
        ExactClass.of(SPECIES, sum0).add(sum1).add(ExactClass.of(SPECIES, sum2).add(sum3)));
  }
}
