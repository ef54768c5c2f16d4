package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Finds the position of an extremum in float64 rows without gaps: its value first, then where that
 * stands. A {@linkplain Specialization template}; its constants are whether the smallest is sought,
 * the shape of vectors, and the kernel for other layouts.
 */
final class Float64Extremum extends FibreKernel {
  private static final boolean SMALLEST =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 0);
  private static final VectorSpecies<Double> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(double.class);
  private static final FibreKernel OTHER_LAYOUTS =
      Specialization.constant(MethodHandles.lookup(), FibreKernel.class, 2);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final VectorOperators.Associative EXTREMUM =
      SMALLEST ? VectorOperators.MIN : VectorOperators.MAX;

  Float64Extremum() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (fibres.firstAlong != Double.BYTES
        || fibres.length < LANES
        || fibres.length > Integer.MAX_VALUE) {
      OTHER_LAYOUTS.run(fibres, out, first, second, count);
      return;
    }
    int length = (int) fibres.length;
    for (long i = 0; i < count; i++) {
      long at = position(fibres.first, first + i * fibres.firstNext, length);
      fibres.outType.setLong(fibres.out, out + i * fibres.outNext, at);
    }
  }

  private static int position(MemorySegment in, long offset, int length) {
    double extremum = extremum(in, offset, length);
    boolean nan = Double.isNaN(extremum);
    int last = length - LANES;
    for (int i = 0; ; i = Math.min(i + LANES, last)) {
      var x = DoubleVector.fromMemorySegment(SPECIES, in, offset + (long) i * Double.BYTES, ORDER);
      var found = nan ? x.test(VectorOperators.IS_NAN) : x.eq(extremum);
      if (found.anyTrue()) {
        return i + found.firstTrue();
      }
    }
  }

  /**
   * Finds the extremum's value, NaN if there is one; the last vector may overlap the one before.
   */
  private static double extremum(MemorySegment in, long offset, int length) {
    in = NativeMemory.of(in);
    long end = offset + (long) (length - LANES) * Double.BYTES;
    var result = DoubleVector.fromMemorySegment(SPECIES, in, end, ORDER);
    for (int i = 0; i <= length - LANES; i += LANES) {
      result =
          result.lanewise(
              EXTREMUM,
              DoubleVector.fromMemorySegment(SPECIES, in, offset + (long) i * Double.BYTES, ORDER));
    }
    return result.reduceLanes(EXTREMUM);
  }
}
