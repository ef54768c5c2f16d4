package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Inlined;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The moments of float32 rows without gaps, in float64 vectors: squares neither overflow nor vanish
 * where their mean's root is a float32, and no mean is rounded. A {@linkplain Specialization
 * template}; its constant is the shape of vectors.
 */
final class Float32Moments extends MomentKernel {
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(double.class);
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Float.BYTES;
  private static final VectorSpecies<Float> LOADED =
      VectorShape.forBitSize(WIDTH * Byte.SIZE).withLanes(float.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  Float32Moments() {
    super(DType.FLOAT32);
  }

  @Override
  double excess(MemorySegment in, long offset, long stride, int count, double origin) {
    return stride == Float.BYTES
        ? contiguousExcess(in, offset, count, origin)
        : super.excess(in, offset, stride, count, origin);
  }

  @Override
  double squares(
      MemorySegment in, long offset, long stride, int count, double origin, double mean) {
    // What a float64 is rounded by is nothing beside what two float32 differ by.
    return stride == Float.BYTES
        ? contiguousSquares(in, offset, count, origin + mean)
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
      long at = offset + (long) i * Float.BYTES;
      sum0 = sum0.add(load(in, at).sub(origins));
      sum1 = sum1.add(load(in, at + WIDTH).sub(origins));
      sum2 = sum2.add(load(in, at + 2 * WIDTH).sub(origins));
      sum3 = sum3.add(load(in, at + 3 * WIDTH).sub(origins));
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      var x = load(in, offset + (long) i * Float.BYTES, i, count);
      // Lanes beyond the end stay 0.
      sum0 = sum0.add(x.lanewise(VectorOperators.SUB, origins, mask));
    }
    return LaneSums.sum(sum0.add(sum1).add(sum2.add(sum3)));
  }

  private static double contiguousSquares(MemorySegment in, long offset, int count, double mean) {
    in = NativeMemory.of(in);
    var means = DoubleVector.broadcast(SPECIES, mean);
    var sum0 = DoubleVector.zero(SPECIES);
    var sum1 = DoubleVector.zero(SPECIES);
    var sum2 = DoubleVector.zero(SPECIES);
    var sum3 = DoubleVector.zero(SPECIES);
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      long at = offset + (long) i * Float.BYTES;
      var x0 = load(in, at).sub(means);
      var x1 = load(in, at + WIDTH).sub(means);
      var x2 = load(in, at + 2 * WIDTH).sub(means);
      var x3 = load(in, at + 3 * WIDTH).sub(means);
      sum0 = x0.fma(x0, sum0);
      sum1 = x1.fma(x1, sum1);
      sum2 = x2.fma(x2, sum2);
      sum3 = x3.fma(x3, sum3);
    }
    for (; i < count; i += LANES) {
      var mask = SPECIES.indexInRange(i, count);
      var x = load(in, offset + (long) i * Float.BYTES, i, count);
      x = x.lanewise(VectorOperators.SUB, means, mask);
      sum0 = x.fma(x, sum0);
    }
    return LaneSums.sum(sum0.add(sum1).add(sum2.add(sum3)));
  }

  @Inlined
  private static DoubleVector load(MemorySegment in, long offset) {
    var x = FloatVector.fromMemorySegment(LOADED, in, offset, ORDER);
    return (DoubleVector) x.convertShape(VectorOperators.F2D, SPECIES, 0);
  }

  /** Elements from the i-th on, and 0 for those beyond the last. */
  @Inlined
  private static DoubleVector load(MemorySegment in, long offset, int i, int count) {
    VectorMask<Float> mask = LOADED.indexInRange(i, count);
    var x = FloatVector.fromMemorySegment(LOADED, in, offset, ORDER, mask);
    return (DoubleVector) x.convertShape(VectorOperators.F2D, SPECIES, 0);
  }
}
